create or replace package body img_dump as

  -- ISO 8601, in UTC: what JSON_TABLE reads as a time with its zone.
  co_time constant varchar2(40 char) := 'YYYY-MM-DD"T"HH24:MI:SS.FF6"Z"';

  function schema_version return number is
    l_version number;
  begin
    select max(version)
      into l_version
      from img_schema_history
     where kind = 'VERSIONED'
       and success = 1;
    return l_version;
  end schema_version;

  function tables return sys_refcursor is
    l_tables sys_refcursor;
  begin
    open l_tables for
      select table_name, row_count, highest_id, has_vectors, earlier_name
        from vw_dump_table
       order by place;
    return l_tables;
  end tables;

  function own_columns return sys_refcursor is
    l_columns sys_refcursor;
  begin
    open l_columns for
      select column_name
        from user_tab_columns
       where table_name = 'IMAGE_DEMO1'
         and column_name not in (
               'IMAGE_ID', 'METADATA', 'EMBEDDING', 'MODEL_ID',
               'LABEL_PART', 'LABEL_QUALITY', 'LABEL_CATEGORY1', 'LABEL_CATEGORY2'
             )
       order by nlssort(column_name, 'NLS_SORT=BINARY');
    return l_columns;
  end own_columns;

  -- The rows of each table.

  function model_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'model_id' value model_id, 'name' value name, 'file_hash' value file_hash,
               'dimension' value dimension, 'preprocessing' value preprocessing,
               'registered_at' value to_char(sys_extract_utc(registered_at), co_time),
               'near_distance' value near_distance
               absent on null returning json) as row_json
        from image_model
       order by model_id;
    return l_rows;
  end model_rows;

  function source_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'source_id' value source_id, 'name' value name, 'is_separate' value is_separate
               absent on null returning json) as row_json
        from image_source
       order by source_id;
    return l_rows;
  end source_rows;

  function load_run_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'run_id' value run_id, 'source_id' value source_id, 'model_id' value model_id,
               'started_at' value to_char(sys_extract_utc(started_at), co_time),
               'finished_at' value to_char(sys_extract_utc(finished_at), co_time), 'labels' value labels,
               'new_labels' value new_labels, 'changed' value changed, 'unchanged' value unchanged,
               'retried' value retried, 'known_files' value known_files, 'unlike_files' value unlike_files,
               'embed_ms' value embed_ms
               absent on null returning json) as row_json
        from image_load_run
       order by run_id;
    return l_rows;
  end load_run_rows;

  function image_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'image_id' value image_id, 'metadata' value metadata, 'model_id' value model_id
               absent on null returning json) as row_json
        from image_demo1
       order by image_id;
    return l_rows;
  end image_rows;

  function load_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'load_id' value load_id, 'source_id' value source_id, 'label_path' value label_path,
               'label_hash' value label_hash, 'file_name' value file_name, 'state' value state,
               'outcome' value outcome, 'reason' value reason, 'metadata' value metadata, 'image_id' value image_id,
               'image_path' value image_path, 'run_id' value run_id, 'stored_run_id' value stored_run_id,
               'changed_at' value to_char(sys_extract_utc(changed_at), co_time), 'image_size' value image_size,
               'image_mtime' value image_mtime, 'met_at' value to_char(sys_extract_utc(met_at), co_time),
               'failed_run_id' value failed_run_id, 'image_hash' value image_hash, 'image_bits' value image_bits,
               'label_stamp' value label_stamp, 'image_stamp' value image_stamp,
               'label_correction' value label_correction, 'own_label' value own_label
               absent on null returning json) as row_json
        from image_load
       order by load_id;
    return l_rows;
  end load_rows;

  function transform_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'transform_id' value transform_id, 'name' value name, 'kind' value kind, 'target' value target,
               'within_part' value within_part, 'model_id' value model_id, 'run_id' value run_id, 'fold' value fold,
               'images' value images, 'shrinkage' value shrinkage,
               'created_at' value to_char(sys_extract_utc(created_at), co_time), 'source_name' value source_name,
               'temperature' value temperature, 'outputs' value outputs, 'kernel_width' value kernel_width,
               'ridge' value ridge, 'last_image_id' value last_image_id, 'k' value k,
               'weighting' value weighting, 'threshold' value threshold, 'grades' value grades,
               'grade_threshold' value grade_threshold, 'joint_id' value joint_id
               absent on null returning json) as row_json
        from image_transform
       order by transform_id;
    return l_rows;
  end transform_rows;

  function coefficient_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'transform_id' value transform_id, 'part' value part, 'row_no' value row_no, 'class' value class,
               'intercept' value intercept
               absent on null returning json) as row_json
        from image_transform_row
       order by transform_id, nlssort(part, 'NLS_SORT=BINARY'), row_no;
    return l_rows;
  end coefficient_rows;

  function run_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'run_id' value run_id, 'method' value method, 'target' value target, 'k' value k,
               'weighting' value weighting, 'temperature' value temperature, 'metric' value metric,
               'within_part' value within_part, 'only_part' value only_part, 'folds' value folds, 'seed' value seed,
               'group_path' value group_path, 'transform_kind' value transform_kind, 'near_distance' value near_distance,
               'model_id' value model_id, 'fingerprint' value fingerprint, 'images' value images,
               'tested' value tested, 'correct' value correct,
               'started_at' value to_char(sys_extract_utc(started_at), co_time),
               'finished_at' value to_char(sys_extract_utc(finished_at), co_time), 'started_by' value started_by,
               'approximate' value approximate, 'target_accuracy' value target_accuracy,
               'source_name' value source_name, 'test_share' value test_share, 'test_path' value test_path,
               'threshold' value threshold, 'shrinkage' value shrinkage, 'outputs' value outputs,
               'kernel_width' value kernel_width, 'ridge' value ridge, 'grades' value grades,
               'grade_threshold' value grade_threshold,
               'embed_ms' value embed_ms, 'decision_ms' value decision_ms
               absent on null returning json) as row_json
        from image_run
       order by run_id;
    return l_rows;
  end run_rows;

  function item_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'run_id' value run_id, 'item_id' value item_id, 'image_id' value image_id,
               'part' value part, 'group_key' value group_key, 'fold' value fold, 'actual' value actual,
               'predicted' value predicted, 'confidence' value confidence, 'actual_share' value actual_share,
               'nearest_distance' value nearest_distance, 'untested_reason' value untested_reason,
               'item_no' value item_no, 'image_hash' value image_hash, 'source_id' value source_id,
               'has_copy' value has_copy, 'calibrated_confidence' value calibrated_confidence,
               'calibrated_actual_share' value calibrated_actual_share, 'actual_value' value actual_value,
               'predicted_value' value predicted_value
               absent on null returning json) as row_json
        from image_run_item
       order by run_id, item_id;
    return l_rows;
  end item_rows;

  function neighbour_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'run_id' value run_id, 'item_id' value item_id, 'place' value place, 'image_id' value image_id,
               'class' value class, 'distance' value distance
               absent on null returning json) as row_json
        from image_run_neighbour
       order by run_id, item_id, place;
    return l_rows;
  end neighbour_rows;

  function setting_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'run_id' value run_id, 'k' value k, 'weighting' value weighting, 'tested' value tested,
               'correct' value correct, 'balanced_accuracy' value balanced_accuracy
               absent on null returning json) as row_json
        from image_run_setting
       order by run_id, k, nlssort(weighting, 'NLS_SORT=BINARY');
    return l_rows;
  end setting_rows;

  function index_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'index_name' value index_name, 'kind' value kind, 'metric' value metric,
               'target_accuracy' value target_accuracy, 'neighbors' value neighbors,
               'ef_construction' value ef_construction, 'partitions' value partitions,
               'own_partitions' value own_partitions, 'parallel' value parallel, 'dimension' value dimension,
               'images' value images, 'build_s' value build_s,
               'created_at' value to_char(sys_extract_utc(created_at), co_time), 'created_by' value created_by
               absent on null returning json) as row_json
        from image_vector_index
       order by nlssort(index_name, 'NLS_SORT=BINARY');
    return l_rows;
  end index_rows;

  function accuracy_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'report_id' value report_id, 'index_name' value index_name, 'kind' value kind, 'k' value k,
               'samples' value samples, 'images' value images,
               'taken_at' value to_char(sys_extract_utc(taken_at), co_time)
               absent on null returning json) as row_json
        from image_vector_accuracy
       order by report_id;
    return l_rows;
  end accuracy_rows;

  function accuracy_query_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'report_id' value report_id, 'target_accuracy' value target_accuracy, 'image_id' value image_id,
               'expected' value expected, 'found' value found, 'exact_ms' value exact_ms,
               'approximate_ms' value approximate_ms, 'index_accuracy' value index_accuracy
               absent on null returning json) as row_json
        from image_vector_accuracy_query
       order by report_id, target_accuracy, image_id;
    return l_rows;
  end accuracy_query_rows;

  function removed_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'image_id' value image_id, 'source_id' value source_id, 'source_name' value source_name,
               'label_path' value label_path, 'image_path' value image_path,
               'removed_at' value to_char(sys_extract_utc(removed_at), co_time)
               absent on null returning json) as row_json
        from image_removed
       order by image_id;
    return l_rows;
  end removed_rows;

  function calibration_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'name' value name, 'target' value target, 'k' value k, 'weighting' value weighting,
               'temperature' value temperature, 'metric' value metric, 'transform_kind' value transform_kind,
               'source_name' value source_name, 'model_id' value model_id, 'images' value images, 'steps' value steps,
               'created_at' value to_char(sys_extract_utc(created_at), co_time)
               absent on null returning json) as row_json
        from image_calibration
       order by nlssort(name, 'NLS_SORT=BINARY');
    return l_rows;
  end calibration_rows;

  function correction_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'source_id' value source_id, 'correction_id' value correction_id, 'label_path' value label_path,
               'of_part' value of_part, 'part' value part, 'quality' value quality, 'part_was' value part_was,
               'quality_was' value quality_was, 'is_in_label' value is_in_label, 'corrected_by' value corrected_by,
               'corrected_at' value to_char(sys_extract_utc(corrected_at), co_time), 'undone_by' value undone_by,
               'undone_at' value to_char(sys_extract_utc(undone_at), co_time)
               absent on null returning json) as row_json
        from image_correction
       order by source_id, nlssort(correction_id, 'NLS_SORT=BINARY');
    return l_rows;
  end correction_rows;

  -- The vectors of those that have some, in the same order.

  function image_vectors return sys_refcursor is
    l_vectors sys_refcursor;
  begin
    open l_vectors for
      select embedding
        from image_demo1
       order by image_id;
    return l_vectors;
  end image_vectors;

  function coefficient_vectors return sys_refcursor is
    l_vectors sys_refcursor;
  begin
    open l_vectors for
      select coefficients
        from image_transform_row
       order by transform_id, nlssort(part, 'NLS_SORT=BINARY'), row_no;
    return l_vectors;
  end coefficient_vectors;

  function support_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'transform_id' value transform_id, 'part' value part, 'image_id' value image_id, 'class' value class
               absent on null returning json) as row_json
        from image_transform_support
       order by transform_id, nlssort(part, 'NLS_SORT=BINARY'), image_id;
    return l_rows;
  end support_rows;

  function support_vectors return sys_refcursor is
    l_vectors sys_refcursor;
  begin
    open l_vectors for
      select embedding
        from image_transform_support
       order by transform_id, nlssort(part, 'NLS_SORT=BINARY'), image_id;
    return l_vectors;
  end support_vectors;

  function weight_rows return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select json_object(
               'transform_id' value transform_id, 'part' value part, 'image_id' value image_id, 'class' value class,
               'weight' value weight
               absent on null returning json) as row_json
        from image_transform_weight
       order by transform_id, nlssort(part, 'NLS_SORT=BINARY'), image_id, nlssort(class, 'NLS_SORT=BINARY');
    return l_rows;
  end weight_rows;

  function rows_of(p_table in varchar2) return sys_refcursor is
  begin
    case p_table
      when 'IMAGE_MODEL' then return model_rows;
      when 'IMAGE_SOURCE' then return source_rows;
      when 'IMAGE_LOAD_RUN' then return load_run_rows;
      when 'IMAGE_DEMO1' then return image_rows;
      when 'IMAGE_LOAD' then return load_rows;
      when 'IMAGE_TRANSFORM' then return transform_rows;
      when 'IMAGE_TRANSFORM_ROW' then return coefficient_rows;
      when 'IMAGE_TRANSFORM_SUPPORT' then return support_rows;
      when 'IMAGE_TRANSFORM_WEIGHT' then return weight_rows;
      when 'IMAGE_RUN' then return run_rows;
      when 'IMAGE_RUN_ITEM' then return item_rows;
      when 'IMAGE_RUN_NEIGHBOUR' then return neighbour_rows;
      when 'IMAGE_RUN_SETTING' then return setting_rows;
      when 'IMAGE_VECTOR_INDEX' then return index_rows;
      when 'IMAGE_VECTOR_ACCURACY' then return accuracy_rows;
      when 'IMAGE_VECTOR_ACCURACY_QUERY' then return accuracy_query_rows;
      when 'IMAGE_REMOVED' then return removed_rows;
      when 'IMAGE_CALIBRATION' then return calibration_rows;
      when 'IMAGE_CORRECTION' then return correction_rows;
    end case;
  end rows_of;

  function vectors_of(p_table in varchar2) return sys_refcursor is
  begin
    case p_table
      when 'IMAGE_DEMO1' then return image_vectors;
      when 'IMAGE_TRANSFORM_ROW' then return coefficient_vectors;
      when 'IMAGE_TRANSFORM_SUPPORT' then return support_vectors;
    end case;
  end vectors_of;

  procedure check_empty is
    l_held varchar2(4000 byte);
  begin
    select listagg(lower(table_name) || ' (' || row_count || ')', ', ') within group (order by place)
      into l_held
      from vw_dump_table
     where row_count > 0;
    if l_held is not null then
      img_error.throw(img_error.co_not_empty, l_held);
    end if;
  end check_empty;

  -- The number that a table is to give next.
  function next_number(
    p_tables in json,
    p_table  in varchar2
  ) return number is
    l_next number;
  begin
    select nvl(max(floor(t.highest_id)), 0) + 1
      into l_next
      from json_table(p_tables, '$[*]'
             columns (
               table_name varchar2(128 char) path '$.table_name' error on error null on empty,
               highest_id number             path '$.highest_id' error on error null on empty
             )
           ) t
     where t.table_name = p_table;
    return l_next;
  end next_number;

  -- Only a column that numbers itself where no number is given can be moved on; so is the one of V001.
  procedure move_images_on(p_next in number) is
    l_mode varchar2(10 char);
  begin
    select max(i.generation_type)
      into l_mode
      from user_tab_identity_cols i
      join user_tab_columns c on c.table_name = i.table_name and c.column_name = i.column_name
     where i.table_name = 'IMAGE_DEMO1'
       and i.column_name = 'IMAGE_ID'
       and c.default_on_null = 'NO';
    if l_mode is null or l_mode <> 'BY DEFAULT' then
      img_error.throw(img_error.co_own_numbers);
    end if;
    execute immediate 'alter table image_demo1 modify '
      || '(image_id generated by default as identity (start with ' || to_char(p_next) || '))';
  end move_images_on;

  procedure prepare_restore(
    p_schema_version in number,
    p_tables         in json
  ) is
    l_next number;
  begin
    if p_schema_version > schema_version then
      img_error.throw(img_error.co_newer_dump, to_char(p_schema_version), to_char(schema_version));
    end if;
    check_empty;
    -- Before any row, as DDL commits: a restore that is cut short has skipped numbers, and changed nothing else.
    move_images_on(next_number(p_tables, 'IMAGE_DEMO1'));
    l_next := next_number(p_tables, 'IMAGE_MODEL');
    execute immediate 'alter table image_model modify '
      || '(model_id generated by default as identity (start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_SOURCE');
    execute immediate 'alter table image_source modify '
      || '(source_id generated by default as identity (start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_LOAD_RUN');
    execute immediate 'alter table image_load_run modify '
      || '(run_id generated by default as identity (order start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_LOAD');
    execute immediate 'alter table image_load modify '
      || '(load_id generated by default as identity (start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_TRANSFORM');
    execute immediate 'alter table image_transform modify '
      || '(transform_id generated by default as identity (start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_RUN');
    execute immediate 'alter table image_run modify '
      || '(run_id generated by default as identity (order start with ' || to_char(l_next) || '))';
    l_next := next_number(p_tables, 'IMAGE_VECTOR_ACCURACY');
    execute immediate 'alter table image_vector_accuracy modify '
      || '(report_id generated by default as identity (start with ' || to_char(l_next) || '))';
    commit;
  end prepare_restore;

  procedure begin_restore is
  begin
    img_history.acquire_lock;
    check_empty;
  end begin_restore;

  -- A row into each table. A value that does not fit is an error; it would be null by default.

  procedure put_model_rows(p_rows in json) is
  begin
    insert into image_model (
      model_id, name, file_hash, dimension, preprocessing, registered_at, near_distance
    )
    select j.model_id, j.name, j.file_hash, j.dimension, j.preprocessing, j.registered_at, j.near_distance
      from json_table(p_rows, '$[*]'
             columns (
                 model_id      number path '$.model_id' error on error null on empty,
                 name          varchar2(100 char) path '$.name' error on error null on empty,
                 file_hash     varchar2(64 char) path '$.file_hash' error on error null on empty,
                 dimension     number path '$.dimension' error on error null on empty,
                 preprocessing varchar2(1000 char) path '$.preprocessing' error on error null on empty,
                 registered_at timestamp with time zone path '$.registered_at' error on error null on empty,
                 near_distance number path '$.near_distance' error on error null on empty
             )
           ) j;
  end put_model_rows;

  procedure put_source_rows(p_rows in json) is
  begin
    insert into image_source (
      source_id, name, is_separate
    )
    select j.source_id, j.name, j.is_separate
      from json_table(p_rows, '$[*]'
             columns (
                 source_id   number path '$.source_id' error on error null on empty,
                 name        varchar2(1000 char) path '$.name' error on error null on empty,
                 is_separate number path '$.is_separate' error on error null on empty
             )
           ) j;
  end put_source_rows;

  procedure put_load_run_rows(p_rows in json) is
  begin
    insert into image_load_run (
      run_id, source_id, model_id, started_at, finished_at, labels, new_labels, changed, unchanged, retried,
      known_files, unlike_files, embed_ms
    )
    select j.run_id, j.source_id, j.model_id, j.started_at, j.finished_at, j.labels, j.new_labels, j.changed,
           j.unchanged, j.retried, j.known_files, j.unlike_files, j.embed_ms
      from json_table(p_rows, '$[*]'
             columns (
                 run_id       number path '$.run_id' error on error null on empty,
                 source_id    number path '$.source_id' error on error null on empty,
                 model_id     number path '$.model_id' error on error null on empty,
                 started_at   timestamp with time zone path '$.started_at' error on error null on empty,
                 finished_at  timestamp with time zone path '$.finished_at' error on error null on empty,
                 labels       number path '$.labels' error on error null on empty,
                 new_labels   number path '$.new_labels' error on error null on empty,
                 changed      number path '$.changed' error on error null on empty,
                 unchanged    number path '$.unchanged' error on error null on empty,
                 retried      number path '$.retried' error on error null on empty,
                 known_files  number path '$.known_files' error on error null on empty,
                 unlike_files number path '$.unlike_files' error on error null on empty,
                 embed_ms     number path '$.embed_ms' error on error null on empty
             )
           ) j;
  end put_load_run_rows;

  procedure put_image(
    p_row    in json,
    p_vector in vector
  ) is
  begin
    insert into image_demo1 (
      image_id, metadata, model_id, embedding
    )
    select j.image_id, json_query(p_row, '$.metadata' returning json error on error null on empty), j.model_id,
           p_vector
      from json_table(p_row, '$'
             columns (
                 image_id number path '$.image_id' error on error null on empty,
                 model_id number path '$.model_id' error on error null on empty
             )
           ) j;
  end put_image;

  procedure put_load_rows(p_rows in json) is
  begin
    insert into image_load (
      load_id, source_id, label_path, label_hash, file_name, state, outcome, reason, metadata, image_id, image_path,
      run_id, stored_run_id, changed_at, image_size, image_mtime, met_at, failed_run_id, image_hash,
      image_bits, label_stamp, image_stamp, label_correction, own_label
    )
    select j.load_id, j.source_id, j.label_path, j.label_hash, j.file_name, j.state, j.outcome, j.reason,
           json(j.metadata), j.image_id, j.image_path, j.run_id, j.stored_run_id, j.changed_at, j.image_size,
           j.image_mtime, j.met_at, j.failed_run_id, j.image_hash, j.image_bits, j.label_stamp, j.image_stamp,
           j.label_correction, json(j.own_label)
      from json_table(p_rows, '$[*]'
             columns (
                 load_id       number path '$.load_id' error on error null on empty,
                 source_id     number path '$.source_id' error on error null on empty,
                 label_path    varchar2(1000 char) path '$.label_path' error on error null on empty,
                 label_hash    varchar2(64 char) path '$.label_hash' error on error null on empty,
                 file_name     varchar2(1000 char) path '$.file_name' error on error null on empty,
                 state         varchar2(7 char) path '$.state' error on error null on empty,
                 outcome       varchar2(9 char) path '$.outcome' error on error null on empty,
                 reason        varchar2(1000 char) path '$.reason' error on error null on empty,
                 metadata      clob format json path '$.metadata' error on error null on empty,
                 image_id      number path '$.image_id' error on error null on empty,
                 image_path    varchar2(1000 char) path '$.image_path' error on error null on empty,
                 run_id        number path '$.run_id' error on error null on empty,
                 stored_run_id number path '$.stored_run_id' error on error null on empty,
                 changed_at    timestamp with time zone path '$.changed_at' error on error null on empty,
                 image_size    number path '$.image_size' error on error null on empty,
                 image_mtime   number path '$.image_mtime' error on error null on empty,
                 met_at        timestamp with time zone path '$.met_at' error on error null on empty,
                 failed_run_id number path '$.failed_run_id' error on error null on empty,
                 image_hash    varchar2(64 char) path '$.image_hash' error on error null on empty,
                 image_bits    number path '$.image_bits' error on error null on empty,
                 label_stamp   varchar2(200 char) path '$.label_stamp' error on error null on empty,
                 image_stamp   varchar2(200 char) path '$.image_stamp' error on error null on empty,
                 label_correction varchar2(64 char) path '$.label_correction' error on error null on empty,
                 own_label     clob format json path '$.own_label' error on error null on empty
             )
           ) j;
  end put_load_rows;

  procedure put_transform_rows(p_rows in json) is
  begin
    insert into image_transform (
      transform_id, name, kind, target, within_part, model_id, run_id, fold, images, shrinkage, created_at,
      source_name, temperature, outputs, kernel_width, ridge, last_image_id, k, weighting, threshold, grades,
      grade_threshold, joint_id
    )
    select j.transform_id, j.name, j.kind, j.target, j.within_part, j.model_id, j.run_id, j.fold, j.images,
           j.shrinkage, j.created_at, j.source_name, j.temperature, j.outputs, j.kernel_width, j.ridge, j.last_image_id, j.k, j.weighting,
           j.threshold, j.grades, j.grade_threshold, j.joint_id
      from json_table(p_rows, '$[*]'
             columns (
                 transform_id number path '$.transform_id' error on error null on empty,
                 name         varchar2(100 char) path '$.name' error on error null on empty,
                 kind         varchar2(10 char) path '$.kind' error on error null on empty,
                 target       varchar2(10 char) path '$.target' error on error null on empty,
                 within_part  number path '$.within_part' error on error null on empty,
                 model_id     number path '$.model_id' error on error null on empty,
                 run_id       number path '$.run_id' error on error null on empty,
                 fold         number path '$.fold' error on error null on empty,
                 images       number path '$.images' error on error null on empty,
                 shrinkage    number path '$.shrinkage' error on error null on empty,
                 created_at   timestamp with time zone path '$.created_at' error on error null on empty,
                 source_name  varchar2(1000 char) path '$.source_name' error on error null on empty,
                 temperature  number path '$.temperature' error on error null on empty,
                 outputs      number path '$.outputs' error on error null on empty,
                 kernel_width number path '$.kernel_width' error on error null on empty,
                 ridge        number path '$.ridge' error on error null on empty,
                 last_image_id number path '$.last_image_id' error on error null on empty,
                 k            number path '$.k' error on error null on empty,
                 weighting    varchar2(10 char) path '$.weighting' error on error null on empty,
                 threshold    number path '$.threshold' error on error null on empty,
                 grades       varchar2(10 char) path '$.grades' error on error null on empty,
                 grade_threshold number path '$.grade_threshold' error on error null on empty,
                 joint_id     number path '$.joint_id' error on error null on empty
             )
           ) j;
  end put_transform_rows;

  procedure put_coefficient(
    p_row    in json,
    p_vector in vector
  ) is
  begin
    insert into image_transform_row (
      transform_id, part, row_no, class, intercept, coefficients
    )
    select j.transform_id, j.part, j.row_no, j.class, j.intercept, p_vector
      from json_table(p_row, '$'
             columns (
                 transform_id number path '$.transform_id' error on error null on empty,
                 part         varchar2(100 char) path '$.part' error on error null on empty,
                 row_no       number path '$.row_no' error on error null on empty,
                 class        varchar2(100 char) path '$.class' error on error null on empty,
                 intercept    binary_double path '$.intercept' error on error null on empty
             )
           ) j;
  end put_coefficient;

  procedure put_support(
    p_row    in json,
    p_vector in vector
  ) is
  begin
    insert into image_transform_support (transform_id, part, image_id, class, embedding)
    select j.transform_id, j.part, j.image_id, j.class, p_vector
      from json_table(p_row, '$'
             columns (
                 transform_id number path '$.transform_id' error on error null on empty,
                 part         varchar2(100 char) path '$.part' error on error null on empty,
                 image_id     number path '$.image_id' error on error null on empty,
                 class        varchar2(100 char) path '$.class' error on error null on empty
             )
           ) j;
  end put_support;

  procedure put_weight_rows(p_rows in json) is
  begin
    insert into image_transform_weight (transform_id, part, image_id, class, weight)
    select j.transform_id, j.part, j.image_id, j.class, j.weight
      from json_table(p_rows, '$[*]'
             columns (
                 transform_id number path '$.transform_id' error on error null on empty,
                 part         varchar2(100 char) path '$.part' error on error null on empty,
                 image_id     number path '$.image_id' error on error null on empty,
                 class        varchar2(100 char) path '$.class' error on error null on empty,
                 weight       binary_double path '$.weight' error on error null on empty
             )
           ) j;
  end put_weight_rows;

  procedure put_run_rows(p_rows in json) is
  begin
    insert into image_run (
      run_id, method, target, k, weighting, temperature, metric, within_part, only_part, folds, seed, group_path,
      transform_kind, near_distance, model_id, fingerprint, images, tested, correct, started_at, finished_at, started_by,
      approximate, target_accuracy, source_name, test_share, test_path, threshold, shrinkage, outputs, kernel_width, ridge,
      grades, grade_threshold, embed_ms, decision_ms
    )
    select j.run_id, j.method, j.target, j.k, j.weighting, j.temperature, j.metric, j.within_part, nvl(j.only_part, j.part), j.folds,
           j.seed, j.group_path, nvl(j.transform_kind, j.transform), j.near_distance, j.model_id, j.fingerprint, j.images, j.tested,
           j.correct, j.started_at, j.finished_at, j.started_by, j.approximate, j.target_accuracy, j.source_name,
           j.test_share, j.test_path, j.threshold, j.shrinkage, j.outputs, j.kernel_width, j.ridge, j.grades,
           j.grade_threshold, j.embed_ms, j.decision_ms
      from json_table(p_rows, '$[*]'
             columns (
                 run_id          number path '$.run_id' error on error null on empty,
                 method          varchar2(5 char) path '$.method' error on error null on empty,
                 target          varchar2(10 char) path '$.target' error on error null on empty,
                 k               number path '$.k' error on error null on empty,
                 weighting       varchar2(10 char) path '$.weighting' error on error null on empty,
                 temperature     number path '$.temperature' error on error null on empty,
                 metric          varchar2(10 char) path '$.metric' error on error null on empty,
                 within_part     number path '$.within_part' error on error null on empty,
                 only_part       varchar2(100 char) path '$.only_part' error on error null on empty,
                 -- By these names until schema 11.
                 part            varchar2(100 char) path '$.part' error on error null on empty,
                 transform       varchar2(100 char) path '$.transform' error on error null on empty,
                 folds           number path '$.folds' error on error null on empty,
                 seed            number path '$.seed' error on error null on empty,
                 group_path      varchar2(200 char) path '$.group_path' error on error null on empty,
                 transform_kind  varchar2(100 char) path '$.transform_kind' error on error null on empty,
                 near_distance   number path '$.near_distance' error on error null on empty,
                 model_id        number path '$.model_id' error on error null on empty,
                 fingerprint     varchar2(100 char) path '$.fingerprint' error on error null on empty,
                 images          number path '$.images' error on error null on empty,
                 tested          number path '$.tested' error on error null on empty,
                 correct         number path '$.correct' error on error null on empty,
                 started_at      timestamp with time zone path '$.started_at' error on error null on empty,
                 finished_at     timestamp with time zone path '$.finished_at' error on error null on empty,
                 started_by      varchar2(128 char) path '$.started_by' error on error null on empty,
                 approximate     number path '$.approximate' error on error null on empty,
                 target_accuracy number path '$.target_accuracy' error on error null on empty,
                 source_name     varchar2(1000 char) path '$.source_name' error on error null on empty,
                 test_share      number path '$.test_share' error on error null on empty,
                 test_path       varchar2(1000 char) path '$.test_path' error on error null on empty,
                 threshold       number path '$.threshold' error on error null on empty,
                 shrinkage       number path '$.shrinkage' error on error null on empty,
                 outputs         number path '$.outputs' error on error null on empty,
                 kernel_width    number path '$.kernel_width' error on error null on empty,
                 ridge           number path '$.ridge' error on error null on empty,
                 grades          varchar2(10 char) path '$.grades' error on error null on empty,
                 grade_threshold number path '$.grade_threshold' error on error null on empty,
                 embed_ms        number path '$.embed_ms' error on error null on empty,
                 decision_ms     number path '$.decision_ms' error on error null on empty
             )
           ) j
     -- Until schema 11 a batch of new images was a run.
     where j.method <> 'NEW';
  end put_run_rows;

  procedure put_item_rows(p_rows in json) is
  begin
    insert into image_run_item (
      run_id, item_id, image_id, part, group_key, fold, actual, predicted, confidence, actual_share,
      nearest_distance, untested_reason, item_no, image_hash, source_id, has_copy,
      calibrated_confidence, calibrated_actual_share, actual_value, predicted_value
    )
    select j.run_id, j.item_id, j.image_id, j.part, j.group_key, j.fold, j.actual, j.predicted, j.confidence,
           j.actual_share, j.nearest_distance, j.untested_reason, j.item_no, j.image_hash, j.source_id, j.has_copy,
           j.calibrated_confidence, j.calibrated_actual_share, j.actual_value, j.predicted_value
      from json_table(p_rows, '$[*]'
             columns (
                 run_id           number path '$.run_id' error on error null on empty,
                 item_id          number path '$.item_id' error on error null on empty,
                 image_id         number path '$.image_id' error on error null on empty,
                 part             varchar2(100 char) path '$.part' error on error null on empty,
                 group_key        varchar2(1000 char) path '$.group_key' error on error null on empty,
                 fold             number path '$.fold' error on error null on empty,
                 actual           varchar2(100 char) path '$.actual' error on error null on empty,
                 predicted        varchar2(100 char) path '$.predicted' error on error null on empty,
                 confidence       binary_double path '$.confidence' error on error null on empty,
                 actual_share     binary_double path '$.actual_share' error on error null on empty,
                 nearest_distance binary_double path '$.nearest_distance' error on error null on empty,
                 untested_reason  varchar2(200 char) path '$.untested_reason' error on error null on empty,
                 item_no          number path '$.item_no' error on error null on empty,
                 image_hash       varchar2(64 char) path '$.image_hash' error on error null on empty,
                 source_id        number path '$.source_id' error on error null on empty,
                 has_copy         number path '$.has_copy' error on error null on empty,
                 calibrated_confidence   binary_double path '$.calibrated_confidence' error on error null on empty,
                 calibrated_actual_share binary_double path '$.calibrated_actual_share' error on error null on empty,
                 actual_value     binary_double path '$.actual_value' error on error null on empty,
                 predicted_value  binary_double path '$.predicted_value' error on error null on empty
             )
           ) j
     where j.run_id in (select r.run_id from image_run r);
  end put_item_rows;

  procedure put_neighbour_rows(p_rows in json) is
  begin
    insert into image_run_neighbour (
      run_id, item_id, place, image_id, class, distance
    )
    select j.run_id, j.item_id, j.place, j.image_id, j.class, j.distance
      from json_table(p_rows, '$[*]'
             columns (
                 run_id   number path '$.run_id' error on error null on empty,
                 item_id  number path '$.item_id' error on error null on empty,
                 place    number path '$.place' error on error null on empty,
                 image_id number path '$.image_id' error on error null on empty,
                 class    varchar2(100 char) path '$.class' error on error null on empty,
                 distance binary_double path '$.distance' error on error null on empty
             )
           ) j
     where j.run_id in (select r.run_id from image_run r);
  end put_neighbour_rows;

  procedure put_setting_rows(p_rows in json) is
  begin
    insert into image_run_setting (
      run_id, k, weighting, tested, correct, balanced_accuracy
    )
    select j.run_id, j.k, j.weighting, j.tested, j.correct, j.balanced_accuracy
      from json_table(p_rows, '$[*]'
             columns (
                 run_id            number path '$.run_id' error on error null on empty,
                 k                 number path '$.k' error on error null on empty,
                 weighting         varchar2(10 char) path '$.weighting' error on error null on empty,
                 tested            number path '$.tested' error on error null on empty,
                 correct           number path '$.correct' error on error null on empty,
                 balanced_accuracy binary_double path '$.balanced_accuracy' error on error null on empty
             )
           ) j;
  end put_setting_rows;

  procedure put_index_rows(p_rows in json) is
  begin
    insert into image_vector_index (
      index_name, kind, metric, target_accuracy, neighbors, ef_construction, partitions, own_partitions, parallel,
      dimension, images, build_s, created_at, created_by
    )
    select j.index_name, j.kind, j.metric, j.target_accuracy, j.neighbors, j.ef_construction, j.partitions,
           j.own_partitions, j.parallel, j.dimension, j.images, j.build_s, j.created_at, j.created_by
      from json_table(p_rows, '$[*]'
             columns (
                 index_name      varchar2(128 char) path '$.index_name' error on error null on empty,
                 kind            varchar2(4 char) path '$.kind' error on error null on empty,
                 metric          varchar2(10 char) path '$.metric' error on error null on empty,
                 target_accuracy number path '$.target_accuracy' error on error null on empty,
                 neighbors       number path '$.neighbors' error on error null on empty,
                 ef_construction number path '$.ef_construction' error on error null on empty,
                 partitions      number path '$.partitions' error on error null on empty,
                 own_partitions  number path '$.own_partitions' error on error null on empty,
                 parallel        number path '$.parallel' error on error null on empty,
                 dimension       number path '$.dimension' error on error null on empty,
                 images          number path '$.images' error on error null on empty,
                 build_s         number path '$.build_s' error on error null on empty,
                 created_at      timestamp with time zone path '$.created_at' error on error null on empty,
                 created_by      varchar2(128 char) path '$.created_by' error on error null on empty
             )
           ) j;
  end put_index_rows;

  procedure put_accuracy_rows(p_rows in json) is
  begin
    insert into image_vector_accuracy (
      report_id, index_name, kind, k, samples, images, taken_at
    )
    select j.report_id, j.index_name, j.kind, j.k, j.samples, j.images, j.taken_at
      from json_table(p_rows, '$[*]'
             columns (
                 report_id  number path '$.report_id' error on error null on empty,
                 index_name varchar2(128 char) path '$.index_name' error on error null on empty,
                 kind       varchar2(4 char) path '$.kind' error on error null on empty,
                 k          number path '$.k' error on error null on empty,
                 samples    number path '$.samples' error on error null on empty,
                 images     number path '$.images' error on error null on empty,
                 taken_at   timestamp with time zone path '$.taken_at' error on error null on empty
             )
           ) j;
  end put_accuracy_rows;

  procedure put_accuracy_query_rows(p_rows in json) is
  begin
    insert into image_vector_accuracy_query (
      report_id, target_accuracy, image_id, expected, found, exact_ms, approximate_ms, index_accuracy
    )
    select j.report_id, j.target_accuracy, j.image_id, j.expected, j.found, j.exact_ms, j.approximate_ms,
           j.index_accuracy
      from json_table(p_rows, '$[*]'
             columns (
                 report_id       number path '$.report_id' error on error null on empty,
                 target_accuracy number path '$.target_accuracy' error on error null on empty,
                 image_id        number path '$.image_id' error on error null on empty,
                 expected        number path '$.expected' error on error null on empty,
                 found           number path '$.found' error on error null on empty,
                 exact_ms        number path '$.exact_ms' error on error null on empty,
                 approximate_ms  number path '$.approximate_ms' error on error null on empty,
                 index_accuracy  varchar2(1000 char) path '$.index_accuracy' error on error null on empty
             )
           ) j;
  end put_accuracy_query_rows;

  procedure put_removed_rows(p_rows in json) is
  begin
    insert into image_removed (
      image_id, source_id, source_name, label_path, image_path, removed_at
    )
    select j.image_id, j.source_id, j.source_name, j.label_path, j.image_path, j.removed_at
      from json_table(p_rows, '$[*]'
             columns (
                 image_id    number path '$.image_id' error on error null on empty,
                 source_id   number path '$.source_id' error on error null on empty,
                 source_name varchar2(1000 char) path '$.source_name' error on error null on empty,
                 label_path  varchar2(1000 char) path '$.label_path' error on error null on empty,
                 image_path  varchar2(1000 char) path '$.image_path' error on error null on empty,
                 removed_at  timestamp with time zone path '$.removed_at' error on error null on empty
             )
           ) j;
  end put_removed_rows;

  procedure put_calibration_rows(p_rows in json) is
  begin
    insert into image_calibration (
      name, target, k, weighting, temperature, metric, transform_kind, source_name, model_id, images, steps, created_at
    )
    select j.name, j.target, j.k, j.weighting, j.temperature, j.metric, j.transform_kind, j.source_name, j.model_id,
           j.images, j.steps, j.created_at
      from json_table(p_rows, '$[*]'
             columns (
                 name           varchar2(100 char) path '$.name' error on error null on empty,
                 target         varchar2(10 char) path '$.target' error on error null on empty,
                 k              number path '$.k' error on error null on empty,
                 weighting      varchar2(10 char) path '$.weighting' error on error null on empty,
                 temperature    number path '$.temperature' error on error null on empty,
                 metric         varchar2(10 char) path '$.metric' error on error null on empty,
                 transform_kind varchar2(10 char) path '$.transform_kind' error on error null on empty,
                 source_name    varchar2(1000 char) path '$.source_name' error on error null on empty,
                 model_id       number path '$.model_id' error on error null on empty,
                 images         number path '$.images' error on error null on empty,
                 steps          json path '$.steps' error on error null on empty,
                 created_at     timestamp with time zone path '$.created_at' error on error null on empty
             )
           ) j;
  end put_calibration_rows;

  procedure put_correction_rows(p_rows in json) is
  begin
    insert into image_correction (
      source_id, correction_id, label_path, of_part, part, quality, part_was, quality_was, is_in_label, corrected_by,
      corrected_at, undone_by, undone_at
    )
    select j.source_id, j.correction_id, j.label_path, j.of_part, j.part, j.quality, j.part_was, j.quality_was,
           j.is_in_label, j.corrected_by, j.corrected_at, j.undone_by, j.undone_at
      from json_table(p_rows, '$[*]'
             columns (
                 source_id     number path '$.source_id' error on error null on empty,
                 correction_id varchar2(32 char) path '$.correction_id' error on error null on empty,
                 label_path    varchar2(1000 char) path '$.label_path' error on error null on empty,
                 of_part       varchar2(100 char) path '$.of_part' error on error null on empty,
                 part          varchar2(100 char) path '$.part' error on error null on empty,
                 quality       varchar2(100 char) path '$.quality' error on error null on empty,
                 part_was      varchar2(100 char) path '$.part_was' error on error null on empty,
                 quality_was   varchar2(100 char) path '$.quality_was' error on error null on empty,
                 is_in_label   number path '$.is_in_label' error on error null on empty,
                 corrected_by  varchar2(100 char) path '$.corrected_by' error on error null on empty,
                 corrected_at  timestamp with time zone path '$.corrected_at' error on error null on empty,
                 undone_by     varchar2(100 char) path '$.undone_by' error on error null on empty,
                 undone_at     timestamp with time zone path '$.undone_at' error on error null on empty
             )
           ) j;
  end put_correction_rows;

  procedure put_rows(
    p_table in varchar2,
    p_rows  in json
  ) is
  begin
    case p_table
      when 'IMAGE_MODEL' then put_model_rows(p_rows);
      when 'IMAGE_SOURCE' then put_source_rows(p_rows);
      when 'IMAGE_LOAD_RUN' then put_load_run_rows(p_rows);
      when 'IMAGE_LOAD' then put_load_rows(p_rows);
      when 'IMAGE_TRANSFORM' then put_transform_rows(p_rows);
      when 'IMAGE_TRANSFORM_WEIGHT' then put_weight_rows(p_rows);
      when 'IMAGE_RUN' then put_run_rows(p_rows);
      when 'IMAGE_RUN_ITEM' then put_item_rows(p_rows);
      when 'IMAGE_RUN_NEIGHBOUR' then put_neighbour_rows(p_rows);
      when 'IMAGE_RUN_SETTING' then put_setting_rows(p_rows);
      when 'IMAGE_VECTOR_INDEX' then put_index_rows(p_rows);
      when 'IMAGE_VECTOR_ACCURACY' then put_accuracy_rows(p_rows);
      when 'IMAGE_VECTOR_ACCURACY_QUERY' then put_accuracy_query_rows(p_rows);
      when 'IMAGE_REMOVED' then put_removed_rows(p_rows);
      when 'IMAGE_CALIBRATION' then put_calibration_rows(p_rows);
      when 'IMAGE_CORRECTION' then put_correction_rows(p_rows);
    end case;
  end put_rows;

  procedure put_row(
    p_table  in varchar2,
    p_row    in json,
    p_vector in vector
  ) is
  begin
    case p_table
      when 'IMAGE_DEMO1' then put_image(p_row, p_vector);
      when 'IMAGE_TRANSFORM_ROW' then put_coefficient(p_row, p_vector);
      when 'IMAGE_TRANSFORM_SUPPORT' then put_support(p_row, p_vector);
      -- Until schema 11 the items had vectors, those of new images.
      when 'IMAGE_RUN_ITEM' then put_item_rows(p_row);
    end case;
  end put_row;

  procedure end_restore is
  begin
    execute immediate 'alter table image_model modify (model_id generated always as identity)';
    execute immediate 'alter table image_source modify (source_id generated always as identity)';
    execute immediate 'alter table image_load_run modify (run_id generated always as identity (order))';
    execute immediate 'alter table image_load modify (load_id generated always as identity)';
    execute immediate 'alter table image_transform modify (transform_id generated always as identity)';
    execute immediate 'alter table image_run modify (run_id generated always as identity (order))';
    execute immediate 'alter table image_vector_accuracy modify (report_id generated always as identity)';
    commit;
  end end_restore;

end img_dump;
/
