-- The images that a run got wrong, the most confident mistakes first by place, with their files (vw_image_path).
create or replace view vw_evaluation_mistake as
select m.run_id, m.image_id, m.part, m.actual, m.predicted, m.confidence, m.nearest_distance, m.place,
       p.source_name, p.label_path, p.image_path, p.is_removed
  from (select run_id, item_id as image_id, part, actual, predicted, confidence, nearest_distance,
               row_number() over (partition by run_id order by confidence desc, nearest_distance, item_no) as place
          from vw_evaluation_item
         where predicted <> actual) m
  left join vw_image_path p on p.image_id = m.image_id;
