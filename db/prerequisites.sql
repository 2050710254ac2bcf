-- Stops an installation that could not succeed, and says what is missing.
declare
  l_missing varchar2(4000);
  l_version number;

  procedure need(p_text in varchar2) is
  begin
    l_missing := l_missing || chr(10) || '  - ' || p_text;
  end need;
begin
  select max(100 * to_number(regexp_substr(version_full, '\d+', 1, 1))
             + to_number(regexp_substr(version_full, '\d+', 1, 2)))
    into l_version
    from product_component_version
   where product like 'Oracle%';
  if l_version < 2304 then
    need('Oracle Database 23.4 or later: the type VECTOR came with 23ai');
  end if;

  for r_privilege in (
    select column_value as name
      from sys.odcivarchar2list('CREATE TABLE', 'CREATE VIEW', 'CREATE PROCEDURE', 'CREATE SEQUENCE')
    minus
    select privilege from session_privs
  ) loop
    need('the privilege ' || r_privilege.name || ': grant ' || lower(r_privilege.name) || ' to ' || user);
  end loop;

  for r_tablespace in (
    select t.tablespace_name, t.segment_space_management
      from user_users u
      join user_tablespaces t on t.tablespace_name = u.default_tablespace
     where t.segment_space_management <> 'AUTO'
  ) loop
    need('a default tablespace with automatic segment space management; ' || r_tablespace.tablespace_name
      || ' has manual, and the types VECTOR and JSON need automatic');
  end loop;

  if l_missing is not null then
    raise_application_error(-20199, 'this schema lacks what the installation needs:' || l_missing);
  end if;
end;
/
