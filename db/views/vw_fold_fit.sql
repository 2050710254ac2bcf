-- What was fitted for the folds of evaluations; the members of a JOINT by its run and fold.
create or replace view vw_fold_fit as
select nvl(t.run_id, j.run_id) as run_id, nvl(t.fold, j.fold) as fold, t.transform_id, t.kind, t.shrinkage, t.outputs,
       t.kernel_width, t.ridge, t.grades, t.grade_threshold, t.threshold, t.k, t.weighting
  from image_transform t
  left join image_transform j on j.transform_id = t.joint_id
 where t.run_id is not null
    or j.run_id is not null;
