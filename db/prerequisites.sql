-- Stops an installation that could not succeed: prints each thing that is missing with the command that mends it.
-- The one list of what the product needs. install.sql runs it, and the migration runner (python -m loader install)
-- runs this very text. The embedded engine has none of it to check and never runs it.
--
-- It has to compile on the databases that it refuses, so it keeps to what Oracle Database 18c has, and to what every
-- user may read: DBMS_UTILITY.DB_VERSION (PL/SQL Packages and Types Reference), PRODUCT_COMPONENT_VERSION,
-- NLS_DATABASE_PARAMETERS, the USER_ and ALL_ views (Database Reference).
declare
  -- Vectors are added, subtracted and averaged: SQL's + - * SUM AVG over VECTOR came with 23.7, and want COMPATIBLE
  -- 23.6.0 (New Features, Release Update 23.7). Release 26ai counts on: 23.26.
  co_release    constant varchar2(10) := '23.7';
  co_compatible constant varchar2(10) := '23.6.0';

  l_count      pls_integer := 0;
  l_release    varchar2(160);
  l_ignored    varchar2(160);
  l_compatible varchar2(160);
  l_charset    varchar2(160);
  l_owner      varchar2(128) := sys_context('userenv', 'current_schema');
  l_unlimited  number;
  l_found      number;
  l_memory     varchar2(160);

  -- 23.26.1 as 23026001: releases compare as numbers, not as text.
  function as_number(p_release in varchar2) return number is
  begin
    return 1000000 * nvl(to_number(regexp_substr(p_release, '[0-9]+', 1, 1)), 0)
      + 1000 * nvl(to_number(regexp_substr(p_release, '[0-9]+', 1, 2)), 0)
      + nvl(to_number(regexp_substr(p_release, '[0-9]+', 1, 3)), 0);
  end as_number;

  procedure need(p_text in varchar2) is
  begin
    l_count := l_count + 1;
    dbms_output.put_line('Missing: ' || p_text);
  end need;
begin
  select max(version_full)
    into l_release
    from product_component_version
   where product like 'Oracle%Database%';
  if as_number(l_release) < as_number(co_release) then
    need('Oracle Database ' || co_release || ' or later; this is ' || l_release
      || ': apply the release update, or use Oracle AI Database 26ai');
  end if;

  dbms_utility.db_version(l_ignored, l_compatible);
  if as_number(l_compatible) < as_number(co_compatible) then
    need('COMPATIBLE ' || co_compatible || ' or later; this is ' || l_compatible
      || ': alter system set compatible = ''' || co_compatible
      || ''' scope = spfile, and a restart, by a DBA; it can not be lowered again');
  end if;

  -- Paths, names and labels may be in any language; another character set loses letters, and two names may become one.
  select value
    into l_charset
    from nls_database_parameters
   where parameter = 'NLS_CHARACTERSET';
  if l_charset <> 'AL32UTF8' then
    need('the database character set AL32UTF8; this is ' || l_charset
      || ': a new database, or the Database Migration Assistant for Unicode');
  end if;

  if l_owner <> user then
    need('a session of the schema''s owner; this is ' || user || ' in the schema ' || l_owner
      || ': connect as ' || l_owner || ', without PYTHON_SCHEMA');
  end if;

  -- Roles are off inside packages with definer's rights (Database Security Guide, How Roles Work in PL/SQL Blocks).
  for r_privilege in (
    select column_value as name
      from table(sys.odcivarchar2list('CREATE TABLE', 'CREATE VIEW', 'CREATE PROCEDURE', 'CREATE SEQUENCE'))
    minus
    select privilege from user_sys_privs
  ) loop
    need('the privilege ' || r_privilege.name || ', granted to the user and not to a role: grant '
      || lower(r_privilege.name) || ' to ' || user);
  end loop;

  select count(*)
    into l_found
    from all_tab_privs
   where table_schema = 'SYS'
     and table_name = 'DBMS_VECTOR'
     and privilege = 'EXECUTE'
     and grantee in (user, 'PUBLIC');
  if l_found = 0 then
    need('EXECUTE on SYS.DBMS_VECTOR, granted to the user or to PUBLIC: grant execute on sys.dbms_vector to ' || user
      || ', by SYS');
  end if;

  select count(*)
    into l_unlimited
    from user_sys_privs
   where privilege = 'UNLIMITED TABLESPACE';
  for r_tablespace in (
    select t.tablespace_name, t.segment_space_management, nvl(q.max_bytes, 0) as max_bytes
      from user_users u
      join user_tablespaces t on t.tablespace_name = u.default_tablespace
      left join user_ts_quotas q on q.tablespace_name = t.tablespace_name
  ) loop
    if r_tablespace.segment_space_management <> 'AUTO' then
      need('a default tablespace with automatic segment space management, as VECTOR and JSON need it; '
        || r_tablespace.tablespace_name || ' has manual: alter user ' || user || ' default tablespace ...');
    end if;
    if r_tablespace.max_bytes = 0 and l_unlimited = 0 then
      need('a quota: alter user ' || user || ' quota unlimited on ' || r_tablespace.tablespace_name);
    end if;
  end loop;

  -- Only HNSW indexes need it, and few users may see the parameter: said, but nothing stops.
  select count(*)
    into l_found
    from all_views
   where owner = 'SYS'
     and view_name = 'V_$PARAMETER';
  if l_found > 0 then
    execute immediate 'select max(value) from sys.v_$parameter where name = ''vector_memory_size'''
      into l_memory;
    if nvl(l_memory, '0') = '0' then
      dbms_output.put_line('Note: vector_memory_size is 0, so HNSW indexes can not be created (everything else works): '
        || 'alter system set vector_memory_size = 512M scope = spfile, and a restart, by a DBA');
    end if;
  end if;

  if l_count > 0 then
    raise_application_error(-20199, 'the installation needs ' || l_count || ' more, listed above: see Missing');
  end if;
end;
/
