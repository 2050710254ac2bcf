-- Functions of text.

-- Position 0 is 1, a negative one counts from the end, and nothing left is NULL.
create or replace function ora.substr(p_text text, p_position numeric) returns text
language sql immutable strict parallel safe as $$
  select case
           when pg_catalog.trunc(p_position) >= 0
             then nullif(substring(p_text from greatest(pg_catalog.trunc(p_position), 1)::integer), '')
           when - pg_catalog.trunc(p_position) <= char_length(p_text)
             then right(p_text, - pg_catalog.trunc(p_position)::integer)
         end
$$;
create or replace function ora.substr(p_text text, p_position numeric, p_length numeric) returns text
language sql immutable strict parallel safe as $$
  select case when p_length >= 1
           then left(ora.substr(p_text, p_position), pg_catalog.trunc(p_length)::integer)
         end
$$;

-- Bytes from 1 on; a character that is cut in two becomes blanks.
create or replace function ora.substrb(p_text text, p_position numeric, p_length numeric) returns text
language plpgsql immutable strict parallel safe as $$
declare
  l_bytes bytea := substring(convert_to(p_text, 'UTF8')
                             from greatest(pg_catalog.trunc(p_position), 1)::integer
                             for greatest(pg_catalog.trunc(p_length), 0)::integer);
  l_head  integer := 0;
  l_tail  integer := 0;
begin
  if p_position < 0 then
    raise exception using errcode = '0A000', message = 'the embedded engine does not run SUBSTRB from the end of a text';
  end if;
  while l_head < octet_length(l_bytes) and get_byte(l_bytes, l_head) between 128 and 191 loop
    l_head := l_head + 1;
  end loop;
  l_bytes := substring(l_bytes from l_head + 1);
  for i in 1 .. least(3, octet_length(l_bytes)) loop
    if get_byte(l_bytes, octet_length(l_bytes) - i) >= 192 then
      if i < (case when get_byte(l_bytes, octet_length(l_bytes) - i) >= 240 then 4
                   when get_byte(l_bytes, octet_length(l_bytes) - i) >= 224 then 3 else 2 end) then
        l_tail := i;
      end if;
      exit;
    end if;
    exit when get_byte(l_bytes, octet_length(l_bytes) - i) < 128;
  end loop;
  return nullif(
    pg_catalog.concat(
      repeat(' ', l_head),
      convert_from(substring(l_bytes from 1 for octet_length(l_bytes) - l_tail), 'UTF8'),
      repeat(' ', l_tail)), '');
end $$;
create or replace function ora.substrb(p_text text, p_position numeric) returns text
language sql immutable strict parallel safe as $$ select ora.substrb(p_text, p_position, octet_length(p_text)) $$;

create or replace function ora.instr(p_text text, p_part text, p_position numeric default 1, p_occurrence numeric default 1)
returns integer language plpgsql immutable strict parallel safe as $$
declare
  l_size  constant integer := char_length(p_text);
  l_part  constant integer := char_length(p_part);
  l_step  constant integer := case when p_position < 0 then -1 else 1 end;
  l_at    integer := pg_catalog.trunc(p_position)::integer;
  l_found integer := 0;
begin
  if l_at = 0 then
    return 0;
  end if;
  if l_at < 0 then
    l_at := l_size + l_at + 1;
  end if;
  while l_at between 1 and l_size loop
    if substring(p_text from l_at for l_part) = p_part then
      l_found := l_found + 1;
      if l_found = p_occurrence then
        return l_at;
      end if;
    end if;
    l_at := l_at + l_step;
  end loop;
  return 0;
end $$;

create or replace function ora.trim(p_text text) returns text
language sql immutable strict parallel safe as $$ select nullif(btrim(p_text), '') $$;
create or replace function ora.ltrim(p_text text, p_set text default ' ') returns text
language sql immutable strict parallel safe as $$ select nullif(pg_catalog.ltrim(p_text, p_set), '') $$;
create or replace function ora.rtrim(p_text text, p_set text default ' ') returns text
language sql immutable strict parallel safe as $$ select nullif(pg_catalog.rtrim(p_text, p_set), '') $$;
create or replace function ora.replace(p_text text, p_search text, p_new text default null) returns text
language sql immutable parallel safe as $$
  select nullif(case when p_search is null then p_text
                     else pg_catalog.replace(p_text, p_search, coalesce(p_new, '')) end, '')
$$;
create or replace function ora.lpad(p_text text, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$
  select nullif(pg_catalog.lpad(p_text, pg_catalog.trunc(p_size)::integer, p_fill), '')
$$;
create or replace function ora.lpad(p_value numeric, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$ select ora.lpad(ora.to_char(p_value), p_size, p_fill) $$;
create or replace function ora.rpad(p_text text, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$
  select nullif(pg_catalog.rpad(p_text, pg_catalog.trunc(p_size)::integer, p_fill), '')
$$;
create or replace function ora.rpad(p_value numeric, p_size numeric, p_fill text default ' ') returns text
language sql immutable strict parallel safe as $$ select ora.rpad(ora.to_char(p_value), p_size, p_fill) $$;

create or replace function ora.standard_hash(p_text text, p_method text) returns bytea
language plpgsql immutable strict parallel safe as $$
begin
  return case p_method
           when 'MD5' then decode(md5(p_text), 'hex')
           when 'SHA256' then sha256(convert_to(p_text, 'UTF8'))
           when 'SHA384' then sha384(convert_to(p_text, 'UTF8'))
           when 'SHA512' then sha512(convert_to(p_text, 'UTF8'))
         end;
end $$;

create or replace function ora.initcap(p_text text) returns text
language sql immutable strict parallel safe as $$ select pg_catalog.initcap(p_text) $$;
create or replace function ora.compose(p_text text) returns text
language sql immutable strict parallel safe as $$ select normalize(p_text, NFC) $$;
create or replace function ora.decompose(p_text text, p_form text default 'CANONICAL') returns text
language sql immutable strict parallel safe as $$
  select case p_form when 'CANONICAL' then normalize(p_text, NFD) when 'COMPATIBILITY' then normalize(p_text, NFKD) end
$$;
