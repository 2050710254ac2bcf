-- When tables, indexes and sequences were made and changed, which PostgreSQL does not keep.

create table if not exists ora.relation_time (
  oid     oid primary key,
  created timestamptz not null default clock_timestamp(),
  changed timestamptz not null default clock_timestamp()
);

-- An index of a constraint is made with its table.
create or replace function ora.note_relations() returns event_trigger
language plpgsql as $$
begin
  insert into ora.relation_time (oid)
  select distinct c.oid
    from pg_event_trigger_ddl_commands() d
    join pg_class t on t.oid = d.objid and d.classid = 'pg_class'::regclass and t.relnamespace = 'app'::regnamespace
    left join pg_index i on i.indrelid = t.oid
    join pg_class c on c.oid in (t.oid, i.indexrelid)
   where t.relkind in ('r', 'i', 'S')
  on conflict (oid) do update set changed = excluded.changed;
end $$;

-- What is dropped, and what is kept of its columns.
create or replace function ora.forget_relations() returns event_trigger
language plpgsql as $$
begin
  delete from ora.invisible_column i
   using pg_event_trigger_dropped_objects() d
   where d.schema_name = 'app'
     and ((d.object_type = 'table' and d.object_name = i.table_name)
          or (d.object_type = 'table column' and d.address_names[2:3] = array[i.table_name, i.column_name]));
  delete from ora.relation_time where oid in (select objid from pg_event_trigger_dropped_objects());
end $$;

do $$
begin
  if not exists (select 1 from pg_event_trigger where evtname = 'note_relations') then
    create event trigger note_relations on ddl_command_end
      when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'ALTER TABLE', 'CREATE INDEX', 'ALTER INDEX', 'CREATE SEQUENCE',
                   'ALTER SEQUENCE')
      execute function ora.note_relations();
    create event trigger forget_relations on sql_drop
      when tag in ('DROP TABLE', 'DROP INDEX', 'DROP SEQUENCE', 'ALTER TABLE')
      execute function ora.forget_relations();
  end if;
end $$;
