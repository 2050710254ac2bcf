-- Points in time.

create or replace function ora.to_char(p_value timestamp with time zone, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value, p_format) $$;

create or replace function ora.to_char(p_value timestamp, p_format text) returns text
language sql stable strict parallel safe as $$ select pg_catalog.to_char(p_value, p_format) $$;

create or replace function ora.systimestamp() returns timestamp with time zone
language sql volatile parallel safe as $$ select clock_timestamp() $$;
