-- Names on both sides.

-- Oracle's names have up to 128 bytes. PostgreSQL cuts at 63, so that a longer one is given a short form that is
-- different for different names; stored_name in engine/emit/names.py makes the same. The tables of this schema
-- hold the names that PostgreSQL knows.
create table if not exists ora.long_name (
  short text primary key,
  name  text not null
);

create or replace function ora.stored_name(p_name text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_head text := left(p_name, 46);
begin
  if octet_length(p_name) <= 63 then
    return p_name;
  end if;
  while octet_length(l_head) > 46 loop
    l_head := left(l_head, -1);
  end loop;
  return pg_catalog.concat(l_head, '~', left(encode(sha256(convert_to(p_name, 'UTF8')), 'hex'), 16));
end $$;

create or replace function ora.keep_name(p_name text) returns void
language sql as $$
  insert into ora.long_name values (ora.stored_name(p_name), p_name) on conflict do nothing
$$;

create or replace function ora.full_name(p_stored text) returns text
language sql stable strict parallel safe as $$
  select coalesce((select name from ora.long_name where short = p_stored), p_stored)
$$;

-- As Oracle's dictionary has it: in capitals, unless it was quoted. Names of PostgreSQL's catalogue have the collation
-- "C", which knows the letters of ASCII alone.
create or replace function ora.dictionary_name(p_stored text) returns text
language sql stable strict parallel safe as $$
  select case when n like '"%' then btrim(n, '"') when n = lower(n) then upper(n) else n end
    from (select ora.full_name(p_stored) collate "default" as n) as t
$$;

-- The owner of everything is the one user there is.
create or replace function ora.session_user_name() returns text
language sql stable parallel safe as $$ select 'APP'::text $$;
