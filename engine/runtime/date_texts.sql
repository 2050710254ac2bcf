-- From a text to a point in time: TO_DATE, TO_TIMESTAMP (SQL Language Reference, "String-to-Date Conversion Rules").

-- How many digits an element reads at most, its field, and the error of one that is out of its range.
create or replace function ora.date_field(p_element text)
returns table (field text, digits integer, lowest integer, highest integer, error integer, message text)
language sql immutable strict parallel safe as $$
  select f.field, f.digits, f.lowest, f.highest, f.error, f.message
    from (values
      ('YYYY', 'year', 4, 1, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('SYYYY', 'year', 4, 1, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('RRRR', 'year', 4, 0, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('YYY', 'year', 3, 0, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('YY', 'year', 2, 0, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('RR', 'year', 2, 0, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('Y', 'year', 1, 0, 9999, 1841, '(full) year must be between -4713 and +9999, and not be 0'),
      ('MM', 'month', 2, 1, 12, 1843, 'An invalid month was specified.'),
      ('DD', 'day', 2, 1, 31, 1847, 'day of month must be between 1 and last day of month'),
      ('DDD', 'day of year', 3, 1, 366, 1848, 'day of year must be between 1 and 365 (366 for leap year)'),
      ('D', 'day of week', 1, 1, 7, 1846, 'not a valid day of the week'),
      ('J', 'julian', 7, 1, 5373484, 1854, 'julian date must be between 1 and 5373484'),
      ('HH24', 'hour', 2, 0, 23, 1850, 'hour must be between 0 and 23'),
      ('HH12', 'half hour', 2, 1, 12, 1849, 'hour must be between 1 and 12'),
      ('HH', 'half hour', 2, 1, 12, 1849, 'hour must be between 1 and 12'),
      ('MI', 'minute', 2, 0, 59, 1851, 'minutes must be between 0 and 59'),
      ('SS', 'second', 2, 0, 59, 1852, 'seconds must be between 0 and 59'),
      ('SSSSS', 'second of day', 5, 0, 86399, 1853, 'seconds in day must be between 0 and 86399'))
      as f (element, field, digits, lowest, highest, error, message)
   where f.element = p_element
$$;

-- What an element that is a word reads from the front of a text: the field with its value, and the rest.
create or replace function ora.read_word(p_text text, p_element text, out fields jsonb, out rest text)
language plpgsql immutable strict parallel safe as $$
declare
  l_names constant text[] := case
    when p_element in ('DAY', 'DY') then
      array['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']
    else array['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER',
               'NOVEMBER', 'DECEMBER'] end;
  l_number integer;
  l_size   integer;
begin
  if p_element ~ '^[AP]' then
    if p_text !~* '^[AP]\.?M\.?' then
      perform ora.raise_error(1855, 'AM/A.M. or PM/P.M. required');
    end if;
    fields := jsonb_build_object('afternoon', p_text ~* '^P');
    rest := regexp_replace(p_text, '^[AP]\.?M\.?', '', 'i');
    return;
  end if;
  select n, case when starts_with(upper(p_text), name) then pg_catalog.length(name) else 3 end
    into l_number, l_size
    from unnest(l_names) with ordinality as t (name, n)
   where starts_with(upper(p_text), left(name, 3));
  if l_number is null and p_element in ('DAY', 'DY') then
    perform ora.raise_error(1846, 'not a valid day of the week');
  elsif l_number is null then
    perform ora.raise_error(1843, 'An invalid month was specified.');
  end if;
  fields := jsonb_build_object(case when p_element in ('DAY', 'DY') then 'day of week' else 'month' end, l_number);
  rest := substring(p_text, l_size operator(pg_catalog.+) 1);
end $$;

-- The digits that a numeric element reads from the front of a text. Where nothing numeric follows in the format, YY
-- and RR read four.
create or replace function ora.date_digits(p_text text, p_element text, p_digits integer, p_alone boolean) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_run constant text := coalesce(substring(p_text from '^[-+]?\d+'), '');
begin
  if l_run = '' then
    perform ora.raise_error(1858, 'A non-numeric character was found instead of a numeric character.');
  elsif p_element in ('YY', 'RR') and p_alone and pg_catalog.length(l_run) = 4 then
    return l_run;
  elsif p_element <> 'SYYYY' and l_run ~ '^[-+]' then
    perform ora.raise_error(1858, 'A non-numeric character was found instead of a numeric character.');
  end if;
  return substring(l_run from pg_catalog.concat('^[-+]?\d{1,', p_digits, '}'));
end $$;

-- The year that the digits of an element mean: the present century fills up YY, and RR goes by the half of it.
create or replace function ora.full_year(p_digits text, p_element text, p_now timestamp) returns integer
language sql immutable strict parallel safe as $$
  select case
           when pg_catalog.length(p_digits) >= 4 or p_element in ('YYYY', 'SYYYY') then p_digits::integer
           when p_element in ('RR', 'RRRR') then
             century operator(pg_catalog.+) p_digits::integer operator(pg_catalog.+)
             case when p_digits::integer < 50 and year >= 50 then 100
                  when p_digits::integer >= 50 and year < 50 then -100 else 0 end
           else (left(to_char(p_now, 'YYYY'), 4 operator(pg_catalog.-) pg_catalog.length(p_digits)) operator(pg_catalog.||) p_digits)::integer
         end
    from (select extract(year from p_now)::integer operator(pg_catalog./) 100 operator(pg_catalog.*) 100 as century,
                 extract(year from p_now)::integer operator(pg_catalog.%) 100 as year) as present
$$;

-- What an element that is a number reads from the front of a text: the field with its value, the rest, and whether all
-- digits of the element were there. `p_alone` tells that no element follows without punctuation. `p_now` gives the
-- century.
create or replace function ora.read_number(
  p_text text, p_element text, p_alone boolean, p_exact boolean, p_now timestamp,
  out fields jsonb, out rest text, out complete boolean)
language plpgsql immutable strict parallel safe as $$
declare
  l_field  record;
  l_digits text;
  l_value  integer;
begin
  select * into l_field from ora.date_field(p_element);
  if not found then
    perform ora.raise_error(1820, 'format code cannot appear in date input format');
  end if;
  l_digits := ora.date_digits(p_text, p_element, l_field.digits, p_alone);
  complete := pg_catalog.length(l_digits) >= l_field.digits;
  if p_exact and not complete then
    perform ora.raise_error(1862, 'the numeric value does not match the length of the format item');
  end if;
  l_value := l_digits::integer;
  if abs(l_value) not between l_field.lowest and l_field.highest then
    perform ora.raise_error(l_field.error, l_field.message);
  end if;
  fields := jsonb_build_object(
    l_field.field, case l_field.field when 'year' then ora.full_year(l_digits, p_element, p_now) else l_value end);
  rest := substring(p_text, pg_catalog.length(l_digits) operator(pg_catalog.+) 1);
end $$;

-- What stands behind punctuation of a format. Other punctuation may stand for it, and none where the number before has
-- all its digits. `p_next` is the element behind it.
create or replace function ora.past_punctuation(
  p_text text, p_mark text, p_next text, p_exact boolean, p_complete boolean) returns text
language plpgsql immutable strict parallel safe as $$
begin
  if p_text = '' or (p_mark = ' ' and not p_exact) then
    return pg_catalog.ltrim(p_text);
  elsif (p_exact and not starts_with(p_text, p_mark)) or (p_text ~ '^[[:alnum:]]' and not p_complete)
     or (p_text ~ '^\d' and upper(p_next) in ('MON', 'MONTH', 'DAY', 'DY')) then
    perform ora.raise_error(1861, 'literal does not match format string');
  end if;
  return case when p_text ~ '^[[:alnum:]]' then p_text else substring(p_text, 2) end;
end $$;

-- What stands behind "quoted text" of a format.
create or replace function ora.past_quoted(p_text text, p_quoted text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_quoted constant text := btrim(p_quoted, '"');
begin
  if not starts_with(p_text, l_quoted) then
    perform ora.raise_error(1861, 'literal does not match format string');
  end if;
  return substring(p_text, pg_catalog.length(l_quoted) operator(pg_catalog.+) 1);
end $$;

-- What an element reads from the front of a text.
create or replace function ora.read_element(
  p_text text, p_element text, p_alone boolean, p_exact boolean, p_now timestamp,
  out fields jsonb, out rest text, out complete boolean)
language plpgsql immutable strict parallel safe as $$
declare
  l_digits text;
begin
  complete := true;
  if p_element in ('MON', 'MONTH', 'DAY', 'DY', 'AM', 'PM', 'A.M.', 'P.M.')
     or (p_element = 'MM' and p_text ~ '^[[:alpha:]]') then
    select r.fields, r.rest into fields, rest from ora.read_word(p_text, p_element) as r;
  elsif p_element like 'FF%' then
    l_digits := coalesce(substring(p_text from '^\d{1,9}'), '');
    fields := jsonb_build_object('fraction', pg_catalog.concat('0.', l_digits)::numeric);
    rest := substring(p_text, pg_catalog.length(l_digits) operator(pg_catalog.+) 1);
  else
    select r.fields, r.rest, r.complete into fields, rest, complete
      from ora.read_number(p_text, p_element, p_alone, p_exact, p_now) as r;
  end if;
end $$;

-- The fields that a text has by a format.
create or replace function ora.date_fields(p_text text, p_format text, p_now timestamp) returns jsonb
language plpgsql immutable strict parallel safe as $$
declare
  l_elements constant text[] := ora.date_elements(p_format);
  l_element  text;
  l_next     text;
  l_exact    boolean := false;
  l_fill     boolean := true;
  l_complete boolean := true;
  l_rest     text := pg_catalog.ltrim(p_text);
  l_fields   jsonb := '{}';
  l_read     record;
begin
  for i in 1 .. cardinality(l_elements) loop
    l_element := upper(l_elements[i]);
    l_next := coalesce(l_elements[i operator(pg_catalog.+) 1], '-');
    if l_element = 'FX' then
      l_exact := not l_exact;
    elsif l_element = 'FM' then
      l_fill := not l_fill;
    elsif l_element like '"%' then
      l_rest := ora.past_quoted(l_rest, l_elements[i]);
    elsif l_element ~ '^[^[:alnum:]]$' or l_element = 'X' then
      l_rest := ora.past_punctuation(
        l_rest, case l_element when 'X' then '.' else l_element end, l_next, l_exact, l_complete);
    elsif l_rest = '' then
      exit when l_element ~ '^(HH|HH12|HH24|MI|SS|SSSSS|FF\d?|[AP]\.?M\.?)$';  -- a time of the day may be left out
      perform ora.raise_error(1840, 'input value not long enough for date format');
    else
      l_read := ora.read_element(case when l_exact then l_rest else pg_catalog.ltrim(l_rest) end, l_element, l_next !~ '^\w',
                                 l_exact and l_fill, p_now);
      if exists (select from jsonb_object_keys(l_read.fields) as k where l_fields ? k) then
        perform ora.raise_error(1810, 'format code appears twice');
      end if;
      l_fields := l_fields operator(pg_catalog.||) l_read.fields;
      l_rest := l_read.rest;
      l_complete := l_read.complete;
    end if;
  end loop;
  if btrim(l_rest) <> '' then
    perform ora.raise_error(1830, 'Date format picture ends before converting entire input string.');
  end if;
  return l_fields;
end $$;

-- The day that fields mean: the first of the present month where they leave it out.
create or replace function ora.day_of(p_fields jsonb, p_now timestamp) returns timestamp
language plpgsql immutable strict parallel safe as $$
declare
  l_year  constant integer := coalesce((p_fields->>'year')::integer, extract(year from p_now)::integer);
  l_month constant integer := coalesce((p_fields->>'month')::integer, extract(month from p_now)::integer);
  l_day   constant integer := coalesce((p_fields->>'day')::integer, 1);
  l_first timestamp;
begin
  if p_fields ? 'julian' then
    return timestamp '2000-01-01' operator(pg_catalog.+)
           make_interval(days => (p_fields->>'julian')::integer operator(pg_catalog.-) 2451545);
  elsif l_year = 0 then
    perform ora.raise_error(1841, '(full) year must be between -4713 and +9999, and not be 0');
  elsif p_fields ? 'day of year' then
    l_first := make_date(l_year, 1, 1)::timestamp operator(pg_catalog.+)
               make_interval(days => (p_fields->>'day of year')::integer operator(pg_catalog.-) 1);
    if extract(year from l_first) <> l_year then
      perform ora.raise_error(1848, 'day of year must be between 1 and 365 (366 for leap year)');
    end if;
    return l_first;
  end if;
  l_first := make_date(l_year, l_month, 1)::timestamp;
  if l_day > extract(day from l_first operator(pg_catalog.+) interval '1 month -1 day') then
    perform ora.raise_error(1839, 'date not valid for month specified');
  end if;
  return l_first operator(pg_catalog.+) make_interval(days => l_day operator(pg_catalog.-) 1);
end $$;

-- The time of the day that fields mean, in seconds.
create or replace function ora.second_of(p_fields jsonb) returns numeric
language plpgsql immutable strict parallel safe as $$
declare
  l_half constant integer := (p_fields->>'half hour')::integer operator(pg_catalog.%) 12
                             operator(pg_catalog.+) case when (p_fields->>'afternoon')::boolean then 12 else 0 end;
begin
  if p_fields ? 'afternoon' and p_fields ? 'hour' then
    perform ora.raise_error(1818, '''HH24'' precludes use of meridian indicator');
  elsif p_fields ? 'half hour' and p_fields ? 'hour' then
    perform ora.raise_error(1810, 'format code appears twice');
  end if;
  return coalesce(
    (p_fields->>'second of day')::numeric,
    extract(epoch from make_interval(hours => coalesce((p_fields->>'hour')::integer, l_half, 0),
                                     mins => coalesce((p_fields->>'minute')::integer, 0),
                                     secs => coalesce((p_fields->>'second')::integer, 0)))
  ) operator(pg_catalog.+) coalesce((p_fields->>'fraction')::numeric, 0);
end $$;

create or replace function ora.read_date(p_text text, p_format text) returns timestamp
language plpgsql stable strict parallel safe as $$
declare
  l_now    constant timestamp := localtimestamp;
  l_fields constant jsonb := ora.date_fields(p_text, p_format, l_now);
  l_day    constant timestamp := ora.day_of(l_fields, l_now);
begin
  if (l_fields->>'day of week')::integer <> extract(dow from l_day) operator(pg_catalog.+) 1 then
    perform ora.raise_error(1835, 'day of week conflicts with Julian date');
  end if;
  return l_day operator(pg_catalog.+) make_interval(secs => ora.second_of(l_fields)::double precision);
end $$;

create or replace function ora.to_date(p_text text, p_format text default 'DD-MON-RR') returns ora.datetime
language sql stable strict parallel safe as $$ select ora.as_date(ora.read_date(p_text, p_format)) $$;
create or replace function ora.to_timestamp(p_text text, p_format text default 'DD-MON-RR HH.MI.SSXFF AM')
returns timestamp
language sql stable strict parallel safe as $$ select ora.read_date(p_text, p_format) $$;

-- A text where a DATE is wanted is read by the default format, and a DATE where a text is wanted is written by it.
create or replace function ora.as_date(p_text text) returns ora.datetime
language sql stable strict parallel safe as $$ select ora.to_date(p_text) $$;
create or replace function ora.to_varchar(p_value ora.datetime) returns varchar
language sql immutable strict parallel safe as $$ select ora.to_char(p_value)::varchar $$;

do $$
declare
  r record;
begin
  perform ora.make_cast('text', 'ora.datetime', 'with function ora.as_date(text)');
  perform ora.make_cast('ora.datetime', 'text', 'with function ora.to_char(ora.datetime)');
  perform ora.make_cast('ora.datetime', 'varchar', 'with function ora.to_varchar(ora.datetime)');
  for r in select o.sign, o.name, s.l, s.r, s.body
             from (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('>', 'gt'), ('<=', 'le'), ('>=', 'ge')) as o (sign, name),
                  (values ('ora.datetime', 'text', 'select $1 operator(ora.%s) ora.to_date($2)'),
                          ('text', 'ora.datetime', 'select ora.to_date($1) operator(ora.%s) $2'),
                          ('timestamp', 'text', 'select $1 operator(pg_catalog.%s) ora.to_timestamp($2)'),
                          ('text', 'timestamp', 'select ora.to_timestamp($1) operator(pg_catalog.%s) $2')) as s (l, r, body)
  loop
    execute format('create or replace function ora.text_%s(%s, %s) returns boolean language sql stable strict parallel safe as %L',
                   r.name, r.l, r.r, format(r.body, r.sign));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.text_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
  for r in select * from (values ('text', 'ora.datetime', '$1, ora.to_char($2)'),
                                 ('ora.datetime', 'text', 'ora.to_char($1), $2')) as c (l, r, body)
  loop
    execute format('create or replace function ora.concatenate(%s, %s) returns text language sql immutable parallel safe as %L',
                   r.l, r.r, format('select nullif(pg_catalog.concat(%s), '''')', r.body));
    if to_regoperator(format('ora.||(%s, %s)', r.l, r.r)) is null then
      execute format('create operator ora.|| (function = ora.concatenate, leftarg = %s, rightarg = %s)', r.l, r.r);
    end if;
  end loop;
end $$;
