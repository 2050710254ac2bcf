-- The stored images in two dimensions, so that a page can draw them: computed at one moment, and kept.
create table image_map (
  map_id  number(1) default 1 not null,
  share_x number,
  share_y number,
  made_at timestamp with time zone default systimestamp not null,
  constraint image_map_pk primary key (map_id),
  constraint image_map_one_ck check (map_id = 1)
);

create table image_map_point (
  image_id number not null,
  place    number not null,
  x        binary_double not null,
  y        binary_double not null,
  constraint image_map_point_pk primary key (image_id),
  constraint image_map_point_image_fk foreign key (image_id) references image_demo1 (image_id) on delete cascade
);

create index image_map_point_place_ix on image_map_point (place);

comment on table image_map is 'The one map of the stored images, by img_map';
comment on column image_map.share_x is 'The share of the variance of all unit vectors that lies along x, 0 to 1; null: they do not differ';
comment on table image_map_point is
  'Where an image is on the map. It goes with its image, and where the embedding is replaced (img_store)';
comment on column image_map_point.place is 'In an order of chance from 1 on: the first of them are an even sample of all';
