-- JSON_TRANSFORM. A path comes as its steps: `.name`, `.*`, `[n]` and `[*]`. A member step on an array means each of
-- its elements, and [0] or [*] on another value means the value itself, as in Oracle's lax paths.

-- Where a path leads in a document: for each place the members and positions on the way to it.
create or replace function ora.json_places(p_document jsonb, p_steps text[]) returns setof text[]
language plpgsql immutable parallel safe as $$
declare
  l_step constant text := p_steps[1];
  l_kind constant text := jsonb_typeof(p_document);
begin
  if l_step is null then
    return next '{}';
  elsif l_kind = 'array' then
    return query
      select (n operator(pg_catalog.-) 1)::pg_catalog.text || place
        from jsonb_array_elements(p_document) with ordinality as t (element, n)
       cross join lateral ora.json_places(element, case when l_step like '[%' then p_steps[2:] else p_steps end) as place
       where l_step not like '[%' or l_step in ('[*]', format('[%s]', n operator(pg_catalog.-) 1));
  elsif l_step in ('[0]', '[*]') then
    return query select ora.json_places(p_document, p_steps[2:]);
  elsif l_kind = 'object' then
    return query
      select key || place
        from jsonb_each(p_document)
       cross join lateral ora.json_places(value, p_steps[2:]) as place
       where l_step in ('.*', format('.%s', key));
  end if;
end $$;

create or replace function ora.json_complain(p_number text, p_text text) returns void
language plpgsql immutable as $$
begin
  raise exception using errcode = '22000', message = format('ORA-%s: %s', p_number, p_text);
end $$;

-- What an operation does with its value where that is NULL: the value, or NULL for no change.
create or replace function ora.json_value_or_null(p_value jsonb, p_on_null text) returns jsonb
language plpgsql immutable parallel safe as $$
begin
  if p_value is null and p_on_null = 'ERROR' then
    perform ora.json_complain('40803', 'JSON_TRANSFORM operation called with NULL input');
  end if;
  return coalesce(p_value, case when p_on_null = 'NULL' then 'null'::jsonb end);
end $$;

-- SET, INSERT and REPLACE: a value at each place that the last step names in what the steps before it lead to. Only the
-- last step is created; an array is filled with nulls up to a position behind its end.
create or replace function ora.json_transform_set(
  p_document jsonb, p_steps text[], p_value jsonb, p_existing text, p_missing text, p_on_null text) returns jsonb
language plpgsql immutable parallel safe as $$
declare
  l_last    constant text := p_steps[cardinality(p_steps)];
  l_value   constant jsonb := ora.json_value_or_null(p_value, p_on_null);
  l_result  jsonb := p_document;
  l_found   boolean := false;
  l_created boolean;
  l_parent  text[];
  l_place   text[];
begin
  if p_document is null or (l_value is null and p_on_null <> 'REMOVE') then
    return p_document;
  end if;
  if l_value is null then
    return ora.json_transform_remove(p_document, p_steps, 'IGNORE');
  end if;
  for l_parent in select ora.json_places(p_document, trim_array(p_steps, 1)) loop
    l_created := true;
    for l_place in select l_parent || place from ora.json_places(p_document #> l_parent, array[l_last]) as place loop
      l_found := true;
      l_created := false;
      if p_existing = 'ERROR' then
        perform ora.json_complain('40763', 'existing value in JSON_TRANSFORM');
      elsif p_existing = 'REPLACE' then
        l_result := jsonb_set(l_result, l_place, l_value);
      end if;
    end loop;
    if l_created and p_missing = 'CREATE' then
      l_result := ora.json_created(l_result, l_parent, l_last, l_value);
    end if;
  end loop;
  if not l_found and p_missing = 'ERROR' then
    perform ora.json_complain('40762', 'missing value in JSON_TRANSFORM');
  end if;
  return l_result;
end $$;

create or replace function ora.json_created(p_document jsonb, p_parent text[], p_step text, p_value jsonb) returns jsonb
language plpgsql immutable strict parallel safe as $$
declare
  l_owner constant jsonb := p_document #> p_parent;
  l_kind  constant text := jsonb_typeof(l_owner);
  l_after integer;
begin
  if l_kind = 'object' and p_step like '.%' and p_step <> '.*' then
    return jsonb_set(p_document, p_parent || substr(p_step, 2), p_value);
  elsif l_kind = 'array' and p_step ~ '^\[\d' then
    l_after := btrim(p_step, '[]')::integer - jsonb_array_length(l_owner);
    return jsonb_set(
      p_document, p_parent,
      l_owner operator(pg_catalog.||) to_jsonb(array_fill(null::integer, array[l_after]))
        operator(pg_catalog.||) jsonb_build_array(p_value));
  end if;
  return p_document;
end $$;

create or replace function ora.json_transform_remove(p_document jsonb, p_steps text[], p_missing text) returns jsonb
language plpgsql immutable parallel safe as $$
declare
  l_result jsonb := p_document;
  l_place  text[];
  l_found  boolean := false;
begin
  -- From the end, so that the positions before stay what they are.
  for l_place in select place from ora.json_places(p_document, p_steps) with ordinality as t (place, n) order by n desc loop
    l_found := true;
    l_result := l_result #- l_place;
  end loop;
  if not l_found and p_missing = 'ERROR' and p_document is not null then
    perform ora.json_complain('40762', 'missing value in JSON_TRANSFORM');
  end if;
  return l_result;
end $$;

-- RENAME, in the order of PostgreSQL, which keeps none of its own.
create or replace function ora.json_transform_rename(p_document jsonb, p_steps text[], p_name text, p_missing text)
returns jsonb
language plpgsql immutable parallel safe as $$
declare
  l_result jsonb := p_document;
  l_place  text[];
  l_found  boolean := false;
begin
  for l_place in select ora.json_places(p_document, p_steps) loop
    l_found := true;
    l_result := jsonb_set(l_result #- l_place, trim_array(l_place, 1) || p_name, p_document #> l_place);
  end loop;
  if not l_found and p_missing = 'ERROR' and p_document is not null then
    perform ora.json_complain('40762', 'missing value in JSON_TRANSFORM');
  end if;
  return l_result;
end $$;

create or replace function ora.json_transform_append(
  p_document jsonb, p_steps text[], p_value jsonb, p_missing text, p_mismatch text, p_on_null text) returns jsonb
language plpgsql immutable parallel safe as $$
declare
  l_value  constant jsonb := ora.json_value_or_null(p_value, p_on_null);
  l_result jsonb := p_document;
  l_place  text[];
  l_found  boolean := false;
begin
  if p_document is null or l_value is null then
    return p_document;
  end if;
  if jsonb_typeof(l_value) = 'array' then
    raise exception using errcode = '0A000', message = 'the embedded engine does not run APPEND of an array';
  end if;
  for l_place in select ora.json_places(p_document, p_steps) loop
    l_found := true;
    if jsonb_typeof(p_document #> l_place) = 'array' then
      l_result := jsonb_set(l_result, l_place, (l_result #> l_place) operator(pg_catalog.||) jsonb_build_array(l_value));
    elsif p_mismatch = 'ERROR' then
      perform ora.json_complain('40766', 'error in JSON_TRANSFORM execution (the value is not an array)');
    elsif p_mismatch = 'REPLACE' then
      l_result := jsonb_set(l_result, l_place, jsonb_build_array(l_value));
    end if;
  end loop;
  if not l_found and p_missing = 'ERROR' then
    perform ora.json_complain('40762', 'missing value in JSON_TRANSFORM');
  elsif not l_found and p_missing = 'CREATE' then
    l_result := ora.json_transform_set(p_document, p_steps, jsonb_build_array(l_value), 'IGNORE', 'CREATE', 'NULL');
  end if;
  return l_result;
end $$;
