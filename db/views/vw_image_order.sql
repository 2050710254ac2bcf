-- Where each image comes from, and the order of images that is the same however often and from wherever they are
-- loaded: by the picture (SHA-256 of its file), then by the label's path below its source, then by the source, each of
-- the two by its hash. Read it by order_key, binary, then by image_id. An image of which one of them is not known comes
-- after those of which it is; so those that no load put in are last, by image_id.
create or replace view vw_image_order as
select i.image_id, s.source_id, s.name as source_name, l.label_path, l.image_path, l.image_hash, l.image_mtime,
       case when l.image_hash is null then '1' else '0' || l.image_hash end
       || case when l.label_path is null then '1' else '0' || rawtohex(standard_hash(l.label_path, 'SHA256')) end
       || case when s.name is null then '1' else '0' || rawtohex(standard_hash(s.name, 'SHA256')) end as order_key
  from image_demo1 i
  left join image_load l on l.image_id = i.image_id
  left join image_source s on s.source_id = l.source_id;
