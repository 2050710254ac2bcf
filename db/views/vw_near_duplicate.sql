-- Pairs of images nearer than the run's near_distance, within a part and across parts (for those, a run with
-- within_part => 0): pairs that disagree in the target first, then the nearest. A pair is found where one is among
-- the k nearest of the other. img_review.near_duplicates looks at all pairs of a part.
create or replace view vw_near_duplicate as
select p.run_id, p.image_id, p.other_image_id, p.distance,
       a.part, b.part as other_part, a.actual, b.actual as other_actual,
       case when a.actual = b.actual then 0 else 1 end as across_labels,
       case when a.part = b.part then 0 else 1 end as across_parts,
       row_number() over (partition by p.run_id
         order by case when a.actual = b.actual then 0 else 1 end desc, p.distance, p.image_id, p.other_image_id
       ) as place,
       f.source_name, f.label_path, f.image_path, o.source_name as other_source_name, o.label_path as other_label_path,
       o.image_path as other_image_path
  from (select n.run_id, least(n.item_id, n.image_id) as image_id, greatest(n.item_id, n.image_id) as other_image_id,
               min(n.distance) as distance
          from image_run_neighbour n
          join vw_evaluation_item i on i.run_id = n.run_id and i.item_id = n.item_id
         where n.distance <= i.near_distance
           and n.image_id is not null
         group by n.run_id, least(n.item_id, n.image_id), greatest(n.item_id, n.image_id)) p
  join vw_evaluation_item a on a.run_id = p.run_id and a.item_id = p.image_id
  join vw_evaluation_item b on b.run_id = p.run_id and b.item_id = p.other_image_id
  left join vw_image_path f on f.image_id = p.image_id
  left join vw_image_path o on o.image_id = p.other_image_id;
