-- JSON: its text as Oracle writes it, and texts that are read as JSON.

-- Strings stand between double quotes that no backslash makes part of them, so that every other piece is outside.
create or replace function ora.compact_pieces(p_text text) returns text
language sql immutable strict parallel safe as $$
  select pg_catalog.replace(
           pg_catalog.replace(
             string_agg(case when n % 2 = 0 then piece
                          else regexp_replace(translate(piece, E' \n\r\t', ''), '(\.\d*[1-9])0+(?!\d)|\.0+(?!\d)', '\1', 'g')
                        end, '"' order by n), chr(1), '\\'), chr(2), '\"')
    from unnest(string_to_array(pg_catalog.replace(pg_catalog.replace(p_text, '\\', chr(1)), '\"', chr(2)), '"'))
           with ordinality as t (piece, n)
$$;

-- JSON without blanks, and its numbers without zeros at their end. json_strip_nulls writes no blanks and is fast; where
-- there may be nulls or such zeros, what stands outside the strings is gone through piece by piece.
create or replace function ora.compact_json(p_text text) returns text
language sql immutable strict parallel safe as $$
  select case when strpos(p_text, 'null') = 0 and p_text !~ '\.\d*0(?!\d)'
           then json_strip_nulls(p_text::json)::pg_catalog.text else ora.compact_pieces(p_text) end
$$;

-- Oracle reads what it calls lax syntax too: names of members without quotes, and quotes that are single. A text that
-- is JSON as it stands comes back as it is; NULL comes back where it can not be read.
create or replace function ora.lax_json(p_text text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_text text;
begin
  if pg_input_is_valid(p_text, 'jsonb') then
    return p_text;
  end if;
  select string_agg(case
                      when m[2] is not null then to_json(regexp_replace(m[2], '\\(.)', '\1', 'g'))::pg_catalog.text
                      when m[3] is not null then to_json(m[3])::pg_catalog.text
                      else coalesce(m[1], m[4])
                    end, '' order by n)
    into l_text
    from regexp_matches(p_text, '("(?:[^"\\]|\\.)*"|\d[\w.+-]*)|''((?:[^''\\]|\\.)*)''|([^\W\d]\w*)(?=\s*:)|(.)', 'g')
         with ordinality as t (m, n);
  return case when pg_input_is_valid(l_text, 'jsonb') then l_text end;
end $$;

-- A text as JSON, and NULL where it is none.
create or replace function ora.json_or_null(p_text text) returns jsonb
language sql immutable strict parallel safe as $$ select ora.lax_json(p_text)::jsonb $$;

-- A text as the text of JSON.
create or replace function ora.checked_json(p_text text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_text constant text := ora.lax_json(p_text);
begin
  if l_text is null then
    raise exception using errcode = '22032', message = 'ORA-40441: JSON syntax error';
  end if;
  return l_text;
end $$;

create or replace function ora.json_of(p_text text) returns jsonb
language sql immutable strict parallel safe as $$ select ora.checked_json(p_text)::jsonb $$;

create or replace function ora.json_text(p_json jsonb) returns text
language sql immutable strict parallel safe as $$ select ora.compact_json(p_json::pg_catalog.text) $$;
create or replace function ora.json_text(p_text text) returns text
language sql immutable strict parallel safe as $$ select ora.compact_json(ora.checked_json(p_text)) $$;

-- PRETTY: a line for each member and element, each level two blanks further in.
create or replace function ora.pretty_json(p_json json, p_indent text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_kind   constant text := json_typeof(p_json);
  l_inside constant text := pg_catalog.concat(p_indent, '  ');
  l_lines  text;
begin
  if l_kind not in ('object', 'array') then
    return ora.compact_json(p_json::pg_catalog.text);
  end if;
  if l_kind = 'object' then
    select string_agg(
             pg_catalog.concat(l_inside, to_json(key), ' :',
                               case when json_typeof(value) in ('object', 'array')
                                 then pg_catalog.concat(chr(10), l_inside) else ' ' end,
                               ora.pretty_json(value, l_inside)), E',\n' order by n)
      into l_lines
      from json_each(p_json) with ordinality as t (key, value, n);
  else
    select string_agg(pg_catalog.concat(l_inside, ora.pretty_json(value, l_inside)), E',\n' order by n)
      into l_lines
      from json_array_elements(p_json) with ordinality as t (value, n);
  end if;
  return pg_catalog.concat(case l_kind when 'object' then '{' else '[' end, chr(10), l_lines,
                           case when l_lines is not null then chr(10) end, p_indent, case l_kind when 'object' then '}' else ']' end);
end $$;
create or replace function ora.json_pretty(p_json jsonb) returns text
language sql immutable strict parallel safe as $$ select ora.pretty_json(p_json::json, '') $$;
create or replace function ora.json_pretty(p_text text) returns text
language sql immutable strict parallel safe as $$ select ora.pretty_json(ora.checked_json(p_text)::json, '') $$;

-- A text that RETURNING gives a length: a longer one is an error, which ON ERROR may make NULL.
create or replace function ora.json_sized(p_text text, p_length integer, p_bytes boolean, p_fails boolean) returns text
language plpgsql immutable strict parallel safe as $$
begin
  if (case when p_bytes then octet_length(p_text) else pg_catalog.length(p_text) end) <= p_length then
    return p_text;
  end if;
  if p_fails then
    raise exception using errcode = '22001',
      message = format('ORA-40478: output value too large (maximum: %s)', p_length);
  end if;
  return null;
end $$;

-- JSON beside a text or a number is compared as the scalar of JSON that this is.
do $$
declare
  r record;
begin
  for r in select o.sign, o.name, s.l, s.r, format('ora.json_%s(%s, %s)', o.name, s.l, s.r) as signature
             from (values ('text'), ('numeric'), ('bigint'), ('integer'), ('double precision'), ('boolean')) as t (name),
                  (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('>', 'gt'), ('<=', 'le'), ('>=', 'ge')) as o (sign, name),
                  lateral (values ('jsonb', t.name), (t.name, 'jsonb')) as s (l, r)
  loop
    execute format('create or replace function %s returns boolean language sql immutable strict parallel safe as %L',
                   r.signature, format('select to_jsonb($1) operator(pg_catalog.%s) to_jsonb($2)', r.sign));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.json_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
end $$;
