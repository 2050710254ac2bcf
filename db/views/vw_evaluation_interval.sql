-- How many images of each run (scope RUN), and of each part in it (scope PART), are right, with the 95 % interval of
-- img_interval.
create or replace view vw_evaluation_interval as
select s.run_id, s.scope, s.part, s.images, s.tested, s.correct,
       case when s.tested > 0 then s.correct / s.tested end as accuracy,
       img_interval.share_low(s.correct, s.tested) as accuracy_low,
       img_interval.share_high(s.correct, s.tested) as accuracy_high
  from (select run_id, 'RUN' as scope, null as part, images, tested, correct
          from vw_evaluation_run
        union all
        select run_id, 'PART', part, count(*), count(predicted), count(case when predicted = actual then 1 end)
          from vw_evaluation_item
         group by run_id, part) s;
