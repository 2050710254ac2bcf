-- Every image in the space of every CENTRE and WHITEN transform: read it for one transform_id.
create or replace view vw_transformed_image as
select t.transform_id, i.image_id, i.part, i.embedding - r.coefficients as embedding
  from embedding_transform t
  join embedding_transform_row r on r.transform_id = t.transform_id
  join vw_image_label i on r.part = case t.within_part when 1 then i.part else '*' end
 where t.kind = 'CENTRE'
   and i.embedding is not null
union all
select t.transform_id, i.image_id, i.part,
       to_vector(
         json_arrayagg(
           cast(r.intercept - vector_distance(r.coefficients, i.embedding, dot) / vector_norm(i.embedding) as number)
           order by r.row_no returning clob)) as embedding
  from embedding_transform t
  join embedding_transform_row r on r.transform_id = t.transform_id
  join vw_image_label i on r.part = case t.within_part when 1 then i.part else '*' end
 where t.kind = 'WHITEN'
   and i.embedding is not null
 group by t.transform_id, i.image_id, i.part;
