-- The sources that a run covers, with its figures for each. source_name is null for images that no load put in, and for
-- those of a source that is gone.
create or replace view vw_evaluation_source as
select c.run_id, c.source_id, s.name as source_name, c.images, c.tested, c.correct,
       case when c.tested > 0 then c.correct / c.tested end as accuracy
  from (select run_id, source_id, count(*) as images, count(predicted) as tested,
               count(case when predicted = actual then 1 end) as correct
          from vw_evaluation_item
         group by run_id, source_id) c
  left join image_source s on s.source_id = c.source_id;
