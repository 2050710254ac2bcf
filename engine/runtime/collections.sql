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

-- A cursor variable may hold the name of a cursor that ended with its transaction.
create or replace function ora.close_open(p_cursor refcursor) returns void
language plpgsql as $$
begin
  if p_cursor is not null and exists (select 1 from pg_cursors where name = p_cursor::text) then
    close p_cursor;
  end if;
end $$;
