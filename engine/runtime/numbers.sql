-- Functions of numbers.

create or replace function ora.row_limit(p_rows numeric) returns bigint
language sql immutable parallel safe as $$
  select case when p_rows > 0 then pg_catalog.trunc(p_rows)::bigint else 0 end
$$;

-- Conditions on ROWNUM that are no plain limit: the numbers that a comparison lets pass, all or none for one without
-- ROWNUM, and the aggregate that counts the rows whose set has the next number.
create or replace function ora.numbers(p_operator text, p_bound numeric) returns nummultirange
language sql immutable parallel safe as $$
  select case
           when p_bound is null then '{}'
           when p_operator = '=' then nummultirange(numrange(p_bound, p_bound, '[]'))
           when p_operator = '<>' then
             nummultirange(numrange(null, p_bound, '()'), numrange(p_bound, null, '()'))
           when p_operator = '<' then nummultirange(numrange(null, p_bound, '()'))
           when p_operator = '<=' then nummultirange(numrange(null, p_bound, '(]'))
           when p_operator = '>' then nummultirange(numrange(p_bound, null, '()'))
           else nummultirange(numrange(p_bound, null, '[)'))
         end
$$;
create or replace function ora.all_numbers(p_passes boolean) returns nummultirange
language sql immutable parallel safe as $$ select case when p_passes then '{(,)}' else '{}' end::nummultirange $$;

-- The state is the number of the row that passed last, negative where the present one does not pass.
create or replace function ora.count_row(p_state numeric, p_numbers nummultirange) returns numeric
language sql immutable parallel safe as $$
  select case when p_numbers @> (abs(p_state) operator(pg_catalog.+) 1) then abs(p_state) operator(pg_catalog.+) 1
              else - abs(p_state) end
$$;
create or replace function ora.counted_row(p_state numeric) returns numeric
language sql immutable parallel safe as $$ select case when p_state > 0 then p_state end $$;
create or replace aggregate ora.rownum(nummultirange) (
  sfunc = ora.count_row, stype = numeric, initcond = '0', finalfunc = ora.counted_row);

create or replace function ora.mod(p_left numeric, p_right numeric) returns numeric
language sql immutable strict parallel safe as $$
  select case when p_right = 0 then p_left else pg_catalog.mod(p_left, p_right) end
$$;

create or replace function ora.power(p_base numeric, p_exponent numeric) returns numeric
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base, p_exponent) $$;
create or replace function ora.power(p_base double precision, p_exponent double precision) returns double precision
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base, p_exponent) $$;

-- Too small for a double is 0, which PostgreSQL calls an error.
create or replace function ora.exp(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$
  select case when p_value < -745 then 0::double precision else pg_catalog.exp(p_value) end
$$;
create or replace function ora.exp(p_value numeric) returns numeric
language sql immutable strict parallel safe as $$
  select case when p_value < -300 then 0 else pg_catalog.exp(p_value) end
$$;
create or replace function ora.exp(p_value integer) returns numeric
language sql immutable strict parallel safe as $$ select ora.exp(p_value::numeric) $$;

create or replace function ora.power(p_base integer, p_exponent integer) returns numeric
language sql immutable strict parallel safe as $$ select pg_catalog.power(p_base::numeric, p_exponent::numeric) $$;

create or replace function ora.round(p_value numeric, p_places numeric default 0) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.round(p_value, pg_catalog.trunc(p_places)::integer))
$$;
create or replace function ora.round(p_value double precision, p_places numeric) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.round(p_value::numeric, pg_catalog.trunc(p_places)::integer))
$$;
-- Half away from zero, as for NUMBER; PostgreSQL rounds a double half to even.
create or replace function ora.round(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$
  select sign(p_value) * pg_catalog.floor(abs(p_value) + 0.5)
$$;
create or replace function ora.trunc(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$ select pg_catalog.trunc(p_value) $$;
create or replace function ora.trunc(p_value numeric, p_places numeric default 0) returns numeric
language sql immutable strict parallel safe as $$
  select trim_scale(pg_catalog.trunc(p_value, pg_catalog.trunc(p_places)::integer))
$$;

-- NULL where any argument is.
create or replace function ora.greatest(variadic p_values anycompatiblearray) returns anycompatible
language sql immutable parallel safe as $$
  select case when array_position(p_values, null) is null then (select max(v) from unnest(p_values) as v) end
$$;
create or replace function ora.least(variadic p_values anycompatiblearray) returns anycompatible
language sql immutable parallel safe as $$
  select case when array_position(p_values, null) is null then (select min(v) from unnest(p_values) as v) end
$$;

-- The elements of KEEP's keys: a number that a double can not hold exactly is refused.
create or replace function ora.exact_double(p_value double precision) returns double precision
language sql immutable strict parallel safe as $$ select p_value $$;
create or replace function ora.exact_double(p_value bigint) returns double precision
language sql immutable strict parallel safe as $$ select p_value::double precision $$;
create or replace function ora.exact_double(p_value integer) returns double precision
language sql immutable strict parallel safe as $$ select p_value::double precision $$;
create or replace function ora.exact_double(p_value numeric) returns double precision
language plpgsql immutable strict parallel safe as $$
begin
  if p_value::double precision::numeric <> p_value then
    raise exception using errcode = '22003',
      message = pg_catalog.concat('ORA-01426: ', p_value, ' has too many digits for KEEP on the embedded engine');
  end if;
  return p_value::double precision;
end $$;

-- The whole number that a NUMBER is, for an index on whole numbers; null where it is none. To be inlined: not strict.
create or replace function ora.whole_number(p_number numeric) returns bigint
language sql immutable parallel safe as $$
  select case when p_number = trunc(p_number) and abs(p_number) < 9223372036854775807 then p_number::bigint end
$$;
