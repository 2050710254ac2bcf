-- For the DBA: makes the user who owns the images, with no more privileges than it needs.
--
--   sqlplus sys@//host/pdb as sysdba @create_user.sql images users
--   sqlplus admin@mydb_high @create_user.sql images data          (Autonomous Database)
--
-- &1 is the user's name, &2 its tablespace (with automatic segment space management, as VECTOR and
-- JSON need it). The password is asked for and not shown. Connect to the pluggable database: in the root container
-- users are common ones, and the name is refused (ORA-65096). SYS, since no other user may grant what SYS owns, not
-- even by GRANT ANY OBJECT PRIVILEGE (Database Security Guide, Managing System Privileges).

whenever sqlerror exit failure rollback
set define on
set verify off

accept image_password char prompt 'Password of the new user: ' hide

create user &1 identified by "&image_password"
  default tablespace &2
  quota unlimited on &2;

undefine image_password

-- Granted to the user, since roles are off inside packages with definer's rights (Database Security Guide, How Roles
-- Work in PL/SQL Blocks). Sequences stand behind identity columns. Vector indexes need CREATE TABLE alone.
grant create session, create table, create view, create procedure, create sequence to &1;

-- img_index calls it. Where PUBLIC may use it already, the DBA need not be SYS.
declare
  l_public number;
begin
  select count(*)
    into l_public
    from all_tab_privs
   where table_schema = 'SYS'
     and table_name = 'DBMS_VECTOR'
     and privilege = 'EXECUTE'
     and grantee = 'PUBLIC';
  if l_public = 0 then
    execute immediate 'grant execute on sys.dbms_vector to ' || dbms_assert.simple_sql_name('&1');
  end if;
end;
/

prompt Made. What only HNSW indexes need: alter system set vector_memory_size = 512M scope = spfile, and a restart
prompt Whoever is to read or load and not to own anything: see grants_reader.sql and grants_loader.sql
