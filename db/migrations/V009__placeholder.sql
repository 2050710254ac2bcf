-- Stands in for the migration of that number, which comes with another change.
comment on column image_load.image_mtime is 'Time of the last change, nanoseconds since 1970';
