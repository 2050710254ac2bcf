-- What an image file was when it was embedded, so that a changed one is noticed without decoding it.
alter table image_load add (
  image_size  number,
  image_mtime number
);

comment on column image_load.image_size is 'Bytes';
comment on column image_load.image_mtime is 'Time of the last change, nanoseconds since 1970';

-- In the order in which they are claimed.
create index image_load_state_ix on image_load (source_id, state, load_id);
