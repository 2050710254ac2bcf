-- Labels as columns, so that a search can be narrowed by them without reading JSON, and by a vector index
-- along with the distance. Invisible and named label_..., so that SQL written for the three columns of
-- image_demo1 goes on as before, also where it takes part and quality from JSON_TABLE beside the table.
alter table image_demo1 add (
  label_part      varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.part' returning varchar2(100 char))) virtual,
  label_quality   varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.quality' returning varchar2(100 char))) virtual,
  label_category1 varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.categories[0]' returning varchar2(100 char))) virtual,
  label_category2 varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.categories[1]' returning varchar2(100 char))) virtual
);

create index image_demo1_part_ix on image_demo1 (label_part);

-- An embedding that was put in by hand has no model; -1 stands for that, so that the index has it too.
create index image_demo1_models_ix on image_demo1 (nvl(model_id, -1));

-- Whether neighbours were looked for in the vector index, and with which target accuracy.
alter table classification_run add (
  approximate     number(1) default 0 not null,
  target_accuracy number(3)
);

-- What img_index created: the parameters, and how many images there were.
create table vector_index (
  index_name      varchar2(128 char) not null,
  kind            varchar2(4 char) not null,
  metric          varchar2(10 char) not null,
  target_accuracy number(3) not null,
  neighbors       number,
  ef_construction number,
  partitions      number,
  own_partitions  number(1) not null,
  parallel        number not null,
  dimension       number not null,
  images          number not null,
  build_s         number,
  created_at      timestamp with time zone default systimestamp not null,
  created_by      varchar2(128 char) default user not null,
  constraint vector_index_pk primary key (index_name),
  constraint vector_index_kind_ck check (kind in ('HNSW', 'IVF'))
);

comment on table vector_index is 'Vector indexes that img_index created; see vw_vector_index for those that exist';
comment on column vector_index.own_partitions is '1: the caller said how many; 0: they followed from the images';
comment on column vector_index.images is 'How many there were when it was built';

-- Measurements of the index against exact search, a row for each query and target accuracy.
create table vector_accuracy (
  report_id  number generated always as identity,
  index_name varchar2(128 char) not null,
  kind       varchar2(4 char) not null,
  k          number(6) not null,
  samples    number not null,
  images     number not null,
  taken_at   timestamp with time zone default systimestamp not null,
  constraint vector_accuracy_pk primary key (report_id)
);

create table vector_accuracy_query (
  report_id       number not null,
  target_accuracy number(3) not null,
  image_id        number not null,
  expected        number not null,
  found           number not null,
  exact_ms        number not null,
  approximate_ms  number not null,
  index_accuracy  varchar2(1000 char),
  constraint vector_accuracy_query_pk primary key (report_id, target_accuracy, image_id),
  constraint vector_accuracy_query_fk foreign key (report_id)
    references vector_accuracy (report_id) on delete cascade
);

comment on column vector_accuracy_query.expected is 'How many neighbours exact search gives, k or fewer';
comment on column vector_accuracy_query.index_accuracy is 'What DBMS_VECTOR.INDEX_ACCURACY_QUERY said, of one image';
comment on column vector_accuracy_query.found is 'How many of those the index gave; one that is as near counts';
