-- The images that a run got wrong, the most confident mistakes first by place.
create or replace view vw_evaluation_mistake as
select run_id, item_id as image_id, part, actual, predicted, confidence, nearest_distance,
       row_number() over (partition by run_id order by confidence desc, nearest_distance, item_no) as place
  from vw_evaluation_item
 where predicted <> actual;
