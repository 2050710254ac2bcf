-- TO_CHAR and TO_NUMBER by a format (SQL Language Reference, "Number Format Models"), with a point, a comma and the
-- dollar. PostgreSQL's TO_CHAR writes the digits; Oracle's currency, blanks and signs of overflow come on top.

-- The format in capitals, without the modifier FM; it may have a sign, digits and commas, a point and digits, V and
-- digits, an exponent and a sign, and the currency and B anywhere.
create or replace function ora.number_format(p_format text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_format constant text := pg_catalog.translate(regexp_replace(upper(p_format), '^FM', ''), 'GD', ',.');
begin
  if pg_catalog.translate(l_format, '$LB', '') !~
       '^(S?(?=[.V]?[09])([09][09,]*)?(\.[09]*)?(V[09]+)?(EEEE)?|(?=[.V]?[09])([09][09,]*)?(\.[09]*)?(V[09]+)?(EEEE)?(S|MI|PR))$'
     or l_format ~ '[$L].*[$L]|B.*B' then
    perform ora.raise_error(1481, 'invalid number format model');
  end if;
  return l_format;
end $$;

-- A number by a format of hexadecimal digits.
create or replace function ora.hexadecimal(p_value numeric, p_format text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_mask   constant text := regexp_replace(p_format, '^FM', '', 'i');
  l_places constant integer := pg_catalog.length(l_mask);
  l_digits text;
begin
  if l_mask !~* '^0*X+$' then
    perform ora.raise_error(1481, 'invalid number format model');
  elsif p_value < 0 or pg_catalog.round(p_value) >= 16::numeric operator(pg_catalog.^) least(l_places, 15) then
    return repeat('#', l_places operator(pg_catalog.+) 1);
  end if;
  l_digits := to_hex(pg_catalog.round(p_value)::bigint);
  if l_mask ~ 'X' then
    l_digits := upper(l_digits);
  end if;
  if l_mask ~ '^0' then
    l_digits := pg_catalog.lpad(l_digits, l_places, '0');
  end if;
  return case when p_format ~* '^FM' then l_digits
              else pg_catalog.lpad(l_digits, l_places operator(pg_catalog.+) 1) end;
end $$;

-- A number by any format but those for which PostgreSQL's own function does.
create or replace function ora.format_number(p_value numeric, p_format text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_format text;
  l_filled constant boolean := p_format !~* '^FM';
  l_width  integer;
  l_scale  integer;
  l_text   text;
begin
  if p_format ~* 'X' then
    return ora.hexadecimal(p_value, p_format);
  elsif upper(p_format) in ('TM', 'TM9') then
    return ora.to_char(p_value);
  elsif upper(p_format) in ('RN', 'FMRN') then
    return ora.cased(pg_catalog.to_char(p_value, p_format), right(p_format, 2));
  end if;
  l_format := ora.number_format(p_format);
  l_scale := pg_catalog.length(coalesce(substring(l_format from '\.([09]*)'), ''));
  -- A place for the sign, which PR has two of.
  l_width := pg_catalog.length(pg_catalog.translate(l_format, 'VSMIPRB', '')) operator(pg_catalog.+)
             case when l_format like '%PR' then 2 else 1 end operator(pg_catalog.+)
             case when l_format like '%L%' then 9 else 0 end;
  if l_format like '%B%' and pg_catalog.round(p_value, l_scale) = 0 then
    return case when l_filled then repeat(' ', l_width) end;
  end if;
  l_text := upper(pg_catalog.to_char(p_value, pg_catalog.concat(
    case when not l_filled and l_format not like '%E%' then 'FM' end, pg_catalog.translate(l_format, '$LB', ''))));
  if l_text like '%#%' then
    return repeat('#', l_width);
  elsif l_format ~ '[$L]' then
    l_text := regexp_replace(l_text, '([0-9.])', '$\1');
  end if;
  return case when not l_filled then btrim(l_text)
              else pg_catalog.lpad(l_text, greatest(l_width, pg_catalog.length(l_text))) end;
end $$;

-- PostgreSQL writes the same for a value that a plain format has places for; whether the format is one is decided when
-- the query is planned, for a format that is a literal.
create or replace function ora.is_plain_number_format(p_format text) returns boolean
language sql immutable parallel safe as $$ select p_format ~* '^(FM)?[09]*0(\.[09]+)?$' $$;

create or replace function ora.to_char(p_value numeric, p_format text) returns text
language sql immutable parallel safe as $$
  select case when ora.is_plain_number_format(p_format) and abs(p_value) < 0.5
                then pg_catalog.to_char(p_value, p_format)
              else ora.format_number(p_value, p_format) end
$$;
create or replace function ora.to_char(p_value double precision, p_format text) returns text
language sql immutable parallel safe as $$ select ora.to_char(p_value::numeric, p_format) $$;

-- The pattern of texts that a format reads.
create or replace function ora.number_pattern(p_format text) returns text
language sql immutable strict parallel safe as $$
  select pg_catalog.concat(
    case when format like '%PR' then '^ *(<)?' when format ~ '(S|MI)$' then '^ *()' else '^ *([-+])?' end,
    case when format ~ '[$L]' then '\$?' end,
    '(', regexp_replace(pg_catalog.replace(pg_catalog.split_part(digits, '.', 1), ',', ',?'), '[09]', '\\d?', 'g'),
    case when digits like '%.%' then pg_catalog.concat('(?:\.', regexp_replace(pg_catalog.split_part(digits, '.', 2), '[09]', '\\d?', 'g'), ')?') end,
    case when format like '%EEEE%' then '(?:E[-+]?\d+)?' end, ')',
    case when format like '%PR' then '(>)?' when format ~ '(S|MI)$' then '([-+])?' else '()' end, ' *$')
    from (select ora.number_format(p_format) as format,
                 pg_catalog.translate(ora.number_format(p_format), '$LBSVEMIPR', '') as digits) as f
$$;

-- What a format reads in a text: a sign before, the digits, a sign behind; NULL where it reads nothing.
create or replace function ora.number_parts(p_text text, p_format text) returns text[]
language sql immutable strict parallel safe as $$
  select regexp_match(p_text, ora.number_pattern(p_format), 'i')
$$;

create or replace function ora.to_number(p_text text, p_format text) returns numeric
language sql immutable strict parallel safe as $$
  select case
           when p_format ~* '^(FM)?0*X+$' then
             case when p_text ~ '^[0-9A-Fa-f]{1,15}$' then pg_catalog.concat('0x', p_text)::numeric
                  else ora.not_a_number(p_text) end
           when (ora.number_parts(p_text, p_format))[2] ~ '\d' then
             pg_catalog.replace((ora.number_parts(p_text, p_format))[2], ',', '')::numeric operator(pg_catalog.*)
             case when (ora.number_parts(p_text, p_format))[1] in ('-', '<')
                    or (ora.number_parts(p_text, p_format))[3] = '-' then -1 else 1 end
           else ora.not_a_number(p_text)
         end
$$;
