create or replace package body img_store as

  -- Pairs of part and quality that contents names one by one.
  co_named_classes constant pls_integer := 20;

  -- Of the labels of a new source, the share from which on they are taken for those of another one.
  co_moved_share constant number := 0.9;

  function version return varchar2 is
  begin
    return co_version;
  end version;

  function use_model(
    p_name          in image_model.name%type,
    p_file_hash     in image_model.file_hash%type,
    p_dimension     in image_model.dimension%type,
    p_preprocessing in image_model.preprocessing%type,
    p_replace       in number default 0
  ) return number is
    l_model_id image_model.model_id%type;
    l_others   varchar2(4000 byte);
    l_indexed  image_vector_index.dimension%type;
  begin
    begin
      merge into image_model m
      using (select p_name as name, p_file_hash as file_hash from dual) n
      on (m.file_hash = n.file_hash and m.name = n.name)
      when not matched then
        insert (name, file_hash, dimension, preprocessing, near_distance)
        values (p_name, p_file_hash, p_dimension, p_preprocessing, img_choice.measured_near_distance(p_name));
    exception
      when dup_val_on_index then
        null; -- another session has put it in since MERGE looked: it is read below
    end;

    select model_id
      into l_model_id
      from image_model
     where file_hash = p_file_hash
       and name = p_name;

    if p_replace = 0 then
      select listagg(m.name || ' (' || substr(m.file_hash, 1, 8) || ')', ', ' on overflow truncate)
               within group (order by m.model_id)
        into l_others
        from image_model m
       where m.model_id <> l_model_id
         and exists (
               select 1 from image_demo1 i where nvl(i.model_id, -1) = m.model_id and i.embedding is not null
             );
      if l_others is not null then
        img_error.throw(img_error.co_other_model, substr(l_others, 1, 300), p_name || ' (' || substr(p_file_hash, 1, 8) || ')');
      end if;
    end if;

    select max(v.dimension)
      into l_indexed
      from image_vector_index v
      join user_indexes u on u.index_name = v.index_name;
    if l_indexed <> p_dimension then
      img_error.throw(img_error.co_index_dimension, to_char(l_indexed), to_char(p_dimension));
    end if;
    return l_model_id;
  end use_model;

  function time_to_come(p_source in image_source.name%type) return varchar2 is
    l_latest image_load.met_at%type;
  begin
    select max(l.met_at)
      into l_latest
      from image_load l
      join image_source s on s.source_id = l.source_id
     where s.name = p_source
       and l.met_at > systimestamp;
    return to_char(l_latest, 'YYYY-MM-DD HH24:MI:SS');
  end time_to_come;

  /** Bring what was noted by a clock that has gone back since to the present: what is gone is told by these times. */
  procedure settle_times(p_source in image_source.name%type) is
    l_source_id image_source.source_id%type;
  begin
    select source_id
      into l_source_id
      from image_source
     where name = p_source;
    update image_load
       set met_at = systimestamp
     where source_id = l_source_id
       and met_at > systimestamp;
    update image_load_run
       set started_at = systimestamp
     where source_id = l_source_id
       and started_at > systimestamp;
  end settle_times;

  function start_load(
    p_source     in image_source.name%type,
    p_model_id   in image_model.model_id%type,
    p_new_source in number default 0,
    p_root       in image_source.root%type default null
  ) return number is
    l_run_id image_load_run.run_id%type;
  begin
    if p_source is null then
      img_error.throw(img_error.co_missing_argument, 'p_source');
    end if;
    begin
      merge into image_source s
      using (select p_source as name from dual) n
      on (s.name = n.name)
      when not matched then
        insert (name) values (n.name);
    exception
      when dup_val_on_index then
        null; -- as in use_model
    end;
    if p_new_source = 1 then
      update image_source
         set is_separate = 1
       where name = p_source
         and is_separate = 0;
    end if;
    if p_root is not null then
      update image_source
         set root = p_root
       where name = p_source
         and (root is null or root <> p_root);
    end if;

    settle_times(p_source);
    insert into image_load_run (source_id, model_id)
    values ((select source_id from image_source where name = p_source), p_model_id)
    returning run_id into l_run_id;

    -- What another model embedded is to be embedded again, which use_model has allowed.
    update image_load l
       set state = 'PENDING'
     where l.source_id = (select source_id from image_source where name = p_source)
       and l.state = 'STORED'
       and exists (select 1 from image_demo1 i where i.image_id = l.image_id and nvl(i.model_id, -1) <> p_model_id);
    return l_run_id;
  end start_load;

  function source_of(p_run_id in image_load_run.run_id%type) return number is
    l_source_id image_source.source_id%type;
  begin
    select source_id
      into l_source_id
      from image_load_run
     where run_id = p_run_id;
    return l_source_id;
  exception
    when no_data_found then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
  end source_of;

  -- 1 for a source that has an image, 0 for another.
  function has_images(p_source_id in image_source.source_id%type) return number is
    l_images number;
  begin
    select count(*)
      into l_images
      from dual
     where exists (select 1 from image_load where source_id = p_source_id and state = 'STORED');
    return l_images;
  end has_images;

  function start_of(p_run_id in image_load_run.run_id%type) return timestamp with time zone is
    l_started_at image_load_run.started_at%type;
  begin
    select started_at
      into l_started_at
      from image_load_run
     where run_id = p_run_id;
    return l_started_at;
  end start_of;

  function keep_labels(
    p_run_id in image_load_run.run_id%type,
    p_labels in json
  ) return sys_refcursor is
    l_source_id  constant image_source.source_id%type := source_of(p_run_id);
    l_started_at constant image_load_run.started_at%type := start_of(p_run_id);
    l_kept       number;
    l_unknown    sys_refcursor;
  begin
    merge into image_load l
    using (
      select f.label_path, f.label_hash, f.label_stamp, f.label_correction
        from json_table(p_labels, '$[*]'
               columns (
                 label_path  varchar2(1000 char) path '$.path' null on error null on empty,
                 label_hash  varchar2(64 char)   path '$.hash' null on error null on empty,
                 label_stamp varchar2(200 char)  path '$.stamp' null on error null on empty,
                 label_correction varchar2(64 char) path '$.correction' null on error null on empty
               )
             ) f
    ) n
    on (l.source_id = l_source_id and l.label_path = n.label_path)
    when matched then
      update
         set l.run_id  = p_run_id,
             l.met_at  = systimestamp,
             l.outcome = 'UNCHANGED'
       where l.state = 'STORED'
         and (l.label_stamp = n.label_stamp or l.label_hash = n.label_hash)
         and nvl(l.label_correction, '-') = nvl(n.label_correction, '-')
         -- As in put_labels.
         and not (l.run_id <> p_run_id and l.met_at >= l_started_at);

    select count(*)
      into l_kept
      from json_table(p_labels, '$[*]'
             columns (
               label_path  varchar2(1000 char) path '$.path' null on error null on empty,
               label_hash  varchar2(64 char)   path '$.hash' null on error null on empty,
               label_stamp varchar2(200 char)  path '$.stamp' null on error null on empty,
               label_correction varchar2(64 char) path '$.correction' null on error null on empty
             )
           ) f
      join image_load l on l.source_id = l_source_id and l.label_path = f.label_path
     where l.state = 'STORED'
       and (l.label_stamp = f.label_stamp or l.label_hash = f.label_hash)
       and nvl(l.label_correction, '-') = nvl(f.label_correction, '-');
    update image_load_run
       set labels    = labels + l_kept,
           unchanged = unchanged + l_kept
     where run_id = p_run_id
       and l_kept > 0;

    open l_unknown for
      select f.label_path
        from json_table(p_labels, '$[*]'
               columns (
                 label_path  varchar2(1000 char) path '$.path' null on error null on empty,
                 label_hash  varchar2(64 char)   path '$.hash' null on error null on empty,
                 label_stamp varchar2(200 char)  path '$.stamp' null on error null on empty,
                 label_correction varchar2(64 char) path '$.correction' null on error null on empty
               )
             ) f
        left join image_load l
          on l.source_id = l_source_id
         and l.label_path = f.label_path
         and l.state = 'STORED'
         and (l.label_stamp = f.label_stamp or l.label_hash = f.label_hash)
         and nvl(l.label_correction, '-') = nvl(f.label_correction, '-')
       where l.load_id is null;
    return l_unknown;
  end keep_labels;

  procedure put_labels(
    p_run_id in image_load_run.run_id%type,
    p_labels in json
  ) is
    l_source_id  constant image_source.source_id%type := source_of(p_run_id);
    l_started_at constant image_load_run.started_at%type := start_of(p_run_id);
    l_labels     number;
    l_new        number;
    l_changed    number;
    l_retried    number;
  begin
    merge into image_load l
    using (
      with label_file as (
        select f.label_path, f.label_hash, f.label_stamp, f.label_correction, f.problem, json(f.label) as label,
               json(f.own_label) as own_label
          from json_table(p_labels, '$[*]'
                 columns (
                   label_path  varchar2(1000 char) path '$.path' null on error null on empty,
                   label_hash  varchar2(64 char)   path '$.hash' null on error null on empty,
                   label_stamp varchar2(200 char)  path '$.stamp' null on error null on empty,
                   label_correction varchar2(64 char) path '$.correction' null on error null on empty,
                   problem     varchar2(1000 char) path '$.problem' null on error null on empty,
                   label       clob format json    path '$.label' null on error null on empty,
                   own_label   clob format json    path '$.own' null on error null on empty
                 )
               ) f
      ), checked as (
        select f.label_path, f.label_hash, f.label_stamp, f.label_correction, f.problem, f.label, f.own_label,
               json_value(f.label, '$.images[0].file_name' returning varchar2(1000 char)
                          null on error null on empty) as file_name
          from label_file f
      )
      select c.label_path, c.label_hash, c.label_stamp, c.label_correction, c.own_label, c.file_name,
             case
               when c.problem is not null then c.problem
               when c.label is null then 'the label is empty'
               when not json_exists(c.label, '$.images[0]') then 'the label has no images'
               when json_exists(c.label, '$.images[1]') then
                 'the label has more than one image; it must describe just one'
               when not json_exists(c.label, '$.annotations[0]') then 'the label has no annotations'
               when c.file_name is null then 'the label names no file: images[0].file_name is missing or empty'
               when exists (
                      select a.part
                        from json_table(c.label, '$.annotations[*].attributes'
                               columns (
                                 part    varchar2(100 char) path '$.part' null on error null on empty,
                                 quality varchar2(100 char) path '$.quality' null on error null on empty
                               )
                             ) a
                       group by a.part
                      having count(distinct a.quality) > 1
                    ) then
                 'the label''s annotations give one part two qualities'
             end as reason,
             c.label as metadata
        from checked c
    ) n
    on (l.source_id = l_source_id and l.label_path = n.label_path)
    when matched then
      update
         set l.run_id     = p_run_id,
             l.met_at     = systimestamp,
             l.outcome    = case
                              when l.label_hash <> n.label_hash then 'CHANGED'
                              when nvl(l.label_correction, '-') <> nvl(n.label_correction, '-') then 'CHANGED'
                              when l.image_id is not null and l.state <> 'FAILED' then 'UNCHANGED'
                              else 'RETRIED'
                            end,
             l.state      = case
                              when n.reason is not null then 'FAILED'
                              when l.state = 'STORED' and l.file_name = n.file_name then 'STORED'
                              else 'PENDING'
                            end,
             l.metadata   = case
                              when n.reason is not null then null
                              when l.state = 'STORED' and l.label_hash = n.label_hash
                               and nvl(l.label_correction, '-') = nvl(n.label_correction, '-') then null
                              else n.metadata
                            end,
             l.reason     = n.reason,
             l.label_hash = n.label_hash,
             l.label_stamp = n.label_stamp,
             l.label_correction = n.label_correction,
             l.own_label  = n.own_label,
             l.file_name  = n.file_name,
             l.changed_at = case
                              when l.state = 'STORED' and l.label_hash = n.label_hash
                               and nvl(l.label_correction, '-') = nvl(n.label_correction, '-') then l.changed_at
                              else systimestamp
                            end,
             l.failed_run_id = case when n.reason is not null then p_run_id end
       -- What another run has met as it is now, since this one began, is that run's work.
       where not (l.run_id <> p_run_id and l.met_at >= l_started_at and l.label_hash = n.label_hash
                  and nvl(l.label_correction, '-') = nvl(n.label_correction, '-'))
    when not matched then
      insert (
        source_id, label_path, label_hash, label_stamp, label_correction, own_label, file_name, state, outcome, reason,
        metadata, run_id, failed_run_id
      )
      values (
        l_source_id, n.label_path, n.label_hash, n.label_stamp, n.label_correction, n.own_label, n.file_name,
        case when n.reason is null then 'PENDING' else 'FAILED' end, 'NEW', n.reason,
        case when n.reason is null then n.metadata end, p_run_id, case when n.reason is not null then p_run_id end
      );

    select count(*),
           count(case when l.run_id = p_run_id and l.outcome = 'NEW' then 1 end),
           count(case when l.run_id = p_run_id and l.outcome = 'CHANGED' then 1 end),
           count(case when l.run_id = p_run_id and l.outcome = 'RETRIED' then 1 end)
      into l_labels, l_new, l_changed, l_retried
      from json_table(p_labels, '$[*]'
             columns (label_path varchar2(1000 char) path '$.path' null on error null on empty)) f
      join image_load l on l.source_id = l_source_id and l.label_path = f.label_path;

    update image_load_run
       set labels     = labels + l_labels,
           new_labels = new_labels + l_new,
           changed    = changed + l_changed,
           retried    = retried + l_retried,
           unchanged  = unchanged + l_labels - l_new - l_changed - l_retried
     where run_id = p_run_id;

    -- A changed label of an image that stays is put in place at once. Looked for among these labels alone: those of
    -- the whole run grow with each call.
    update image_demo1 i
       set metadata = (select l.metadata from image_load l where l.image_id = i.image_id)
     where i.image_id in (
             select l.image_id
               from json_table(p_labels, '$[*]'
                      columns (label_path varchar2(1000 char) path '$.path' null on error null on empty)) f
               join image_load l on l.source_id = l_source_id and l.label_path = f.label_path
              where l.state = 'STORED'
                and l.metadata is not null
           );
    if sql%rowcount > 0 then
      update image_load
         set metadata = null
       where source_id = l_source_id
         and label_path in (
               select f.label_path
                 from json_table(p_labels, '$[*]'
                        columns (label_path varchar2(1000 char) path '$.path' null on error null on empty)) f
             )
         and state = 'STORED'
         and metadata is not null;
    end if;
  end put_labels;

  function put_files(
    p_run_id in image_load_run.run_id%type,
    p_files  in json
  ) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_known     number;
    l_unlike    number;
    l_unknown   sys_refcursor;
  begin
    merge into image_load l
    using (
      select f.image_path, f.image_size, f.image_mtime, f.image_stamp, nvl(f.image_bits, 0) as image_bits
        from json_table(p_files, '$[*]'
               columns (
                 image_path  varchar2(1000 char) path '$.path' null on error null on empty,
                 image_size  number              path '$.size' null on error null on empty,
                 image_mtime number              path '$.mtime' null on error null on empty,
                 image_bits  number              path '$.bits' null on error null on empty,
                 image_stamp varchar2(200 char)  path '$.stamp' null on error null on empty
               )
             ) f
    ) n
    on (l.source_id = l_source_id and l.image_path = n.image_path)
    when matched then
      update
         set l.state      = 'PENDING',
             l.outcome    = 'CHANGED',
             l.changed_at = systimestamp
       where l.state = 'STORED'
         and (nvl(l.image_size, n.image_size) <> n.image_size
              or nvl(l.image_mtime, n.image_mtime) <> n.image_mtime
              or l.image_bits <> n.image_bits
              or nvl(l.image_stamp, 'stored') <> nvl(n.image_stamp, 'found'));

    if has_images(l_source_id) = 0 then
      select count(*), count(case when k.alike = 0 then 1 end)
        into l_known, l_unlike
        from (
               select f.image_path, max(case when o.image_size = f.image_size then 1 else 0 end) as alike
                 from json_table(p_files, '$[*]'
                        columns (
                          image_path varchar2(1000 char) path '$.path' null on error null on empty,
                          image_size number              path '$.size' null on error null on empty
                        )
                      ) f
                cross join image_source s
                 join image_load o on o.source_id = s.source_id and o.image_path = f.image_path
                where s.source_id <> l_source_id
                  and o.image_size is not null
                group by f.image_path
             ) k;
      update image_load_run
         set known_files  = known_files + l_known,
             unlike_files = unlike_files + l_unlike
       where run_id = p_run_id
         and l_known > 0;
    end if;

    open l_unknown for
      select f.image_path
        from json_table(p_files, '$[*]'
               columns (image_path varchar2(1000 char) path '$.path' null on error null on empty)) f
        left join image_load l
          on l.source_id = l_source_id
         and l.image_path = f.image_path
         and l.state = 'STORED'
       where l.load_id is null;
    return l_unknown;
  end put_files;

  function stored_count(p_run_id in image_load_run.run_id%type) return number is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_images    number;
  begin
    select count(*)
      into l_images
      from image_load
     where source_id = l_source_id
       and state = 'STORED';
    return l_images;
  end stored_count;

  function stored_images(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_images    sys_refcursor;
  begin
    open l_images for
      select load_id, label_path, file_name, image_path
        from image_load
       where source_id = l_source_id
         and state = 'STORED'
         and run_id = p_run_id;
    return l_images;
  end stored_images;

  procedure find_again(
    p_run_id   in image_load_run.run_id%type,
    p_load_ids in json
  ) is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
  begin
    update image_load
       set state      = 'PENDING',
           outcome    = 'CHANGED',
           changed_at = systimestamp
     where source_id = l_source_id
       and state = 'STORED'
       and load_id in (
             select f.load_id
               from json_table(p_load_ids, '$[*]' columns (load_id number path '$' null on error null on empty)) f
           );
  end find_again;

  function work_left(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id    constant image_source.source_id%type := source_of(p_run_id);
    l_started_at   constant image_load_run.started_at%type := start_of(p_run_id);
    l_pending      number;
    l_of_gone      number;
    l_gone         number;
    l_moved_labels number;
    l_moved_from   image_source.name%type;
    l_left         sys_refcursor;
  begin
    select count(case when c.state = 'PENDING' and c.is_gone = 0 then 1 end),
           count(case when c.state = 'PENDING' and c.is_gone = 1 then 1 end),
           count(case when c.is_gone = 1 then 1 end)
      into l_pending, l_of_gone, l_gone
      from (
             -- As vw_image_gone has it; a join with the view would read all its rows for each label.
             select l.state,
                    case when l.run_id <> p_run_id and l.met_at < l_started_at then 1 else 0 end as is_gone
               from image_load l
              where l.source_id = l_source_id
           ) c;
    update image_load_run
       set gone_labels = l_gone
     where run_id = p_run_id
       and gone_labels is null;

    if l_pending > 0 and has_images(l_source_id) = 0 then
      select max(m.name), max(m.labels)
        into l_moved_from, l_moved_labels
        from (
               select s.name, count(*) as labels
                 from image_load l
                 join image_load o on o.label_path = l.label_path and o.label_hash = l.label_hash
                 join image_source s on s.source_id = o.source_id
                where l.source_id = l_source_id
                  and l.state = 'PENDING'
                  and o.source_id <> l_source_id
                  and o.image_id is not null
                group by s.name
                order by count(*) desc, nlssort(s.name, 'NLS_SORT=BINARY')
                fetch first 1 row only
             ) m;
    end if;

    open l_left for
      select l_pending as pending, l_of_gone as pending_gone, l_gone as gone,
             case when m.is_moved = 1 then l_moved_from end as moved_from,
             case when m.is_moved = 1 then l_moved_labels end as moved_labels
        from (
               select case
                        when s.is_separate = 0
                         and l_moved_labels >= co_moved_share * l_pending
                         and 2 * r.unlike_files <= r.known_files
                        then 1
                      end as is_moved
                 from image_load_run r
                 join image_source s on s.source_id = r.source_id
                where r.run_id = p_run_id
             ) m;
    return l_left;
  end work_left;

  procedure abandon_load(p_run_id in image_load_run.run_id%type) is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
  begin
    delete from image_load
     where source_id = l_source_id
       and run_id = p_run_id
       and image_id is null;
    delete from image_load_run where run_id = p_run_id;
  end abandon_load;

  function claim(
    p_run_id in image_load_run.run_id%type,
    p_gone   in number default 0
  ) return sys_refcursor is
    l_source_id  constant image_source.source_id%type := source_of(p_run_id);
    l_started_at constant image_load_run.started_at%type := start_of(p_run_id);
    l_claim      sys_refcursor;
  begin
    open l_claim for
      -- By the index the rows come in their order, and those that are fetched are all that is read.
      select /*+ index(l image_load_state_ix) */ l.load_id, l.label_path, l.file_name,
             case when l.image_id is not null then l.image_size end as image_size
        from image_load l
       where l.source_id = l_source_id
         and l.state = 'PENDING'
         -- As vw_image_gone has it; a join with the view would read all its rows for each claim.
         and case when l.run_id <> p_run_id and l.met_at < l_started_at then 1 else 0 end = p_gone
       order by l.load_id
         for update skip locked;
    return l_claim;
  end claim;

  -- The label that is gone from disk and whose image p_load_id is to have: it names the same file, or an image of the
  -- same content. Asked for each image, so not asked where no label was gone when the run had met all. Locked; null where there is none, or where the file is another label's that is there.
  function gone_label(
    p_load_id    in image_load.load_id%type,
    p_run_id     in image_load_run.run_id%type,
    p_image_path in image_load.image_path%type,
    p_image_hash in image_load.image_hash%type
  ) return number is
    l_gone_id  image_load.load_id%type;
    l_taken_by image_load.load_id%type;
  begin
    select max(f.load_id)
      into l_gone_id
      from (
             select g.load_id
               from vw_image_gone g
              where g.run_id = p_run_id
                and g.load_id <> p_load_id
                and g.image_id is not null
                and (g.image_path = p_image_path or g.image_hash = p_image_hash)
              order by case when g.image_path = p_image_path then 0 else 1 end, g.load_id
              fetch first 1 row only
           ) f;
    if l_gone_id is null then
      return null;
    end if;

    select max(o.load_id)
      into l_taken_by
      from image_load o
      join image_load l on l.source_id = o.source_id
     where l.load_id = p_load_id
       and o.load_id <> p_load_id
       and o.image_path = p_image_path
       and o.state = 'STORED';
    if l_taken_by <> l_gone_id then
      return null;
    end if;

    -- Once it is locked, it is seen whether another run has met or taken it meanwhile.
    begin
      select load_id
        into l_gone_id
        from image_load
       where load_id = l_gone_id
         for update;
    exception
      when no_data_found then
        return null;
    end;
    select max(load_id)
      into l_gone_id
      from vw_image_gone
     where run_id = p_run_id
       and load_id = l_gone_id
       and image_id is not null;
    return l_gone_id;
  end gone_label;

  -- Hand the image of a label that is gone over to another label, and forget the former.
  procedure take_over(
    p_load_id in image_load.load_id%type,
    p_gone_id in image_load.load_id%type
  ) is
    l_image_id      image_load.image_id%type;
    l_stored_run_id image_load.stored_run_id%type;
  begin
    select image_id, stored_run_id
      into l_image_id, l_stored_run_id
      from image_load
     where load_id = p_gone_id;
    delete from image_load where load_id = p_gone_id;
    update image_load
       set image_id      = l_image_id,
           stored_run_id = l_stored_run_id
     where load_id = p_load_id;
  end take_over;

  -- The image of a label that is gone, where its file is another label's now that has an image of its own.
  procedure forget_gone(p_gone_id in image_load.load_id%type) is
  begin
    delete from image_demo1 where image_id = (select image_id from image_load where load_id = p_gone_id);
  end forget_gone;

  function keep_embeddings(
    p_run_id in image_load_run.run_id%type,
    p_images in json
  ) return sys_refcursor is
    l_model_id    image_model.model_id%type;
    l_gone_labels image_load_run.gone_labels%type;
    l_gone_id     image_load.load_id%type;
    l_from_id     image_load.load_id%type;
    l_kept        sys_refcursor;
  begin
    begin
      select model_id, gone_labels into l_model_id, l_gone_labels from image_load_run where run_id = p_run_id;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end;
    for r_image in (
      select l.load_id, l.image_id, l.metadata, f.image_path, f.image_size, f.image_mtime, f.image_stamp, f.image_hash,
             nvl(f.image_bits, 0) as image_bits
        from json_table(p_images, '$[*]'
               columns (
                 load_id     number              path '$.load_id' null on error null on empty,
                 image_path  varchar2(1000 char) path '$.path' null on error null on empty,
                 image_size  number              path '$.size' null on error null on empty,
                 image_mtime number              path '$.mtime' null on error null on empty,
                 image_bits  number              path '$.bits' null on error null on empty,
                 image_stamp varchar2(200 char)  path '$.stamp' null on error null on empty,
                 image_hash  varchar2(64 char)   path '$.hash' null on error null on empty
               )
             ) f
        join image_load l on l.load_id = f.load_id
       where l.state = 'PENDING'
       order by l.load_id
    ) loop
      l_gone_id := case
                     when nvl(l_gone_labels, 1) > 0 then
                       gone_label(
                         r_image.load_id, p_run_id, r_image.image_path,
                         case when r_image.image_id is null then r_image.image_hash end
                       )
                   end;
      l_from_id := case when r_image.image_id is null then l_gone_id else r_image.load_id end;

      -- An image that an earlier release stored has no hash: then path, size and time decide.
      select max(l.load_id)
        into l_from_id
        from image_load l
        join image_demo1 i on i.image_id = l.image_id
       where l.load_id = l_from_id
         and i.model_id = l_model_id
         and i.embedding is not null
         and l.image_bits = r_image.image_bits
         and (l.image_hash = r_image.image_hash
              or (l.image_hash is null
                  and l.state = 'STORED'
                  and l.image_path = r_image.image_path
                  and l.image_size = r_image.image_size
                  and l.image_mtime = r_image.image_mtime));
      continue when l_from_id is null;

      if l_from_id = l_gone_id then
        take_over(r_image.load_id, l_gone_id);
      elsif l_gone_id is not null then
        forget_gone(l_gone_id);
      end if;
      update image_load
         set state       = 'STORED',
             metadata    = null,
             image_path  = r_image.image_path,
             image_size  = r_image.image_size,
             image_mtime = r_image.image_mtime,
             image_bits  = r_image.image_bits,
             image_stamp = r_image.image_stamp,
             image_hash  = r_image.image_hash,
             changed_at  = systimestamp
       where load_id = r_image.load_id;
      if r_image.metadata is not null then
        update image_demo1
           set metadata = r_image.metadata
         where image_id = (select image_id from image_load where load_id = r_image.load_id);
      end if;
    end loop;

    open l_kept for
      select l.load_id
        from json_table(p_images, '$[*]'
               columns (load_id number path '$.load_id' null on error null on empty)) f
        join image_load l on l.load_id = f.load_id
       where l.state = 'STORED';
    return l_kept;
  end keep_embeddings;

  procedure put_embedding(
    p_load_id     in image_load.load_id%type,
    p_run_id      in image_load_run.run_id%type,
    p_embedding   in vector,
    p_image_path  in image_load.image_path%type,
    p_image_size  in image_load.image_size%type default null,
    p_image_mtime in image_load.image_mtime%type default null,
    p_image_hash  in image_load.image_hash%type default null,
    p_image_bits  in image_load.image_bits%type default 0,
    p_image_stamp in image_load.image_stamp%type default null
  ) is
    l_image_id    image_demo1.image_id%type;
    l_stored_id   image_demo1.image_id%type;
    l_metadata    image_demo1.metadata%type;
    l_model_id    image_model.model_id%type;
    l_expected    image_model.dimension%type;
    l_dimension   image_model.dimension%type;
    l_norm        number;
    l_gone_labels image_load_run.gone_labels%type;
    l_gone_id     image_load.load_id%type;
    l_taken_by    image_load.label_path%type;
  begin
    if p_embedding is null then
      img_error.throw(img_error.co_missing_argument, 'p_embedding');
    elsif p_image_path is null then
      img_error.throw(img_error.co_missing_argument, 'p_image_path');
    end if;
    begin
      select m.model_id, m.dimension, r.gone_labels, vector_dimension_count(p_embedding), vector_norm(p_embedding)
        into l_model_id, l_expected, l_gone_labels, l_dimension, l_norm
        from image_load_run r
        join image_model m on m.model_id = r.model_id
       where r.run_id = p_run_id;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end;
    begin
      -- Whoever claimed the row holds this lock; anyone else waits, and finds the image stored.
      select image_id, metadata
        into l_stored_id, l_metadata
        from image_load
       where load_id = p_load_id
         and state in ('PENDING', 'STORED')
         for update;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_item, to_char(p_load_id));
    end;

    if l_dimension <> l_expected then
      img_error.throw(img_error.co_wrong_dimension, to_char(l_dimension), to_char(l_expected));
    elsif l_norm = 0 then
      img_error.throw(img_error.co_zero_embedding);
    end if;

    l_gone_id := case
                   when nvl(l_gone_labels, 1) > 0 then
                     gone_label(p_load_id, p_run_id, p_image_path, case when l_stored_id is null then p_image_hash end)
                 end;
    if l_gone_id is not null and l_stored_id is null then
      select image_id into l_stored_id from image_load where load_id = l_gone_id;
      take_over(p_load_id, l_gone_id);
    elsif l_gone_id is not null then
      forget_gone(l_gone_id);
    end if;

    l_image_id := l_stored_id;
    if l_stored_id is null then
      insert into image_demo1 (metadata, embedding, model_id)
      values (l_metadata, p_embedding, l_model_id)
      returning image_id into l_image_id;
    end if;

    begin
      update image_load
         set state         = 'STORED',
             metadata      = null,
             image_id      = l_image_id,
             image_path    = p_image_path,
             image_size    = p_image_size,
             image_mtime   = p_image_mtime,
             image_bits    = p_image_bits,
             image_hash    = p_image_hash,
             image_stamp   = p_image_stamp,
             stored_run_id = p_run_id,
             changed_at    = systimestamp
       where load_id = p_load_id;
    exception
      when dup_val_on_index then
        if l_stored_id is null then
          delete from image_demo1 where image_id = l_image_id;
        end if;
        select min(o.label_path)
          into l_taken_by
          from image_load o
          join image_load l on l.source_id = o.source_id
         where l.load_id = p_load_id
           and o.image_path = p_image_path
           and o.state = 'STORED';
        put_failure(p_load_id, p_run_id, 'another label, ' || l_taken_by || ', has this image already', p_image_path);
        return;
    end;

    if l_stored_id is not null then
      update image_demo1
         set embedding = p_embedding,
             model_id  = l_model_id
       where image_id = l_stored_id;
      -- Its place on the map was that of the former embedding.
      delete from image_map_point where image_id = l_stored_id;
      if l_metadata is not null then
        update image_demo1
           set metadata = l_metadata
         where image_id = l_stored_id;
      end if;
    end if;
  end put_embedding;

  procedure put_failure(
    p_load_id    in image_load.load_id%type,
    p_run_id     in image_load_run.run_id%type,
    p_reason     in varchar2,
    p_image_path in image_load.image_path%type default null
  ) is
  begin
    update image_load
       set state         = 'FAILED',
           reason        = substr(p_reason, 1, 1000),
           metadata      = null,
           image_path    = p_image_path,
           failed_run_id = p_run_id,
           changed_at    = systimestamp
     where load_id = p_load_id
       and state in ('PENDING', 'STORED');
    if sql%rowcount = 0 then
      img_error.throw(img_error.co_unknown_item, to_char(p_load_id));
    end if;
  end put_failure;

  procedure finish_load(
    p_run_id   in image_load_run.run_id%type,
    p_embed_ms in image_load_run.embed_ms%type default null
  ) is
  begin
    update image_load_run
       set finished_at = systimestamp,
           embed_ms    = round(p_embed_ms, 6)
     where run_id = p_run_id;
    if sql%rowcount = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
    -- What this run reports now is for no run that has begun already to report again; one that has the row in its hands
    -- is waited for, or waits.
    update image_load
       set met_at = systimestamp
     where failed_run_id = p_run_id
       and state = 'FAILED';
    -- Locked before they are removed: another load that meets one of them waits, and finds it gone.
    for r_gone in (
      select load_id
        from vw_image_gone
       where run_id = p_run_id
         and state = 'FAILED'
         and image_id is null
       order by load_id
         for update
    ) loop
      delete from image_load where load_id = r_gone.load_id;
    end loop;
  end finish_load;

  function summary(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_summary sys_refcursor;
  begin
    open l_summary for
      select r.labels, r.new_labels, r.changed, r.unchanged, r.retried,
             (select count(*) from image_load s where s.state = 'STORED' and s.stored_run_id = p_run_id) as stored,
             (select count(*) from image_load f where f.state = 'FAILED' and f.failed_run_id = p_run_id) as failed,
             (select count(*)
                from image_load l
                join vw_image_label v on v.image_id = l.image_id
               where l.source_id = r.source_id
                 and l.state = 'STORED'
                 and v.category1 is null) as without_categories
        from image_load_run r
       where r.run_id = p_run_id;
    return l_summary;
  end summary;

  function failures(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_failures sys_refcursor;
  begin
    open l_failures for
      select label_path, image_path, reason
        from image_load
       where failed_run_id = p_run_id
         and state = 'FAILED'
       order by label_path;
    return l_failures;
  end failures;

  function contents(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_contents  sys_refcursor;
  begin
    open l_contents for
      with class as (
        select c.part, c.quality, c.images,
               row_number() over (
                 order by c.images desc, nlssort(c.part, 'NLS_SORT=BINARY'), nlssort(c.quality, 'NLS_SORT=BINARY')
               ) as place
          from (
                 select i.label_part as part, i.label_quality as quality, count(*) as images
                   from image_load l
                   join image_demo1 i on i.image_id = l.image_id
                  where l.source_id = l_source_id
                  group by i.label_part, i.label_quality
               ) c
      )
      select a.kind, a.part, a.quality, a.images
        from (
               select 'CLASS' as kind, part, quality, images, place
                 from class
                where place <= co_named_classes
               union all
               select 'MORE', to_char(m.pairs), null, m.images, 1
                 from (
                        select count(*) as pairs, sum(images) as images
                          from class
                         where place > co_named_classes
                      ) m
                where m.pairs > 0
               union all
               select 'UNLABELLED', null, null, u.images, 1
                 from (select sum(images) as images from class where part is null or quality is null) u
                where u.images > 0
               union all
               select 'IDENTICAL', s.name, null, count(distinct l.image_id), 1
                 from image_load l
                 join image_load o on o.image_hash = l.image_hash
                 join image_source s on s.source_id = o.source_id
                where l.source_id = l_source_id
                  and l.image_id is not null
                  and o.source_id <> l_source_id
                  and o.image_id is not null
                group by s.name
             ) a
       order by case a.kind when 'CLASS' then 1 when 'MORE' then 2 when 'UNLABELLED' then 3 else 4 end, a.place,
                nlssort(a.part, 'NLS_SORT=BINARY');
    return l_contents;
  end contents;

  function gone(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_gone      sys_refcursor;
  begin
    open l_gone for
      select label_path, image_id, image_size
        from vw_image_gone
       where run_id = p_run_id
         and source_id = l_source_id
       order by label_path;
    return l_gone;
  end gone;

  function prune(p_run_id in image_load_run.run_id%type) return number is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_labels    number := 0;
    l_image_ids json;
  begin
    -- Locked before they are removed, as in finish_load; then all at once.
    for r_gone in (
      select load_id
        from vw_image_gone
       where run_id = p_run_id
         and source_id = l_source_id
       order by load_id
         for update
    ) loop
      l_labels := l_labels + 1;
    end loop;
    select json_arrayagg(image_id order by image_id returning json)
      into l_image_ids
      from vw_image_gone
     where run_id = p_run_id
       and source_id = l_source_id
       and image_id is not null;
    img_run.keep_paths(l_image_ids);
    delete from image_demo1
     where image_id in (select image_id from vw_image_gone where run_id = p_run_id and source_id = l_source_id);
    delete from image_load
     where load_id in (select load_id from vw_image_gone where run_id = p_run_id and source_id = l_source_id);
    return l_labels;
  end prune;

  function status return sys_refcursor is
    l_status sys_refcursor;
  begin
    open l_status for
      select i.images, i.embedded, f.failed
        from (select count(*) as images, count(case when embedding is not null then 1 end) as embedded from image_demo1) i
        cross join (select count(*) as failed from image_load where state = 'FAILED') f;
    return l_status;
  end status;

  function all_failures return sys_refcursor is
    l_failures sys_refcursor;
  begin
    open l_failures for
      select source_name, label_path, reason, to_char(changed_at, 'YYYY-MM-DD HH24:MI:SS') as changed_at
        from vw_image_failure
       order by source_name, label_path;
    return l_failures;
  end all_failures;

end img_store;
/
