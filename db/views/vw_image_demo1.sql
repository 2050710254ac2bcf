-- The labels made readable: one row for each annotation of an image. What a label lacks is null, whatever the
-- session's JSON_BEHAVIOR says.
create or replace view vw_image_demo1 as
select t.image_id, j.part, j.quality, j.category1, j.category2, t.embedding
  from image_demo1 t,
       json_table(t.metadata, '$[*]'
         columns (
           nested path '$.annotations[*]'
             columns (
               nested path '$.attributes'
                 columns (
                   part      varchar2(100 char) path '$.part' null on error null on empty,
                   quality   varchar2(100 char) path '$.quality' null on error null on empty,
                   category1 varchar2(100 char) path '$.categories[0]' null on error null on empty,
                   category2 varchar2(100 char) path '$.categories[1]' null on error null on empty
                 )
             )
         )
       ) j;
