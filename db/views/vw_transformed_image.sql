-- Every image in the space of every CENTRE and WHITEN transform: read it for one transform_id. An embedding of
-- length 0 has no direction, and so no place there. A transform of one part has no place for images of another.
create or replace view vw_transformed_image as
select t.transform_id, i.image_id, i.part, to_vector(i.embedding - r.coefficients, *, float32) as embedding
  from image_transform t
  join image_transform_row r on r.transform_id = t.transform_id
  join vw_image_label i on r.part = case t.within_part when 1 then i.part else '*' end
 where t.kind = 'CENTRE'
   and vector_norm(i.embedding) > 0
union all
select t.transform_id, i.image_id, i.part,
       (select to_vector(
                 json_arrayagg(
                   cast(r.intercept - vector_distance(r.coefficients, i.embedding, dot) / i.norm as number)
                   order by r.row_no null on null returning clob))
          from image_transform_row r
         where r.transform_id = t.transform_id
           and r.part = case t.within_part when 1 then i.part else '*' end) as embedding
  from image_transform t
 cross join (select image_id, part, embedding, vector_norm(embedding) as norm
               from vw_image_label
              where vector_norm(embedding) > 0) i
 where t.kind = 'WHITEN'
   and exists (select 1
                 from image_transform_row p
                where p.transform_id = t.transform_id
                  and p.part = case t.within_part when 1 then i.part else '*' end);
