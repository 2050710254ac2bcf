-- Every image in the space of every CENTRE and WHITEN transform: read it for one transform_id. An embedding of
-- length 0 has no direction, and so no place there.
create or replace view vw_transformed_image as
select t.transform_id, i.image_id, i.part, to_vector(i.embedding - r.coefficients, *, float32) as embedding
  from embedding_transform t
  join embedding_transform_row r on r.transform_id = t.transform_id
  join vw_image_label i on r.part = case t.within_part when 1 then i.part else '*' end
 where t.kind = 'CENTRE'
   and vector_norm(i.embedding) > 0
union all
select t.transform_id, i.image_id, i.part,
       to_vector(
         json_arrayagg(
           cast(r.intercept - vector_distance(r.coefficients, i.embedding, dot) / vector_norm(i.embedding) as number)
           order by r.row_no null on null returning clob)) as embedding
  from embedding_transform t
  join embedding_transform_row r on r.transform_id = t.transform_id
  join vw_image_label i on r.part = case t.within_part when 1 then i.part else '*' end
 where t.kind = 'WHITEN'
   and vector_norm(i.embedding) > 0
 group by t.transform_id, i.image_id, i.part;
