-- What is classified: one row for each image that has a label, which is its first annotation's (the
-- loader refuses labels whose annotations differ in part or quality).
create or replace view vw_image_label as
select image_id, label_part as part, label_quality as quality, label_category1 as category1,
       label_category2 as category2, model_id, embedding
  from image_demo1
 where metadata is not null;
