-- Which class is taken for which, by pairs of images: each mistake of a run beside the nearest image of the class that it
-- was taken for. place: among the mistakes of these two classes, the most confident first. The other image is null where
-- classes and not images were compared.
create or replace view vw_confused_pair as
select m.run_id, m.actual, m.predicted,
       row_number() over (partition by m.run_id, m.actual, m.predicted order by m.place) as place,
       m.image_id, m.part, m.confidence, m.source_name, m.label_path, m.image_path,
       n.image_id as other_image_id, n.distance, p.source_name as other_source_name, p.label_path as other_label_path,
       p.image_path as other_image_path
  from vw_evaluation_mistake m
  left join (select run_id, item_id, class, image_id, distance,
                    row_number() over (partition by run_id, item_id, class order by place) as place
               from image_run_neighbour
              where image_id is not null) n
    on n.run_id = m.run_id
   and n.item_id = m.image_id
   and n.class = m.predicted
   and n.place = 1
  left join vw_image_path p on p.image_id = n.image_id;
