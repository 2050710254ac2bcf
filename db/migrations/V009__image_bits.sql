-- How an image was read, in a column of its own: until now it stood in the hundredths of the time of change.
alter table image_load add (image_bits number(2) default 0 not null);

comment on column image_load.image_bits is 'Bits of a sample that were used, where the image has more than 8; 0: all';

update image_load
   set image_bits  = 100 * mod(image_mtime, 1),
       image_mtime = trunc(image_mtime)
 where mod(image_mtime, 1) <> 0;
