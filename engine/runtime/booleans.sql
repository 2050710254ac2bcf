-- BOOLEAN and other types (SQL Language Reference, "Boolean Data Type"): TRUE is the text TRUE and the number 1; any
-- number but 0 is TRUE, and so are some words.

create or replace function ora.to_boolean(p_value text) returns boolean
language plpgsql immutable strict parallel safe as $$
begin
  if lower(btrim(p_value)) in ('true', 't', 'yes', 'y', 'on', '1') then
    return true;
  elsif lower(btrim(p_value)) in ('false', 'f', 'no', 'n', 'off', '0') then
    return false;
  end if;
  perform ora.raise_error(61800, 'invalid boolean literal: ' operator(pg_catalog.||) p_value);
end $$;
create or replace function ora.to_boolean(p_value numeric) returns boolean
language sql immutable strict parallel safe as $$ select p_value <> 0 $$;
create or replace function ora.to_boolean(p_value boolean) returns boolean
language sql immutable strict parallel safe as $$ select p_value $$;
create or replace function ora.to_char(p_value boolean) returns text
language sql immutable strict parallel safe as $$ select case when p_value then 'TRUE' else 'FALSE' end $$;
create or replace function ora.to_number(p_value boolean) returns numeric
language sql immutable strict parallel safe as $$ select case when p_value then 1 else 0 end $$;

do $$
begin
  perform ora.make_cast('text', 'boolean', 'with function ora.to_boolean(text)');
  perform ora.make_cast('numeric', 'boolean', 'with function ora.to_boolean(numeric)');
  perform ora.make_cast('boolean', 'numeric', 'with function ora.to_number(boolean)');
end $$;
