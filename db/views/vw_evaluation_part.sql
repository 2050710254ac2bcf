-- The figures of a run for each part; the interval as in vw_evaluation.
create or replace view vw_evaluation_part as
select p.run_id, p.part, p.images, p.tested, p.images - p.tested as untested, p.correct,
       case when p.tested > 0 then p.correct / p.tested end as accuracy,
       case when p.tested > 0 then
         (p.correct + 1.920729 - 1.959964 * sqrt(p.correct * (p.tested - p.correct) / p.tested + 0.960365))
         / (p.tested + 3.841459) end as accuracy_low,
       case when p.tested > 0 then
         (p.correct + 1.920729 + 1.959964 * sqrt(p.correct * (p.tested - p.correct) / p.tested + 0.960365))
         / (p.tested + 3.841459) end as accuracy_high
  from (select run_id, part, count(*) as images, count(predicted) as tested,
               count(case when predicted = actual then 1 end) as correct
          from vw_evaluation_item
         group by run_id, part) p;
