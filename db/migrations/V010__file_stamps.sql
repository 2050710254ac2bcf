-- What a file was when it was read, so that one that has stayed as it was is not read again.
alter table image_load add (
  label_stamp varchar2(200 char),
  image_stamp varchar2(200 char)
);

comment on column image_load.label_stamp is 'What the label file was when it was read; null where it is to be read again';
comment on column image_load.image_stamp is 'What the image file was when it was read; null where it is to be read again';
