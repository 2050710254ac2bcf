create or replace package body img_store as

  function version return varchar2 is
  begin
    return co_version;
  end version;

  function use_model(
    p_name          in embedding_model.name%type,
    p_file_hash     in embedding_model.file_hash%type,
    p_dimension     in embedding_model.dimension%type,
    p_preprocessing in embedding_model.preprocessing%type,
    p_replace       in number default 0
  ) return number is
    l_model_id embedding_model.model_id%type;
    l_others   varchar2(4000 byte);
    l_indexed  vector_index.dimension%type;
  begin
    merge into embedding_model m
    using (select p_name as name, p_file_hash as file_hash from dual) n
    on (m.file_hash = n.file_hash and m.name = n.name)
    when not matched then
      insert (name, file_hash, dimension, preprocessing)
      values (p_name, p_file_hash, p_dimension, p_preprocessing);

    select model_id
      into l_model_id
      from embedding_model
     where file_hash = p_file_hash
       and name = p_name;

    if p_replace = 0 then
      select listagg(m.name || ' (' || substr(m.file_hash, 1, 8) || ')', ', ' on overflow truncate)
               within group (order by m.model_id)
        into l_others
        from embedding_model m
       where m.model_id <> l_model_id
         and exists (select 1 from image_demo1 i where i.model_id = m.model_id and i.embedding is not null);
      if l_others is not null then
        img_error.throw(img_error.co_other_model, substr(l_others, 1, 300), p_name || ' (' || substr(p_file_hash, 1, 8) || ')');
      end if;
    end if;

    select max(v.dimension)
      into l_indexed
      from vector_index v
      join user_indexes u on u.index_name = v.index_name;
    if l_indexed <> p_dimension then
      img_error.throw(img_error.co_index_dimension, to_char(l_indexed), to_char(p_dimension));
    end if;
    return l_model_id;
  end use_model;

  function start_load(
    p_source   in image_source.name%type,
    p_model_id in embedding_model.model_id%type
  ) return number is
    l_run_id image_load_run.run_id%type;
  begin
    if p_source is null then
      img_error.throw(img_error.co_missing_argument, 'p_source');
    end if;
    merge into image_source s
    using (select p_source as name from dual) n
    on (s.name = n.name)
    when not matched then
      insert (name) values (n.name);

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

  procedure put_labels(
    p_run_id in image_load_run.run_id%type,
    p_labels in json
  ) is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
  begin
    merge into image_load l
    using (
      with label_file as (
        select f.label_path, f.label_hash, f.problem, json(f.label) as label
          from json_table(p_labels, '$[*]'
                 columns (
                   label_path varchar2(1000 char) path '$.path' null on error null on empty,
                   label_hash varchar2(64 char)   path '$.hash' null on error null on empty,
                   problem    varchar2(1000 char) path '$.problem' null on error null on empty,
                   label      clob format json    path '$.label' null on error null on empty
                 )
               ) f
      ), checked as (
        select f.label_path, f.label_hash, f.problem, f.label,
               json_value(f.label, '$.images[0].file_name' returning varchar2(1000 char)
                          null on error null on empty) as file_name
          from label_file f
      )
      select c.label_path, c.label_hash, c.file_name,
             case
               when c.problem is not null then c.problem
               when c.label is null then 'the label is empty'
               when not json_exists(c.label, '$.images[0]') then 'the label has no images'
               when json_exists(c.label, '$.images[1]') then
                 'the label has more than one image; it must describe just one'
               when not json_exists(c.label, '$.annotations[0]') then 'the label has no annotations'
               when c.file_name is null then 'the label names no file: images[0].file_name is missing or empty'
               when (select greatest(count(distinct a.part), count(distinct a.quality))
                       from json_table(c.label, '$.annotations[*].attributes'
                              columns (
                                part    varchar2(100 char) path '$.part' null on error null on empty,
                                quality varchar2(100 char) path '$.quality' null on error null on empty
                              )
                            ) a) > 1 then
                 'the label''s annotations differ in part or quality'
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
                              when l.state = 'STORED' and l.label_hash = n.label_hash then null
                              else n.metadata
                            end,
             l.reason     = n.reason,
             l.label_hash = n.label_hash,
             l.file_name  = n.file_name,
             l.changed_at = case
                              when l.state = 'STORED' and l.label_hash = n.label_hash then l.changed_at
                              else systimestamp
                            end
    when not matched then
      insert (source_id, label_path, label_hash, file_name, state, outcome, reason, metadata, run_id)
      values (
        l_source_id, n.label_path, n.label_hash, n.file_name,
        case when n.reason is null then 'PENDING' else 'FAILED' end, 'NEW', n.reason,
        case when n.reason is null then n.metadata end, p_run_id
      );

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

  procedure put_files(
    p_run_id in image_load_run.run_id%type,
    p_files  in json
  ) is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
  begin
    merge into image_load l
    using (
      select f.image_path, f.image_size, f.image_mtime
        from json_table(p_files, '$[*]'
               columns (
                 image_path  varchar2(1000 char) path '$.path' null on error null on empty,
                 image_size  number              path '$.size' null on error null on empty,
                 image_mtime number              path '$.mtime' null on error null on empty
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
         and (nvl(l.image_size, n.image_size) <> n.image_size or nvl(l.image_mtime, n.image_mtime) <> n.image_mtime);
  end put_files;

  function pending_count(p_run_id in image_load_run.run_id%type) return number is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_pending   number;
  begin
    select count(*)
      into l_pending
      from image_load
     where source_id = l_source_id
       and state = 'PENDING';
    return l_pending;
  end pending_count;

  function claim(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_claim     sys_refcursor;
  begin
    open l_claim for
      -- By the index the rows come in their order, and those that are fetched are all that is read.
      select /*+ index(l image_load_state_ix) */ l.load_id, l.label_path, l.file_name
        from image_load l
       where l.source_id = l_source_id
         and l.state = 'PENDING'
       order by l.load_id
         for update skip locked;
    return l_claim;
  end claim;

  procedure put_embedding(
    p_load_id     in image_load.load_id%type,
    p_run_id      in image_load_run.run_id%type,
    p_embedding   in vector,
    p_image_path  in image_load.image_path%type,
    p_image_size  in image_load.image_size%type default null,
    p_image_mtime in image_load.image_mtime%type default null
  ) is
    l_image_id  image_demo1.image_id%type;
    l_stored_id image_demo1.image_id%type;
    l_metadata  image_demo1.metadata%type;
    l_model_id  embedding_model.model_id%type;
    l_expected  embedding_model.dimension%type;
    l_dimension embedding_model.dimension%type;
    l_norm      number;
    l_taken_by  image_load.label_path%type;
  begin
    if p_embedding is null then
      img_error.throw(img_error.co_missing_argument, 'p_embedding');
    elsif p_image_path is null then
      img_error.throw(img_error.co_missing_argument, 'p_image_path');
    end if;
    begin
      select m.model_id, m.dimension, vector_dimension_count(p_embedding), vector_norm(p_embedding)
        into l_model_id, l_expected, l_dimension, l_norm
        from image_load_run r
        join embedding_model m on m.model_id = r.model_id
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
        put_failure(p_load_id, 'another label, ' || l_taken_by || ', has this image already', p_image_path);
        return;
    end;

    if l_stored_id is not null then
      update image_demo1
         set embedding = p_embedding,
             model_id  = l_model_id
       where image_id = l_stored_id;
      if l_metadata is not null then
        update image_demo1
           set metadata = l_metadata
         where image_id = l_stored_id;
      end if;
    end if;
  end put_embedding;

  procedure put_failure(
    p_load_id    in image_load.load_id%type,
    p_reason     in varchar2,
    p_image_path in image_load.image_path%type default null
  ) is
  begin
    update image_load
       set state      = 'FAILED',
           reason     = substr(p_reason, 1, 1000),
           metadata   = null,
           image_path = p_image_path,
           changed_at = systimestamp
     where load_id = p_load_id
       and state in ('PENDING', 'STORED');
    if sql%rowcount = 0 then
      img_error.throw(img_error.co_unknown_item, to_char(p_load_id));
    end if;
  end put_failure;

  procedure finish_load(p_run_id in image_load_run.run_id%type) is
  begin
    update image_load_run
       set finished_at = systimestamp
     where run_id = p_run_id;
    if sql%rowcount = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
    -- Locked before they are removed: another load that meets one of them waits, and finds it gone.
    for r_gone in (
      select load_id
        from vw_image_gone
       where run_id = p_run_id
         and state = 'FAILED'
         and image_id is null
         for update
    ) loop
      delete from image_load where load_id = r_gone.load_id;
    end loop;
  end finish_load;

  function summary(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_summary sys_refcursor;
  begin
    open l_summary for
      select count(*) as labels,
             count(case when l.outcome = 'NEW' then 1 end) as new_labels,
             count(case when l.outcome = 'CHANGED' then 1 end) as changed,
             count(case when l.outcome = 'UNCHANGED' then 1 end) as unchanged,
             count(case when l.outcome = 'RETRIED' then 1 end) as retried,
             (select count(*) from image_load s where s.state = 'STORED' and s.stored_run_id = p_run_id) as stored,
             count(case when l.state = 'FAILED' then 1 end) as failed,
             count(case when l.state = 'STORED' and v.category1 is null then 1 end) as without_categories
        from image_load l
        left join vw_image_label v on v.image_id = l.image_id
       where l.run_id = p_run_id;
    return l_summary;
  end summary;

  function failures(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_failures sys_refcursor;
  begin
    open l_failures for
      select label_path, image_path, reason
        from image_load
       where run_id = p_run_id
         and state = 'FAILED'
       order by label_path;
    return l_failures;
  end failures;

  function gone(p_run_id in image_load_run.run_id%type) return sys_refcursor is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_gone      sys_refcursor;
  begin
    open l_gone for
      select label_path, image_id
        from vw_image_gone
       where run_id = p_run_id
         and source_id = l_source_id
       order by label_path;
    return l_gone;
  end gone;

  function prune(p_run_id in image_load_run.run_id%type) return number is
    l_source_id constant image_source.source_id%type := source_of(p_run_id);
    l_labels    number := 0;
  begin
    -- Locked before they are removed, as in finish_load; then all at once.
    for r_gone in (
      select load_id
        from vw_image_gone
       where run_id = p_run_id
         and source_id = l_source_id
         for update
    ) loop
      l_labels := l_labels + 1;
    end loop;
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
        from (select count(*) as images, count(embedding) as embedded from image_demo1) i
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
