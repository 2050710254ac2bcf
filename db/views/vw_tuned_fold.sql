-- What was chosen for each fold of a tuned evaluation (img_evaluate, transform kind TUNED) on its training side, and how
-- often that was right in the fold: a row for each transform whose answers were averaged, the same figures in each.
create or replace view vw_tuned_fold as
select f.run_id, f.fold, f.kind, f.shrinkage, f.outputs, f.kernel_width, f.ridge, f.grades, f.k, f.weighting,
       count(i.predicted) as tested, count(case when i.predicted = i.actual then 1 end) as correct
  from vw_fold_fit f
  join image_run r on r.run_id = f.run_id and r.transform_kind = 'TUNED'
  left join image_run_item i on i.run_id = f.run_id and i.fold = f.fold
 where f.kind <> 'JOINT'
 group by f.run_id, f.fold, f.transform_id, f.kind, f.shrinkage, f.outputs, f.kernel_width, f.ridge, f.grades, f.k,
          f.weighting;
