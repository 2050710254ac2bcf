-- What each run did itself, so that the counts of loads side by side add up.
alter table image_load_run add (
  labels       number default 0 not null,
  new_labels   number default 0 not null,
  changed      number default 0 not null,
  unchanged    number default 0 not null,
  retried      number default 0 not null,
  known_files  number default 0 not null,
  unlike_files number default 0 not null
);

comment on column image_load_run.labels is 'Labels that the run met; new_labels, changed, unchanged and retried add up to it';
comment on column image_load_run.known_files is 'Image files whose path another source has stored; counted until this source has an image';
comment on column image_load_run.unlike_files is 'Those of known_files that no other source has stored with this size';

alter table image_load add (
  failed_run_id number,
  image_hash    varchar2(64 char)
);

comment on column image_load.failed_run_id is 'The run that met the failure';
comment on column image_load.image_hash is 'SHA-256 of the image file when it was embedded, hexadecimal';

-- A search by run_id is no more: the counts stand in image_load_run.
drop index image_load_run_ix;
create index image_load_failed_ix on image_load (failed_run_id);
create index image_load_hash_ix on image_load (image_hash);

-- A source whose labels are those of another one, and that is to be loaded beside it nevertheless.
alter table image_source add (is_separate number(1) default 0 not null);
