-- The items of a run with their embeddings: an evaluation's are in image_demo1, a new image's is its own.
create or replace view vw_item_vector as
select c.run_id, c.item_id, c.item_no, c.image_id, c.part, c.fold, c.actual, i.embedding
  from classification_item c
  join image_demo1 i on i.image_id = c.image_id
 where c.untested_reason is null
union all
select c.run_id, c.item_id, c.item_no, c.image_id, c.part, c.fold, c.actual, c.embedding
  from classification_item c
 where c.image_id is null
   and c.untested_reason is null;
