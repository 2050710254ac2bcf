-- Errors: SQLCODE and SQLERRM, and the numbers of RAISE_APPLICATION_ERROR.

-- Error -20xxx is SQLSTATE ORxxx.
create or replace function ora.application_sqlstate(p_number numeric) returns text
language plpgsql immutable as $$
begin
  if p_number between -20999 and -20000 then
    return pg_catalog.concat('OR', lpad((-p_number - 20000)::integer::text, 3, '0'));
  end if;
  raise exception using errcode = 'ORNUM',
    message = pg_catalog.concat('ORA-21000: error number argument to raise_application_error of ', p_number, ' is out of range');
end $$;

create or replace function ora.application_message(p_number numeric, p_message text) returns text
language sql immutable as $$ select pg_catalog.concat('ORA', p_number::integer, ': ', p_message) $$;

-- Oracle's number and text of each error of PostgreSQL's, from conditions.py: the first row that fits. Where no statement
-- of SQL failed, those of PL/SQL stand.
create table if not exists ora.condition (
  place         integer primary key,
  state         text not null,
  pattern       text not null,
  names         text[] not null,
  number        integer,
  message       text not null,
  plsql_number  integer,
  plsql_message text not null
);

create or replace function ora.condition_of(p_state text, p_message text) returns ora.condition
language sql stable as $$
  select c from ora.condition c where starts_with(p_state, c.state) and p_message ~ c.pattern order by c.place limit 1
$$;

-- Whether no statement of SQL failed; the functions of the engine are no statements.
create or replace function ora.in_plsql(p_context text) returns boolean
language sql immutable as $$
  select regexp_replace(p_context, '^((PL/pgSQL function \S+\([^\n]*\) line \d+ at RAISE|SQL function [^\n]*)\n)*', '') ~ '^PL/pgSQL (assignment|expression|function .* (at (assignment|RETURN|IF|WHILE|CASE|RAISE)|during statement block|while (storing|casting)))'
$$;

-- What an error says of the names in it.
create or replace function ora.filled(p_condition ora.condition, p_text text, p_message text, p_fields jsonb) returns text
language plpgsql stable as $$
declare
  l_text   text := p_text;
  l_fields jsonb := p_fields;
  l_found  text[] := regexp_match(p_message, p_condition.pattern);
  l_name   text;
begin
  for i in 1 .. cardinality(p_condition.names) loop
    l_fields := l_fields || jsonb_build_object(p_condition.names[i], l_found[i]);
  end loop;
  foreach l_name in array array['table', 'column', 'constraint', 'object'] loop
    l_fields := l_fields || jsonb_build_object(l_name, ora.dictionary_name(l_fields ->> l_name));
  end loop;
  for l_name in select jsonb_object_keys(l_fields) loop
    l_text := replace(l_text, '{' || l_name || '}', coalesce(l_fields ->> l_name, ''));
  end loop;
  return regexp_replace(replace(l_text, '{schema}', 'APP'), '\{\w+\}', '', 'g');
end $$;

create or replace function ora.sqlcode(p_state text, p_message text, p_context text) returns integer
language sql stable as $$
  select case
           when p_state ~ '^OR\d{3}$' then -20000 - substring(p_state from 3)::integer
           when p_state ~ '^OU[0-9A-Z]{3}$' then 1
           when p_state ~ '^(49|51|52)\d{3}$' then - p_state::integer
           when p_state = 'P0002' then 100
           when p_message ~ '^ORA-\d{5}' then - substring(p_message from 5 for 5)::integer
           else coalesce((select - case when ora.in_plsql(p_context) then c.plsql_number else c.number end
                            from ora.condition_of(p_state, p_message) c), -600)
         end
$$;

-- The message of an exception that RAISE names.
create or replace function ora.message_of(p_state text) returns text
language sql stable as $$
  select case
           when p_state ~ '^OR\d{3}$' then pg_catalog.concat('ORA-20', substring(p_state from 3), ': ')
           when p_state ~ '^OU[0-9A-Z]{3}$' then 'User-Defined Exception'
           else (select format('ORA-%s: %s', lpad(c.plsql_number::text, 5, '0'), c.plsql_message)
                   from ora.condition c where c.state = p_state order by c.pattern = '' desc, c.place limit 1)
         end
$$;

create or replace function ora.sqlerrm(p_state text, p_message text, p_context text, p_fields jsonb) returns text
language plpgsql stable as $$
declare
  l_condition ora.condition;
  l_number    integer;
  l_key       text[];
  l_columns   text;
begin
  if p_message like 'ORA-%' or p_state ~ '^OU' then
    return p_message;
  end if;
  l_condition := ora.condition_of(p_state, p_message);
  if l_condition.place is null then
    return 'ORA-00600: internal error of the embedded engine, which has no word of Oracle''s for it';
  end if;
  l_key := regexp_match(p_fields ->> 'detail', '^Key \((.*?)\)=\((.*)\) already exists');
  -- Of a key by expressions nothing is told: its words are PostgreSQL's.
  if l_key[1] !~ '[():]' then
    l_columns := ora.key_details(ora.dictionary_name(l_key[1]), upper(l_key[1]) || ':' || l_key[2]);
  end if;
  l_number := case when ora.in_plsql(p_context) then l_condition.plsql_number else l_condition.number end;
  return pg_catalog.concat(
    case when l_number is not null then format('ORA-%s: ', lpad(l_number::text, 5, '0')) end,
    ora.filled(l_condition, case when ora.in_plsql(p_context) then l_condition.plsql_message else l_condition.message end,
               p_message, p_fields || jsonb_build_object('of_columns', l_columns)));
end $$;

-- What SQL raises when it calls a function that does too much.
create or replace function ora.refuse_call(p_message text) returns boolean
language plpgsql volatile as $$
begin
  raise exception using errcode = '2F002', message = p_message;
end $$;
