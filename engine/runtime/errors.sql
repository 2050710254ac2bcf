-- Errors: SQLCODE and SQLERRM, and the numbers of RAISE_APPLICATION_ERROR.

-- Error -20xxx is SQLSTATE ORxxx.
create or replace function ora.application_sqlstate(p_number numeric) returns text
language plpgsql immutable as $$
begin
  if p_number between -20999 and -20000 then
    return pg_catalog.concat('OR', lpad((-p_number - 20000)::integer::text, 3, '0'));
  end if;
  raise exception using errcode = 'OR999',
    message = pg_catalog.concat('ORA-21000: error number argument to raise_application_error of ', p_number, ' is out of range');
end $$;

create or replace function ora.application_message(p_number numeric, p_message text) returns text
language sql immutable as $$ select pg_catalog.concat('ORA', p_number::integer, ': ', p_message) $$;

create or replace function ora.sqlcode(p_state text) returns integer
language sql immutable as $$
  select case
           when p_state ~ '^OR\d{3}$' then -20000 - substring(p_state from 3)::integer
           when p_state ~ '^OU[0-9A-Z]{3}$' then 1
           when p_state ~ '^(49|51|52)\d{3}$' then - p_state::integer
           else coalesce((select c from (values ('P0002', 100), ('P0003', -1422), ('23505', -1), ('22012', -1476),
                                                ('22003', -6502), ('22001', -6502), ('22P02', -1722),
                                                ('20000', -6592), ('22004', -6502), ('42P03', -6511), ('34000', -1001), ('23502', -1400), ('23503', -2291),
                                                ('23514', -2290), ('42P01', -942), ('42703', -904),
                                                ('55P03', -54), ('42P07', -955), ('42710', -1408), ('42704', -1418),
                                                ('40P01', -60)) as t (s, c)
                           where s = p_state), -600)
         end
$$;

create or replace function ora.message_of(p_state text) returns text
language sql immutable as $$
  select case
           when p_state = 'P0002' then 'ORA-01403: no data found'
           when p_state = 'P0003' then 'ORA-01422: exact fetch returns more than requested number of rows'
           when p_state = '23505' then 'ORA-00001: unique constraint violated'
           when p_state = '22012' then 'ORA-01476: divisor is equal to zero'
           when p_state in ('22003', '22001', '22004') then 'ORA-06502: PL/SQL: value or conversion error'
           when p_state = '22P02' then 'ORA-01722: unable to convert string value to number'
           when p_state = '20000' then 'ORA-06592: CASE not found while executing CASE statement'
           when p_state = '42P03' then 'ORA-06511: PL/SQL: cursor already open'
           when p_state = '34000' then 'ORA-01001: invalid cursor'
           when p_state ~ '^OR\d{3}$' then pg_catalog.concat('ORA-20', substring(p_state from 3), ': ')
           when p_state ~ '^OU[0-9A-Z]{3}$' then 'User-Defined Exception'
         end
$$;

create or replace function ora.sqlerrm(p_state text, p_message text) returns text
language sql stable as $$
  select case
           when p_message like 'ORA-%' then p_message
           when p_state = '23502' then
             format('ORA-01400: cannot insert NULL into ("APP"."%s"."%s")',
                    ora.dictionary_name(substring(p_message from 'relation "(.*?)"')),
                    ora.dictionary_name(substring(p_message from 'column "(.*?)"')))
           when p_message like '%delete on table%foreign key constraint%' then
             format('ORA-02292: integrity constraint (APP.%s) violated - child record found',
                    ora.dictionary_name(substring(p_message from 'constraint "(.*?)"')))
           when p_state = '23503' then
             format('ORA-02291: integrity constraint (APP.%s) violated - parent key not found',
                    ora.dictionary_name(substring(p_message from 'constraint "(.*?)"')))
           when p_state = '23505' and p_message like '%constraint "%' then
             format('ORA-00001: unique constraint (APP.%s) violated',
                    ora.dictionary_name(substring(p_message from 'constraint "(.*?)"')))
           when p_state = '23514' and p_message like '%varchar\_%\_byte%' then ora.message_of('22001')
           when p_state = '23514' then
             format('ORA-02290: check constraint (APP.%s) violated',
                    ora.dictionary_name(substring(p_message from 'constraint "(.*?)"')))
           else coalesce(ora.message_of(p_state), p_message)
         end
$$;

-- What SQL raises when it calls a function that does too much.
create or replace function ora.refuse_call(p_message text) returns boolean
language plpgsql volatile as $$
begin
  raise exception using errcode = '2F002', message = p_message;
end $$;
