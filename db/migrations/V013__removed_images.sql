-- A run outlives the images that it names. Of those that were removed it keeps where they came from.
create table image_removed (
  image_id    number not null,
  source_id   number not null,
  source_name varchar2(1000 char) not null,
  label_path  varchar2(1000 char) not null,
  image_path  varchar2(1000 char),
  removed_at  timestamp with time zone default systimestamp not null,
  constraint image_removed_pk primary key (image_id)
);

comment on table image_removed is 'Images that were removed and that a run names; they refer to no table';
comment on column image_removed.source_name is 'The name that the source had';
