-- What is classified: one row for each image that has a label, which is its first annotation's (the
-- loader refuses labels whose annotations differ in part or quality).
create or replace view vw_image_label as
select i.image_id, j.part, j.quality, j.category1, j.category2, i.model_id, i.embedding
  from image_demo1 i,
       json_table(i.metadata, '$.annotations[0].attributes'
         columns (
           part      varchar2(100 char) path '$.part',
           quality   varchar2(100 char) path '$.quality',
           category1 varchar2(100 char) path '$.categories[0]',
           category2 varchar2(100 char) path '$.categories[1]'
         )
       ) j;
