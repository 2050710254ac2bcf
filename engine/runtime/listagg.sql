-- LISTAGG.

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
