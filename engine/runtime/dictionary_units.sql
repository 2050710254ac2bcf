-- The data dictionary of stored units: what there is, its text, its parameters and its errors.

-- The public routines of packages in the order of their declarations, and the routines that stand alone.
create or replace view ora.stored_routine as
select p.name as package_name, r.item ->> 'name' as name, r.place as subprogram_id, r.item as definition,
       case p.definition ->> 'rights' when 'security invoker' then 'CURRENT_USER' else 'DEFINER' end as authid
  from ora.package p
  cross join lateral (select item, row_number() over (order by n) as place
                        from jsonb_array_elements(p.definition -> 'routines') with ordinality as t (item, n)
                       where not (item ->> 'private')::boolean) r
union all
select null, r.name, 1, r.definition, case when f.prosecdef then 'DEFINER' else 'CURRENT_USER' end
  from ora.routine r
  join pg_proc f on f.pronamespace = 'app'::regnamespace and f.proname = r.name;

create or replace view ora.user_procedures as
select ora.dictionary_name(coalesce(package_name, name)) as object_name,
       case when package_name is not null then ora.dictionary_name(name) end as procedure_name,
       subprogram_id::numeric as subprogram_id,
       case when package_name is not null and count(*) over (partition by package_name, name) > 1
         then row_number() over (partition by package_name, name order by subprogram_id)::pg_catalog.text end as overload,
       case when package_name is not null then 'PACKAGE'
            when definition ->> 'returns' is null then 'PROCEDURE' else 'FUNCTION' end as object_type,
       authid
  from ora.stored_routine
union all
select ora.dictionary_name(name), null, 0, null, 'PACKAGE',
       case definition ->> 'rights' when 'security invoker' then 'CURRENT_USER' else 'DEFINER' end
  from ora.package;

create or replace view ora.user_arguments as
select ora.dictionary_name(r.name) as object_name, ora.dictionary_name(r.package_name) as package_name, p.overload,
       r.subprogram_id::numeric as subprogram_id, ora.dictionary_name(a.name) as argument_name,
       a.position::numeric as position,
       row_number() over (partition by r.package_name, r.name, r.subprogram_id order by a.position)::numeric as sequence,
       0::numeric as data_level, ora.argument_type(a.kind, a.is_clob) as data_type,
       case when a.has_default then 'Y' else 'N' end as defaulted, a.in_out,
       case ora.argument_type(a.kind, a.is_clob) when 'PL/SQL BOOLEAN' then 'BOOLEAN' when 'PL/SQL RECORD' then null
         else ora.argument_type(a.kind, a.is_clob) end as pls_type
  from ora.stored_routine r
  join ora.user_procedures p
    on p.object_name = ora.dictionary_name(coalesce(r.package_name, r.name))
   and p.subprogram_id = r.subprogram_id
  cross join lateral (
    select 0::bigint as position, null::text as name, 'OUT'::text as in_out, r.definition ->> 'returns' as kind,
           false as has_default, coalesce((r.definition ->> 'returns_clob')::boolean, false) as is_clob
     where r.definition ->> 'returns' is not null
    union all
    select n, f ->> 0, case f ->> 1 when 'inout' then 'IN/OUT' else upper(f ->> 1) end, f ->> 2, (f ->> 3)::boolean,
           coalesce((f ->> 4)::boolean, false)
      from jsonb_array_elements(r.definition -> 'parameters') with ordinality as t (f, n)) a;

create or replace view ora.user_source as
select ora.dictionary_name(t.name) as name, t.kind as type, l.line::numeric as line,
       pg_catalog.concat(l.text, case when l.line < count(*) over (partition by t.kind, t.name) then chr(10) end) as text
  from ora.unit_text t
  cross join lateral regexp_split_to_table(t.text, '\r?\n') with ordinality as l (text, line)
 where (t.kind in ('PACKAGE', 'PACKAGE BODY') and exists (select 1 from ora.package p where p.name = t.name))
    or (t.kind in ('PROCEDURE', 'FUNCTION')
        and exists (select 1 from pg_proc f
                     where f.pronamespace = 'app'::regnamespace and f.proname = t.name
                       and f.prokind = case t.kind when 'FUNCTION' then 'f' else 'p' end));

-- A table, a view, an index or a sequence with its time is in ora.relation_time, a unit with its own in ora.unit_text.
create or replace view ora.stored_object as
select c.relname::text as name, k.kind, 'VALID'::text as status, c.oid, coalesce(t.created, v.created) as created,
       coalesce(t.changed, v.changed) as changed
  from pg_class c
  cross join lateral (select case c.relkind when 'r' then 'TABLE' when 'v' then 'VIEW' when 'S' then 'SEQUENCE'
                               else 'INDEX' end as kind) k
  left join ora.relation_time t on t.oid = c.oid
  left join ora.unit_text v on v.kind = 'VIEW' and k.kind = 'VIEW' and v.name = c.relname
 where c.relnamespace = 'app'::regnamespace
   and c.relkind in ('r', 'v', 'i', 'S')
   and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'i' and c.relkind = 'S')
union all
select v.name, 'VIEW', 'INVALID', null, t.created, t.changed
  from ora.invalid_view v
  left join ora.unit_text t on t.kind = 'VIEW' and t.name = v.name
union all
select p.name, k.kind, 'VALID', case k.kind when 'PACKAGE' then to_regnamespace(quote_ident(p.name))::oid end, t.created,
       t.changed
  from ora.package p
  cross join (values ('PACKAGE'), ('PACKAGE BODY')) as k (kind)
  left join ora.unit_text t on t.kind = k.kind and t.name = p.name
 where k.kind = 'PACKAGE' or t.name is not null
union all
select r.name, k.kind, 'VALID', f.oid, t.created, t.changed
  from ora.routine r
  join pg_proc f on f.pronamespace = 'app'::regnamespace and f.proname = r.name
  cross join lateral (select case when r.definition ->> 'returns' is null then 'PROCEDURE' else 'FUNCTION' end as kind) k
  left join ora.unit_text t on t.kind = k.kind and t.name = r.name;

create or replace view ora.user_objects as
select ora.dictionary_name(name) as object_name, kind as object_type, status, null::text as subobject_name,
       oid::bigint::numeric as object_id, date_trunc('second', created)::timestamp(0) as created,
       date_trunc('second', changed)::timestamp(0) as last_ddl_time,
       pg_catalog.to_char(changed, 'YYYY-MM-DD:HH24:MI:SS') as timestamp, 'N'::text as temporary, 'N'::text as generated,
       'N'::text as secondary
  from ora.stored_object;

-- A unit that does not compile is refused whole, so that views alone can be invalid.
create or replace view ora.user_errors as
select ora.dictionary_name(name) as name, 'VIEW'::text as type, 1::numeric as sequence, 0::numeric as line,
       0::numeric as position,
       pg_catalog.concat('ORA-04063: view "APP.', ora.dictionary_name(name), '" has errors: something that it needs was dropped or renamed')
         as text,
       'ERROR'::text as attribute, 4063::numeric as message_number
  from ora.invalid_view;
