-- Where each image is on the map, with its label.
create or replace view vw_image_map_point as
select p.image_id, p.place, p.x, p.y, i.part, i.quality, i.category1, i.category2
  from image_map_point p
  join vw_image_label i on i.image_id = p.image_id;
