-- What reaches the session while a statement runs: DBMS_OUTPUT, and the wish to commit.

-- A procedure's COMMIT, and DDL by EXECUTE IMMEDIATE: the session commits when the outermost call has ended well.
create or replace function ora.note_commit() returns void
language plpgsql as $$ begin raise notice using errcode = 'COMIT', message = 'commit'; end $$;

-- A package's variable: 'v' and its value, or 'n' for NULL. PostgreSQL's settings go back with a transaction and
-- Oracle's state does not: the session hears of it and puts it back.
create or replace function ora.keep_state(p_setting text, p_value text) returns void
language plpgsql as $$
declare
  l_state constant text := case when p_value is null then 'n' else pg_catalog.concat('v', p_value) end;
begin
  perform set_config(p_setting, l_state, false);
  raise notice using errcode = 'STATE', message = p_setting, detail = l_state;
end $$;

create or replace function ora.forget_state(p_setting text) returns void
language plpgsql as $$
begin
  perform set_config(p_setting, '', false);
  raise notice using errcode = 'STATE', message = p_setting, detail = '-';
end $$;

create or replace procedure dbms_output.put_line(p_line text)
language plpgsql as $$
declare
  l_begun constant text := current_setting('ora.line', true);
begin
  if l_begun <> '' then
    perform set_config('ora.line', '', false);
  end if;
  raise notice using errcode = 'OUTLN', message = pg_catalog.concat(l_begun, p_line);
end $$;
create or replace procedure dbms_output.put_line(p_value numeric)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value bigint)
language plpgsql as $$ begin call dbms_output.put_line(p_value::text); end $$;
create or replace procedure dbms_output.put_line(p_value integer)
language plpgsql as $$ begin call dbms_output.put_line(p_value::text); end $$;
create or replace procedure dbms_output.put_line(p_value double precision)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value boolean)
language plpgsql as $$ begin call dbms_output.put_line(upper(p_value::text)); end $$;
create or replace procedure dbms_output.put_line(p_value ora.datetime)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value timestamp)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put_line(p_value timestamp with time zone)
language plpgsql as $$ begin call dbms_output.put_line(ora.to_char(p_value)); end $$;

create or replace procedure dbms_output.put(p_text text)
language plpgsql as $$
begin
  perform set_config('ora.line', pg_catalog.concat(current_setting('ora.line', true), p_text), false);
end $$;
create or replace procedure dbms_output.put(p_value numeric)
language plpgsql as $$ begin call dbms_output.put(ora.to_char(p_value)); end $$;
create or replace procedure dbms_output.put(p_value ora.datetime)
language plpgsql as $$ begin call dbms_output.put(ora.to_char(p_value)); end $$;

create or replace procedure dbms_output.new_line()
language plpgsql as $$ begin call dbms_output.put_line(null::text); end $$;
create or replace procedure dbms_output.enable(buffer_size numeric default 20000)
language plpgsql as $$ begin null; end $$;
create or replace procedure dbms_output.disable()
language plpgsql as $$ begin null; end $$;
