-- The images that two evaluations tested both, whichever model each went by. Read it with conditions on run_a and run_b.
-- hit_a and hit_b: 1 where that run was right.
create or replace view vw_compared_item as
select a.run_id as run_a, b.run_id as run_b, a.image_id, b.image_id as image_id_b, a.part, a.actual,
       a.predicted as predicted_a, b.predicted as predicted_b, a.confidence as confidence_a, b.confidence as confidence_b,
       case when a.predicted = a.actual then 1 else 0 end as hit_a,
       case when b.predicted = b.actual then 1 else 0 end as hit_b
  from vw_run_picture a
  join vw_run_picture b
    on b.picture_key = a.picture_key
   and b.copy_no = a.copy_no
   and b.actual = a.actual
 where a.predicted is not null
   and b.predicted is not null;
