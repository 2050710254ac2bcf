-- Stored packages and routines: what the translation and the checker must know of them, their text and their place.

create table if not exists ora.package (
  name       text primary key,
  definition jsonb not null
);

create table if not exists ora.routine (
  name       text primary key,
  definition jsonb not null
);

-- The text of a package's specification or a routine, by the name in Oracle's dictionary, for the checker.
create table if not exists ora.specification (
  name text primary key,
  text text not null
);

create or replace function ora.keep_specification(p_name text, p_text text) returns void
language sql as $$
  insert into ora.specification values (p_name, p_text)
  on conflict (name) do update set text = excluded.text
$$;

-- Line n of a routine's body is line line_offset + n of its file.
create table if not exists ora.source (
  schema_name text not null,
  routine     text not null,
  file        text not null,
  line_offset integer not null,
  primary key (schema_name, routine)
);

-- The Oracle text of stored units and views: of a unit from its kind on, of a view its query.
create table if not exists ora.unit_text (
  kind text not null,
  name text not null,
  text text not null,
  primary key (kind, name)
);

alter table ora.unit_text add column if not exists created timestamptz;
alter table ora.unit_text add column if not exists changed timestamptz;

create or replace function ora.keep_text(p_kind text, p_name text, p_text text) returns void
language sql as $$
  insert into ora.unit_text values (p_kind, p_name, p_text, clock_timestamp(), clock_timestamp())
  on conflict (kind, name) do update set text = excluded.text, changed = excluded.changed
$$;

create or replace function ora.forget_text(p_kind text, p_name text) returns void
language sql as $$ delete from ora.unit_text where kind = p_kind and name = p_name $$;

create or replace function ora.register_source(p_schema text, p_routine text, p_file text, p_offset integer)
returns void language sql as $$
  insert into ora.source values (p_schema, p_routine, p_file, p_offset)
  on conflict (schema_name, routine) do update set file = excluded.file, line_offset = excluded.line_offset
$$;

create or replace function ora.register_routine(p_name text, p_definition jsonb) returns void
language sql as $$
  insert into ora.routine values (p_name, p_definition)
  on conflict (name) do update set definition = excluded.definition
$$;

create or replace function ora.drop_routine(p_name text) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select oid::regprocedure as signature from pg_proc
            where pronamespace = 'app'::regnamespace
              and (proname = p_name or starts_with(proname, p_name || '.') and proname like '%$private%') loop
    execute 'drop routine ' || r.signature::text;
  end loop;
  delete from ora.specification where name = ora.dictionary_name(p_name);
  delete from ora.routine where name = p_name;
end $$;

-- The local subprograms of the block that was run before.
create or replace function ora.drop_local_routines() returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select oid::regprocedure as signature from pg_proc where pronamespace = pg_my_temp_schema() loop
    execute 'drop routine ' || r.signature::text;
  end loop;
end $$;

-- Readies a package for its new declaration. Constants that stay as they are keep what depends on
-- them; one that goes or changes its type goes with the body, whose parameters may default to it.
create or replace function ora.begin_package(p_name text, p_constants jsonb) returns void
language plpgsql as $$
declare
  r record;
begin
  execute format('create schema if not exists %I', p_name);
  if exists (select 1 from ora.obsolete_constant(p_name, p_constants)) then
    perform ora.begin_package_body(p_name);
    for r in select * from ora.obsolete_constant(p_name, p_constants) as signature loop
      execute 'drop function ' || r.signature::text;
    end loop;
  end if;
end $$;

create or replace function ora.obsolete_constant(p_name text, p_constants jsonb) returns setof regprocedure
language sql stable as $$
  select f.oid::regprocedure
    from ora.package p
    join pg_proc f on f.pronamespace = to_regnamespace(quote_ident(p.name)) and p.definition -> 'constants' ? ora.full_name(f.proname::text)
   where p.name = p_name
     and to_regtype(p_constants ->> ora.full_name(f.proname::text))::oid is distinct from f.prorettype
$$;

-- Constants stay while a package's body is replaced: defaults of parameters may depend on them.
create or replace function ora.begin_package_body(p_name text) returns void
language plpgsql as $$
declare
  r record;
begin
  perform ora.invalidate_views(
    'pg_proc', array(select oid from pg_proc where pronamespace = to_regnamespace(quote_ident(p_name))), null);
  for r in select oid::regprocedure as signature from pg_proc
            where pronamespace = to_regnamespace(quote_ident(p_name))
              and not coalesce((select definition -> 'constants' ? ora.full_name(proname::text)
                                  from ora.package where name = p_name), false) loop
    execute 'drop routine ' || r.signature::text;
  end loop;
  delete from ora.source where schema_name = p_name;
  delete from ora.unit_text where kind = 'PACKAGE BODY' and name = p_name;
end $$;

create or replace function ora.register_package(p_name text, p_definition jsonb) returns void
language plpgsql as $$
begin
  insert into ora.package values (p_name, p_definition)
  on conflict (name) do update set definition = excluded.definition;
  perform ora.settle_package(p_name);
end $$;

-- Oracle compiles a view against a package's specification, PostgreSQL against a function that is there: one that
-- has no body yet stands for it.
create or replace function ora.settle_package(p_name text) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select f ->> 'name' as name, f ->> 'returns' as result,
                  (select string_agg(format('%s %I %s %s', a ->> 1, ora.stored_name(a ->> 0), a ->> 2,
                                            case when has_default then 'default null' end), ', ' order by n)
                     -- PostgreSQL asks for a default behind one.
                     from (select a, n, bool_or((a ->> 3)::boolean) over (order by n) as has_default
                             from jsonb_array_elements(f -> 'parameters') with ordinality as t (a, n)) s) as parameters
             from ora.package p, jsonb_array_elements(p.definition -> 'routines') f
            where p.name = p_name
              and not (f ->> 'private')::boolean
              and not exists (select 1 from pg_proc q
                               where q.pronamespace = to_regnamespace(quote_ident(p_name)) and q.proname = ora.stored_name(f ->> 'name')) loop
    execute format('create %s %I.%I(%s) %s language plpgsql as %L',
                   case when r.result is null then 'procedure' else 'function' end, p_name, ora.stored_name(r.name),
                   r.parameters, case when r.result is not null then 'returns ' || r.result end,
                   format('begin raise exception %L; end',
                          pg_catalog.concat('ORA-04067: not executed, package body "', upper(p_name), '" does not exist')));
  end loop;
end $$;

create or replace function ora.drop_package_body(p_name text, p_if_exists boolean) returns void
language plpgsql as $$
begin
  if not p_if_exists and not exists (select 1 from ora.package where name = p_name) then
    raise exception using errcode = '42883', message = format('the package %s does not exist', ora.dictionary_name(p_name));
  end if;
  perform ora.begin_package_body(p_name);
  perform ora.settle_package(p_name);
end $$;

create or replace function ora.drop_package(p_name text, p_if_exists boolean) returns void
language plpgsql as $$
begin
  if not exists (select 1 from ora.package where name = p_name) then
    if p_if_exists then
      return;
    end if;
    raise exception using errcode = '42883', message = format('the package %s does not exist', ora.dictionary_name(p_name));
  end if;
  perform ora.begin_package_body(p_name);
  execute format('drop schema %I cascade', p_name);
  delete from ora.package where name = p_name;
  delete from ora.specification where name = ora.dictionary_name(p_name);
  delete from ora.source where schema_name = p_name;
end $$;
