-- What the migration runner remembers. It runs these files itself, whenever they change, before it
-- reads the history; every statement can be repeated.

create table if not exists img_schema_history (
  history_id        number generated always as identity (order),
  kind              varchar2(10 char) not null,
  version           number,
  file_name         varchar2(200 char) not null,
  checksum          varchar2(64 char),
  installed_by      varchar2(128 char) not null,
  installed_at      timestamp with time zone not null,
  duration_ms       number not null,
  success           number(1) not null,
  statements_done   number not null,
  statements_digest varchar2(64 char),
  error_text        varchar2(2000 char),
  constraint img_schema_history_pk primary key (history_id),
  constraint img_schema_history_kind_ck check (kind in ('BOOTSTRAP', 'VERSIONED', 'REPEATABLE')),
  constraint img_schema_history_ok_ck check (success in (0, 1))
);

-- In the order in which they are given, also where several instances of a cluster give them; a table that was made
-- by an earlier release has it otherwise.
alter table img_schema_history modify (history_id generated always as identity (order));

-- One row, locked for as long as an installation runs.
create table if not exists img_schema_lock (
  lock_id number(1) not null,
  constraint img_schema_lock_pk primary key (lock_id)
);

merge into img_schema_lock l
using (select 1 as lock_id from dual) n
on (l.lock_id = n.lock_id)
when not matched then insert (lock_id) values (n.lock_id);
