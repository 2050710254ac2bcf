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
