create or replace package img_history authid definer as
  /**
   * What was installed, by whom and when: the migration runner's memory.
   *
   * The runner (python -m loader install) alone writes here; install.sql does so for SQL*Plus and
   * SQLcl. Read it by `python -m loader status` or from the table img_schema_history.
   */

  /**
   * Take the installation lock for this transaction.
   *
   * @exception ORA-00054 another session holds it
   */
  procedure acquire_lock;

  /**
   * Note that a file was applied, or that it failed.
   *
   * @param p_kind              BOOTSTRAP, VERSIONED or REPEATABLE
   * @param p_file_name         the file's path below db/, with forward slashes
   * @param p_version           the number of a versioned file, else null
   * @param p_checksum          SHA-256 of the file in hexadecimal; null where the tool can not compute
   *                            one, which the runner then takes from the file it finds
   * @param p_duration_ms       how long it took, in milliseconds
   * @param p_success           1, or 0 where a statement failed
   * @param p_statements_done   how many statements of the file have taken effect
   * @param p_statements_digest SHA-256 of those statements, so that a resumed run can tell whether
   *                            they were edited since
   * @param p_error_text        the failing statement's line and error; cut at 2000 characters or 4000 bytes
   */
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
  );

  /**
   * The history from its beginning, in order of time, and of what was noted at one moment by its number.
   *
   * @return rows of kind, version, file_name, checksum, installed_by, installed_at as text,
   *         duration_ms, success, statements_done, statements_digest, error_text
   */
  function entries return sys_refcursor;

end img_history;
/
