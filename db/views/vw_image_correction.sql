-- Who corrected which label, and when: the lines of the sources' files of corrections, each with its undo. image_id is null
-- where the label is not stored. in_force: 1 where it was not undone and the label says so now; 0 otherwise, also where a
-- later correction or the label's own new value wins.
create or replace view vw_image_correction as
select c.source_id, s.name as source_name, c.correction_id, l.image_id, c.label_path, c.of_part, c.part, c.quality,
       c.part_was, c.quality_was, c.is_in_label, c.corrected_by, c.corrected_at, c.undone_by, c.undone_at,
       case
         when c.undone_at is null
          and exists (
                select 1
                  from vw_image_demo1 a
                 where a.image_id = l.image_id
                   and (c.part is null or a.part = c.part)
                   and (c.quality is null or a.quality = c.quality)
              )
         then 1
         else 0
       end as in_force
  from image_correction c
  join image_source s on s.source_id = c.source_id
  left join image_load l on l.source_id = c.source_id and l.label_path = c.label_path;
