create or replace package body img_history as

  procedure acquire_lock is
    l_lock_id img_schema_lock.lock_id%type;
  begin
    select lock_id
      into l_lock_id
      from img_schema_lock
       for update nowait;
  end acquire_lock;

  procedure add_entry(
    p_kind              in img_schema_history.kind%type,
    p_file_name         in img_schema_history.file_name%type,
    p_version           in img_schema_history.version%type default null,
    p_checksum          in img_schema_history.checksum%type default null,
    p_duration_ms       in img_schema_history.duration_ms%type default 0,
    p_success           in img_schema_history.success%type default 1,
    p_statements_done   in img_schema_history.statements_done%type default 0,
    p_statements_digest in img_schema_history.statements_digest%type default null,
    p_error_text        in img_schema_history.error_text%type default null
  ) is
  begin
    insert into img_schema_history (
      kind, version, file_name, checksum, installed_by, installed_at, duration_ms, success,
      statements_done, statements_digest, error_text
    ) values (
      p_kind, p_version, p_file_name, p_checksum, user, systimestamp, p_duration_ms, p_success,
      p_statements_done, p_statements_digest, p_error_text
    );
  end add_entry;

  function entries return sys_refcursor is
    l_entries sys_refcursor;
  begin
    open l_entries for
      select kind, version, file_name, checksum, installed_by,
             to_char(installed_at, 'YYYY-MM-DD HH24:MI:SS') as installed_at,
             duration_ms, success, statements_done, statements_digest, error_text
        from img_schema_history
       order by history_id;
    return l_entries;
  end entries;

end img_history;
/
