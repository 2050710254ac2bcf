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
    p_error_text        in varchar2 default null
  ) is
    -- 2,000 characters may be more than the 4,000 bytes that a VARCHAR2 of standard size holds.
    l_error_text constant varchar2(4000 byte) := substrb(substr(p_error_text, 1, 2000), 1, 4000);
  begin
    insert into img_schema_history (
      kind, version, file_name, checksum, installed_by, installed_at, duration_ms, success,
      statements_done, statements_digest, error_text
    ) values (
      p_kind, p_version, p_file_name, p_checksum, user, systimestamp, p_duration_ms, p_success,
      p_statements_done, p_statements_digest, l_error_text
    );
  end add_entry;

  function entries return sys_refcursor is
    l_entries sys_refcursor;
  begin
    open l_entries for
      select h.kind, h.version, h.file_name, h.checksum, h.installed_by,
             to_char(h.installed_at, 'YYYY-MM-DD HH24:MI:SS') as installed_at,
             h.duration_ms, h.success, h.statements_done, h.statements_digest, h.error_text
        from img_schema_history h
       order by h.installed_at, h.history_id;
    return l_entries;
  end entries;

end img_history;
/
