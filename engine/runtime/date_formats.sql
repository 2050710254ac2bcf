-- TO_CHAR and TO_DATE by a format (SQL Language Reference, "Datetime Format Models"), in English and with the territory
-- America: the week begins on Sunday.

-- The elements of a format, in order: words, punctuation, "quoted text".
create or replace function ora.date_elements(p_format text) returns text[]
language plpgsql immutable strict parallel safe as $$
declare
  l_elements text[];
  l_unknown  text;
begin
  select array_agg(m[1] order by n)
    into l_elements
    from regexp_matches(p_format,
           '"[^"]*"|FM|FX|S?YYYY|Y,YYY|YYY|YY|RRRR|RR|IYYY|IYY|IY|S?YEAR|MONTH|MON|RM|DAY|DY|DDD|HH24|HH12|HH|MI|MM'
           '|SSSSS|SS|FF[1-9]?|[AP]M|[AP]\.M\.|AD|BC|[AB]\.[DC]\.|S?CC|WW|IW|DD|TZH|TZM|TZR|TZD|TH|SP|TS|DL|DS|EE|.',
           'gi') with ordinality as t (m, n);
  l_unknown := (select e from unnest(l_elements) as e
                 where pg_catalog.length(e) = 1 and upper(e) !~ '^[-/,.;:[:space:]DIJQWXY]$' limit 1);
  if l_unknown is not null then
    perform ora.raise_error(1821, 'date format not recognized');
  end if;
  l_unknown := (select e from unnest(l_elements) as e
                 where upper(e) in ('YEAR', 'SYEAR', 'SP', 'TS', 'DL', 'DS', 'EE', 'TZR', 'TZD', 'SCC') limit 1);
  if l_unknown is not null then
    raise exception using errcode = '0A000',
      message = format('the embedded engine does not run the element %s of a date format', upper(l_unknown));
  end if;
  return l_elements;
end $$;

-- A name as its element is written: MONTH, Month, month.
create or replace function ora.cased(p_name text, p_element text) returns text
language sql immutable strict parallel safe as $$
  select case
           when left(p_element, 1) <> upper(left(p_element, 1)) then lower(p_name)
           when substring(pg_catalog.replace(p_element, '.', ''), 2, 1)
                <> upper(substring(pg_catalog.replace(p_element, '.', ''), 2, 1)) then pg_catalog.initcap(p_name)
           else upper(p_name)
         end
$$;

-- One element of a format. `p_fill` tells that names are padded with blanks and numbers with zeros.
create or replace function ora.date_element(p_time timestamp, p_offset interval, p_element text, p_fill boolean)
returns text
language plpgsql immutable parallel safe as $$
declare
  l_element constant text := upper(p_element);
  l_mode    constant text := case when p_fill then '' else 'FM' end;
begin
  if l_element like '"%' then
    return substring(p_element, 2, pg_catalog.length(p_element) operator(pg_catalog.-) 2);
  elsif l_element in ('MONTH', 'MON', 'DAY', 'DY', 'AM', 'PM', 'A.M.', 'P.M.', 'AD', 'BC', 'A.D.', 'B.C.', 'RM') then
    return ora.cased(pg_catalog.to_char(p_time, pg_catalog.concat(l_mode, l_element)), p_element);
  elsif l_element = 'X' then
    return '.';
  elsif l_element like 'FF%' then
    -- PostgreSQL keeps microseconds, which is a TIMESTAMP's precision unless it says more.
    return left(pg_catalog.rpad(pg_catalog.to_char(p_time, 'FF6'), 9, '0'), coalesce(nullif(substring(l_element, 3), ''), '6')::integer);
  elsif l_element in ('TZH', 'TZM') then
    if p_offset is null then
      perform ora.raise_error(1821, 'date format not recognized');
    end if;
    return case l_element
             when 'TZM' then pg_catalog.lpad(abs(extract(minute from p_offset))::pg_catalog.text, 2, '0')
             else pg_catalog.concat(case when p_offset < interval '0' then '-' else '+' end,
                                    pg_catalog.lpad(abs(extract(hour from p_offset))::pg_catalog.text, 2, '0'))
           end;
  elsif l_element ~ '[A-Z]' then
    return pg_catalog.to_char(p_time, pg_catalog.concat(l_mode, case l_element
             when 'RRRR' then 'YYYY' when 'RR' then 'YY' when 'HH' then 'HH12'
             when 'SYYYY' then case when p_time < '0001-01-01' then '"-"YYYY' when p_fill then '" "YYYY' else 'YYYY' end
             else l_element end));
  end if;
  return p_element;  -- punctuation
end $$;

-- The ending of the number that a text ends with.
create or replace function ora.ordinal(p_text text) returns text
language sql immutable parallel safe as $$
  select case when p_text ~ '1\d$' then 'TH' when p_text ~ '1$' then 'ST' when p_text ~ '2$' then 'ND'
              when p_text ~ '3$' then 'RD' else 'TH' end
$$;

create or replace function ora.format_date(p_time timestamp, p_offset interval, p_format text) returns text
language plpgsql immutable parallel safe as $$
declare
  l_elements constant text[] := ora.date_elements(p_format);
  l_text     text := '';
  l_fill     boolean := true;
  l_element  text;
  l_number   text;
begin
  foreach l_element in array l_elements loop
    if upper(l_element) = 'FM' then
      l_fill := not l_fill;
    elsif upper(l_element) = 'TH' then
      -- In capitals where the number's element is.
      l_text := pg_catalog.concat(l_text, case when l_number = upper(l_number)
        then ora.ordinal(l_text) else lower(ora.ordinal(l_text)) end);
    elsif upper(l_element) <> 'FX' then
      l_text := pg_catalog.concat(l_text, ora.date_element(p_time, p_offset, l_element, l_fill));
      l_number := l_element;
    end if;
  end loop;
  return nullif(l_text, '');
end $$;

-- Where nothing but digits and punctuation is asked for, PostgreSQL writes the same, and much faster; that is decided
-- when the query is planned, for a format that is a literal.
create or replace function ora.is_plain_format(p_format text) returns boolean
language sql immutable parallel safe as $$
  select p_format ~* '^(YYYY|MM|DD|HH24|MI|SS|FF[1-6]|[-/:. ,;]|"[^"\\]*")*$'
$$;
create or replace function ora.to_char(p_value timestamp, p_format text) returns text
language sql immutable parallel safe as $$
  select case when ora.is_plain_format(p_format) then pg_catalog.to_char(p_value, p_format)
              when p_value is not null and p_format is not null then ora.format_date(p_value, null, p_format) end
$$;
create or replace function ora.to_char(p_value ora.datetime, p_format text) returns text
language sql immutable parallel safe as $$ select ora.to_char(p_value::timestamp, p_format) $$;
create or replace function ora.to_char(p_value timestamp with time zone, p_format text) returns text
language sql stable parallel safe as $$
  select case when ora.is_plain_format(p_format) then pg_catalog.to_char(p_value, p_format)
              when p_value is not null and p_format is not null
                then ora.format_date(p_value::timestamp,
                                     p_value::timestamp operator(pg_catalog.-) (p_value at time zone 'UTC'), p_format) end
$$;

-- The formats of a session that has not changed them: NLS_DATE_FORMAT, NLS_TIMESTAMP_FORMAT, NLS_TIMESTAMP_TZ_FORMAT.
create or replace function ora.to_char(p_value ora.datetime) returns text
language sql immutable strict parallel safe as $$ select ora.to_char(p_value, 'DD-MON-RR') $$;
create or replace function ora.to_char(p_value timestamp) returns text
language sql immutable strict parallel safe as $$ select ora.to_char(p_value, 'DD-MON-RR HH.MI.SSXFF AM') $$;
create or replace function ora.to_char(p_value timestamp with time zone) returns text
language sql stable strict parallel safe as $$ select ora.to_char(p_value, 'DD-MON-RR HH.MI.SSXFF AM TZH:TZM') $$;
