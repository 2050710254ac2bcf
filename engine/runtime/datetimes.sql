-- DATE: a point in time to the second, without a zone. It is a type of its own and not PostgreSQL's timestamp, because
-- the difference of two is a number of days, and because people see it by another format.

do $$
begin
  if to_regtype('ora.datetime') is null then
    create type ora.datetime;
    create function ora.datetime_in(cstring, oid, integer) returns ora.datetime
      language internal immutable strict parallel safe as 'timestamp_in';
    create function ora.datetime_out(ora.datetime) returns cstring
      language internal immutable strict parallel safe as 'timestamp_out';
    create function ora.datetime_recv(internal, oid, integer) returns ora.datetime
      language internal immutable strict parallel safe as 'timestamp_recv';
    create function ora.datetime_send(ora.datetime) returns bytea
      language internal immutable strict parallel safe as 'timestamp_send';
    create type ora.datetime (
      input = ora.datetime_in, output = ora.datetime_out, receive = ora.datetime_recv, send = ora.datetime_send,
      like = pg_catalog.timestamp, category = 'D'
    );
    create cast (ora.datetime as timestamp) without function as implicit;
    create function ora.datetime_cmp(ora.datetime, ora.datetime) returns integer
      language internal immutable strict parallel safe as 'timestamp_cmp';
    create function ora.datetime_of(text, timestamp) returns ora.datetime
      language internal immutable strict parallel safe as 'timestamp_trunc';
    create function ora.datetime_hash(ora.datetime) returns integer
      language internal immutable strict parallel safe as 'timestamp_hash';
    create function ora.datetime_smaller(ora.datetime, ora.datetime) returns ora.datetime
      language internal immutable strict parallel safe as 'timestamp_smaller';
    create function ora.datetime_larger(ora.datetime, ora.datetime) returns ora.datetime
      language internal immutable strict parallel safe as 'timestamp_larger';
  end if;
end $$;

-- Comparisons, and with them ORDER BY, GROUP BY, DISTINCT, indexes, MIN and MAX.
do $$
declare
  r record;
begin
  if to_regoperator('ora.=(ora.datetime, ora.datetime)') is not null then
    return;
  end if;
  for r in select * from (values ('=', 'eq', '=', '<>', 'eq'), ('<>', 'ne', '<>', '=', 'neq'),
                                 ('<', 'lt', '>', '>=', 'scalarlt'), ('>', 'gt', '<', '<=', 'scalargt'),
                                 ('<=', 'le', '>=', '>', 'scalarle'), ('>=', 'ge', '<=', '<', 'scalarge'))
                         as o (sign, name, turned, negated, estimate)
  loop
    execute format('create function ora.datetime_%s(ora.datetime, ora.datetime) returns boolean
                      language internal immutable strict parallel safe as %L', r.name, 'timestamp_' || r.name);
    execute format('create operator ora.%s (function = ora.datetime_%s, leftarg = ora.datetime,
                      rightarg = ora.datetime, commutator = operator(ora.%s), negator = operator(ora.%s),
                      restrict = %s, join = %s%s)',
                   r.sign, r.name, r.turned, r.negated, r.estimate || 'sel', r.estimate || 'joinsel',
                   case r.sign when '=' then ', hashes, merges' end);
  end loop;
  create operator class ora.datetime_ops default for type ora.datetime using btree as
    operator 1 ora.<, operator 2 ora.<=, operator 3 ora.=, operator 4 ora.>=, operator 5 ora.>,
    function 1 ora.datetime_cmp(ora.datetime, ora.datetime);
  create operator class ora.datetime_hash_ops default for type ora.datetime using hash as
    operator 1 ora.=, function 1 ora.datetime_hash(ora.datetime);
  create aggregate ora.min(ora.datetime) (
    sfunc = ora.datetime_smaller, stype = ora.datetime, combinefunc = ora.datetime_smaller,
    sortop = operator(ora.<), parallel = safe);
  create aggregate ora.max(ora.datetime) (
    sfunc = ora.datetime_larger, stype = ora.datetime, combinefunc = ora.datetime_larger,
    sortop = operator(ora.>), parallel = safe);
end $$;

-- An error of Oracle's that PostgreSQL has no SQLSTATE for: Dnnnn stands for ORA-0nnnn, and 61800 for itself.
create or replace function ora.raise_error(p_number integer, p_message text) returns void
language plpgsql immutable parallel safe as $$
begin
  raise exception using errcode = case when p_number < 10000 then pg_catalog.concat('D', pg_catalog.lpad(p_number::pg_catalog.text, 4, '0'))
                                     else p_number::pg_catalog.text end,
    message = pg_catalog.concat('ORA-', pg_catalog.lpad(p_number::pg_catalog.text, 5, '0'), ': ', p_message);
end $$;

-- A point in time as a DATE: to the second, and within the years that Oracle has.
create or replace function ora.as_date(p_time timestamp) returns ora.datetime
language plpgsql immutable strict parallel safe as $$
begin
  if not p_time < '10000-01-01' then
    perform ora.raise_error(1841, '(full) year must be between -4713 and +9999, and not be 0');
  end if;
  return ora.datetime_of('second', p_time);
end $$;
create or replace function ora.as_date(p_time timestamp with time zone) returns ora.datetime
language sql stable strict parallel safe as $$ select ora.as_date(p_time::timestamp) $$;
create or replace function ora.as_date(p_time ora.datetime) returns ora.datetime
language sql immutable strict parallel safe as $$ select p_time $$;

create or replace function ora.as_zoned(p_time ora.datetime) returns timestamp with time zone
language sql stable strict parallel safe as $$ select p_time::timestamp::timestamp with time zone $$;

do $$
begin
  perform ora.make_cast('timestamp', 'ora.datetime', 'with function ora.as_date(timestamp)');
  perform ora.make_cast('timestamp with time zone', 'ora.datetime', 'with function ora.as_date(timestamp with time zone)');
  perform ora.make_cast('ora.datetime', 'timestamp with time zone', 'with function ora.as_zoned(ora.datetime)');
end $$;

-- Days are added as numbers, to the second.
create or replace function ora.add_days(p_time timestamp, p_days numeric) returns ora.datetime
language sql immutable strict parallel safe as $$
  select ora.as_date(p_time operator(pg_catalog.+)
                     make_interval(secs => pg_catalog.round(p_days operator(pg_catalog.*) 86400)::double precision))
$$;
create or replace function ora.days_between(p_later ora.datetime, p_earlier ora.datetime) returns numeric
language sql immutable strict parallel safe as $$
  select ora.divide(extract(epoch from p_later::timestamp operator(pg_catalog.-) p_earlier::timestamp), 86400::numeric)
$$;

-- DATE and TIMESTAMP with a number of days give a DATE, a DATE with an interval too; two DATEs give days, and other
-- pairs of times an interval.
do $$
declare
  r record;
  l_day constant text := 'select ora.add_days($%s::timestamp, %s$%s::numeric)';
begin
  for r in
    with times as (select unnest(array['ora.datetime', 'timestamp', 'timestamp with time zone']) as t),
         numbers as (select unnest(array['numeric', 'integer', 'bigint', 'double precision']) as n)
    select '+' as sign, t as l, n as r, 'ora.datetime' as result, format(l_day, 1, '', 2) as body from times, numbers
     union all
    select '+', n, t, 'ora.datetime', format(l_day, 2, '', 1) from times, numbers
     union all
    select '-', t, n, 'ora.datetime', format(l_day, 1, '-', 2) from times, numbers
     union all
    values ('-', 'ora.datetime', 'ora.datetime', 'numeric', 'select ora.days_between($1, $2)'),
           ('+', 'ora.datetime', 'interval', 'ora.datetime', 'select ora.as_date($1::timestamp operator(pg_catalog.+) $2)'),
           ('+', 'interval', 'ora.datetime', 'ora.datetime', 'select ora.as_date($2::timestamp operator(pg_catalog.+) $1)'),
           ('-', 'ora.datetime', 'interval', 'ora.datetime', 'select ora.as_date($1::timestamp operator(pg_catalog.-) $2)'),
           ('-', 'ora.datetime', 'timestamp with time zone', 'interval',
            'select ora.as_zoned($1) operator(pg_catalog.-) $2'),
           ('-', 'timestamp with time zone', 'ora.datetime', 'interval',
            'select $1 operator(pg_catalog.-) ora.as_zoned($2)')
  loop
    execute format('create or replace function ora.%s(%s, %s) returns %s language sql %s strict parallel safe as %L',
                   case r.sign when '+' then 'time_plus' else 'time_minus' end, r.l, r.r, r.result,
                   case when 'timestamp with time zone' in (r.l, r.r) then 'stable' else 'immutable' end, r.body);
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.%s, leftarg = %s, rightarg = %s)', r.sign,
                     case r.sign when '+' then 'time_plus' else 'time_minus' end, r.l, r.r);
    end if;
  end loop;
end $$;

-- The part of a point in time that EXTRACT reads: one with a zone counts in UTC.
create or replace function ora.extracted(p_time timestamp with time zone) returns timestamp
language sql immutable strict parallel safe as $$ select p_time at time zone 'UTC' $$;
create or replace function ora.extracted(p_time timestamp) returns timestamp
language sql immutable strict parallel safe as $$ select p_time $$;
create or replace function ora.extracted(p_time ora.datetime) returns timestamp
language sql immutable strict parallel safe as $$ select p_time::timestamp $$;
create or replace function ora.extracted(p_span interval) returns interval
language sql immutable strict parallel safe as $$ select p_span $$;
