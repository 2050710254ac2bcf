-- Kernel votes: a transform of kind KERNEL keeps the images that it was fitted on, and what each one's vote weighs.
alter table image_transform drop constraint image_transform_kind_ck;
alter table image_transform add constraint image_transform_kind_ck
  check (kind in ('CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA', 'KERNEL'));

alter table image_transform add (
  outputs       number(6),
  kernel_width  number,
  ridge         number,
  last_image_id number
);

comment on column image_transform.outputs is 'WHITEN and KERNEL: at most so many principal components';
comment on column image_transform.kernel_width is 'KERNEL: g of exp(-g d^2)';
comment on column image_transform.ridge is 'KERNEL: what is added to the diagonal of the kernel matrix';
comment on column image_transform.last_image_id is 'Of a named one: the last image that was stored when it was fitted; null: not known';

-- embedding: the image in the space of the transform, of any length: the distance is that of the directions.
create table image_transform_support (
  transform_id number not null,
  part         varchar2(100 char) not null,
  image_id     number not null,
  class        varchar2(100 char) not null,
  embedding    vector not null,
  constraint image_transform_support_pk primary key (transform_id, part, image_id),
  constraint image_transform_support_fk foreign key (transform_id)
    references image_transform (transform_id) on delete cascade
);

comment on table image_transform_support is 'The images that vote by kernels. A fit outlives its images: image_id refers to no table';
comment on column image_transform_support.part is '* where the transform is one for all parts';
comment on column image_transform_support.class is 'The image''s own class when the transform was fitted';

create table image_transform_weight (
  transform_id number not null,
  part         varchar2(100 char) not null,
  image_id     number not null,
  class        varchar2(100 char) not null,
  weight       binary_double not null,
  constraint image_transform_weight_pk primary key (transform_id, part, image_id, class),
  constraint image_transform_weight_fk foreign key (transform_id, part, image_id)
    references image_transform_support (transform_id, part, image_id) on delete cascade
);

comment on column image_transform_weight.weight is 'What the image''s kernel is worth for the class: above 0 for it, below against it';

-- What a decision by a transform rests on: see img_fitted.
alter table image_batch_item add (fit json);
