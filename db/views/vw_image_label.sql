-- What is classified: one row for each image that has a label, which is its first annotation's. Further ones are of
-- other parts, and vw_image_demo1 alone shows them.
create or replace view vw_image_label as
select image_id, label_part as part, label_quality as quality, label_category1 as category1,
       label_category2 as category2, model_id, embedding
  from image_demo1
 where metadata is not null;
