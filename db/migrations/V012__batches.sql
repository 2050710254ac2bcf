-- Batches of new images leave the runs of evaluations: tables of their own.
create table image_batch (
  batch_id        number generated always as identity (order),
  target          varchar2(10 char) not null,
  k               number(6) not null,
  weighting       varchar2(10 char) not null,
  temperature     number not null,
  metric          varchar2(10 char) not null,
  transform_name  varchar2(100 char),
  model_id        number,
  approximate     number(1) default 0 not null,
  target_accuracy number(3),
  source_name     varchar2(1000 char),
  opened_at       timestamp with time zone default systimestamp not null,
  opened_by       varchar2(128 char) default user not null,
  constraint image_batch_pk primary key (batch_id),
  constraint image_batch_model_fk foreign key (model_id) references embedding_model (model_id)
);

comment on table image_batch is 'New images that were classified together, and how';

-- neighbours: what stands behind the decision, a JSON array of place, image_id, class, distance and part.
create table image_batch_item (
  batch_id         number not null,
  item_id          number not null,
  name             varchar2(1000 char),
  part             varchar2(100 char),
  embedding        vector not null,
  predicted        varchar2(100 char),
  confidence       binary_double,
  nearest_distance binary_double,
  neighbours       json,
  constraint image_batch_item_pk primary key (batch_id, item_id),
  constraint image_batch_item_fk foreign key (batch_id) references image_batch (batch_id) on delete cascade
);

comment on column image_batch_item.item_id is 'Counted from 1, in the order of img_classify.add_item';
comment on column image_batch_item.predicted is 'The class before rejection; null where there was nothing to compare with';

-- What earlier batches answered was told when they ran, and nothing reads it again.
delete from classification_run where method = 'NEW';
alter table classification_run drop constraint classification_run_method_ck;
alter table classification_run add constraint classification_run_method_ck
  check (method in ('LOO', 'KFOLD', 'LOGO', 'TIME', 'PATH'));
alter table classification_item drop column name;
alter table classification_item drop column embedding;

-- A transform's kind is no transform's name, and the part that a run is restricted to is no image's part.
alter table classification_run rename column transform to transform_kind;
alter table classification_run rename column part to only_part;

-- How sure a transform that compares with classes is: its distances are divided by this before they vote.
alter table embedding_transform add (temperature number);

comment on column embedding_transform.temperature is 'Of LDA, by img_calibrate; null: not calibrated';

-- The confidence of an evaluation's items as a calibration made of the other folds tells it.
alter table classification_item add (
  calibrated_confidence   binary_double,
  calibrated_actual_share binary_double
);
