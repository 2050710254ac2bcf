-- The vector indexes on image_demo1 and what is known of them. Those that img_index did not create have a name
-- and a state only. megabytes: of the index on disk; for HNSW on Oracle, which lies in memory, see
-- memory_megabytes: 1.3 x images x dimensions x 4 bytes (AI Vector Search User's Guide, Size the Vector Pool).
-- images_since: how many more images there are than when it was built; search finds them all the same.
create or replace view vw_vector_index as
select e.index_name, v.kind, v.metric, v.target_accuracy, v.neighbors, v.ef_construction, v.partitions, e.state,
       v.dimension, v.images as images_at_build, n.images - v.images as images_since,
       round(e.bytes / 1000000, 1) as megabytes,
       case v.kind when 'HNSW' then round(5.2 * n.images * v.dimension / 1000000, 1) end as memory_megabytes,
       v.build_s, v.created_at, v.created_by
  from json_table(img_index.existing(), '$[*]'
         columns (
           index_name varchar2(128 char) path '$.index_name',
           state      varchar2(8 char)   path '$.state',
           bytes      number             path '$.bytes'
         )) e
  left join image_vector_index v on v.index_name = e.index_name
 cross join (select count(*) as images from image_demo1 where embedding is not null) n;
