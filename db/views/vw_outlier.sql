-- Images far from all others: by the distance to the last of their k neighbours (S. Ramaswamy et al. 2000, Efficient
-- algorithms for mining outliers), the furthest first by place; ratio is that distance over the median of the part.
create or replace view vw_outlier as
select d.run_id, d.image_id, d.part, d.distance, d.distance / nullif(m.median_distance, 0) as ratio,
       row_number() over (partition by d.run_id order by d.distance desc, d.image_id) as place,
       p.source_name, p.label_path, p.image_path, p.is_removed
  from (select i.run_id, i.item_id as image_id, i.part, max(n.distance) as distance
          from vw_evaluation_item i
          join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
         group by i.run_id, i.item_id, i.part) d
  join (select run_id, part, median(distance) as median_distance
          from (select i.run_id, i.item_id, i.part, max(n.distance) as distance
                  from vw_evaluation_item i
                  join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
                 group by i.run_id, i.item_id, i.part)
         group by run_id, part) m
    on m.run_id = d.run_id
   and (m.part = d.part or m.part is null and d.part is null)
  left join vw_image_path p on p.image_id = d.image_id;
