-- The items of evaluations that can be tested or compared with, with their embeddings.
create or replace view vw_item_vector as
select c.run_id, c.item_id, c.item_no, c.image_id, c.part, c.fold, c.actual, c.actual_value, i.embedding
  from image_run_item c
  join image_demo1 i on i.image_id = c.image_id
 where c.untested_reason is null;
