-- What the translated files call and PostgreSQL lacks, with Oracle's meaning. Written for
-- PostgreSQL; run whenever its text changes, so every statement can be repeated.
--
-- The schema stands before pg_catalog in the search path: an operator or a cast here takes the
-- place of PostgreSQL's own. User objects live in the schema app.

create schema if not exists app;
create schema if not exists ora;
create schema if not exists dbms_output;
create schema if not exists dbms_vector;
create extension if not exists vector schema public;

-- Names -----------------------------------------------------------------------------------------

-- Oracle's names have up to 128 bytes. PostgreSQL cuts at 63, so that a longer one is given a short form that is
-- different for different names; stored_name in loader/embedded/names.py makes the same. The tables of this schema
-- hold the names that PostgreSQL knows.
create table if not exists ora.long_name (
  short text primary key,
  name  text not null
);

create or replace function ora.stored_name(p_name text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_head text := left(p_name, 46);
begin
  if octet_length(p_name) <= 63 then
    return p_name;
  end if;
  while octet_length(l_head) > 46 loop
    l_head := left(l_head, -1);
  end loop;
  return pg_catalog.concat(l_head, '~', left(encode(sha256(convert_to(p_name, 'UTF8')), 'hex'), 16));
end $$;

create or replace function ora.keep_name(p_name text) returns void
language sql as $$
  insert into ora.long_name values (ora.stored_name(p_name), p_name) on conflict do nothing
$$;

create or replace function ora.full_name(p_stored text) returns text
language sql stable strict parallel safe as $$
  select coalesce((select name from ora.long_name where short = p_stored), p_stored)
$$;

-- As Oracle's dictionary has it: in capitals, unless it was quoted. Names of PostgreSQL's catalogue have the collation
-- "C", which knows the letters of ASCII alone.
create or replace function ora.dictionary_name(p_stored text) returns text
language sql stable strict parallel safe as $$
  select case when n = lower(n) then upper(n) else n end
    from (select ora.full_name(p_stored) collate "default" as n) as t
$$;

-- What the translator must know -----------------------------------------------------------------

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

create or replace function ora.keep_text(p_kind text, p_name text, p_text text) returns void
language sql as $$
  insert into ora.unit_text values (p_kind, p_name, p_text)
  on conflict (kind, name) do update set text = excluded.text
$$;

create table if not exists ora.invisible_column (
  table_name  text not null,
  column_name text not null,
  primary key (table_name, column_name)
);

create or replace function ora.hide_column(p_table text, p_column text) returns void
language sql as $$
  insert into ora.invisible_column values (p_table, p_column) on conflict do nothing
$$;

-- Views whose rows can not be traced to rows of tables, so that FOR UPDATE can not lock through them.
create table if not exists ora.unmerged_view (
  name text primary key
);

create or replace function ora.register_view(p_name text, p_unmerged boolean) returns void
language sql as $$
  delete from ora.unmerged_view where name = p_name;
  insert into ora.unmerged_view select p_name where p_unmerged
$$;

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
            where pronamespace = 'app'::regnamespace and proname = p_name loop
    execute 'drop routine ' || r.signature::text;
  end loop;
  delete from ora.specification where name = ora.dictionary_name(p_name);
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
                  (select string_agg(format('%I %s', ora.stored_name(a ->> 0), a ->> 2), ', ' order by n)
                     from jsonb_array_elements(f -> 'parameters') with ordinality as t (a, n)) as parameters
             from ora.package p, jsonb_array_elements(p.definition -> 'routines') f
            where p.name = p_name
              and f ->> 'returns' is not null
              and not (f ->> 'private')::boolean
              and not exists (select 1 from pg_proc q
                               where q.pronamespace = to_regnamespace(quote_ident(p_name)) and q.proname = ora.stored_name(f ->> 'name')) loop
    execute format('create function %I.%I(%s) returns %s language plpgsql as %L', p_name, ora.stored_name(r.name), r.parameters, r.result,
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

-- Oracle drops a table, a view, a column or a package beneath views, which are invalid until what they need is there
-- again.
-- PostgreSQL has no invalid views: they wait here.
create table if not exists ora.invalid_view (
  name       text primary key,
  depth      integer not null,
  definition text not null
);

-- Set aside the views that rest on some objects of a catalogue (pg_class: on one column of them, where it is given).
create or replace function ora.invalidate_views(p_class regclass, p_objects oid[], p_column smallint) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in
    with recursive dependent as (
      select 0 as depth, p_class::oid as class, o as object, p_column as part from unnest(p_objects) as o
      union
      select d.depth + 1, 'pg_class'::regclass::oid, w.ev_class, null::smallint
        from dependent d
        join pg_depend p
          on p.refclassid = d.class
         and p.refobjid = d.object
         and (d.part is null or p.refobjsubid = d.part)
         and p.classid = 'pg_rewrite'::regclass
        join pg_rewrite w on w.oid = p.objid and w.ev_class <> d.object
    )
    select c.relname, max(d.depth) as depth, pg_get_viewdef(c.oid) as definition
      from dependent d
      join pg_class c on c.oid = d.object
     where d.depth > 0
     group by c.oid, c.relname
     order by 2 desc
  loop
    insert into ora.invalid_view values (r.relname, r.depth, r.definition)
    on conflict (name) do update set depth = excluded.depth, definition = excluded.definition;
    execute format('drop view app.%I', r.relname);
  end loop;
end $$;

create or replace function ora.drop_column(p_table text, p_column text) returns void
language plpgsql as $$
begin
  perform ora.invalidate_views('pg_class', array[attrelid], attnum)
     from pg_attribute
    where attrelid = to_regclass('app.' || quote_ident(p_table))
      and attname = p_column;
  execute format('alter table app.%I drop column %I', p_table, p_column);
end $$;

create or replace function ora.drop_view(p_name text, p_if_exists boolean) returns void
language plpgsql as $$
declare
  l_view constant regclass := to_regclass('app.' || quote_ident(p_name));
begin
  delete from ora.invalid_view where name = p_name;
  if not found then
    perform ora.invalidate_views('pg_class', array[l_view::oid], null);
    execute format('drop view %s app.%I', case when p_if_exists then 'if exists' else '' end, p_name);
  end if;
end $$;

-- CASCADE CONSTRAINTS drops the foreign keys that refer to the table.
create or replace function ora.drop_table(p_name text, p_if_exists boolean, p_cascade boolean) returns void
language plpgsql as $$
declare
  l_table constant regclass := to_regclass('app.' || quote_ident(p_name));
  r       record;
begin
  if l_table is not null then
    perform ora.invalidate_views('pg_class', array[l_table::oid], null);
    for r in select conrelid::regclass as owner, conname from pg_constraint
              where p_cascade and contype = 'f' and confrelid = l_table loop
      execute format('alter table %s drop constraint %I', r.owner, r.conname);
    end loop;
  end if;
  execute format('drop table %s app.%I', case when p_if_exists then 'if exists' else '' end, p_name);
end $$;

-- What is created now takes the place of an invalid view of that name.
create or replace function ora.begin_view(p_name text) returns void
language sql as $$ delete from ora.invalid_view where name = p_name $$;

create or replace function ora.revive_views() returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select name, definition from ora.invalid_view order by depth loop
    begin
      execute format('create view app.%I as %s', r.name, r.definition);
      delete from ora.invalid_view where name = r.name;
    exception
      when undefined_column or undefined_table or undefined_function or invalid_schema_name or datatype_mismatch then
        null; -- stays invalid
    end;
  end loop;
end $$;

-- Vectors --------------------------------------------------------------------------------------

-- Oracle compares, sorts and groups no vectors (ORA-22848) and has no ordinary index on one. pgvector's operators for
-- it go, and with them PostgreSQL's means of DISTINCT, UNION, ORDER BY and the like. The casts go because a comparison
-- of another type of pgvector's would take over. What a user's own view or index rests on stays.
do $$
declare
  r record;
begin
  for r in select format('cast (%s as %s)', format_type(castsource, null), format_type(casttarget, null)) as object
             from pg_cast
            where castsource = 'public.vector'::regtype
              and casttarget in (to_regtype('public.halfvec'), to_regtype('public.sparsevec'))
            union all
           select format('operator class public.%I using btree', opcname)
             from pg_opclass
             join pg_am m on m.oid = opcmethod and m.amname = 'btree'
            where opcintype = 'public.vector'::regtype
            union all
           select format('operator family public.%I using btree', opfname)
             from pg_opclass
             join pg_am m on m.oid = opcmethod and m.amname = 'btree'
             join pg_opfamily f on f.oid = opcfamily
            where opcintype = 'public.vector'::regtype
            union all
           select format('operator %s', oid::regoperator)
             from pg_operator
            where oprnamespace = 'public'::regnamespace
              and oprleft = 'public.vector'::regtype
              and oprname in ('=', '<>', '<', '>', '<=', '>=') loop
    begin
      execute 'alter extension vector drop ' || r.object;
      execute 'drop ' || r.object;
    exception
      when dependent_objects_still_exist then
        null;
    end;
  end loop;
end $$;

-- VECTOR of FLOAT64: what AVG and SUM give, and TO_VECTOR(..., FLOAT64). It is the text of an array of doubles, and no
-- vector of pgvector's: it can not be stored as one, nor measured against one (ORA-51812), before TO_VECTOR(x, *, FLOAT32).
do $$
begin
  if to_regtype('ora.float64_vector') is null then
    create type ora.float64_vector;
    create function ora.float64_vector_in(cstring) returns ora.float64_vector
      language internal immutable strict parallel safe as 'textin';
    create function ora.float64_vector_out(ora.float64_vector) returns cstring
      language internal immutable strict parallel safe as 'textout';
    create function ora.float64_vector_send(ora.float64_vector) returns bytea
      language internal immutable strict parallel safe as 'textsend';
    create type ora.float64_vector (
      input = ora.float64_vector_in, output = ora.float64_vector_out, send = ora.float64_vector_send,
      internallength = variable, alignment = int4, storage = extended
    );
  end if;
end $$;

create or replace function ora.doubles(p_vector ora.float64_vector) returns double precision[]
language sql immutable strict parallel safe as $$ select p_vector::text::double precision[] $$;
create or replace function ora.doubles(p_vector public.vector) returns double precision[]
language sql immutable strict parallel safe as $$ select p_vector::real[]::double precision[] $$;

create or replace function ora.float64_vector_of(p_values double precision[]) returns ora.float64_vector
language plpgsql immutable strict parallel safe as $$
declare
  l_place integer;
begin
  select n into l_place
    from unnest(p_values) with ordinality as t (x, n)
   where x is null or x in ('NaN', 'Infinity', '-Infinity')
   order by n
   limit 1;
  if l_place is not null then
    raise exception using errcode = '22000', message = format(
      'ORA-51805: Invalid syntax for VECTOR value. The specified dimension value at position %s could not be converted to a number.', l_place);
  end if;
  if coalesce(cardinality(p_values), 0) = 0 then
    raise exception using errcode = '22000', message = 'ORA-51804: Invalid syntax for VECTOR value.';
  end if;
  return p_values::text::ora.float64_vector;
end $$;

-- TO_VECTOR without a format takes a text for FLOAT32, and gives a vector as it is.
create or replace function ora.to_vector(p_text text) returns public.vector
language sql immutable strict parallel safe as $$ select p_text::public.vector $$;
create or replace function ora.to_vector(p_json jsonb) returns public.vector
language sql immutable strict parallel safe as $$ select p_json::text::public.vector $$;
create or replace function ora.to_vector(p_vector public.vector) returns public.vector
language sql immutable strict parallel safe as $$ select p_vector $$;
create or replace function ora.to_vector(p_vector ora.float64_vector) returns public.vector
language plpgsql immutable strict parallel safe as $$
begin
  raise exception using errcode = '0A000',
    message = 'the embedded engine does not run TO_VECTOR of a FLOAT64 vector without a format; write to_vector(x, *, float32)';
end $$;

create or replace function ora.to_float32_vector(p_text text) returns public.vector
language sql immutable strict parallel safe as $$ select p_text::public.vector $$;
create or replace function ora.to_float32_vector(p_json jsonb) returns public.vector
language sql immutable strict parallel safe as $$ select p_json::text::public.vector $$;
create or replace function ora.to_float32_vector(p_vector public.vector) returns public.vector
language sql immutable strict parallel safe as $$ select p_vector $$;
create or replace function ora.to_float32_vector(p_vector ora.float64_vector) returns public.vector
language sql immutable strict parallel safe as $$ select ora.doubles(p_vector)::public.vector $$;

create or replace function ora.to_float64_vector(p_text text) returns ora.float64_vector
language sql immutable strict parallel safe as $$
  -- The text is read as a vector first: its syntax is that one's.
  select case when p_text::public.vector is not null
           then ora.float64_vector_of(translate(p_text, '[]', '{}')::double precision[]) end
$$;
create or replace function ora.to_float64_vector(p_json jsonb) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select ora.to_float64_vector(p_json::text) $$;
create or replace function ora.to_float64_vector(p_vector public.vector) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select ora.float64_vector_of(ora.doubles(p_vector)) $$;
create or replace function ora.to_float64_vector(p_vector ora.float64_vector) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select p_vector $$;

create or replace function ora.vector_dims(p_vector ora.float64_vector) returns integer
language sql immutable strict parallel safe as $$ select cardinality(ora.doubles(p_vector)) $$;

create or replace function ora.check_dimension(p_found integer, p_wanted numeric) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  if p_found <> p_wanted then
    raise exception using errcode = '22000', message = format(
      'ORA-51803: Vector dimension count must match the dimension count specified in the column definition (expected %s dimensions, specified %s dimensions).',
      p_wanted, p_found);
  end if;
  return true;
end $$;
create or replace function ora.of_dimension(p_vector public.vector, p_dimension numeric) returns public.vector
language sql immutable strict parallel safe as $$
  select case when ora.check_dimension(public.vector_dims(p_vector), p_dimension) then p_vector end
$$;
create or replace function ora.of_dimension(p_vector ora.float64_vector, p_dimension numeric) returns ora.float64_vector
language sql immutable strict parallel safe as $$
  select case when ora.check_dimension(ora.vector_dims(p_vector), p_dimension) then p_vector end
$$;

create or replace function ora.from_vector(p_vector public.vector) returns text
language sql immutable strict parallel safe as $$ select p_vector::text $$;
create or replace function ora.from_vector(p_vector ora.float64_vector) returns text
language sql immutable strict parallel safe as $$ select translate(p_vector::text, '{}', '[]') $$;

create or replace function ora.vector_dimension_format(p_vector public.vector) returns text
language sql immutable strict parallel safe as $$ select 'FLOAT32' $$;
create or replace function ora.vector_dimension_format(p_vector ora.float64_vector) returns text
language sql immutable strict parallel safe as $$ select 'FLOAT64' $$;

create or replace function ora.vector_norm(p_vector ora.float64_vector) returns double precision
language sql immutable strict parallel safe as $$
  select pg_catalog.sqrt(pg_catalog.sum(x operator(pg_catalog.*) x)) from unnest(ora.doubles(p_vector)) as t (x)
$$;

-- AVG and SUM: sums of doubles, of which the first is the number of vectors, as pgvector keeps them.
create or replace function ora.vector_average(p_state double precision[]) returns ora.float64_vector
language sql immutable parallel safe as $$
  select ora.float64_vector_of(array_agg(x operator(pg_catalog./) p_state[1] order by n))
    from unnest(p_state[2:]) with ordinality as t (x, n)
   where p_state[1] > 0
$$;
create or replace function ora.vector_total(p_state double precision[]) returns ora.float64_vector
language sql immutable parallel safe as $$ select case when p_state[1] > 0 then ora.float64_vector_of(p_state[2:]) end $$;
create or replace function ora.accumulate(p_state double precision[], p_vector ora.float64_vector) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  l_values constant double precision[] := ora.doubles(p_vector);
begin
  if p_state[1] = 0 then
    return 1::double precision || l_values;
  end if;
  if cardinality(p_state) <> cardinality(l_values) + 1 then
    raise exception using errcode = '22000', message = format(
      'ORA-51808: the operation requires all vectors to have the same dimension count. Encountered (%s, %s).',
      cardinality(p_state) - 1, cardinality(l_values));
  end if;
  return (select array_agg(s + v order by n) from unnest(p_state, 1::double precision || l_values) with ordinality as t (s, v, n));
end $$;
create or replace aggregate ora.avg(public.vector) (
  sfunc = public.vector_accum, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_average,
  combinefunc = public.vector_combine, parallel = safe);
create or replace aggregate ora.sum(public.vector) (
  sfunc = public.vector_accum, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_total,
  combinefunc = public.vector_combine, parallel = safe);
create or replace aggregate ora.avg(ora.float64_vector) (
  sfunc = ora.accumulate, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_average);
create or replace aggregate ora.sum(ora.float64_vector) (
  sfunc = ora.accumulate, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_total);

-- Arithmetic with a FLOAT64 operand gives FLOAT64; a distance wants both operands of one format, so that there is none
-- of a FLOAT64 vector and a FLOAT32 one.
create or replace function ora.check_dimensions(p_left double precision[], p_right double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  if cardinality(p_left) <> cardinality(p_right) then
    raise exception using errcode = '22000', message = format(
      'ORA-51808: the operation requires all vectors to have the same dimension count. Encountered (%s, %s).',
      cardinality(p_left), cardinality(p_right));
  end if;
  return true;
end $$;
do $$
declare
  r record;
begin
  for r in select o.sign, o.name, s.l, s.r, o.body, o.result
             from (values
                    ('+', 'plus', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.+) b order by n))', 'ora.float64_vector', false),
                    ('-', 'minus', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.-) b order by n))', 'ora.float64_vector', false),
                    ('*', 'times', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.*) b order by n))', 'ora.float64_vector', false),
                    ('<->', 'euclidean', 'pg_catalog.sqrt(pg_catalog.sum((a operator(pg_catalog.-) b) ^ 2))', 'double precision', true),
                    ('<+>', 'manhattan', 'pg_catalog.sum(abs(a operator(pg_catalog.-) b))', 'double precision', true),
                    ('<#>', 'dot', '- pg_catalog.sum(a operator(pg_catalog.*) b)', 'double precision', true),
                    ('<=>', 'cosine', '1 - pg_catalog.sum(a operator(pg_catalog.*) b) operator(pg_catalog./) '
                                      'nullif(pg_catalog.sqrt(pg_catalog.sum(a operator(pg_catalog.*) a)) operator(pg_catalog.*) pg_catalog.sqrt(pg_catalog.sum(b operator(pg_catalog.*) b)), 0)',
                     'double precision', true)) as o (sign, name, body, result, alike)
             join (values ('ora.float64_vector', 'ora.float64_vector'), ('ora.float64_vector', 'public.vector'),
                          ('public.vector', 'ora.float64_vector')) as s (l, r) on not o.alike or s.l = s.r
  loop
    execute format('create or replace function ora.float64_%s(%s, %s) returns %s language sql immutable strict parallel safe as %L',
                   r.name, r.l, r.r, r.result,
                   format('select %s from unnest(ora.doubles($1), ora.doubles($2)) with ordinality as t (a, b, n) '
                          'where ora.check_dimensions(ora.doubles($1), ora.doubles($2))', r.body));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.float64_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
end $$;

-- Vector indexes: pgvector's, by the statements and parameters of Oracle -------------------------

create table if not exists ora.vector_index (
  index_name  text primary key,
  table_name  text not null,
  column_name text not null,
  operator    text not null,
  accuracy    numeric not null,
  partitions  numeric
);

-- pgvector indexes a column of one dimension, so that one declared VECTOR alone is indexed by the expression
-- column::vector(n). ora."table.column" is that cast, and no more than the column until there is an index:
-- an approximate search orders by it, and PostgreSQL, which replaces the call by its body, finds the index.
create or replace function ora.vector_cast(p_table text, p_column text) returns text
language sql immutable strict parallel safe as $$ select ora.stored_name(pg_catalog.concat(p_table, '.', p_column)) $$;

create or replace function ora.prepare_vector_column(p_table text, p_column text, p_dimension integer) returns void
language plpgsql as $$
begin
  execute format('create or replace function ora.%I(p_vector public.vector) returns public.vector '
                 'language sql immutable parallel safe as %L',
                 ora.vector_cast(p_table, p_column),
                 'select p_vector' || case when p_dimension is null then '' else format('::public.vector(%s)', p_dimension) end);
end $$;

-- Columns of a database that was made before there were vector indexes.
do $$
declare
  r record;
begin
  for r in select c.relname, a.attname
             from pg_attribute a
             join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
            where c.relnamespace = 'app'::regnamespace
              and a.atttypid = to_regtype('public.vector')
              and a.atttypmod = -1
              and not exists (select 1 from pg_proc p
                               where p.pronamespace = 'ora'::regnamespace and p.proname = ora.vector_cast(c.relname, a.attname)) loop
    perform ora.prepare_vector_column(r.relname, r.attname, null);
  end loop;
end $$;

-- Oracle's DDL on a table that another session is changing fails at once, unless DDL_LOCK_TIMEOUT is set. What is
-- waited for here is PostgreSQL's own: a VACUUM that gives way, and for DROP INDEX a query that still runs.
create or replace function ora.lock_for_ddl(p_table text, p_mode text) returns void
language plpgsql as $$
begin
  if exists (select 1
               from pg_locks l
               join pg_stat_activity a on a.pid = l.pid and a.backend_type = 'client backend'
              where l.relation = to_regclass(format('app.%I', p_table))
                and l.database = (select oid from pg_database where datname = current_database())
                and l.granted
                and l.pid <> pg_backend_pid()
                and l.mode in ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) then
    raise lock_not_available;
  end if;
  perform set_config('lock_timeout', '10s', true);
  execute format('lock table app.%I in %s mode', p_table, p_mode);
  perform set_config('lock_timeout', '0', true);
exception
  when lock_not_available or deadlock_detected then
    raise exception using errcode = '55P03',
      message = 'ORA-00054: resource busy and acquire with NOWAIT specified or timeout expired';
end $$;

-- NEIGHBORS is pgvector's m (2 to 100), EFCONSTRUCTION its ef_construction (4 to 1,000, at least twice m),
-- NEIGHBOR PARTITIONS its lists (1 to 32,768).
create or replace function ora.create_vector_index(
  p_kind text, p_name text, p_table text, p_column text, p_metric text, p_accuracy numeric,
  p_neighbors numeric, p_ef_construction numeric, p_partitions numeric, p_parallel numeric
) returns void
language plpgsql as $$
declare
  l_operators constant text := case p_metric when 'cosine' then 'vector_cosine_ops' when 'euclidean' then 'vector_l2_ops'
                                             else 'vector_ip_ops' end;
  l_m         constant integer := least(greatest(coalesce(p_neighbors, 16), 2), 100);
  l_ef        constant integer := least(greatest(coalesce(p_ef_construction, 200), 2 * l_m), 1000);
  l_rows      bigint;
  l_dimension integer;
  l_lists     integer;
  l_kept      bigint;
  l_method    text;
begin
  perform ora.lock_for_ddl(p_table, 'share row exclusive');
  if to_regclass(format('app.%I', p_name)) is not null then
    raise exception using errcode = '42P07', message = 'ORA-00955: name is already used by an existing object';
  end if;
  delete from ora.vector_index where to_regclass(format('app.%I', index_name)) is null; -- went with its table
  if exists (select 1 from ora.vector_index where table_name = p_table and column_name = p_column) then
    raise exception using errcode = '42710', message = 'ORA-01408: such column list already indexed';
  end if;
  execute format('select count(%1$I), max(vector_dims(%1$I)) from app.%2$I', p_column, p_table) into l_rows, l_dimension;
  if l_rows = 0 then
    raise exception using errcode = '0A000',
      message = 'the embedded engine takes the dimension of a vector index from the rows, and there is none';
  end if;
  l_lists := least(greatest(coalesce(p_partitions, sqrt(l_rows)), 1), 32768);
  l_method := case when p_kind = 'hnsw' then format('using hnsw ((%I::public.vector(%s)) %s) with (m = %s, ef_construction = %s)',
                                                    p_column, l_dimension, l_operators, l_m, l_ef)
                   else format('using ivfflat ((%I::public.vector(%s)) %s) with (lists = %s)',
                               p_column, l_dimension, l_operators, l_lists) end;
  -- Vectors and edges in memory, or the build slows down; shared_buffers is an eighth of the machine's at most. The
  -- lists are made of 50 vectors each, of 10,000 at least, however few there are.
  l_kept := case when p_kind = 'hnsw' then l_rows * (4 * l_dimension + 16 * l_m + 256)
                 else greatest(50 * l_lists, 10000)::bigint * (4 * l_dimension + 4 * l_lists + 16) end;
  perform set_config('maintenance_work_mem',
                     least(4 * pg_size_bytes(current_setting('shared_buffers')) / 1024, 65536 + l_kept / 1024 * 5 / 4)::bigint || 'kB', true);
  perform set_config('max_parallel_maintenance_workers', coalesce(p_parallel - 1, 2)::integer::text, true);
  begin
    execute format('create index %I on app.%I %s', p_name, p_table, l_method);
  exception
    when insufficient_resources then
      -- Parallel workers share memory that a container may not have.
      perform set_config('max_parallel_maintenance_workers', '0', true);
      begin
        execute format('create index %I on app.%I %s', p_name, p_table, l_method);
      exception
        when out_of_memory then
          raise exception using errcode = '51962',
            message = 'ORA-51962: The vector memory area is out of space for the current container.';
      end;
  end;
  -- Whether the index is worth using is decided by statistics, which may know nothing yet of new rows.
  execute format('analyze app.%I', p_table);
  perform ora.prepare_vector_column(p_table, p_column, l_dimension);
  insert into ora.vector_index
  values (p_name, p_table, p_column, case p_metric when 'cosine' then '<=>' when 'euclidean' then '<->' else '<#>' end,
          p_accuracy, case when p_kind = 'ivf' then l_lists end);
end $$;

create or replace function ora.drop_index(p_name text, p_if_exists boolean) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select t.relname from pg_index i join pg_class t on t.oid = i.indrelid
            where i.indexrelid = to_regclass(format('app.%I', p_name)) loop
    perform ora.lock_for_ddl(r.relname, 'access exclusive');
  end loop;
  execute format('drop index %s app.%I', case when p_if_exists then 'if exists' else '' end, p_name);
  for r in delete from ora.vector_index where index_name = p_name returning table_name, column_name loop
    perform ora.prepare_vector_column(r.table_name, r.column_name, null);
  end loop;
end $$;

-- The vector to search for, after the search was told how hard to try. A target accuracy of a per cent is
-- hnsw.ef_search = 600 / (101 - a), twice the number of rows at least, and ivfflat.probes = 2 / (102 - a) of
-- the lists: starting points, since neither engine knows its recall before it is measured.
create or replace function ora.approximately(
  p_table text, p_column text, p_vector public.vector, p_accuracy numeric, p_rows numeric
) returns public.vector
language plpgsql as $$
declare
  l_accuracy numeric;
  l_lists    numeric;
begin
  select coalesce(p_accuracy, i.accuracy), i.partitions
    into l_accuracy, l_lists
    from ora.vector_index i
   where i.table_name = p_table
     and i.column_name = p_column;
  if l_lists is not null then
    perform set_config('ivfflat.probes', ceil(l_lists * 2 / (102 - l_accuracy))::integer::text, true),
            set_config('ivfflat.iterative_scan', 'relaxed_order', true);
  elsif l_accuracy is not null then
    perform set_config('hnsw.ef_search',
                       least(1000, greatest(600 / (101 - l_accuracy), 2 * p_rows))::integer::text, true),
            set_config('hnsw.iterative_scan', 'strict_order', true);
  end if;
  return p_vector;
end $$;

-- DBMS_VECTOR: how many of the true nearest rows a search by the index finds, of one vector.
create or replace function dbms_vector.index_accuracy_query(
  owner_name text, index_name text, qv public.vector, top_k numeric, target_accuracy numeric
) returns text
language plpgsql as $$
declare
  r        record;
  l_exact  double precision[];
  l_found  double precision[];
  l_share  numeric;
begin
  select * into r from ora.vector_index i where i.index_name = ora.stored_name(lower($2));
  if not found then
    raise exception using errcode = '42704', message = format('ORA-01418: specified index does not exist: %s', $2);
  end if;
  execute format('select array(select %2$I %4$s $1 from app.%1$I where %2$I is not null order by 1 limit $2)',
                 r.table_name, r.column_name, null, 'operator(public.' || r.operator || ')')
     into l_exact using qv, top_k::bigint;
  execute format('select array(select %2$I %4$s $1 from app.%1$I order by ora.%3$I(%2$I) %4$s '
                 '(select ora.approximately(%1$L, %2$L, $1, $3, $2)) limit $2)',
                 r.table_name, r.column_name, ora.vector_cast(r.table_name, r.column_name), 'operator(public.' || r.operator || ')')
     into l_found using qv, top_k::bigint, target_accuracy;
  select round(100.0 * least(count(*), cardinality(l_exact)) / nullif(cardinality(l_exact), 0))
    into l_share
    from unnest(l_found) as f(distance)
   where f.distance <= l_exact[cardinality(l_exact)];
  return format('Accuracy achieved (%s%%) is %s%% %s than the Target Accuracy requested (%s%%)', l_share,
                abs(l_share - target_accuracy), case when l_share < target_accuracy then 'lower' else 'higher' end,
                target_accuracy);
end $$;

-- Sequences, identity columns and keys -----------------------------------------------------------

create or replace function ora.create_sequence(p_name text, p_start numeric, p_increment numeric, p_if_not_exists boolean)
returns void
language plpgsql as $$
begin
  execute format('create sequence %s app.%I start with %s increment by %s',
                 case when p_if_not_exists then 'if not exists' else '' end, p_name, p_start, p_increment);
end $$;

-- ALTER TABLE ... MODIFY (column GENERATED ... AS IDENTITY (options)): a column can not become one.
create or replace function ora.modify_identity(
  p_table text, p_column text, p_mode text, p_start numeric, p_increment numeric, p_limit boolean
) returns void
language plpgsql as $$
declare
  l_sequence text;
  l_last     numeric;
begin
  if not exists (select 1 from pg_attribute
                  where attrelid = format('app.%I', p_table)::regclass and attname = p_column and attidentity <> '') then
    raise exception using errcode = 'ORIDN',
      message = 'ORA-30673: column to be modified is not an identity column';
  elsif p_mode = 'by default on null' then
    raise exception using errcode = '0A000',
      message = 'the embedded engine does not run GENERATED BY DEFAULT ON NULL';
  end if;
  l_sequence := pg_get_serial_sequence(format('app.%I', p_table), p_column);
  if not exists (select 1 from ora.user_tab_identity_cols
                  where table_name = upper(p_table) and column_name = upper(p_column)
                    and generation_type = upper(p_mode)) then
    execute format('alter table app.%I alter column %I set generated %s', p_table, p_column, p_mode);
  end if;
  if p_increment is not null then
    execute format('alter sequence %s increment by %s', l_sequence, p_increment);
  end if;
  if p_limit then
    execute format('select max(%I) from app.%I', p_column, p_table) into l_last;
    perform setval(l_sequence, greatest(l_last, 1)::bigint, l_last is not null);
  elsif p_start is not null then
    execute format('alter sequence %s restart with %s', l_sequence, p_start);
  end if;
end $$;

-- A UNIQUE constraint over several columns compares nulls as Oracle does, but for keys that are null as a whole:
-- Oracle takes any number of those. Where all of the columns may be null it can not be had.
create or replace function ora.check_unique(p_table text) returns void
language plpgsql as $$
declare
  r record;
begin
  for r in select c.conname
             from pg_constraint c
            where c.conrelid = format('app.%I', p_table)::regclass
              and c.contype = 'u'
              and cardinality(c.conkey) > 1
              and not exists (select 1 from pg_attribute a
                               where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attnotnull) loop
    raise exception using errcode = '0A000', message = format(
      'the embedded engine does not run UNIQUE over columns that may all be null (%s); declare one of them NOT NULL, '
      'or use CREATE UNIQUE INDEX', upper(r.conname));
  end loop;
end $$;

-- A procedure's COMMIT, and DDL by EXECUTE IMMEDIATE: the session commits when the outermost call has ended well.
create or replace function ora.note_commit() returns void
language plpgsql as $$ begin raise notice using errcode = 'COMIT', message = 'commit'; end $$;

create or replace function ora.vector_dimension_format(p_vector public.vector) returns text
language sql immutable strict parallel safe as $$ select 'FLOAT32'::text $$;

-- Records and associative arrays of PL/SQL --------------------------------------------------------

create or replace function ora.make_type(p_name text, p_fields text) returns void
language plpgsql as $$
begin
  if to_regtype(format('ora.%I', p_name)) is null then
    execute format('create type ora.%I as (%s)', p_name, p_fields);
  end if;
end $$;

-- An element that is missing is null; one whose value is null is a record of a null, which is distinct from it.
create or replace function ora.present(p_element anyelement) returns anyelement
language plpgsql immutable parallel safe as $$
begin
  if p_element is not distinct from null then
    raise exception using errcode = 'P0002', message = 'ORA-01403: no data found';
  end if;
  return p_element;
end $$;

create or replace function ora.element_count(p_array anyarray) returns integer
language sql immutable parallel safe as $$
  select count(*)::integer from generate_subscripts(p_array, 1) as i where p_array[i] is distinct from null
$$;

create or replace function ora.first_element(p_array anyarray) returns integer
language sql immutable parallel safe as $$
  select min(i) from generate_subscripts(p_array, 1) as i where p_array[i] is distinct from null
$$;

create or replace function ora.last_element(p_array anyarray) returns integer
language sql immutable parallel safe as $$
  select max(i) from generate_subscripts(p_array, 1) as i where p_array[i] is distinct from null
$$;

create or replace function ora.next_element(p_array anyarray, p_index integer) returns integer
language plpgsql immutable parallel safe as $$
begin
  for i in greatest(p_index + 1, array_lower(p_array, 1)) .. coalesce(array_upper(p_array, 1), p_index) loop
    if p_array[i] is distinct from null then
      return i;
    end if;
  end loop;
  return null;
end $$;

create or replace function ora.prior_element(p_array anyarray, p_index integer) returns integer
language plpgsql immutable parallel safe as $$
begin
  for i in reverse least(p_index - 1, array_upper(p_array, 1)) .. coalesce(array_lower(p_array, 1), p_index) loop
    if p_array[i] is distinct from null then
      return i;
    end if;
  end loop;
  return null;
end $$;

-- VARCHAR2(n) without CHAR counts bytes.
create or replace function ora.make_byte_varchar(p_size integer) returns void
language plpgsql as $$
begin
  if to_regtype(format('ora.varchar_%s_byte', p_size)) is null then
    execute format('create domain ora.varchar_%s_byte as text check (octet_length(value) <= %s)', p_size, p_size);
  end if;
exception
  when duplicate_object then
    null;
end $$;

create or replace view ora.dual as select 'X'::varchar(1) as dummy;

-- Numbers as text -------------------------------------------------------------------------------

-- .5, not 0.50: no trailing zeros, no zero before the point. The cast to text is made from this
-- function further down, so it may not use that cast itself.
create or replace function ora.to_char(p_value numeric) returns text
language sql immutable strict parallel safe as $$
  select regexp_replace(textin(numeric_out(trim_scale(p_value))), '^(-?)0\.', '\1.')
$$;

create or replace function ora.to_char(p_value bigint) returns text
language sql immutable strict parallel safe as $$ select p_value::pg_catalog.text $$;

create or replace function ora.to_char(p_value integer) returns text
language sql immutable strict parallel safe as $$ select p_value::pg_catalog.text $$;

-- BINARY_DOUBLE: 17 significant digits and an exponent of three, 1.5E+000.
create or replace function ora.to_char(p_value double precision) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_parts text[];
  l_mantissa text;
begin
  if p_value = 'NaN' then return 'Nan'; end if;
  if p_value = 'Infinity' then return 'Inf'; end if;
  if p_value = '-Infinity' then return '-Inf'; end if;
  if p_value = 0 then return '0'; end if;
  l_parts := string_to_array(pg_catalog.btrim(pg_catalog.to_char(p_value, '9.9999999999999999EEEE')), 'e');
  l_mantissa := pg_catalog.rtrim(l_parts[1], '0');
  if right(l_mantissa, 1) = '.' then
    l_mantissa := l_mantissa || '0';
  end if;
  return pg_catalog.concat(
    l_mantissa, 'E', left(l_parts[2], 1), pg_catalog.lpad(pg_catalog.ltrim(substring(l_parts[2], 2), '0'), 3, '0'));
end $$;

create or replace function ora.to_char(p_value text) returns text
language sql immutable strict parallel safe as $$ select p_value $$;

create or replace function ora.to_char(p_value numeric, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value, p_format) $$;

create or replace function ora.to_char(p_value double precision, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value::numeric, p_format) $$;

create or replace function ora.to_char(p_value timestamp with time zone, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value, p_format) $$;

create or replace function ora.to_char(p_value timestamp, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value, p_format) $$;

create or replace function ora.to_number(p_value text) returns numeric
language sql immutable strict parallel safe as $$ select p_value::numeric $$;

create or replace function ora.to_number(p_value numeric) returns numeric
language sql immutable strict parallel safe as $$ select p_value $$;

-- Casts make the same of every conversion that the text does not spell out.
do $$
declare
  r record;
begin
  for r in select * from (values
      ('numeric', 'text', 'with function ora.to_char(numeric)'),
      ('double precision', 'text', 'with function ora.to_char(double precision)'),
      ('text', 'jsonb', 'with inout'),
      ('text', 'public.vector', 'with inout')) as c (source, target, how)
  loop
    if not exists (select 1 from pg_cast
                    where castsource = r.source::regtype and casttarget = r.target::regtype) then
      execute format('create cast (%s as %s) %s as assignment', r.source, r.target, r.how);
    end if;
  end loop;
end $$;

create or replace function ora.to_varchar(p_value numeric) returns varchar
language sql immutable strict parallel safe as $$ select ora.to_char(p_value)::varchar $$;

do $$
begin
  if not exists (select 1 from pg_cast
                  where castsource = 'numeric'::regtype and casttarget = 'varchar'::regtype) then
    create cast (numeric as varchar) with function ora.to_varchar(numeric) as assignment;
  end if;
end $$;

-- Operators -------------------------------------------------------------------------------------

-- NULL is the empty string to ||, and the empty string is NULL.
create or replace function ora.concatenate(text, text) returns text
language sql immutable parallel safe as $$
  select nullif(pg_catalog.concat($1, $2), '')
$$;
create or replace function ora.concatenate(text, numeric) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, ora.to_char($2)), '') $$;
create or replace function ora.concatenate(numeric, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(ora.to_char($1), $2), '') $$;
create or replace function ora.concatenate(numeric, numeric) returns text
language sql immutable parallel safe as $$
  select nullif(pg_catalog.concat(ora.to_char($1), ora.to_char($2)), '')
$$;
create or replace function ora.concatenate(text, double precision) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, ora.to_char($2)), '') $$;
create or replace function ora.concatenate(double precision, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(ora.to_char($1), $2), '') $$;
create or replace function ora.concatenate(text, boolean) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, upper($2::text)), '') $$;
create or replace function ora.concatenate(boolean, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(upper($1::text), $2), '') $$;
create or replace function ora.concatenate(text, bigint) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(bigint, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(text, integer) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(integer, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;

-- NUMBER keeps 40 significant digits, and 1/2 is .5 whatever the types.
create or replace function ora.divide(p_left numeric, p_right numeric) returns numeric
language plpgsql immutable strict parallel safe as $$
declare
  l_quotient numeric;
  l_whole    integer;
begin
  if p_right = 0 then
    raise division_by_zero;
  end if;
  if p_left = 0 then
    return 0;
  end if;
  l_quotient := pg_catalog.round(p_left, 100) operator(pg_catalog./) p_right;
  l_whole := pg_catalog.floor(pg_catalog.log(abs(l_quotient)))::integer + 1;
  return trim_scale(pg_catalog.round(l_quotient, 40 - l_whole));
end $$;
create or replace function ora.divide(integer, integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(bigint, bigint) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(integer, bigint) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(bigint, integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;

do $$
declare
  r record;
begin
  for r in select p.oid, p.proname, format_type(p.proargtypes[0], null) as l, format_type(p.proargtypes[1], null) as r
             from pg_proc p
            where pronamespace = 'ora'::regnamespace and proname in ('concatenate', 'divide')
  loop
    if not exists (select 1 from pg_operator where oprnamespace = 'ora'::regnamespace and oprcode = r.oid) then
      execute format('create operator ora.%s (function = ora.%I, leftarg = %s, rightarg = %s)',
                     case r.proname when 'divide' then '/' else '||' end, r.proname, r.l, r.r);
    end if;
  end loop;
end $$;

-- A text beside a number is compared as a number, and not being one is an error.
do $$
declare
  r record;
begin
  for r in select t.name as number, o.sign, o.name, s.l, s.r, format('ora.text_%s(%s, %s)', o.name, s.l, s.r) as signature
             from (values ('numeric'), ('bigint'), ('integer'), ('double precision')) as t (name),
                  (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('>', 'gt'), ('<=', 'le'), ('>=', 'ge')) as o (sign, name),
                  lateral (values ('text', t.name), (t.name, 'text')) as s (l, r)
  loop
    execute format('create or replace function %s returns boolean language sql immutable strict parallel safe as %L',
                   r.signature, format('select $1::numeric operator(pg_catalog.%s) $2::numeric', r.sign));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.text_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
end $$;

-- Functions -------------------------------------------------------------------------------------

create or replace function ora.row_limit(p_rows numeric) returns bigint
language sql immutable parallel safe as $$
  select case when p_rows > 0 then pg_catalog.trunc(p_rows)::bigint else 0 end
$$;

create or replace function ora.mod(p_left numeric, p_right numeric) returns numeric
language sql immutable strict parallel safe as $$
  select case when p_right = 0 then p_left else pg_catalog.mod(p_left, p_right) end
$$;

create or replace function ora.power(p_base numeric, p_exponent numeric) returns numeric
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base, p_exponent) $$;
create or replace function ora.power(p_base double precision, p_exponent double precision) returns double precision
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base, p_exponent) $$;

-- Too small for a double is 0, which PostgreSQL calls an error.
create or replace function ora.exp(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$
  select case when p_value < -745 then 0::double precision else pg_catalog.exp(p_value) end
$$;
create or replace function ora.exp(p_value numeric) returns numeric
language sql immutable strict parallel safe as $$
  select case when p_value < -300 then 0 else pg_catalog.exp(p_value) end
$$;
create or replace function ora.exp(p_value integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.exp(p_value::numeric) $$;

create or replace function ora.power(p_base integer, p_exponent integer) returns numeric
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base::numeric, p_exponent::numeric) $$;

create or replace function ora.round(p_value numeric, p_places numeric default 0) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.round(p_value, pg_catalog.trunc(p_places)::integer))
$$;
create or replace function ora.round(p_value double precision, p_places numeric) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.round(p_value::numeric, pg_catalog.trunc(p_places)::integer))
$$;
-- Half away from zero, as for NUMBER; PostgreSQL rounds a double half to even.
create or replace function ora.round(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$
  select sign(p_value) * pg_catalog.floor(abs(p_value) + 0.5)
$$;
create or replace function ora.trunc(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$ select pg_catalog.trunc(p_value) $$;
create or replace function ora.trunc(p_value numeric, p_places numeric default 0) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.trunc(p_value, pg_catalog.trunc(p_places)::integer))
$$;

-- NULL where any argument is.
create or replace function ora.greatest(variadic p_values anycompatiblearray) returns anycompatible
language sql immutable parallel safe as $$
  select case when array_position(p_values, null) is null then (select max(v) from unnest(p_values) as v) end
$$;
create or replace function ora.least(variadic p_values anycompatiblearray) returns anycompatible
language sql immutable parallel safe as $$
  select case when array_position(p_values, null) is null then (select min(v) from unnest(p_values) as v) end
$$;

-- Position 0 is 1, a negative one counts from the end, and nothing left is NULL.
create or replace function ora.substr(p_text text, p_position numeric) returns text
language sql immutable strict parallel safe as $$
  select case
           when pg_catalog.trunc(p_position) >= 0
             then nullif(substring(p_text from greatest(pg_catalog.trunc(p_position), 1)::integer), '')
           when - pg_catalog.trunc(p_position) <= char_length(p_text)
             then right(p_text, - pg_catalog.trunc(p_position)::integer)
         end
$$;
create or replace function ora.substr(p_text text, p_position numeric, p_length numeric) returns text
language sql immutable strict parallel safe as $$
  select case when p_length >= 1
           then left(ora.substr(p_text, p_position), pg_catalog.trunc(p_length)::integer)
         end
$$;

-- Bytes from 1 on; a character that is cut in two becomes blanks.
create or replace function ora.substrb(p_text text, p_position numeric, p_length numeric) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_bytes bytea := substring(convert_to(p_text, 'UTF8')
                             from greatest(pg_catalog.trunc(p_position), 1)::integer
                             for greatest(pg_catalog.trunc(p_length), 0)::integer);
  l_head  integer := 0;
  l_tail  integer := 0;
begin
  if p_position < 0 then
    raise exception using errcode = '0A000', message = 'the embedded engine does not run SUBSTRB from the end of a text';
  end if;
  while l_head < octet_length(l_bytes) and get_byte(l_bytes, l_head) between 128 and 191 loop
    l_head := l_head + 1;
  end loop;
  l_bytes := substring(l_bytes from l_head + 1);
  for i in 1 .. least(3, octet_length(l_bytes)) loop
    if get_byte(l_bytes, octet_length(l_bytes) - i) >= 192 then
      if i < (case when get_byte(l_bytes, octet_length(l_bytes) - i) >= 240 then 4
                   when get_byte(l_bytes, octet_length(l_bytes) - i) >= 224 then 3 else 2 end) then
        l_tail := i;
      end if;
      exit;
    end if;
    exit when get_byte(l_bytes, octet_length(l_bytes) - i) < 128;
  end loop;
  return nullif(
    pg_catalog.concat(
      repeat(' ', l_head),
      convert_from(substring(l_bytes from 1 for octet_length(l_bytes) - l_tail), 'UTF8'),
      repeat(' ', l_tail)), '');
end $$;
create or replace function ora.substrb(p_text text, p_position numeric) returns text
language sql immutable strict parallel safe as $$ select ora.substrb(p_text, p_position, octet_length(p_text)) $$;

create or replace function ora.instr(p_text text, p_part text, p_position numeric default 1, p_occurrence numeric default 1)
returns integer language plpgsql immutable strict parallel safe as $$
declare
  l_size  constant integer := char_length(p_text);
  l_part  constant integer := char_length(p_part);
  l_step  constant integer := case when p_position < 0 then -1 else 1 end;
  l_at    integer := pg_catalog.trunc(p_position)::integer;
  l_found integer := 0;
begin
  if l_at = 0 then
    return 0;
  end if;
  if l_at < 0 then
    l_at := l_size + l_at + 1;
  end if;
  while l_at between 1 and l_size loop
    if substring(p_text from l_at for l_part) = p_part then
      l_found := l_found + 1;
      if l_found = p_occurrence then
        return l_at;
      end if;
    end if;
    l_at := l_at + l_step;
  end loop;
  return 0;
end $$;

create or replace function ora.trim(p_text text) returns text
language sql immutable strict parallel safe as $$ select nullif(btrim(p_text), '') $$;
create or replace function ora.ltrim(p_text text, p_set text default ' ') returns text
language sql immutable strict parallel safe as $$ select nullif(pg_catalog.ltrim(p_text, p_set), '') $$;
create or replace function ora.rtrim(p_text text, p_set text default ' ') returns text
language sql immutable strict parallel safe as $$ select nullif(pg_catalog.rtrim(p_text, p_set), '') $$;
create or replace function ora.replace(p_text text, p_search text, p_new text default null) returns text
language sql immutable parallel safe as $$
  select nullif(case when p_search is null then p_text
                     else pg_catalog.replace(p_text, p_search, coalesce(p_new, '')) end, '')
$$;
create or replace function ora.lpad(p_text text, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$
  select nullif(pg_catalog.lpad(p_text, pg_catalog.trunc(p_size)::integer, p_fill), '')
$$;
create or replace function ora.lpad(p_value numeric, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$ select ora.lpad(ora.to_char(p_value), p_size, p_fill) $$;
create or replace function ora.rpad(p_text text, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$
  select nullif(pg_catalog.rpad(p_text, pg_catalog.trunc(p_size)::integer, p_fill), '')
$$;
create or replace function ora.rpad(p_value numeric, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$ select ora.rpad(ora.to_char(p_value), p_size, p_fill) $$;
-- The elements of KEEP's keys: a number that a double can not hold exactly is refused.
create or replace function ora.exact_double(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$ select p_value $$;
create or replace function ora.exact_double(p_value bigint) returns double precision
language sql immutable strict parallel safe as $$ select p_value::double precision $$;
create or replace function ora.exact_double(p_value integer) returns double precision
language sql immutable strict parallel safe as $$ select p_value::double precision $$;
create or replace function ora.exact_double(p_value numeric) returns double precision
language plpgsql immutable strict parallel safe as $$
begin
  if p_value::double precision::numeric <> p_value then
    raise exception using errcode = '22003',
      message = pg_catalog.concat('ORA-01426: ', p_value, ' has too many digits for KEEP on the embedded engine');
  end if;
  return p_value::double precision;
end $$;

create or replace function ora.standard_hash(p_text text, p_method text) returns bytea
language plpgsql immutable strict parallel safe as $$
begin
  return case p_method
           when 'MD5' then decode(md5(p_text), 'hex')
           when 'SHA256' then sha256(convert_to(p_text, 'UTF8'))
           when 'SHA384' then sha384(convert_to(p_text, 'UTF8'))
           when 'SHA512' then sha512(convert_to(p_text, 'UTF8'))
         end;
end $$;

create or replace function ora.initcap(p_text text) returns text
language sql immutable strict parallel safe as $$ select pg_catalog.initcap(p_text) $$;
create or replace function ora.compose(p_text text) returns text
language sql immutable strict parallel safe as $$ select normalize(p_text, NFC) $$;
create or replace function ora.decompose(p_text text, p_form text default 'CANONICAL') returns text
language sql immutable strict parallel safe as $$
  select case p_form when 'CANONICAL' then normalize(p_text, NFD) when 'COMPATIBILITY' then normalize(p_text, NFKD) end
$$;

create or replace function ora.systimestamp() returns timestamp with time zone
language sql volatile parallel safe as $$ select clock_timestamp() $$;
-- The owner of everything is the one user there is.
create or replace function ora.session_user_name() returns text
language sql stable parallel safe as $$ select 'APP'::text $$;

-- The result is a VARCHAR2, which holds 4,000 bytes.
create or replace function ora.listagg_step(p_state text, p_value text, p_separator text) returns text
language sql immutable parallel safe as $$
  select case
           when p_value is null then p_state
           when p_state is null then p_value
           else pg_catalog.concat(p_state, p_separator, p_value)
         end
$$;
create or replace function ora.listagg_step(p_state text, p_value numeric, p_separator text) returns text
language sql immutable parallel safe as $$ select ora.listagg_step(p_state, ora.to_char(p_value), p_separator) $$;
create or replace function ora.listagg_end(p_state text) returns text
language plpgsql immutable parallel safe as $$
begin
  if octet_length(p_state) > 4000 then
    raise exception using errcode = 'ORLAG', message = 'ORA-01489: result of string concatenation is too long';
  end if;
  return p_state;
end $$;
create or replace aggregate ora.listagg(text, text) (sfunc = ora.listagg_step, stype = text, finalfunc = ora.listagg_end);
create or replace aggregate ora.listagg(numeric, text) (sfunc = ora.listagg_step, stype = text, finalfunc = ora.listagg_end);

-- ON OVERFLOW TRUNCATE: whole values as long as there is room for the indicator and, with a count, 24 digits in
-- parentheses; then the indicator and how many were left out.
create or replace function ora.listagg_collect(
  p_state text[], p_value text, p_separator text, p_indicator text, p_count boolean
) returns text[]
language sql immutable parallel safe as $$
  select case
           when p_value is null then p_state
           when p_state is null then array[p_separator, p_indicator, p_count::text, p_value]
           else p_state || p_value
         end
$$;
create or replace function ora.listagg_collect(
  p_state text[], p_value numeric, p_separator text, p_indicator text, p_count boolean
) returns text[]
language sql immutable parallel safe as $$
  select ora.listagg_collect(p_state, ora.to_char(p_value), p_separator, p_indicator, p_count)
$$;
create or replace function ora.listagg_truncate(p_state text[]) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_separator constant text := coalesce(p_state[1], '');
  l_values    constant text[] := p_state[4:];
  l_room      integer := 4000;
  l_text      text := array_to_string(l_values, l_separator);
  l_kept      integer := 0;
begin
  if octet_length(l_text) <= l_room then
    return l_text;
  end if;
  l_room := l_room - octet_length(coalesce(p_state[2], '')) - case when p_state[3]::boolean then 26 else 0 end;
  l_text := '';
  while octet_length(l_text) + octet_length(l_values[l_kept + 1]) + octet_length(l_separator) <= l_room loop
    l_kept := l_kept + 1;
    l_text := pg_catalog.concat(l_text, l_values[l_kept], l_separator);
  end loop;
  return pg_catalog.concat(
    l_text, p_state[2], case when p_state[3]::boolean then pg_catalog.concat('(', cardinality(l_values) - l_kept, ')') end);
end $$;
create or replace aggregate ora.listagg_truncated(text, text, text, boolean) (
  sfunc = ora.listagg_collect, stype = text[], finalfunc = ora.listagg_truncate
);
create or replace aggregate ora.listagg_truncated(numeric, text, text, boolean) (
  sfunc = ora.listagg_collect, stype = text[], finalfunc = ora.listagg_truncate
);

-- JSON_TRANSFORM(document, SET path = value) for paths of members, positions and [*]. A member step
-- on an array means each of its elements, as in Oracle's lax paths. Only the last step is created.
create or replace function ora.json_steps(p_path text) returns text[]
language sql immutable strict parallel safe as $$
  select coalesce(array_agg(coalesce(m[1], m[2], m[3]) order by n), '{}')
    from regexp_matches(p_path, '(?:(\.\w+|\.\*)|\.("[^"]*")|(\[(?:\d+|\*)\]))', 'g') with ordinality as t (m, n)
$$;

create or replace function ora.json_set(p_document jsonb, p_steps text[], p_value jsonb) returns jsonb
language plpgsql immutable parallel safe as $$
declare
  l_step constant text := p_steps[1];
  l_rest constant text[] := p_steps[2:];
  l_name text;
begin
  if l_step is null then
    return p_value;
  end if;
  if left(l_step, 1) = '[' then
    if jsonb_typeof(p_document) <> 'array' then
      return case when l_step in ('[0]', '[*]') then ora.json_set(p_document, l_rest, p_value) else p_document end;
    end if;
    return coalesce(
      (select jsonb_agg(case when l_step = '[*]' or l_step = pg_catalog.concat('[', n - 1, ']')
                          then ora.json_set(e, l_rest, p_value) else e end order by n)
         from jsonb_array_elements(p_document) with ordinality as t (e, n)),
      '[]');
  end if;
  if jsonb_typeof(p_document) = 'array' then
    return coalesce(
      (select jsonb_agg(ora.json_set(e, p_steps, p_value) order by n)
         from jsonb_array_elements(p_document) with ordinality as t (e, n)),
      '[]');
  end if;
  if jsonb_typeof(p_document) <> 'object' then
    return p_document;
  end if;
  l_name := btrim(pg_catalog.ltrim(l_step, '.'), '"');
  if p_document ? l_name then
    return jsonb_set(p_document, array[l_name], ora.json_set(p_document -> l_name, l_rest, p_value));
  end if;
  return case when cardinality(l_rest) = 0 then jsonb_set(p_document, array[l_name], p_value) else p_document end;
end $$;

create or replace function ora.json_transform_set(p_document jsonb, p_path text, p_value jsonb) returns jsonb
language sql immutable parallel safe as $$
  select ora.json_set(p_document, ora.json_steps(p_path), coalesce(p_value, 'null'::jsonb))
$$;

-- Errors ----------------------------------------------------------------------------------------

-- Error -20xxx is SQLSTATE ORxxx.
create or replace function ora.application_sqlstate(p_number numeric) returns text
language plpgsql immutable as $$
begin
  if p_number between -20999 and -20000 then
    return pg_catalog.concat('OR', lpad((-p_number - 20000)::integer::text, 3, '0'));
  end if;
  raise exception using errcode = 'OR999',
    message = pg_catalog.concat('ORA-21000: error number argument to raise_application_error of ', p_number, ' is out of range');
end $$;

create or replace function ora.application_message(p_number numeric, p_message text) returns text
language sql immutable as $$ select pg_catalog.concat('ORA', p_number::integer, ': ', p_message) $$;

create or replace function ora.sqlcode(p_state text) returns integer
language sql immutable as $$
  select case
           when p_state ~ '^OR\d{3}$' then -20000 - substring(p_state from 3)::integer
           when p_state ~ '^OU[0-9A-Z]{3}$' then 1
           when p_state ~ '^(49|51|52)\d{3}$' then - p_state::integer
           else coalesce((select c from (values ('P0002', 100), ('P0003', -1422), ('23505', -1), ('22012', -1476),
                                                ('22003', -6502), ('22001', -6502), ('22P02', -1722),
                                                ('20000', -6592), ('42P03', -6511), ('34000', -1001), ('23502', -1400), ('23503', -2291),
                                                ('23514', -2290), ('42P01', -942), ('42703', -904),
                                                ('55P03', -54), ('42P07', -955), ('42710', -1408), ('42704', -1418),
                                                ('40P01', -60)) as t (s, c)
                           where s = p_state), -600)
         end
$$;

create or replace function ora.message_of(p_state text) returns text
language sql immutable as $$
  select case
           when p_state = 'P0002' then 'ORA-01403: no data found'
           when p_state = 'P0003' then 'ORA-01422: exact fetch returns more than requested number of rows'
           when p_state = '23505' then 'ORA-00001: unique constraint violated'
           when p_state = '22012' then 'ORA-01476: divisor is equal to zero'
           when p_state in ('22003', '22001') then 'ORA-06502: PL/SQL: value or conversion error'
           when p_state = '22P02' then 'ORA-01722: unable to convert string value to number'
           when p_state = '20000' then 'ORA-06592: CASE not found while executing CASE statement'
           when p_state = '42P03' then 'ORA-06511: PL/SQL: cursor already open'
           when p_state = '34000' then 'ORA-01001: invalid cursor'
           when p_state ~ '^OR\d{3}$' then pg_catalog.concat('ORA-20', substring(p_state from 3), ': ')
           when p_state ~ '^OU[0-9A-Z]{3}$' then 'User-Defined Exception'
         end
$$;

create or replace function ora.sqlerrm(p_state text, p_message text) returns text
language sql immutable as $$
  select case when p_message like 'ORA-%' then p_message else coalesce(ora.message_of(p_state), p_message) end
$$;

-- DBMS_OUTPUT: a line is a notice of its own SQLSTATE, so that the client shows it at once ---------

create or replace procedure dbms_output.put_line(p_line text)
language plpgsql as $$
declare
  l_begun constant text := current_setting('ora.line', true);
begin
  if l_begun <> '' then
    perform set_config('ora.line', '', false);
  end if;
  raise notice using errcode = 'OUTLN', message = pg_catalog.concat(l_begun, p_line);
end $$;
create or replace procedure dbms_output.put_line(p_value numeric)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value bigint)
language plpgsql as $$ begin call dbms_output.put_line(p_value::text); end $$;
create or replace procedure dbms_output.put_line(p_value integer)
language plpgsql as $$ begin call dbms_output.put_line(p_value::text); end $$;
create or replace procedure dbms_output.put_line(p_value double precision)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value boolean)
language plpgsql as $$ begin call dbms_output.put_line(upper(p_value::text)); end $$;

create or replace procedure dbms_output.put(p_text text)
language plpgsql as $$
begin
  perform set_config('ora.line', pg_catalog.concat(current_setting('ora.line', true), p_text), false);
end $$;
create or replace procedure dbms_output.put(p_value numeric)
language plpgsql as $$ begin call dbms_output.put(ora.to_char(p_value)); end $$;

create or replace procedure dbms_output.new_line()
language plpgsql as $$ begin call dbms_output.put_line(null::text); end $$;
create or replace procedure dbms_output.enable(buffer_size numeric default 20000)
language plpgsql as $$ begin null; end $$;
create or replace procedure dbms_output.disable()
language plpgsql as $$ begin null; end $$;
