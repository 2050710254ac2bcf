-- The map of the stored images: when it was made, the shares of the variance along its two axes, how many images have a
-- place on it, and how many have none: they were stored, or embedded anew, since. An embedding of zeros has no direction,
-- and no place. No row where no map was made.
create or replace view vw_image_map as
select m.share_x, m.share_y, m.made_at, c.points, c.images - c.points as images_since
  from image_map m
 cross join (select count(*) as images, count(p.image_id) as points
               from vw_image_label i
               left join image_map_point p on p.image_id = i.image_id
              where i.embedding is not null
                and vector_norm(i.embedding) > 0) c;
