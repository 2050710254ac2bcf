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

create or replace view ora.user_objects as
select ora.dictionary_name(relname) as object_name,
       case relkind when 'r' then 'TABLE' when 'v' then 'VIEW' when 'S' then 'SEQUENCE' else 'INDEX' end as object_type,
       'VALID'::text as status
  from pg_class c
 where relnamespace = 'app'::regnamespace
   and relkind in ('r', 'v', 'i', 'S')
   and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'i' and c.relkind = 'S')
union all
select ora.dictionary_name(name), 'VIEW', 'INVALID' from ora.invalid_view
union all
select ora.dictionary_name(name), 'PACKAGE', 'VALID' from ora.package
union all
select ora.dictionary_name(t.name), t.kind, 'VALID'
  from ora.unit_text t
  join ora.package p on p.name = t.name and t.kind = 'PACKAGE BODY'
union all
select object_name, object_type, 'VALID' from ora.user_procedures where object_type <> 'PACKAGE';

-- A unit that does not compile is refused whole, so that views alone can be invalid.
create or replace view ora.user_errors as
select ora.dictionary_name(name) as name, 'VIEW'::text as type, 1::numeric as sequence, 0::numeric as line,
       0::numeric as position,
       pg_catalog.concat('ORA-04063: view "APP.', ora.dictionary_name(name), '" has errors: something that it needs was dropped or renamed')
         as text,
       'ERROR'::text as attribute, 4063::numeric as message_number
  from ora.invalid_view;

-- What ALL_ adds to USER_ is the owner.

create or replace view ora.all_objects as select 'APP'::text as owner, o.* from ora.user_objects o;
create or replace view ora.all_tab_columns as select 'APP'::text as owner, c.* from ora.user_tab_columns c;
create or replace view ora.all_procedures as select 'APP'::text as owner, p.* from ora.user_procedures p;
create or replace view ora.all_arguments as select 'APP'::text as owner, a.* from ora.user_arguments a;
create or replace view ora.all_errors as select 'APP'::text as owner, e.* from ora.user_errors e;
create or replace view ora.all_synonyms as
select null::text as owner, null::text as synonym_name, null::text as table_owner, null::text as table_name
 where false;
