-- The items of evaluations that are to be predicted: not those that can not be tested, nor the training side of a split
-- by time or path, which is fold 1.
create or replace view vw_tested_item as
select i.run_id, i.item_id, i.image_id, i.part, i.fold
  from image_run_item i
  join image_run r on r.run_id = i.run_id
 where i.untested_reason is null
   and (r.method not in ('TIME', 'PATH') or i.fold = 2);
