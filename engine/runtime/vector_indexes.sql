-- Vector indexes: pgvector's, by the statements and parameters of Oracle.

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

create or replace function ora.move_vector_column(p_old text, p_new text, p_column text) returns void
language plpgsql as $$
declare
  l_new constant text := ora.vector_cast(p_new, p_column);
begin
  execute format('drop function if exists ora.%I(public.vector)', l_new);
  execute format('alter function ora.%I(public.vector) rename to %I', ora.vector_cast(p_old, p_column), l_new);
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

-- PostgreSQL has one name for a key and its index: RENAME CONSTRAINT renames both.
create or replace function ora.rename_index(p_old text, p_new text) returns void
language plpgsql as $$
declare
  l_index constant oid := (select oid from pg_class
                            where relnamespace = 'app'::regnamespace and relkind = 'i' and relname = p_old);
begin
  if l_index is null then
    raise exception using errcode = '42704', message = 'ORA-01418: specified index does not exist';
  elsif exists (select 1 from pg_constraint where conindid = l_index and contype in ('p', 'u')) then
    raise exception using errcode = '0A000', message = format(
      'the embedded engine names the index of a key as the key: ALTER TABLE ... RENAME CONSTRAINT %s', upper(p_old));
  end if;
  execute format('alter index app.%I rename to %I', p_old, p_new);
  update ora.vector_index set index_name = p_new where index_name = p_old;
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
