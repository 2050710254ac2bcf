-- Operators with Oracle's meaning: || and /.

-- NULL is the empty string to ||, and the empty string is NULL.
create or replace function ora.concatenate(text, text) returns text
language sql immutable parallel safe as $$
  select nullif(pg_catalog.concat($1, $2), '')
$$;
create or replace function ora.concatenate(text, numeric) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, ora.to_char($2)), '') $$;
create or replace function ora.concatenate(numeric, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(ora.to_char($1), $2), '') $$;
create or replace function ora.concatenate(numeric, numeric) returns text
language sql immutable parallel safe as $$
  select nullif(pg_catalog.concat(ora.to_char($1), ora.to_char($2)), '')
$$;
create or replace function ora.concatenate(text, double precision) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, ora.to_char($2)), '') $$;
create or replace function ora.concatenate(double precision, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(ora.to_char($1), $2), '') $$;
create or replace function ora.concatenate(text, boolean) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, upper($2::text)), '') $$;
create or replace function ora.concatenate(boolean, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat(upper($1::text), $2), '') $$;
create or replace function ora.concatenate(text, bigint) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(bigint, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(text, integer) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;
create or replace function ora.concatenate(integer, text) returns text
language sql immutable parallel safe as $$ select nullif(pg_catalog.concat($1, $2), '') $$;

-- NUMBER keeps 40 significant digits, and 1/2 is .5 whatever the types.
create or replace function ora.divide(p_left numeric, p_right numeric) returns numeric
language plpgsql immutable strict parallel safe as $$
declare
  l_quotient numeric;
  l_whole    integer;
begin
  if p_right = 0 then
    raise division_by_zero;
  end if;
  if p_left = 0 then
    return 0;
  end if;
  l_quotient := pg_catalog.round(p_left, 100) operator(pg_catalog./) p_right;
  l_whole := pg_catalog.floor(pg_catalog.log(abs(l_quotient)))::integer + 1;
  return trim_scale(pg_catalog.round(l_quotient, 40 - l_whole));
end $$;
create or replace function ora.divide(integer, integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(bigint, bigint) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(integer, bigint) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;
create or replace function ora.divide(bigint, integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.divide($1::numeric, $2::numeric) $$;

do $$
declare
  r record;
begin
  for r in select p.oid, p.proname, format_type(p.proargtypes[0], null) as l, format_type(p.proargtypes[1], null) as r
             from pg_proc p
            where pronamespace = 'ora'::regnamespace and proname in ('concatenate', 'divide')
  loop
    if not exists (select 1 from pg_operator where oprnamespace = 'ora'::regnamespace and oprcode = r.oid) then
      execute format('create operator ora.%s (function = ora.%I, leftarg = %s, rightarg = %s)',
                     case r.proname when 'divide' then '/' else '||' end, r.proname, r.l, r.r);
    end if;
  end loop;
end $$;
