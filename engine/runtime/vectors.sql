-- VECTOR: what pgvector lacks, and what Oracle refuses.

-- Oracle compares, sorts and groups no vectors (ORA-22848) and has no ordinary index on one. pgvector's operators for
-- it go, and with them PostgreSQL's means of DISTINCT, UNION, ORDER BY and the like. The casts go because a comparison
-- of another type of pgvector's would take over. What a user's own view or index rests on stays.
do $$
declare
  r record;
begin
  for r in select format('cast (%s as %s)', format_type(castsource, null), format_type(casttarget, null)) as object
             from pg_cast
            where castsource = 'public.vector'::regtype
              and casttarget in (to_regtype('public.halfvec'), to_regtype('public.sparsevec'))
            union all
           select format('operator class public.%I using btree', opcname)
             from pg_opclass
             join pg_am m on m.oid = opcmethod and m.amname = 'btree'
            where opcintype = 'public.vector'::regtype
            union all
           select format('operator family public.%I using btree', opfname)
             from pg_opclass
             join pg_am m on m.oid = opcmethod and m.amname = 'btree'
             join pg_opfamily f on f.oid = opcfamily
            where opcintype = 'public.vector'::regtype
            union all
           select format('operator %s', oid::regoperator)
             from pg_operator
            where oprnamespace = 'public'::regnamespace
              and oprleft = 'public.vector'::regtype
              and oprname in ('=', '<>', '<', '>', '<=', '>=') loop
    begin
      execute 'alter extension vector drop ' || r.object;
      execute 'drop ' || r.object;
    exception
      when dependent_objects_still_exist then
        null;
    end;
  end loop;
end $$;

-- VECTOR of FLOAT64: what AVG and SUM give, and TO_VECTOR(..., FLOAT64). It is the text of an array of doubles, and no
-- vector of pgvector's: it can not be stored as one, nor measured against one (ORA-51812), before TO_VECTOR(x, *, FLOAT32).
do $$
begin
  if to_regtype('ora.float64_vector') is null then
    create type ora.float64_vector;
    create function ora.float64_vector_in(cstring) returns ora.float64_vector
      language internal immutable strict parallel safe as 'textin';
    create function ora.float64_vector_out(ora.float64_vector) returns cstring
      language internal immutable strict parallel safe as 'textout';
    create function ora.float64_vector_send(ora.float64_vector) returns bytea
      language internal immutable strict parallel safe as 'textsend';
    create type ora.float64_vector (
      input = ora.float64_vector_in, output = ora.float64_vector_out, send = ora.float64_vector_send,
      internallength = variable, alignment = int4, storage = extended
    );
  end if;
end $$;

create or replace function ora.doubles(p_vector ora.float64_vector) returns double precision[]
language sql immutable strict parallel safe as $$ select p_vector::text::double precision[] $$;
create or replace function ora.doubles(p_vector public.vector) returns double precision[]
language sql immutable strict parallel safe as $$ select p_vector::real[]::double precision[] $$;

create or replace function ora.float64_vector_of(p_values double precision[]) returns ora.float64_vector
language plpgsql immutable strict parallel safe as $$
declare
  l_place integer;
begin
  select n into l_place
    from unnest(p_values) with ordinality as t (x, n)
   where x is null or x in ('NaN', 'Infinity', '-Infinity')
   order by n
   limit 1;
  if l_place is not null then
    raise exception using errcode = '22000', message = format(
      'ORA-51805: Invalid syntax for VECTOR value. The specified dimension value at position %s could not be converted to a number.', l_place);
  end if;
  if coalesce(cardinality(p_values), 0) = 0 then
    raise exception using errcode = '22000', message = 'ORA-51804: Invalid syntax for VECTOR value.';
  end if;
  return p_values::text::ora.float64_vector;
end $$;

-- TO_VECTOR without a format takes a text for FLOAT32, and gives a vector as it is.
create or replace function ora.to_vector(p_text text) returns public.vector
language sql immutable strict parallel safe as $$ select p_text::public.vector $$;
create or replace function ora.to_vector(p_json jsonb) returns public.vector
language sql immutable strict parallel safe as $$ select p_json::text::public.vector $$;
create or replace function ora.to_vector(p_vector public.vector) returns public.vector
language sql immutable strict parallel safe as $$ select p_vector $$;
create or replace function ora.to_vector(p_vector ora.float64_vector) returns public.vector
language plpgsql immutable strict parallel safe as $$
begin
  raise exception using errcode = '0A000',
    message = 'the embedded engine does not run TO_VECTOR of a FLOAT64 vector without a format; write to_vector(x, *, float32)';
end $$;

create or replace function ora.to_float32_vector(p_text text) returns public.vector
language sql immutable strict parallel safe as $$ select p_text::public.vector $$;
create or replace function ora.to_float32_vector(p_json jsonb) returns public.vector
language sql immutable strict parallel safe as $$ select p_json::text::public.vector $$;
create or replace function ora.to_float32_vector(p_vector public.vector) returns public.vector
language sql immutable strict parallel safe as $$ select p_vector $$;
create or replace function ora.to_float32_vector(p_vector ora.float64_vector) returns public.vector
language sql immutable strict parallel safe as $$ select ora.doubles(p_vector)::public.vector $$;

create or replace function ora.to_float64_vector(p_text text) returns ora.float64_vector
language sql immutable strict parallel safe as $$
  -- The text is read as a vector first: its syntax is that one's.
  select case when p_text::public.vector is not null
           then ora.float64_vector_of(translate(p_text, '[]', '{}')::double precision[]) end
$$;
create or replace function ora.to_float64_vector(p_json jsonb) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select ora.to_float64_vector(p_json::text) $$;
create or replace function ora.to_float64_vector(p_vector public.vector) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select ora.float64_vector_of(ora.doubles(p_vector)) $$;
create or replace function ora.to_float64_vector(p_vector ora.float64_vector) returns ora.float64_vector
language sql immutable strict parallel safe as $$ select p_vector $$;

create or replace function ora.vector_dims(p_vector ora.float64_vector) returns integer
language sql immutable strict parallel safe as $$ select cardinality(ora.doubles(p_vector)) $$;

create or replace function ora.check_dimension(p_found integer, p_wanted numeric) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  if p_found <> p_wanted then
    raise exception using errcode = '22000', message = format(
      'ORA-51803: Vector dimension count must match the dimension count specified in the column definition (expected %s dimensions, specified %s dimensions).',
      p_wanted, p_found);
  end if;
  return true;
end $$;
create or replace function ora.of_dimension(p_vector public.vector, p_dimension numeric) returns public.vector
language sql immutable strict parallel safe as $$
  select case when ora.check_dimension(public.vector_dims(p_vector), p_dimension) then p_vector end
$$;
create or replace function ora.of_dimension(p_vector ora.float64_vector, p_dimension numeric) returns ora.float64_vector
language sql immutable strict parallel safe as $$
  select case when ora.check_dimension(ora.vector_dims(p_vector), p_dimension) then p_vector end
$$;

-- The text of a vector: each number with an exponent of three digits, 1.5E+000, and as many digits before it as tell the
-- format's numbers apart.
create or replace function ora.vector_text(p_values double precision[], p_digits text) returns text
language sql immutable strict parallel safe as $$
  select pg_catalog.concat(
           '[',
           regexp_replace(
             regexp_replace(
               regexp_replace(string_agg(pg_catalog.btrim(pg_catalog.to_char(x, p_digits)), ',' order by n),
                              '-?0\.0+e\+00\M', '0', 'g'),
               '(\.\d|\.\d+[1-9])0*e', '\1E', 'g'),
             'E([+-])(\d\d)\M', 'E\10\2', 'g'),
           ']')
    from unnest(p_values) with ordinality as t (x, n)
$$;
create or replace function ora.from_vector(p_vector public.vector) returns text
language sql immutable strict parallel safe as $$ select ora.vector_text(ora.doubles(p_vector), '9.99999999EEEE') $$;
create or replace function ora.from_vector(p_vector ora.float64_vector) returns text
language sql immutable strict parallel safe as $$ select ora.vector_text(ora.doubles(p_vector), '9.9999999999999999EEEE') $$;

create or replace function ora.vector_dimension_format(p_vector public.vector) returns text
language sql immutable strict parallel safe as $$ select 'FLOAT32' $$;
create or replace function ora.vector_dimension_format(p_vector ora.float64_vector) returns text
language sql immutable strict parallel safe as $$ select 'FLOAT64' $$;

create or replace function ora.vector_norm(p_vector ora.float64_vector) returns double precision
language sql immutable strict parallel safe as $$
  select pg_catalog.sqrt(pg_catalog.sum(x operator(pg_catalog.*) x)) from unnest(ora.doubles(p_vector)) as t (x)
$$;

-- AVG and SUM: sums of doubles, of which the first is the number of vectors, as pgvector keeps them.
create or replace function ora.vector_average(p_state double precision[]) returns ora.float64_vector
language sql immutable parallel safe as $$
  select ora.float64_vector_of(array_agg(x operator(pg_catalog./) p_state[1] order by n))
    from unnest(p_state[2:]) with ordinality as t (x, n)
   where p_state[1] > 0
$$;
create or replace function ora.vector_total(p_state double precision[]) returns ora.float64_vector
language sql immutable parallel safe as $$ select case when p_state[1] > 0 then ora.float64_vector_of(p_state[2:]) end $$;
create or replace function ora.accumulate(p_state double precision[], p_vector ora.float64_vector) returns double precision[]
language plpgsql immutable strict parallel safe as $$
declare
  l_values constant double precision[] := ora.doubles(p_vector);
begin
  if p_state[1] = 0 then
    return 1::double precision || l_values;
  end if;
  if cardinality(p_state) <> cardinality(l_values) + 1 then
    raise exception using errcode = '22000', message = format(
      'ORA-51808: the operation requires all vectors to have the same dimension count. Encountered (%s, %s).',
      cardinality(p_state) - 1, cardinality(l_values));
  end if;
  return (select array_agg(s + v order by n) from unnest(p_state, 1::double precision || l_values) with ordinality as t (s, v, n));
end $$;
create or replace aggregate ora.avg(public.vector) (
  sfunc = public.vector_accum, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_average,
  combinefunc = public.vector_combine, parallel = safe);
create or replace aggregate ora.sum(public.vector) (
  sfunc = public.vector_accum, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_total,
  combinefunc = public.vector_combine, parallel = safe);
create or replace aggregate ora.avg(ora.float64_vector) (
  sfunc = ora.accumulate, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_average);
create or replace aggregate ora.sum(ora.float64_vector) (
  sfunc = ora.accumulate, stype = double precision[], initcond = '{0}', finalfunc = ora.vector_total);

-- Arithmetic with a FLOAT64 operand gives FLOAT64; a distance wants both operands of one format, so that there is none
-- of a FLOAT64 vector and a FLOAT32 one.
create or replace function ora.check_dimensions(p_left double precision[], p_right double precision[]) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  if cardinality(p_left) <> cardinality(p_right) then
    raise exception using errcode = '22000', message = format(
      'ORA-51808: the operation requires all vectors to have the same dimension count. Encountered (%s, %s).',
      cardinality(p_left), cardinality(p_right));
  end if;
  return true;
end $$;
do $$
declare
  r record;
begin
  for r in select o.sign, o.name, s.l, s.r, o.body, o.result
             from (values
                    ('+', 'plus', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.+) b order by n))', 'ora.float64_vector', false),
                    ('-', 'minus', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.-) b order by n))', 'ora.float64_vector', false),
                    ('*', 'times', 'ora.float64_vector_of(array_agg(a operator(pg_catalog.*) b order by n))', 'ora.float64_vector', false),
                    ('<->', 'euclidean', 'pg_catalog.sqrt(pg_catalog.sum((a operator(pg_catalog.-) b) ^ 2))', 'double precision', true),
                    ('<+>', 'manhattan', 'pg_catalog.sum(abs(a operator(pg_catalog.-) b))', 'double precision', true),
                    ('<#>', 'dot', '- pg_catalog.sum(a operator(pg_catalog.*) b)', 'double precision', true),
                    ('<=>', 'cosine', '1 - pg_catalog.sum(a operator(pg_catalog.*) b) operator(pg_catalog./) '
                                      'nullif(pg_catalog.sqrt(pg_catalog.sum(a operator(pg_catalog.*) a)) operator(pg_catalog.*) pg_catalog.sqrt(pg_catalog.sum(b operator(pg_catalog.*) b)), 0)',
                     'double precision', true)) as o (sign, name, body, result, alike)
             join (values ('ora.float64_vector', 'ora.float64_vector'), ('ora.float64_vector', 'public.vector'),
                          ('public.vector', 'ora.float64_vector')) as s (l, r) on not o.alike or s.l = s.r
  loop
    execute format('create or replace function ora.float64_%s(%s, %s) returns %s language sql immutable strict parallel safe as %L',
                   r.name, r.l, r.r, r.result,
                   format('select %s from unnest(ora.doubles($1), ora.doubles($2)) with ordinality as t (a, b, n) '
                          'where ora.check_dimensions(ora.doubles($1), ora.doubles($2))', r.body));
    if to_regoperator(format('ora.%s(%s, %s)', r.sign, r.l, r.r)) is null then
      execute format('create operator ora.%s (function = ora.float64_%s, leftarg = %s, rightarg = %s)',
                     r.sign, r.name, r.l, r.r);
    end if;
  end loop;
end $$;
