-- The images that a run could not test, why, and their files.
create or replace view vw_evaluation_untested as
select i.run_id, i.image_id, i.part, i.actual, i.untested_reason, p.source_name, p.label_path, p.image_path
  from vw_evaluation_item i
  left join vw_image_path p on p.image_id = i.image_id
 where i.untested_reason is not null;
