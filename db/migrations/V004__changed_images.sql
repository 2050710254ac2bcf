-- What an image file was when it was embedded, so that a changed one is noticed without decoding it.
alter table image_load add (
  image_size  number,
  image_mtime number
);

comment on column image_load.image_size is 'Bytes';
comment on column image_load.image_mtime is 'Time of the last change, nanoseconds since 1970';

-- In the order in which they are claimed.
create index image_load_state_ix on image_load (source_id, state, load_id);

-- One label for an image, even where two sessions store it at the same moment. Rows in another state
-- have no key.
create unique index image_load_stored_uk on image_load (
  case when state = 'STORED' then source_id end,
  case when state = 'STORED' then image_path end
);
