-- Records, associative arrays and cursor variables of PL/SQL.

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

-- The indexes of the elements that are there, in order.
create or replace function ora.indexes(p_array anyarray) returns setof integer
language sql immutable parallel safe as $$
  select i from generate_subscripts(p_array, 1) as i where p_array[i] is distinct from null order by i
$$;

-- Without the elements from one index to another.
create or replace function ora.without(p_array anyarray, p_first integer, p_last integer) returns anyarray
language plpgsql immutable parallel safe as $$
begin
  for i in greatest(p_first, array_lower(p_array, 1)) .. coalesce(least(p_last, array_upper(p_array, 1)), p_first - 1) loop
    p_array[i] := null;
  end loop;
  return p_array;
end $$;

-- Elements at indexes of their own.
create or replace function ora.placed(p_indexes integer[], p_elements anyarray) returns anyarray
language plpgsql immutable parallel safe as $$
declare
  l_placed alias for $0;
begin
  l_placed := '{}';
  for i in 1 .. cardinality(p_indexes) loop
    l_placed[p_indexes[i]] := p_elements[i];
  end loop;
  return l_placed;
end $$;

-- Nested tables and VARRAYs are null until they are made.
create or replace function ora.initialised(p_array anyarray) returns anyarray
language plpgsql immutable parallel safe as $$
begin
  if p_array is null then
    raise exception using errcode = 'ORUNI', message = 'ORA-06531: Reference to uninitialized collection';
  end if;
  return p_array;
end $$;

-- An index that is one of theirs.
create or replace function ora.bound(p_array anyarray, p_index integer) returns integer
language plpgsql immutable parallel safe as $$
begin
  if p_array is null then
    raise exception using errcode = 'ORUNI', message = 'ORA-06531: Reference to uninitialized collection';
  elsif p_index < 1 then
    raise exception using errcode = 'ORLIM', message = 'ORA-06532: Subscript outside of limit';
  elsif p_index > cardinality(p_array) then
    raise exception using errcode = 'ORCNT', message = 'ORA-06533: Subscript beyond count';
  elsif p_index is null then
    raise exception using errcode = '22004', message = 'ORA-06502: PL/SQL: value or conversion error: NULL index table key value';
  end if;
  return p_index;
end $$;

create or replace function ora.within_limit(p_limit integer, p_array anyarray) returns anyarray
language plpgsql immutable parallel safe as $$
begin
  if cardinality(p_array) > p_limit then
    raise exception using errcode = 'ORLIM', message = 'ORA-06532: Subscript outside of limit';
  end if;
  return p_array;
end $$;

create or replace function ora.extended(p_array anyarray, p_count integer, p_element anyelement, p_limit integer)
returns anyarray
language plpgsql immutable parallel safe as $$
begin
  p_array := ora.initialised(p_array);
  for i in 1 .. p_count loop
    p_array := array_append(p_array, p_element);
  end loop;
  return ora.within_limit(p_limit, p_array);
end $$;

create or replace function ora.trimmed(p_array anyarray, p_count integer) returns anyarray
language plpgsql immutable parallel safe as $$
begin
  if p_count > cardinality(ora.initialised(p_array)) then
    raise exception using errcode = 'ORCNT', message = 'ORA-06533: Subscript beyond count';
  end if;
  return trim_array(p_array, p_count);
end $$;

-- A text that is no longer than a constructor's element.
create or replace function ora.fitting(p_text text, p_length integer) returns text
language plpgsql immutable parallel safe as $$
begin
  if length(p_text) > p_length then
    raise exception using errcode = '22001',
      message = 'ORA-06502: PL/SQL: value or conversion error: character string buffer too small';
  end if;
  return p_text;
end $$;

-- Those that are indexed by texts are JSON objects.
create or replace function ora.entry(p_map jsonb, p_key text) returns jsonb
language plpgsql immutable parallel safe as $$
begin
  if not coalesce(jsonb_exists(p_map, p_key), false) then
    raise exception using errcode = 'P0002', message = 'ORA-01403: no data found';
  end if;
  return p_map -> p_key;
end $$;

create or replace function ora.element_count(p_map jsonb) returns integer
language sql immutable parallel safe as $$ select count(*)::integer from jsonb_object_keys(p_map) $$;

create or replace function ora.first_element(p_map jsonb) returns text
language sql immutable parallel safe as $$ select min(k) from jsonb_object_keys(p_map) as k $$;

create or replace function ora.last_element(p_map jsonb) returns text
language sql immutable parallel safe as $$ select max(k) from jsonb_object_keys(p_map) as k $$;

create or replace function ora.next_element(p_map jsonb, p_key text) returns text
language sql immutable parallel safe as $$ select min(k) from jsonb_object_keys(p_map) as k where k > p_key $$;

create or replace function ora.prior_element(p_map jsonb, p_key text) returns text
language sql immutable parallel safe as $$ select max(k) from jsonb_object_keys(p_map) as k where k < p_key $$;

create or replace function ora.without(p_map jsonb, p_first text, p_last text) returns jsonb
language sql immutable parallel safe as $$
  select p_map - coalesce(array_agg(k), '{}') from jsonb_object_keys(p_map) as k where k between p_first and p_last
$$;

-- A cursor variable may hold the name of a cursor that ended with its transaction.
create or replace function ora.close_open(p_cursor refcursor) returns void
language plpgsql as $$
begin
  if p_cursor is not null and exists (select 1 from pg_cursors where name = p_cursor::text) then
    close p_cursor;
  end if;
end $$;
