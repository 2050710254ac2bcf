-- The images that a run could not test, and why.
create or replace view vw_evaluation_untested as
select run_id, image_id, part, actual, untested_reason
  from vw_evaluation_item
 where untested_reason is not null;
