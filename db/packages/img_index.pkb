create or replace package body img_index as

  -- What CREATE VECTOR INDEX and DROP INDEX raise. The releases differ in the numbers for vectors that differ.
  e_busy             exception;
  e_name_taken       exception;
  e_already_indexed  exception;
  e_no_such_index    exception;
  e_dimension_counts exception;
  e_storage_types    exception;
  e_dimensions       exception;
  e_formats          exception;
  e_memory_full      exception;
  e_memory_size      exception;
  e_memory_limit     exception;
  e_memory_on_node   exception;
  pragma exception_init(e_busy, -54);
  pragma exception_init(e_name_taken, -955);
  pragma exception_init(e_already_indexed, -1408);
  pragma exception_init(e_no_such_index, -1418);
  pragma exception_init(e_dimension_counts, -49063);
  pragma exception_init(e_storage_types, -49064);
  pragma exception_init(e_dimensions, -51902);
  pragma exception_init(e_formats, -51934);
  pragma exception_init(e_memory_full, -51962);
  pragma exception_init(e_memory_size, -51996);
  pragma exception_init(e_memory_limit, -51998);
  pragma exception_init(e_memory_on_node, -52307);

  -- Above this share of images that came after the index was built, a rebuild is advised.
  co_rebuild_share constant number := 0.2;
  co_timed         constant pls_integer := 5;

  function is_created return number is
    l_found number;
  begin
    select count(*)
      into l_found
      from user_indexes
     where index_name = co_name;
    return l_found;
  end is_created;

  function existing return json is
    l_existing json;
  begin
    select json_arrayagg(
             json_object('index_name' value e.index_name, 'state' value e.status, 'bytes' value e.bytes returning json)
             order by e.index_name returning json)
      into l_existing
      from (select i.index_name, i.status, sum(s.bytes) as bytes
              from user_indexes i
              left join (select g.segment_name, g.bytes, coalesce(l.table_name, x.table_name, g.segment_name) as table_name
                           from user_segments g
                           left join user_lobs l on l.segment_name = g.segment_name
                           left join user_indexes x on x.index_name = g.segment_name) s
                on s.segment_name = i.index_name
                or (s.table_name like 'VECTOR$%'
                    and regexp_substr(s.table_name, '[^$]+', 1, 2) in (i.index_name, i.table_name || '_IVF_IDX'))
             where i.index_type = 'VECTOR'
               and i.table_name = 'IMAGE_DEMO1'
             group by i.index_name, i.status) e;
    return l_existing;
  end existing;

  procedure check_usable(p_target_accuracy in number default null) is
  begin
    if p_target_accuracy is not null then
      img_choice.check_whole('p_target_accuracy', p_target_accuracy, 1, 100);
    end if;
    if is_created() = 0 then
      img_error.throw(img_error.co_no_index);
    end if;
  end check_usable;

  /** How many images have an embedding, and of which dimension; raises where there is none, or no one index for all. */
  procedure measure_table(
    p_images    out number,
    p_dimension out number
  ) is
    l_dimensions number;
    l_first      varchar2(10 char);
    l_last       varchar2(10 char);
  begin
    select count(case when embedding is not null then 1 end), max(vector_dimension_count(embedding)),
           count(distinct vector_dimension_count(embedding)), min(vector_dimension_format(embedding)),
           max(vector_dimension_format(embedding))
      into p_images, p_dimension, l_dimensions, l_first, l_last
      from image_demo1;
    if p_images = 0 then
      img_error.throw(img_error.co_no_images);
    elsif l_dimensions > 1 then
      img_error.throw(img_error.co_mixed_models, to_char(l_dimensions) || ' dimensions');
    elsif l_first <> l_last then
      img_error.throw(img_error.co_mixed_formats, l_first || ' and ' || l_last);
    end if;
  end measure_table;

  /** The vector memory of an HNSW index (User's Guide, Size the Vector Pool), as vw_vector_index shows it. */
  function memory_mb(
    p_images    in number,
    p_dimension in number
  ) return number is
  begin
    return ceil(1.3 * p_images * p_dimension * 4 / 1000000);
  end memory_mb;

  function default_partitions(p_images in number) return number is
  begin
    return ceil(sqrt(p_images));
  end default_partitions;

  -- The statements: their numbers were checked to be whole, and nothing else goes into them.

  procedure create_graph(
    p_target_accuracy in number,
    p_neighbors       in number,
    p_ef_construction in number,
    p_parallel        in number
  ) is
  begin
    execute immediate
      'create vector index image_demo1_embedding_vix on image_demo1 (embedding) '
      || 'organization inmemory neighbor graph distance cosine with target accuracy ' || to_char(p_target_accuracy)
      || ' parameters (type hnsw, neighbors ' || to_char(p_neighbors)
      || ', efconstruction ' || to_char(p_ef_construction) || ') parallel ' || to_char(p_parallel);
  end create_graph;

  procedure create_partitions(
    p_target_accuracy in number,
    p_partitions      in number,
    p_parallel        in number
  ) is
  begin
    execute immediate
      'create vector index image_demo1_embedding_vix on image_demo1 (embedding) '
      || 'organization neighbor partitions distance cosine with target accuracy ' || to_char(p_target_accuracy)
      || ' parameters (type ivf, neighbor partitions ' || to_char(p_partitions)
      || ') parallel ' || to_char(p_parallel);
  end create_partitions;

  /** Create the index as its row says, in the words of img_error where it fails. */
  procedure create_described(p_index in image_vector_index%rowtype) is
    l_memory_mb constant number := memory_mb(p_index.images, p_index.dimension);
  begin
    if p_index.kind = 'HNSW' then
      create_graph(p_index.target_accuracy, p_index.neighbors, p_index.ef_construction, p_index.parallel);
    else
      create_partitions(p_index.target_accuracy, p_index.partitions, p_index.parallel);
    end if;
  exception
    when e_name_taken or e_already_indexed then
      raise_application_error(img_error.co_index_exists, img_error.message(img_error.co_index_exists));
    when e_busy then
      raise_application_error(img_error.co_index_busy, img_error.message(img_error.co_index_busy));
    when e_dimensions or e_dimension_counts then
      raise_application_error(
        img_error.co_mixed_models, img_error.message(img_error.co_mixed_models, 'more than one dimension')
      );
    when e_formats or e_storage_types then
      raise_application_error(
        img_error.co_mixed_formats, img_error.message(img_error.co_mixed_formats, 'see vector_dimension_format(embedding)')
      );
    when e_memory_full or e_memory_size or e_memory_limit or e_memory_on_node then
      raise_application_error(
        img_error.co_vector_memory,
        img_error.message(img_error.co_vector_memory, to_char(l_memory_mb), to_char(ceil(1.2 * l_memory_mb)))
      );
  end create_described;

  procedure drop_existing is
  begin
    execute immediate 'drop index image_demo1_embedding_vix';
  exception
    when e_busy then
      img_error.throw(img_error.co_index_busy);
    when e_no_such_index then
      img_error.throw(img_error.co_no_index);
  end drop_existing;

  procedure create_index(
    p_kind            in varchar2 default 'HNSW',
    p_target_accuracy in number default co_target_accuracy,
    p_neighbors       in number default co_neighbors,
    p_ef_construction in number default co_ef_construction,
    p_partitions      in number default null,
    p_parallel        in number default co_parallel
  ) is
    l_begun constant timestamp with time zone := systimestamp;
    l_index image_vector_index%rowtype;
  begin
    if p_kind is null or upper(p_kind) not in ('HNSW', 'IVF') then
      img_error.throw(img_error.co_unknown_kind, p_kind);
    end if;
    img_choice.check_whole('p_target_accuracy', p_target_accuracy, 1, 100);
    img_choice.check_whole('p_neighbors', p_neighbors, 2, 2048);
    img_choice.check_whole('p_ef_construction', p_ef_construction, 1, 65535);
    img_choice.check_whole('p_parallel', p_parallel, 1, 64);
    if p_partitions is not null then
      img_choice.check_whole('p_partitions', p_partitions, 1, 10000000);
    end if;
    if is_created() = 1 then
      img_error.throw(img_error.co_index_exists);
    end if;
    measure_table(l_index.images, l_index.dimension);
    l_index.kind := upper(p_kind);
    l_index.target_accuracy := p_target_accuracy;
    l_index.parallel := p_parallel;
    if l_index.kind = 'HNSW' then
      l_index.neighbors := p_neighbors;
      l_index.ef_construction := p_ef_construction;
      l_index.own_partitions := 0;
    else
      l_index.partitions := nvl(p_partitions, default_partitions(l_index.images));
      l_index.own_partitions := case when p_partitions is null then 0 else 1 end;
    end if;

    -- The index first: of two sessions Oracle lets one make it. A row that went first would be committed by the
    -- other's DDL, or describe the other's index, since DDL gives up the locks that were to keep it away.
    create_described(l_index);
    l_index.build_s := img_clock.since(l_begun) / 1000;
    delete from image_vector_index where index_name = co_name;
    insert into image_vector_index (
      index_name, kind, metric, target_accuracy, neighbors, ef_construction, partitions, own_partitions, parallel,
      dimension, images, build_s
    ) values (
      co_name, l_index.kind, 'COSINE', l_index.target_accuracy, l_index.neighbors, l_index.ef_construction,
      l_index.partitions, l_index.own_partitions, l_index.parallel, l_index.dimension, l_index.images, l_index.build_s
    );
    commit;
  end create_index;

  procedure drop_index is
    l_described number;
  begin
    select count(*)
      into l_described
      from image_vector_index
     where index_name = co_name;
    if is_created() = 1 then
      drop_existing;
    elsif l_described = 0 then
      img_error.throw(img_error.co_no_index);
    end if;
    delete from image_vector_index where index_name = co_name;
    commit;
  end drop_index;

  procedure rebuild is
    l_index     image_vector_index%rowtype;
    l_images    number;
    l_dimension number;
  begin
    begin
      select *
        into l_index
        from image_vector_index
       where index_name = co_name;
    exception
      when no_data_found then
        check_usable;
        img_error.throw(img_error.co_unknown_index);
    end;
    measure_table(l_images, l_dimension);
    if is_created() = 1 then
      drop_existing;
    end if;
    begin
      create_index(
        p_kind            => l_index.kind,
        p_target_accuracy => l_index.target_accuracy,
        p_neighbors       => nvl(l_index.neighbors, co_neighbors),
        p_ef_construction => nvl(l_index.ef_construction, co_ef_construction),
        p_partitions      => case l_index.own_partitions when 1 then l_index.partitions end,
        p_parallel        => l_index.parallel
      );
    exception
      when others then
        raise_application_error(
          img_error.co_index_not_rebuilt, img_error.message(img_error.co_index_not_rebuilt, sqlerrm)
        );
    end;
  end rebuild;

  function checked_use(
    p_approximate     in boolean,
    p_target_accuracy in number,
    p_metric          in varchar2,
    p_transform       in varchar2,
    p_source          in varchar2,
    p_method          in varchar2 default img_choice.co_method
  ) return number is
  begin
    img_choice.check_given('p_approximate', p_approximate);
    if p_target_accuracy is null and not p_approximate then
      return 0;
    elsif p_metric <> 'COSINE' then
      img_error.throw(img_error.co_not_approximate, lower(p_metric));
    elsif p_transform is not null then
      img_error.throw(img_error.co_not_approximate, 'the transform ' || p_transform);
    elsif p_source is not null then
      img_error.throw(img_error.co_not_approximate, 'the source ' || p_source);
    elsif p_method <> 'LOO' then
      img_error.throw(img_error.co_not_approximate, lower(p_method));
    end if;
    check_usable(p_target_accuracy);
    return 1;
  end checked_use;

  function used_accuracy(p_target_accuracy in number) return number is
    l_accuracy number := p_target_accuracy;
  begin
    if l_accuracy is null then
      select nvl(max(target_accuracy), co_target_accuracy)
        into l_accuracy
        from image_vector_index
       where index_name = co_name;
    end if;
    img_choice.check_whole('p_target_accuracy', l_accuracy, 1, 100);
    return l_accuracy;
  end used_accuracy;

  function nearest(
    p_embedding       in vector,
    p_k               in number,
    p_part            in vw_image_label.part%type default null,
    p_target          in varchar2 default img_choice.co_target,
    p_target_accuracy in number default null,
    p_exact           in number default 0,
    p_except          in image_demo1.image_id%type default null,
    p_metric          in varchar2 default img_choice.co_metric,
    p_source          in varchar2 default null
  ) return json is
    l_metric varchar2(10 char);
    l_target varchar2(10 char);
  begin
    if p_embedding is null then
      img_error.throw(img_error.co_missing_argument, 'p_embedding');
    end if;
    img_choice.check_whole('p_k', p_k, 1, img_choice.co_most_neighbours);
    img_choice.check_flag('p_exact', p_exact);
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    if p_exact = 1 then
      return img_search.nearest(
        p_embedding, null, p_part, p_k, l_target, l_metric, img_comparable.checked_source(p_source), p_except => p_except
      );
    elsif l_metric <> 'COSINE' then
      img_error.throw(img_error.co_not_approximate, lower(l_metric));
    elsif p_source is not null then
      img_error.throw(img_error.co_not_approximate, 'the source ' || p_source);
    end if;
    return img_search.nearest_by_index(
      p_embedding, p_part, p_k, l_target, used_accuracy(p_target_accuracy), p_except
    );
  end nearest;

  function accuracy_report(
    p_samples in number default 50,
    p_k       in number default 10,
    p_seed    in number default 1
  ) return number is
    l_report_id image_vector_accuracy.report_id%type;
    l_kind      image_vector_accuracy.kind%type;
    l_begun     timestamp with time zone;
    l_exact     json;
    l_found     json;
    l_exact_ms  number;
    l_found_ms  number;
    l_said      image_vector_accuracy_query.index_accuracy%type;
  begin
    check_usable;
    img_choice.check_whole('p_samples', p_samples, 1, 100000);
    img_choice.check_whole('p_k', p_k, 1, img_choice.co_most_neighbours);
    select max(kind)
      into l_kind
      from image_vector_index
     where index_name = co_name;
    insert into image_vector_accuracy (index_name, kind, k, samples, images)
    values (co_name, nvl(l_kind, '?'), p_k, p_samples, (select count(*) from image_demo1 where embedding is not null))
    returning report_id into l_report_id;

    for r_sample in (
      select s.image_id, s.label_part, s.embedding, row_number() over (order by s.image_id) as place
        from (select image_id, label_part, embedding
                from image_demo1
               where embedding is not null
                 and label_quality is not null
               order by rawtohex(standard_hash(image_id || ':' || p_seed, 'SHA256'))
               fetch first p_samples rows only) s
    ) loop
      l_begun := systimestamp;
      l_exact := nearest(
        r_sample.embedding, p_k, r_sample.label_part, p_exact => 1, p_except => r_sample.image_id
      );
      l_exact_ms := img_clock.since(l_begun);
      for r_accuracy in (
        select a.accuracy
          from json_table('[80, 90, 95, 98, 100]', '$[*]' columns (accuracy number path '$')) a
      ) loop
        l_begun := systimestamp;
        l_found := nearest(
          r_sample.embedding, p_k, r_sample.label_part, p_target_accuracy => r_accuracy.accuracy,
          p_except => r_sample.image_id
        );
        l_found_ms := img_clock.since(l_begun);
        l_said := null;
        if r_sample.place = 1 then
          -- In a unit with definer's rights the current schema is the owner's, whatever the session set (PL/SQL
          -- Language Reference, Invoker's Rights and Definer's Rights).
          l_said := dbms_vector.index_accuracy_query(
            owner_name      => sys_context('USERENV', 'CURRENT_SCHEMA'),
            index_name      => co_name,
            qv              => r_sample.embedding,
            top_k           => p_k,
            target_accuracy => r_accuracy.accuracy
          );
        end if;
        insert into image_vector_accuracy_query (
          report_id, target_accuracy, image_id, exact_ms, approximate_ms, index_accuracy, expected, found
        )
        select l_report_id, r_accuracy.accuracy, r_sample.image_id, l_exact_ms, l_found_ms, l_said, e.expected,
               (select count(*)
                  from json_table(l_found, '$[*]' columns (distance binary_double path '$.distance')) f
                 where f.distance <= e.furthest)
          from (select count(*) as expected, max(x.distance) as furthest
                  from json_table(l_exact, '$[*]' columns (distance binary_double path '$.distance')) x) e;
      end loop;
    end loop;
    return l_report_id;
  end accuracy_report;

  procedure measure(
    p_samples in number default 50,
    p_k       in number default 10,
    p_seed    in number default 1
  ) is
    l_report_id image_vector_accuracy.report_id%type;
  begin
    l_report_id := accuracy_report(p_samples, p_k, p_seed);
    for r_row in (
      select kind, k, samples, target_accuracy, recall, exact_ms_p50, exact_ms_p95, approximate_ms_p50,
             approximate_ms_p95, speedup
        from vw_vector_accuracy
       where report_id = l_report_id
       order by target_accuracy
    ) loop
      dbms_output.put_line(
        'Target accuracy ' || lpad(r_row.target_accuracy, 3) || ' %: recall@' || r_row.k || ' '
        || to_char(100 * r_row.recall, 'fm990.00') || ' %, ' || to_char(r_row.approximate_ms_p50, 'fm9999990.00')
        || ' ms (95th percentile ' || to_char(r_row.approximate_ms_p95, 'fm9999990.00') || '); exact '
        || to_char(r_row.exact_ms_p50, 'fm9999990.00') || ' ms'
        || case when r_row.speedup is not null then ': ' || to_char(r_row.speedup, 'fm9999990.0') || ' times' end
      );
    end loop;
  end measure;

  /** The milliseconds that exact search for ten images takes. */
  function exact_ms(
    p_embedding in vector,
    p_part      in vw_image_label.part%type
  ) return number is
    l_begun constant timestamp with time zone := systimestamp;
    l_found json;
  begin
    l_found := nearest(p_embedding, 10, p_part, p_exact => 1);
    return img_clock.since(l_begun);
  end exact_ms;

  procedure advise(
    p_wanted_ms        in number default 50,
    p_vector_memory_mb in number default null
  ) is
    l_images    number;
    l_dimension number;
    l_parts     number;
    l_largest   number;
    l_part      vw_image_label.part%type;
    l_exact_ms  number := 1e9;
    l_reached   number;
    l_kind      image_vector_index.kind%type;
    l_index     image_vector_index%rowtype;
  begin
    if p_wanted_ms is null or p_wanted_ms <= 0 then
      img_error.throw(img_error.co_bad_threshold, 'p_wanted_ms', to_char(p_wanted_ms), 'above 0');
    end if;
    measure_table(l_images, l_dimension);
    select count(distinct label_part)
      into l_parts
      from image_demo1
     where embedding is not null;
    -- Images without a part make a group here as well; where no other is larger, any part is searched.
    select part, images
      into l_part, l_largest
      from (select label_part as part, count(*) as images
              from image_demo1
             where embedding is not null
             group by label_part
             order by images desc, label_part
             fetch first 1 row only);

    -- The least of some: the first brings the pages into memory.
    if l_part is null then
      for r_query in (
        select embedding
          from image_demo1
         where embedding is not null
         order by image_id
         fetch first co_timed rows only
      ) loop
        l_exact_ms := least(l_exact_ms, exact_ms(r_query.embedding, l_part));
      end loop;
    else
      for r_query in (
        select embedding
          from image_demo1
         where embedding is not null
           and label_part = l_part
         order by image_id
         fetch first co_timed rows only
      ) loop
        l_exact_ms := least(l_exact_ms, exact_ms(r_query.embedding, l_part));
      end loop;
    end if;

    dbms_output.put_line(
      'Images: ' || l_images || ' of ' || l_dimension || ' dimensions, in ' || l_parts || ' parts; the largest has '
      || l_largest
    );
    dbms_output.put_line(
      'Exact search in it: ' || to_char(l_exact_ms, 'fm9999990.0') || ' ms (the fastest of ' || co_timed
      || '); wanted: at most ' || p_wanted_ms
    );

    if is_created() = 1 then
      select max(kind), max(images)
        into l_index.kind, l_index.images
        from image_vector_index
       where index_name = co_name;
      if l_index.kind is null then
        dbms_output.put_line('There is an index that img_index did not create, of which no more is known');
      else
        dbms_output.put_line('There is an index: ' || l_index.kind || ', built on ' || l_index.images || ' images');
      end if;
      if l_images > (1 + co_rebuild_share) * l_index.images then
        dbms_output.put_line(
          (l_images - l_index.images) || ' images have come since; rebuild it: exec img_index.rebuild'
        );
      end if;
      dbms_output.put_line('What it finds, and how fast: exec img_index.measure');
      return;
    end if;

    if l_exact_ms <= p_wanted_ms then
      -- Exact search takes time in proportion to the images of a part.
      l_reached := floor(l_largest * p_wanted_ms / greatest(l_exact_ms, 0.001));
      dbms_output.put_line(
        'An index does not pay yet: exact search would take that long with about ' || l_reached || ' images in a part'
      );
      return;
    end if;
    l_kind := case
                when p_vector_memory_mb is null or memory_mb(l_images, l_dimension) <= p_vector_memory_mb then 'HNSW'
                else 'IVF'
              end;
    if l_kind = 'HNSW' then
      dbms_output.put_line(
        'An index pays: HNSW, with about ' || memory_mb(l_images, l_dimension)
        || ' MB of vector memory (1.3 x images x dimensions x 4 bytes)'
      );
      dbms_output.put_line(
        'create vector index image_demo1_embedding_vix on image_demo1 (embedding) organization inmemory neighbor graph '
        || 'distance cosine with target accuracy ' || co_target_accuracy || ' parameters (type hnsw, neighbors '
        || co_neighbors || ', efconstruction ' || co_ef_construction || ') parallel ' || co_parallel || ';'
      );
    else
      dbms_output.put_line(
        'An index pays: IVF, since HNSW would need about ' || memory_mb(l_images, l_dimension)
        || ' MB of vector memory, and there are ' || p_vector_memory_mb
      );
      dbms_output.put_line(
        'create vector index image_demo1_embedding_vix on image_demo1 (embedding) organization neighbor partitions '
        || 'distance cosine with target accuracy ' || co_target_accuracy || ' parameters (type ivf, neighbor partitions '
        || default_partitions(l_images) || ') parallel ' || co_parallel || ';'
      );
    end if;
    dbms_output.put_line('The same by: exec img_index.create_index(''' || l_kind || ''')');
  end advise;

end img_index;
/
