create or replace package img_dump authid definer as
  /**
   * What is stored, row by row, for a file that either database can take in: what `python -m loader dump` and
   * `restore` call.
   *
   * A row is a JSON object with the columns by their names; a column that is null is not there, nor is a label that is
   * the null of JSON. Numbers keep their digits, times are in UTC by ISO 8601 to the microsecond, a label is JSON within
   * it. The vectors of a table stand beside its rows, in the same order.
   *
   * Each table of the product, and what becomes of it:
   *   image_model                      kept: which model made an embedding
   *   image_source                     kept, with the directories that the sources are called by
   *   image_load_run                   kept: when each source was loaded, and with what result
   *   image_demo1                      kept: label, embedding and model. The columns label_... follow from the label.
   *                                    Columns that a user added stay behind, see own_columns
   *   image_load                       kept: what is pending, failed and stored, so that the next load goes on
   *   image_transform, .._row          kept, those of evaluations too
   *   image_calibration                kept: what the votes of a setting are worth
   *   image_correction                 kept: who corrected which label; the sources' own files have it too
   *   image_transform_support, .._weight    kept, likewise
   *   image_run, .._item, .._neighbour, .._setting    kept: evaluations and sweeps
   *   image_batch, image_batch_item    left out: what classify answered about new images
   *   image_vector_index               kept: the parameters. The index itself is not; img_index.rebuild makes it
   *   image_vector_accuracy, .._query  kept: what was measured of the index
   *   image_removed                    kept: where the images were that runs name and that are stored no more
   *   image_map, image_map_point    left out: where images are on the map; `python -m loader map` makes it anew
   *   image_finding    left out: what a run said that a person should look at, kept by img_service; it can be kept again
   *   image_decision    left out: what the service said of pictures while it ran here, kept for so many days by img_log
   *   img_schema_history, img_schema_lock    left out: they say what is installed here, not what is stored
   *
   * All numbers are kept, so that runs, transforms and loads mean the same rows; a table goes on numbering after the
   * highest number that the dump knows of.
   *
   * A dump:    begin a transaction that sees one moment; tables, then rows_of and vectors_of each.
   * A restore: prepare_restore, begin_restore, then put_rows and put_row in the order of tables, commit, and
   *            end_restore, also where something failed. What is put becomes visible at once, by that commit.
   */

  /**
   * @return the number of the last migration that was applied
   *
   * select img_dump.schema_version from dual;
   */
  function schema_version return number;

  /**
   * The tables that a dump holds, in the order in which they are filled.
   *
   * @return rows of table_name, row_count, highest_id (null for a table that numbers nothing), has_vectors (0, 1),
   *         earlier_name (of a table that V015 renamed: what dumps of before call it)
   *
   * exec :c := img_dump.tables
   */
  function tables return sys_refcursor;

  /**
   * @return rows of column_name: the columns of image_demo1 that are not the product's, and that no dump holds
   *
   * exec :c := img_dump.own_columns
   */
  function own_columns return sys_refcursor;

  /**
   * The rows of a table, in order of its key.
   *
   * @param p_table of tables
   * @return        rows of row_json
   *
   * exec :c := img_dump.rows_of('IMAGE_SOURCE')
   */
  function rows_of(p_table in varchar2) return sys_refcursor;

  /**
   * The vectors of a table, one for each of rows_of in the same order; null where the row has none.
   *
   * @param p_table of tables, with vectors
   * @return        of each row its vector
   *
   * exec :c := img_dump.vectors_of('IMAGE_DEMO1')
   */
  function vectors_of(p_table in varchar2) return sys_refcursor;

  /**
   * Make the tables ready to take numbers that are given, and to go on after the highest. DDL: ends the transaction.
   *
   * @param p_schema_version of the dump
   * @param p_tables         a JSON array of objects, as tables gives them: table_name, highest_id
   * @exception img_error.e_newer_dump  the dump was made by a newer product
   * @exception img_error.e_not_empty   something is stored here already
   * @exception img_error.e_own_numbers image_demo1 was made by another script and numbers itself otherwise
   *
   * exec img_dump.prepare_restore(16, json('[{"table_name": "IMAGE_SOURCE", "highest_id": 7}]'))
   */
  procedure prepare_restore(
    p_schema_version in number,
    p_tables         in json
  );

  /**
   * Begin the transaction of a restore: no other restore and no installation runs beside it.
   *
   * @exception ORA-00054             one of them does
   * @exception img_error.e_not_empty something was stored since prepare_restore
   *
   * exec img_dump.begin_restore
   */
  procedure begin_restore;

  /**
   * Put rows into a table that has no vectors.
   *
   * @param p_table of tables
   * @param p_rows  a JSON array of rows, as rows_of gives them
   *
   * exec img_dump.put_rows('IMAGE_SOURCE', json('[{"source_id": 7, "name": "/images", "is_separate": 0}]'))
   */
  procedure put_rows(
    p_table in varchar2,
    p_rows  in json
  );

  /**
   * Put a row into a table that has vectors.
   *
   * @param p_table  of tables
   * @param p_row    as rows_of gives it
   * @param p_vector its vector; null for none
   *
   * exec img_dump.put_row('IMAGE_DEMO1', json('{"image_id": 7}'), to_vector('[1, 0, 0]'))
   */
  procedure put_row(
    p_table  in varchar2,
    p_row    in json,
    p_vector in vector
  );

  /**
   * Let the tables number their rows by themselves alone again, as before prepare_restore. DDL: ends the transaction.
   *
   * exec img_dump.end_restore
   */
  procedure end_restore;

end img_dump;
/
