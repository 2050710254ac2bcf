-- Functions of points in time.

create or replace function ora.systimestamp() returns timestamp with time zone
language sql volatile parallel safe as $$ select clock_timestamp() $$;
create or replace function ora.localtimestamp() returns timestamp
language sql volatile parallel safe as $$ select clock_timestamp()::timestamp $$;
create or replace function ora.sysdate() returns ora.datetime
language sql volatile parallel safe as $$ select ora.datetime_of('second', clock_timestamp()::timestamp) $$;

create or replace function ora.last_day(p_date ora.datetime) returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.as_date(date_trunc('month', p_date::timestamp) operator(pg_catalog.+) interval '1 month -1 day'
                     operator(pg_catalog.+) p_date::timestamp::time)
$$;

-- Hundredths of a second since some point in time.
create or replace function dbms_utility.get_time() returns integer
language sql volatile parallel safe as $$
  select (extract(epoch from clock_timestamp()) operator(pg_catalog.*) 100)::bigint operator(pg_catalog.%) 2147483648
$$;

-- The last day of a month stays the last day.
create or replace function ora.add_months(p_date ora.datetime, p_months numeric) returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.as_date(case
    when extract(day from p_date::timestamp) = extract(day from ora.last_day(p_date)::timestamp)
      then ora.last_day(ora.as_date(shifted))::timestamp
    else shifted end)
    from (select p_date::timestamp operator(pg_catalog.+) make_interval(months => pg_catalog.trunc(p_months)::integer))
      as moved (shifted)
$$;

-- A whole number between equal days of a month and between last days; otherwise months have 31 days.
create or replace function ora.months_between(p_later ora.datetime, p_earlier ora.datetime) returns numeric
language sql immutable strict parallel safe as $$
  select months operator(pg_catalog.+) case
           when d.later = d.earlier or (d.later = extract(day from ora.last_day(p_later)::timestamp)
                                        and d.earlier = extract(day from ora.last_day(p_earlier)::timestamp)) then 0
           else ora.divide(d.later operator(pg_catalog.-) d.earlier operator(pg_catalog.+)
                           ora.divide(d.later_second operator(pg_catalog.-) d.earlier_second, 86400::numeric), 31::numeric)
         end
    from (select extract(day from p_later::timestamp) as later, extract(day from p_earlier::timestamp) as earlier,
                 extract(epoch from p_later::timestamp::time) as later_second,
                 extract(epoch from p_earlier::timestamp::time) as earlier_second) as d,
         (select (extract(year from p_later::timestamp) operator(pg_catalog.-) extract(year from p_earlier::timestamp))
                 operator(pg_catalog.*) 12
                 operator(pg_catalog.+) extract(month from p_later::timestamp)
                 operator(pg_catalog.-) extract(month from p_earlier::timestamp) as months) as m
$$;

-- The first such weekday later than the date, at its time of the day.
create or replace function ora.next_day(p_date ora.datetime, p_day text) returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.add_days(p_date::timestamp, 1 operator(pg_catalog.+) ((wanted operator(pg_catalog.+) 6
                      operator(pg_catalog.-) extract(dow from p_date::timestamp)) operator(pg_catalog.%) 7))
    from (select (fields->>'day of week')::numeric operator(pg_catalog.-) 1 as wanted
            from ora.read_word(pg_catalog.ltrim(p_day), 'DAY')) as w
$$;

create or replace function ora.numtodsinterval(p_value numeric, p_unit text) returns interval
language plpgsql immutable strict parallel safe as $$
declare
  l_seconds constant numeric := case upper(btrim(p_unit))
    when 'DAY' then 86400 when 'HOUR' then 3600 when 'MINUTE' then 60 when 'SECOND' then 1 end;
begin
  if l_seconds is null then
    perform ora.raise_error(1760, 'illegal argument for function');
  end if;
  return justify_hours(make_interval(secs => (p_value operator(pg_catalog.*) l_seconds)::double precision));
end $$;

-- The unit of TRUNC and ROUND as PostgreSQL's DATE_TRUNC calls it, and where its first half ends.
create or replace function ora.date_unit(p_format text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_unit constant text := case
    when upper(p_format) in ('CC', 'SCC') then 'century'
    when upper(p_format) in ('SYYYY', 'YYYY', 'YEAR', 'SYEAR', 'YYY', 'YY', 'Y') then 'year'
    when upper(p_format) in ('IYYY', 'IYY', 'IY', 'I') then 'iso year'
    when upper(p_format) = 'Q' then 'quarter'
    when upper(p_format) in ('MONTH', 'MON', 'MM', 'RM') then 'month'
    when upper(p_format) = 'WW' then 'week of year'
    when upper(p_format) = 'W' then 'week of month'
    when upper(p_format) = 'IW' then 'week'
    when upper(p_format) in ('DAY', 'DY', 'D') then 'sunday'
    when upper(p_format) in ('DDD', 'DD', 'J') then 'day'
    when upper(p_format) in ('HH', 'HH12', 'HH24') then 'hour'
    when upper(p_format) = 'MI' then 'minute'
  end;
begin
  if l_unit is null then
    perform ora.raise_error(1898, 'too many precision specifiers');
  end if;
  return l_unit;
end $$;

create or replace function ora.trunc(p_time timestamp, p_format text default 'DD') returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.as_date(case unit
    when 'century' then date_trunc('century', p_time)
    when 'sunday' then date_trunc('week', p_time operator(pg_catalog.+) interval '1 day') operator(pg_catalog.-) interval '1 day'
    when 'week of year' then day operator(pg_catalog.-)
      make_interval(days => (extract(doy from p_time)::integer operator(pg_catalog.-) 1) operator(pg_catalog.%) 7)
    when 'week of month' then day operator(pg_catalog.-)
      make_interval(days => (extract(day from p_time)::integer operator(pg_catalog.-) 1) operator(pg_catalog.%) 7)
    when 'iso year' then date_trunc('week', make_date(extract(isoyear from p_time)::integer, 1, 4)::timestamp)
    else date_trunc(unit, p_time)
  end)
    from (select ora.date_unit(p_format) as unit, date_trunc('day', p_time) as day) as u
$$;

-- The beginning of the next unit where the time lies in the later half: years from July 1, quarters from the sixteenth
-- of their second month, months from the sixteenth.
create or replace function ora.round(p_time timestamp, p_format text default 'DD') returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.trunc(p_time operator(pg_catalog.+) case ora.date_unit(p_format)
    when 'century' then interval '50 years'
    when 'year' then interval '6 months'
    when 'iso year' then case when extract(month from p_time) >= 7 then interval '6 months' else interval '0' end
    when 'quarter' then case
      when extract(day from p_time) >= 16 and extract(month from p_time)::integer operator(pg_catalog.%) 3 = 2
        then interval '1 month 15 days'
      when extract(month from p_time)::integer operator(pg_catalog.%) 3 = 0 then interval '1 month' else interval '0' end
    when 'month' then case when extract(day from p_time) >= 16 then interval '16 days' else interval '0' end
    when 'day' then interval '12 hours'
    when 'hour' then interval '30 minutes'
    when 'minute' then interval '30 seconds'
    else interval '84 hours'
  end, p_format)
$$;

create or replace function ora.trunc(p_time timestamp with time zone, p_format text default 'DD') returns ora.datetime
language sql stable strict parallel safe as $$ select ora.trunc(p_time::timestamp, p_format) $$;
create or replace function ora.round(p_time timestamp with time zone, p_format text default 'DD') returns ora.datetime
language sql stable strict parallel safe as $$ select ora.round(p_time::timestamp, p_format) $$;
create or replace function ora.trunc(p_value numeric, p_places text) returns numeric
language sql immutable strict parallel safe as $$ select ora.trunc(p_value, ora.to_number(p_places)) $$;
create or replace function ora.round(p_value numeric, p_places text) returns numeric
language sql immutable strict parallel safe as $$ select ora.round(p_value, ora.to_number(p_places)) $$;
