-- What the service said of new pictures, where it was asked to keep that. A log: it outlives models, transforms and images,
-- so that it holds their names and refers to no table.
create table image_decision (
  decision_id      number generated always as identity (order),
  decided_at       timestamp with time zone not null,
  origin           varchar2(10 char) not null,
  image_name       varchar2(1000 char),
  image_hash       varchar2(64 char),
  part             varchar2(100 char),
  model_name       varchar2(1000 char) not null,
  transform_name   varchar2(100 char),
  label_state      varchar2(100 char) not null,
  answer           varchar2(100 char) not null,
  best             varchar2(100 char),
  confidence       binary_double,
  nearest_distance binary_double,
  constraint image_decision_pk primary key (decision_id),
  constraint image_decision_origin_ck check (origin in ('SENT', 'WATCHED'))
);

create index image_decision_time_ix on image_decision (decided_at);
create index image_decision_hash_ix on image_decision (image_hash);

comment on table image_decision is 'What the service said of new pictures, by img_log; kept for so many days';
comment on column image_decision.origin is 'SENT to POST /classify, or WATCHED: found in the watched directory';
comment on column image_decision.image_hash is 'SHA-256 of the picture''s file, hexadecimal';
comment on column image_decision.label_state is 'The labels that it was decided by, see img_log.label_state';
comment on column image_decision.answer is 'The class that was said, or unknown; best is the class before rejection';
