-- The sources that a run covers, with its figures for each. source_name is null for images that no load put in. is_removed:
-- 1 for a source that was forgotten since.
create or replace view vw_evaluation_source as
select c.run_id, c.source_id, nvl(s.name, g.source_name) as source_name,
       case when c.source_id is not null and s.source_id is null then 1 else 0 end as is_removed,
       c.images, c.tested, c.correct,
       case when c.tested > 0 then c.correct / c.tested end as accuracy
  from (select run_id, source_id, count(*) as images, count(predicted) as tested,
               count(case when predicted = actual then 1 end) as correct
          from vw_evaluation_item
         group by run_id, source_id) c
  left join image_source s on s.source_id = c.source_id
  left join (select source_id, max(source_name) as source_name
               from image_removed
              group by source_id) g on g.source_id = c.source_id;
