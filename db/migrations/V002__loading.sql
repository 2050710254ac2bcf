-- Which model made an embedding: its file and what was done to the pixels decide the vector.
create table embedding_model (
  model_id      number generated always as identity,
  name          varchar2(100 char) not null,
  file_hash     varchar2(64 char) not null,
  dimension     number(5) not null,
  preprocessing varchar2(1000 char) not null,
  registered_at timestamp with time zone default systimestamp not null,
  constraint embedding_model_pk primary key (model_id),
  constraint embedding_model_uk unique (file_hash, name),
  constraint embedding_model_dimension_ck check (dimension > 0)
);

comment on column embedding_model.file_hash is 'SHA-256 of the ONNX file, hexadecimal';

-- Invisible, so that select * and insert without a column list go on as before.
alter table image_demo1 add (
  model_id number invisible constraint image_demo1_model_fk references embedding_model (model_id)
);

create index image_demo1_model_ix on image_demo1 (model_id);

-- Where label and image files come from: a directory, or a name that several hosts share.
create table image_source (
  source_id number generated always as identity,
  name      varchar2(1000 char) not null,
  constraint image_source_pk primary key (source_id),
  constraint image_source_uk unique (name)
);

create table image_load_run (
  run_id      number generated always as identity,
  source_id   number not null,
  model_id    number not null,
  started_at  timestamp with time zone default systimestamp not null,
  finished_at timestamp with time zone,
  constraint image_load_run_pk primary key (run_id),
  constraint image_load_run_source_fk foreign key (source_id) references image_source (source_id),
  constraint image_load_run_model_fk foreign key (model_id) references embedding_model (model_id)
);

-- One row for each label file that was seen: the queue of images to embed, and the list of what
-- could not be loaded. A label waits here until its embedding is there, so that the two become
-- visible in image_demo1 together.
create table image_load (
  load_id       number generated always as identity,
  source_id     number not null,
  label_path    varchar2(1000 char) not null,
  label_hash    varchar2(64 char),
  file_name     varchar2(1000 char),
  state         varchar2(7 char) not null,
  outcome       varchar2(9 char) not null,
  reason        varchar2(1000 char),
  metadata      json,
  image_id      number,
  image_path    varchar2(1000 char),
  run_id        number not null,
  stored_run_id number,
  changed_at    timestamp with time zone default systimestamp not null,
  constraint image_load_pk primary key (load_id),
  constraint image_load_uk unique (source_id, label_path),
  constraint image_load_source_fk foreign key (source_id) references image_source (source_id),
  constraint image_load_image_fk foreign key (image_id) references image_demo1 (image_id) on delete cascade,
  constraint image_load_state_ck check (state in ('PENDING', 'STORED', 'FAILED')),
  constraint image_load_outcome_ck check (outcome in ('NEW', 'CHANGED', 'UNCHANGED', 'RETRIED')),
  constraint image_load_reason_ck check (state <> 'FAILED' or reason is not null)
);

comment on column image_load.label_path is 'Relative to the source, with forward slashes, Unicode form NFC';
comment on column image_load.label_hash is 'SHA-256 of the label file, hexadecimal';
comment on column image_load.state is 'PENDING: waits for its embedding. STORED: in image_demo1. FAILED: see reason';
comment on column image_load.outcome is 'What the run found: a NEW, CHANGED or UNCHANGED label, or one RETRIED';
comment on column image_load.metadata is 'The label that waits to be stored';
comment on column image_load.run_id is 'The last run that met the label file';
comment on column image_load.stored_run_id is 'The run that stored the embedding';

create index image_load_image_ix on image_load (image_id);
create index image_load_run_ix on image_load (run_id, state);
create index image_load_path_ix on image_load (source_id, image_path);
