-- The labels that changed since an evaluation, by whatever: images whose part or class is another one now than when the run
-- read them. Of a graded run the numbers are compared. Images that are stored no more are in vw_image_path.
create or replace view vw_evaluation_changed as
select d.run_id, d.item_id, d.image_id, d.part, d.part_now, d.actual, d.actual_now
  from (
         select i.run_id, i.item_id, i.image_id, i.part, l.part as part_now, i.actual, i.actual_value, r.threshold,
                case r.target
                  when 'QUALITY' then l.quality
                  when 'CATEGORY1' then l.category1
                  when 'CATEGORY2' then l.category2
                  else l.part
                end as actual_now
           from image_run r
           join image_run_item i on i.run_id = r.run_id
           join vw_image_label l on l.image_id = i.image_id
       ) d
 where decode(d.part, d.part_now, 0, 1) = 1
    or d.threshold is null and decode(d.actual, d.actual_now, 0, 1) = 1
    or d.threshold is not null and decode(d.actual_value, img_graded.value_of(d.actual_now), 0, 1) = 1;
