-- The data dictionary: Oracle's views of what there is, with the columns whose values are known here. Names, types and
-- values as the Database Reference, part "Static Data Dictionary Views", has them; columns that an earlier version of
-- this file had come first, because a view that is replaced keeps its columns.

-- Oracle's type of a column, by PostgreSQL's name of it.
create or replace function ora.dictionary_type(p_kind text) returns text
language sql immutable strict parallel safe as $$
  select case
           when p_kind ~ '^(numeric|bigint|integer|smallint)' then 'NUMBER'
           when p_kind ~ '^(character varying|varchar|ora\.varchar_|varchar_)' then 'VARCHAR2'
           when p_kind = 'text' then 'CLOB'
           when p_kind = 'jsonb' then 'JSON'
           when p_kind ~ '^(ora\.)?datetime$' then 'DATE'
           when p_kind = 'double precision' then 'BINARY_DOUBLE'
           when p_kind = 'real' then 'BINARY_FLOAT'
           when p_kind = 'bytea' then 'RAW'
           when p_kind ~ '^(public\.)?vector' then 'VECTOR'
           when p_kind ~ '^interval' then 'INTERVAL DAY(2) TO SECOND(6)'
           when p_kind ~ '^timestamp' then
             pg_catalog.concat('TIMESTAMP(', coalesce(substring(p_kind from '\((\d)\)'), '6'), ')',
                               case when p_kind like '%with time zone' then ' WITH TIME ZONE' end)
           else upper(p_kind)
         end
$$;

-- The type of a parameter or result; VARCHAR2 without a length and CLOB are both text.
create or replace function ora.argument_type(p_kind text, p_clob boolean) returns text
language sql immutable parallel safe as $$
  select case
           when p_clob then 'CLOB'
           when p_kind = 'text' then 'VARCHAR2'
           when p_kind = 'integer' then 'BINARY_INTEGER'
           when p_kind = 'boolean' then 'PL/SQL BOOLEAN'
           when p_kind = 'refcursor' then 'REF CURSOR'
           when p_kind = 'record' or p_kind like 'app.%' then 'PL/SQL RECORD'
           when p_kind ~ '^timestamp' then regexp_replace(ora.dictionary_type(p_kind), '\(\d\)', '')
           when p_kind ~ '^interval' then 'INTERVAL DAY TO SECOND'
           else ora.dictionary_type(p_kind)
         end
$$;

create or replace view ora.user_tables as
select ora.dictionary_name(relname) as table_name, 'VALID'::text as status, 'N'::text as temporary,
       nullif(reltuples, -1)::numeric as num_rows,
       greatest(pg_stat_get_last_analyze_time(oid), pg_stat_get_last_autoanalyze_time(oid))::timestamp(0) as last_analyzed,
       'NO'::text as partitioned, 'NO'::text as nested, 'N'::text as secondary, 'NO'::text as dropped,
       'NO'::text as read_only
  from pg_class
 where relnamespace = 'app'::regnamespace
   and relkind = 'r';

create or replace view ora.user_views as
select ora.dictionary_name(v.name) as view_name, pg_catalog.length(t.text)::numeric as text_length, t.text,
       left(t.text, 4000) as text_vc
  from (select relname::text as name from pg_class where relnamespace = 'app'::regnamespace and relkind = 'v'
        union all
        select name from ora.invalid_view) v
  left join ora.unit_text t on t.kind = 'VIEW' and t.name = v.name;

create or replace view ora.user_tab_columns as
select ora.dictionary_name(c.relname) as table_name, ora.dictionary_name(a.attname) as column_name,
       ora.dictionary_type(f.kind) as data_type,
       case when a.attnotnull then 'N' else 'Y' end as nullable,
       case when a.attidentity <> '' then 'YES' else 'NO' end as identity_column,
       'NO' as default_on_null,
       pg_catalog.length(coalesce(pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity::text, '')))::numeric
         as default_length,
       case ora.dictionary_type(f.kind)
         when 'VARCHAR2' then coalesce(f.bytes, least(4 operator(pg_catalog.*) f.characters, 4000), 4000)
         when 'NUMBER' then 22 when 'CLOB' then 4000 when 'JSON' then 8200 when 'VECTOR' then 8200
         when 'BINARY_DOUBLE' then 8 when 'BINARY_FLOAT' then 4 when 'BOOLEAN' then 1 when 'RAW' then 2000
         when 'DATE' then 7
         else case when f.kind like '%with time zone' then 13 else 11 end
       end::numeric as data_length,
       substring(f.kind from 'numeric\((\d+),')::numeric as data_precision,
       substring(f.kind from 'numeric\(\d+,(-?\d+)\)')::numeric as data_scale,
       case when h.column_name is null
         then row_number() over (partition by c.oid, h.column_name is null order by a.attnum)::numeric end as column_id,
       case when ora.dictionary_type(f.kind) = 'VARCHAR2' then coalesce(f.bytes, f.characters, 4000) else 0 end::numeric
         as char_length,
       case when f.bytes is not null then 'B' when f.characters is not null then 'C' end as char_used,
       case when ora.dictionary_type(f.kind) in ('VARCHAR2', 'CLOB') then 'CHAR_CS' end as character_set_name
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  cross join lateral (select t as kind, substring(t from 'varchar_(\d+)_byte')::integer as bytes,
                             substring(t from 'character varying\((\d+)\)')::integer as characters
                        from format_type(a.atttypid, a.atttypmod) as t) f
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join ora.invisible_column h on h.table_name = c.relname and h.column_name = a.attname
 where c.relnamespace = 'app'::regnamespace
   and c.relkind in ('r', 'v');

create or replace view ora.user_tab_identity_cols as
select ora.dictionary_name(c.relname) as table_name, ora.dictionary_name(a.attname) as column_name,
       case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end as generation_type
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
 where c.relnamespace = 'app'::regnamespace;

-- NOT NULL of a primary key's column is a constraint of PostgreSQL's alone.
create or replace function ora.is_of_primary_key(p_table oid, p_kind "char", p_columns smallint[]) returns boolean
language sql stable as $$
  select p_kind = 'n' and exists (select 1 from pg_constraint
                                   where conrelid = p_table and contype = 'p' and p_columns <@ conkey)
$$;

create or replace view ora.user_constraints as
select ora.dictionary_name(n.conname) as constraint_name, ora.dictionary_name(c.relname) as table_name,
       case n.contype when 'p' then 'P' when 'u' then 'U' when 'f' then 'R' else 'C' end as constraint_type,
       'ENABLED' as status,
       'APP'::text as owner,
       case when r.oid is not null then 'APP' end as r_owner,
       ora.dictionary_name(r.conname) as r_constraint_name,
       case when n.contype = 'f'
         then case n.confdeltype when 'c' then 'CASCADE' when 'n' then 'SET NULL' else 'NO ACTION' end end as delete_rule,
       case when n.contype in ('p', 'u') then ora.dictionary_name(i.relname) end as index_name,
       case when n.contype = 'n' then format('"%s" IS NOT NULL', ora.dictionary_name(a.attname)) end as search_condition,
       case when n.contype = 'n' then format('"%s" IS NOT NULL', ora.dictionary_name(a.attname)) end as search_condition_vc,
       case when n.contype = 'n' then 'GENERATED NAME' else 'USER NAME' end as generated,
       case when n.convalidated then 'VALIDATED' else 'NOT VALIDATED' end as validated,
       'NOT DEFERRABLE'::text as deferrable, 'IMMEDIATE'::text as deferred
  from pg_constraint n
  join pg_class c on c.oid = n.conrelid
  left join pg_class i on i.oid = n.conindid
  left join pg_constraint r on n.contype = 'f' and r.conindid = n.conindid and r.contype in ('p', 'u')
  left join pg_attribute a on n.contype = 'n' and a.attrelid = n.conrelid and a.attnum = n.conkey[1]
 where c.relnamespace = 'app'::regnamespace
   and not ora.is_of_primary_key(n.conrelid, n.contype, n.conkey);

create or replace view ora.user_cons_columns as
select ora.dictionary_name(n.conname) as constraint_name, ora.dictionary_name(c.relname) as table_name,
       ora.dictionary_name(a.attname) as column_name,
       case when n.contype in ('p', 'u', 'f') then k.place::numeric end as position, 'APP'::text as owner
  from pg_constraint n
  join pg_class c on c.oid = n.conrelid
  cross join lateral unnest(n.conkey) with ordinality as k (attnum, place)
  join pg_attribute a on a.attrelid = n.conrelid and a.attnum = k.attnum
 where c.relnamespace = 'app'::regnamespace
   and not ora.is_of_primary_key(n.conrelid, n.contype, n.conkey);

create or replace view ora.user_indexes as
select ora.dictionary_name(c.relname) as index_name, ora.dictionary_name(t.relname) as table_name,
       case when m.amname in ('hnsw', 'ivfflat') then 'VECTOR'
            when i.indexprs is not null then 'FUNCTION-BASED NORMAL'
            else 'NORMAL' end as index_type,
       case when i.indisvalid then 'VALID' else 'UNUSABLE' end as status,
       case when i.indisunique then 'UNIQUE' else 'NONUNIQUE' end as uniqueness,
       'APP'::text as table_owner, 'TABLE'::text as table_type, 'VISIBLE'::text as visibility,
       'NO'::text as partitioned, 'N'::text as temporary, 'N'::text as generated, 'N'::text as secondary
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_class t on t.oid = i.indrelid
  join pg_am m on m.oid = c.relam
 where c.relnamespace = 'app'::regnamespace;

-- A vector index of the engine's stands on an expression over its column; any other expression has a name of its own.
create or replace view ora.user_ind_columns as
select ora.dictionary_name(c.relname) as index_name, ora.dictionary_name(t.relname) as table_name,
       coalesce(ora.dictionary_name(coalesce(v.column_name, a.attname)),
                pg_catalog.concat('SYS_NC', lpad(k.place::pg_catalog.text, 5, '0'), '$')) as column_name,
       k.place::numeric as column_position,
       case when (i.indoption[k.place::integer operator(pg_catalog.-) 1] & 1) = 1 then 'DESC' else 'ASC' end as descend
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_class t on t.oid = i.indrelid
  cross join lateral unnest(i.indkey) with ordinality as k (attnum, place)
  left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0
  left join ora.vector_index v on v.index_name = c.relname
 where c.relnamespace = 'app'::regnamespace;

-- PostgreSQL's largest number of a sequence stands for Oracle's, which is that of a sequence without MAXVALUE.
create or replace view ora.user_sequences as
select ora.dictionary_name(sequencename) as sequence_name,
       case when min_value = -9223372036854775808 then -999999999999999999999999999 else min_value end::numeric as min_value,
       case when max_value = 9223372036854775807 then 9999999999999999999999999999 else max_value end::numeric as max_value,
       increment_by::numeric as increment_by, case when cycle then 'Y' else 'N' end as cycle_flag,
       coalesce(last_value::numeric operator(pg_catalog.+) increment_by, start_value)::numeric as last_number
  from pg_sequences s
 where schemaname = 'app'
   and not exists (select 1 from pg_depend d
                    where d.objid = format('app.%I', sequencename)::regclass and d.deptype = 'i');

create or replace view ora.user_tab_comments as
select ora.dictionary_name(relname) as table_name, case relkind when 'r' then 'TABLE' else 'VIEW' end as table_type,
       obj_description(oid, 'pg_class') as comments
  from pg_class
 where relnamespace = 'app'::regnamespace
   and relkind in ('r', 'v');

create or replace view ora.user_col_comments as
select ora.dictionary_name(c.relname) as table_name, ora.dictionary_name(a.attname) as column_name,
       col_description(c.oid, a.attnum) as comments
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relnamespace = 'app'::regnamespace
   and c.relkind in ('r', 'v');

create or replace view ora.tab as
select table_name as tname, table_type as tabtype, null::numeric as clusterid from ora.user_tab_comments;

create or replace view ora.cat as
select table_name, table_type from ora.user_tab_comments
union all
select sequence_name, 'SEQUENCE' from ora.user_sequences;

create or replace view ora.user_segments as
select ora.dictionary_name(relname) as segment_name, case relkind when 'r' then 'TABLE' else 'INDEX' end as segment_type,
       pg_relation_size(oid)::numeric as bytes
  from pg_class
 where relnamespace = 'app'::regnamespace
   and relkind in ('r', 'i');

-- What Oracle keeps apart, in a segment of its own, is in its table here.
create or replace view ora.user_lobs as
select null::text as table_name, null::text as column_name, null::text as segment_name
 where false;
