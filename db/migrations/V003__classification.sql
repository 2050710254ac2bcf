-- Linear transforms of embeddings, fitted on labelled images: a named one on all of them, for use by
-- classify; one of an evaluation on the training side of a fold.
create table embedding_transform (
  transform_id number generated always as identity,
  name         varchar2(100 char),
  kind         varchar2(10 char) not null,
  target       varchar2(10 char),
  within_part  number(1) not null,
  model_id     number,
  run_id       number,
  fold         number,
  images       number not null,
  shrinkage    number,
  created_at   timestamp with time zone default systimestamp not null,
  constraint embedding_transform_pk primary key (transform_id),
  constraint embedding_transform_uk unique (name),
  constraint embedding_transform_kind_ck check (kind in ('CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA')),
  constraint embedding_transform_owner_ck check (name is not null or run_id is not null)
);

comment on column embedding_transform.shrinkage is 'Share of the identity in the covariance, WHITEN and LDA';

create index embedding_transform_run_ix on embedding_transform (run_id, fold);

-- CENTRE: the mean. PROTOTYPE: the mean of a class. WHITEN: output number row_no is
-- coefficients . x / |x| + intercept. LDA: likewise, the score of a class.
create table embedding_transform_row (
  transform_id number not null,
  part         varchar2(100 char) not null,
  row_no       number not null,
  class        varchar2(100 char),
  coefficients vector not null,
  intercept    binary_double default 0 not null,
  constraint embedding_transform_row_pk primary key (transform_id, part, row_no),
  constraint embedding_transform_row_fk foreign key (transform_id)
    references embedding_transform (transform_id) on delete cascade
);

comment on column embedding_transform_row.part is '* where the transform is one for all parts';

-- One evaluation, or one batch of new images classified: its parameters and counts.
create table classification_run (
  run_id        number generated always as identity,
  method        varchar2(5 char) not null,
  target        varchar2(10 char) not null,
  k             number(6) not null,
  weighting     varchar2(10 char) not null,
  temperature   number not null,
  metric        varchar2(10 char) not null,
  within_part   number(1) not null,
  part          varchar2(100 char),
  folds         number(6),
  seed          number(10),
  group_path    varchar2(200 char),
  transform     varchar2(100 char),
  near_distance number,
  model_id      number,
  fingerprint   varchar2(100 char),
  images        number default 0 not null,
  tested        number default 0 not null,
  correct       number default 0 not null,
  started_at    timestamp with time zone default systimestamp not null,
  finished_at   timestamp with time zone,
  started_by    varchar2(128 char) default user not null,
  constraint classification_run_pk primary key (run_id),
  constraint classification_run_method_ck check (method in ('LOO', 'KFOLD', 'LOGO', 'NEW')),
  constraint classification_run_model_fk foreign key (model_id) references embedding_model (model_id)
);

comment on column classification_run.fingerprint is 'Changes with the images, labels and groups that took part';

-- What was classified. image_id refers to no table on purpose: a run outlives the images.
create table classification_item (
  run_id           number not null,
  item_id          number not null,
  image_id         number,
  name             varchar2(1000 char),
  part             varchar2(100 char),
  group_key        varchar2(1000 char),
  fold             number,
  actual           varchar2(100 char),
  predicted        varchar2(100 char),
  confidence       binary_double,
  actual_share     binary_double,
  nearest_distance binary_double,
  untested_reason  varchar2(200 char),
  embedding        vector,
  constraint classification_item_pk primary key (run_id, item_id),
  constraint classification_item_run_fk foreign key (run_id)
    references classification_run (run_id) on delete cascade
);

comment on column classification_item.item_id is 'image_id in an evaluation, else counted from 1';
comment on column classification_item.confidence is 'Share of the votes for predicted, 0 to 1';
comment on column classification_item.actual_share is 'Share of the votes for actual, 0 to 1';
comment on column classification_item.embedding is 'Of a new image; an evaluation reads image_demo1';

-- The neighbours behind each decision; image_id is null where a class, not an image, was compared with.
create table classification_neighbour (
  run_id   number not null,
  item_id  number not null,
  place    number(6) not null,
  image_id number,
  class    varchar2(100 char) not null,
  distance binary_double not null,
  constraint classification_neighbour_pk primary key (run_id, item_id, place),
  constraint classification_neighbour_run_fk foreign key (run_id)
    references classification_run (run_id) on delete cascade
);

-- A sweep: what other settings would have given with the neighbours of a run.
create table classification_setting (
  run_id            number not null,
  k                 number(6) not null,
  weighting         varchar2(10 char) not null,
  tested            number not null,
  correct           number not null,
  balanced_accuracy binary_double,
  constraint classification_setting_pk primary key (run_id, k, weighting),
  constraint classification_setting_run_fk foreign key (run_id)
    references classification_run (run_id) on delete cascade
);
