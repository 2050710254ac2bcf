-- Conversions between numbers and text, spelled out or not.

-- .5, not 0.50: no trailing zeros, no zero before the point. The cast to text is made from this
-- function further down, so it may not use that cast itself.
create or replace function ora.to_char(p_value numeric) returns text
language sql immutable strict parallel safe as $$
  select regexp_replace(textin(numeric_out(trim_scale(p_value))), '^(-?)0\.', '\1.')
$$;

create or replace function ora.to_char(p_value bigint) returns text
language sql immutable strict parallel safe as $$ select p_value::pg_catalog.text $$;

create or replace function ora.to_char(p_value integer) returns text
language sql immutable strict parallel safe as $$ select p_value::pg_catalog.text $$;

-- BINARY_DOUBLE: 17 significant digits and an exponent of three, 1.5E+000.
create or replace function ora.to_char(p_value double precision) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_parts text[];
  l_mantissa text;
begin
  if p_value = 'NaN' then return 'Nan'; end if;
  if p_value = 'Infinity' then return 'Inf'; end if;
  if p_value = '-Infinity' then return '-Inf'; end if;
  if p_value = 0 then return '0'; end if;
  l_parts := string_to_array(pg_catalog.btrim(pg_catalog.to_char(p_value, '9.9999999999999999EEEE')), 'e');
  l_mantissa := pg_catalog.rtrim(l_parts[1], '0');
  if right(l_mantissa, 1) = '.' then
    l_mantissa := l_mantissa || '0';
  end if;
  return pg_catalog.concat(
    l_mantissa, 'E', left(l_parts[2], 1), pg_catalog.lpad(pg_catalog.ltrim(substring(l_parts[2], 2), '0'), 3, '0'));
end $$;

create or replace function ora.to_char(p_value text) returns text
language sql immutable strict parallel safe as $$ select p_value $$;

-- What PostgreSQL alone takes for a number, such as NaN, 0x1F or 1_000, is none to Oracle.
create or replace function ora.not_a_number(p_value text) returns numeric
language plpgsql immutable strict parallel safe as $$
begin
  raise invalid_text_representation using message = format('invalid input syntax for type numeric: "%s"', p_value);
end $$;
create or replace function ora.to_number(p_value text) returns numeric
language sql immutable parallel safe as $$
  select case when p_value ~ '[_A-DF-Za-df-z]' then ora.not_a_number(p_value) else p_value::numeric end
$$;

create or replace function ora.to_number(p_value numeric) returns numeric
language sql immutable strict parallel safe as $$ select p_value $$;

-- Casts make the same of every conversion that the text does not spell out.
create or replace function ora.make_cast(p_source regtype, p_target regtype, p_how text) returns void
language plpgsql as $$
begin
  if not exists (select 1 from pg_cast where castsource = p_source and casttarget = p_target) then
    execute format('create cast (%s as %s) %s as assignment', p_source, p_target, p_how);
  end if;
end $$;

create or replace function ora.to_varchar(p_value numeric) returns varchar
language sql immutable strict parallel safe as $$ select ora.to_char(p_value)::varchar $$;

do $$
begin
  perform ora.make_cast('numeric', 'text', 'with function ora.to_char(numeric)');
  perform ora.make_cast('numeric', 'varchar', 'with function ora.to_varchar(numeric)');
  perform ora.make_cast('double precision', 'text', 'with function ora.to_char(double precision)');
  perform ora.make_cast('text', 'jsonb', 'with inout');
  perform ora.make_cast('text', 'public.vector', 'with inout');
end $$;

-- A text beside a number is compared as a number, and not being one is an error.
do $$
declare
  r record;
begin
  for r in select t.name as number, o.sign, o.name, s.l, s.r, format('ora.text_%s(%s, %s)', o.name, s.l, s.r) as signature
             from (values ('numeric'), ('bigint'), ('integer'), ('double precision')) as t (name),
                  (values ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('>', 'gt'), ('<=', 'le'), ('>=', 'ge')) as o (sign, name),
                  lateral (values ('text', t.name), (t.name, 'text')) as s (l, r)
  loop
    execute format('create or replace function %s returns boolean language sql immutable strict parallel safe as %L',
                   r.signature, format(case r.l when 'text' then 'select ora.to_number($1) operator(pg_catalog.%s) $2::numeric'
                                            else 'select $1::numeric operator(pg_catalog.%s) ora.to_number($2)' end, r.sign));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.text_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
end $$;
