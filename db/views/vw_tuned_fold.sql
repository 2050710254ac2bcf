-- What was chosen for each fold of a tuned evaluation (img_evaluate, transform kind TUNED) on its training side, and how
-- often that was right in the fold.
create or replace view vw_tuned_fold as
select t.run_id, t.fold, t.kind, t.shrinkage, t.outputs, t.kernel_width, t.ridge, t.k, t.weighting,
       count(i.predicted) as tested, count(case when i.predicted = i.actual then 1 end) as correct
  from image_transform t
  join image_run r on r.run_id = t.run_id and r.transform_kind = 'TUNED'
  left join image_run_item i on i.run_id = t.run_id and i.fold = t.fold
 group by t.run_id, t.fold, t.kind, t.shrinkage, t.outputs, t.kernel_width, t.ridge, t.k, t.weighting;
