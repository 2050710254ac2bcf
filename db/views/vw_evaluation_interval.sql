-- How many images of each run (scope RUN), and of each part in it (scope PART), are right, with the 95 % interval of
-- E. B. Wilson 1927 (score interval, Probable inference, the law of succession, and statistical inference), z = 1.959964.
create or replace view vw_evaluation_interval as
select s.run_id, s.scope, s.part, s.images, s.tested, s.correct,
       case when s.tested > 0 then s.correct / s.tested end as accuracy,
       case when s.tested > 0 then
         (s.correct + 1.920729 - 1.959964 * sqrt(s.correct * (s.tested - s.correct) / s.tested + 0.960365))
         / (s.tested + 3.841459) end as accuracy_low,
       case when s.tested > 0 then
         (s.correct + 1.920729 + 1.959964 * sqrt(s.correct * (s.tested - s.correct) / s.tested + 0.960365))
         / (s.tested + 3.841459) end as accuracy_high
  from (select run_id, 'RUN' as scope, null as part, images, tested, correct
          from vw_evaluation_run
        union all
        select run_id, 'PART', part, count(*), count(predicted), count(case when predicted = actual then 1 end)
          from vw_evaluation_item
         group by run_id, part) s;
