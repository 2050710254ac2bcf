-- Which file an image is: its source, its label and its picture, the two below the source. is_removed: 1 for an image
-- that is stored no more and that a run names. An image that no load put in has no path.
create or replace view vw_image_path as
select image_id, source_id, source_name, label_path, image_path, 0 as is_removed
  from vw_image_order
union all
select image_id, source_id, source_name, label_path, image_path, 1
  from image_removed;
