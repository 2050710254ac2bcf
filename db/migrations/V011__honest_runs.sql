-- Two more ways to split, and what a run covers.
alter table classification_run drop constraint classification_run_method_ck;
alter table classification_run add constraint classification_run_method_ck
  check (method in ('LOO', 'KFOLD', 'LOGO', 'TIME', 'PATH', 'NEW'));

alter table classification_run add (
  source_name varchar2(1000 char),
  test_share  number,
  test_path   varchar2(1000 char)
);

comment on column classification_run.source_name is 'Only images of this source took part; null: those of all';
comment on column classification_run.test_share is 'Of TIME: the share of the images, the newest, that was tested';
comment on column classification_run.test_path is 'Of PATH: the directory whose images were tested';

-- The order of a run's images does not depend on when they were stored, and copies are told from other images.
alter table classification_item add (
  item_no    number,
  image_hash varchar2(64 char),
  source_id  number,
  has_copy   number(1)
);

comment on column classification_item.item_no is 'The item''s place in the order of vw_image_order: ties go to the least';
comment on column classification_item.image_hash is 'SHA-256 of the image file, hexadecimal; null where no load put the image in';
comment on column classification_item.source_id is 'The source that the image came from; refers to no table, as image_id';
comment on column classification_item.has_copy is '1: one of the images that it was compared with is the same file, or as near as near_distance';

-- Runs before this ordered by item_id.
update classification_item set item_no = item_id;

alter table embedding_transform add (source_name varchar2(1000 char));

comment on column embedding_transform.source_name is 'Fitted on images of this source alone; null: on those of all';
