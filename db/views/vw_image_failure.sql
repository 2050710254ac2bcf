-- What could not be loaded, and why.
create or replace view vw_image_failure as
select s.name as source_name, l.label_path, l.image_path, l.reason, l.changed_at, l.image_id
  from image_load l
  join image_source s on s.source_id = l.source_id
 where l.state = 'FAILED';
