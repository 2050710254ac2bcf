-- Views and columns: what SELECT * leaves out, and views that wait for what they need.

create table if not exists ora.invisible_column (
  table_name  text not null,
  column_name text not null,
  primary key (table_name, column_name)
);

create or replace function ora.hide_column(p_table text, p_column text) returns void
language sql as $$
  insert into ora.invisible_column values (p_table, p_column) on conflict do nothing
$$;

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

create or replace function ora.rename_column(p_table text, p_old text, p_new text) returns void
language plpgsql as $$
begin
  execute format('alter table app.%I rename column %I to %I', p_table, p_old, p_new);
  update ora.invisible_column set column_name = p_new where table_name = p_table and column_name = p_old;
  update ora.vector_index set column_name = p_new where table_name = p_table and column_name = p_old;
end $$;

-- The keys and indexes of a table keep their names, and what refers to the table by its old name is invalid.
create or replace function ora.rename_table(p_old text, p_new text) returns void
language plpgsql as $$
declare
  l_table constant oid := (select oid from pg_class
                            where relnamespace = 'app'::regnamespace and relkind = 'r' and relname = p_old);
  r       record;
begin
  if l_table is null then
    raise exception using errcode = '42P01', message = format('relation "%s" does not exist', p_old);
  end if;
  perform ora.invalidate_views('pg_class', array[l_table], null);
  execute format('alter table app.%I rename to %I', p_old, p_new);
  update ora.invisible_column set table_name = p_new where table_name = p_old;
  update ora.vector_index set table_name = p_new where table_name = p_old;
  for r in select attname from pg_attribute
            where attrelid = l_table and atttypid = to_regtype('public.vector') and not attisdropped loop
    perform ora.move_vector_column(p_old, p_new, r.attname);
  end loop;
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
