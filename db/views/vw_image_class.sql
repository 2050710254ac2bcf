-- What can be predicted of the images that have an embedding: four rows for each, one for each target. Read it with
-- a condition on target; class is null where the label does not say.
create or replace view vw_image_class as
select 'QUALITY' as target, image_id, part, quality as class, embedding
  from vw_image_label
 where embedding is not null
union all
select 'CATEGORY1', image_id, part, category1, embedding
  from vw_image_label
 where embedding is not null
union all
select 'CATEGORY2', image_id, part, category2, embedding
  from vw_image_label
 where embedding is not null
union all
select 'PART', image_id, part, part, embedding
  from vw_image_label
 where embedding is not null;
