create or replace package body img_evaluate as

  co_no_direction constant image_run_item.untested_reason%type :=
    'its embedding is all zeros and has no direction';

  /** Raises where there is no such evaluation. */
  procedure check_evaluation(p_run_id in image_run.run_id%type) is
    l_found pls_integer;
  begin
    select count(*)
      into l_found
      from vw_evaluation_run
     where run_id = p_run_id;
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
  end check_evaluation;

  /** Fill group_key from the label by a JSON path that only the caller knows. */
  procedure set_keys_by_label(
    p_run_id in image_run.run_id%type,
    p_path   in varchar2
  ) is
  begin
    -- A JSON path has to be a literal. This one holds names and positions only, and is quoted besides.
    execute immediate
      'update image_run_item c set group_key = (select json_value(i.metadata, '
      || dbms_assert.enquote_literal(p_path)
      || ' returning varchar2(1000 char) null on error null on empty) from image_demo1 i where i.image_id = c.image_id)'
      || ' where c.run_id = :run_id'
      using p_run_id;
  end set_keys_by_label;

  /** Fill group_key: LOGO's group, TIME's time (without a JSON path that of the file), PATH's label path. */
  procedure set_keys(
    p_run_id in image_run.run_id%type,
    p_method in varchar2,
    p_path   in varchar2
  ) is
  begin
    if p_path is not null then
      set_keys_by_label(p_run_id, p_path);
    elsif p_method in ('TIME', 'PATH') then
      merge /*+ use_hash(c n) */ into image_run_item c
      using (
        select image_id,
               case p_method when 'TIME' then to_char(image_mtime, 'fm00000000000000000000') else label_path end
                 as group_key
          from vw_image_order
      ) n
      on (c.run_id = p_run_id and c.item_id = n.image_id)
      when matched then update set c.group_key = n.group_key;
    end if;
  end set_keys;

  /** Say of each item of a new evaluation why its label does not let it be tested, where that is so. */
  procedure set_untested(
    p_run_id in image_run.run_id%type
  ) is
    l_method      image_run.method%type;
    l_target      image_run.target%type;
    l_within_part image_run.within_part%type;
    l_group_path  image_run.group_path%type;
    l_threshold   image_run.threshold%type;
  begin
    select method, target, within_part, group_path, threshold
      into l_method, l_target, l_within_part, l_group_path, l_threshold
      from image_run
     where run_id = p_run_id;
    update image_run_item
       set untested_reason = case
                               when l_within_part = 1 and part is null then 'its label names no part'
                               when actual is null and l_threshold is not null then
                                 'its label has no number as ' || lower(l_target)
                               when actual is null then 'its label has no ' || lower(l_target)
                               when l_method = 'PATH' then 'no load put it in, so it has no path'
                               when l_group_path is null then 'no load put it in, so its time is not known'
                               when l_method = 'TIME' then 'its label names no time at ' || l_group_path
                               else 'its label names no group at ' || l_group_path
                             end
     where run_id = p_run_id
       and (l_within_part = 1 and part is null or actual is null 
            or l_method in ('LOGO', 'TIME', 'PATH') and group_key is null);
  end set_untested;

  /**
   * The folds of a split: 2 is tested, 1 is compared with. TIME: the newest are tested; images of one time are on one
   * side, so that the share is met from below.
   */
  procedure set_sides(p_run_id in image_run.run_id%type) is
    l_method     image_run.method%type;
    l_test_share image_run.test_share%type;
    l_test_path  image_run.test_path%type;
    l_tested     pls_integer;
    l_trained    pls_integer;
  begin
    select method, test_share, test_path
      into l_method, l_test_share, l_test_path
      from image_run
     where run_id = p_run_id;
    if l_method = 'TIME' then
      merge /*+ use_hash(c n) */ into image_run_item c
      using (
        select item_id,
               1 - (rank() over (order by nlssort(group_key, 'NLS_SORT=BINARY')) - 1) / count(*) over () as left_over
          from image_run_item
         where run_id = p_run_id
           and untested_reason is null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = case when n.left_over <= l_test_share then 2 else 1 end;
    else
      update image_run_item
         set fold = case when instr('/' || group_key, '/' || l_test_path || '/') > 0 then 2 else 1 end
       where run_id = p_run_id
         and untested_reason is null;
    end if;
    select count(case when fold = 2 then 1 end), count(case when fold = 1 then 1 end)
      into l_tested, l_trained
      from image_run_item
     where run_id = p_run_id
       and untested_reason is null;
    if l_tested = 0 or l_trained = 0 then
      img_error.throw(
        img_error.co_bad_split,
        case l_method
          when 'TIME' then 'a share of ' || to_char(l_test_share, 'fm0.0999')
          else 'the directory ' || l_test_path
        end
      );
    end if;
  end set_sides;

  /** Number the folds of a new evaluation. LOO: each item is a fold of its own, as begin_evaluation put it in. */
  procedure set_folds(p_run_id in image_run.run_id%type) is
    l_method image_run.method%type;
    l_folds  image_run.folds%type;
    l_seed   image_run.seed%type;
  begin
    select method, folds, seed
      into l_method, l_folds, l_seed
      from image_run
     where run_id = p_run_id;
    if l_method = 'LOGO' then
      -- By their hashes: a session may sort A1 and a1 as one, and a sort key of NLSSORT is cut after 2,000 bytes.
      merge into image_run_item c
      using (
        select item_id, dense_rank() over (order by standard_hash(group_key, 'SHA256')) as fold
          from image_run_item
         where run_id = p_run_id
           and group_key is not null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = n.fold;
    elsif l_method = 'KFOLD' then
      -- Numbered through by part and class, in an order that the seed decides: every stratum spreads
      -- evenly over the folds.
      merge /*+ use_hash(c n) */ into image_run_item c
      using (
        select item_id,
               mod(row_number() over (
                     order by nlssort(part, 'NLS_SORT=BINARY'), nlssort(actual, 'NLS_SORT=BINARY'),
                              rawtohex(standard_hash(nvl(image_hash, to_char(item_id)) || ':' || l_seed, 'SHA256')),
                              item_no) - 1,
                   l_folds) + 1 as fold
          from image_run_item
         where run_id = p_run_id
           and untested_reason is null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = n.fold;
    elsif l_method in ('TIME', 'PATH') then
      set_sides(p_run_id);
    end if;
  end set_folds;

  /** The directories of a path without / at its ends. */
  function directory(p_path in varchar2) return varchar2 is
  begin
    return rtrim(ltrim(p_path, '/'), '/');
  end directory;

  /** Raises where what a method splits by is missing or wrong. */
  procedure check_split(
    p_method     in varchar2,
    p_folds      in number,
    p_seed       in number,
    p_group_path in varchar2,
    p_test_share in number,
    p_test_path  in varchar2
  ) is
  begin
    if p_method = 'KFOLD' then
      img_choice.check_folds(p_folds);
      img_choice.check_whole('p_seed', p_seed, -img_choice.co_most_seed, img_choice.co_most_seed);
    elsif p_method = 'LOGO' then
      img_choice.check_json_path(p_group_path);
    elsif p_method = 'TIME' then
      if p_group_path is not null then
        img_choice.check_json_path(p_group_path);
      end if;
      img_choice.check_test_share(p_test_share);
    elsif p_method = 'PATH' then
      img_choice.check_text('p_test_path', directory(p_test_path), 1000);
    end if;
  end check_split;

  /** The items of a new evaluation: all images that its part and source allow, numbered in the order of ties. */
  procedure add_items(
    p_run_id    in image_run.run_id%type,
    p_source_id in image_source.source_id%type
  ) is
    l_target    image_run.target%type;
    l_part      image_run.only_part%type;
    l_threshold image_run.threshold%type;
  begin
    select target, only_part, threshold
      into l_target, l_part, l_threshold
      from image_run
     where run_id = p_run_id;
    insert into image_run_item (
      run_id, item_id, item_no, image_id, image_hash, source_id, part, actual, actual_value, fold, untested_reason
    )
    with labelled as (
      select image_id, part, class, embedding
        from vw_image_class
       where target = l_target
         and l_part is null
      union all
      select image_id, part, class, embedding
        from vw_image_class
       where target = l_target
         and part = l_part
    ), chosen as (
      select image_id, part, class, embedding,
             case when l_threshold is not null then img_graded.value_of(class) end as actual_value
        from labelled
    )
    select p_run_id, c.image_id, row_number() over (order by nlssort(o.order_key, 'NLS_SORT=BINARY'), c.image_id),
           c.image_id, o.image_hash, o.source_id, c.part,
           case when l_threshold is null then c.class else img_graded.class_of(c.actual_value, l_threshold) end,
           c.actual_value, c.image_id,
           case when vector_norm(c.embedding) = 0 then co_no_direction end
      from chosen c
      join vw_image_order o on o.image_id = c.image_id
     where p_source_id is null
        or o.source_id = p_source_id;
  end add_items;

  /**
   * Count the items of a new evaluation, and sum up what took part: the images by their files' hashes (those without by
   * image_id), the labels, the groups and the model. No vector, whose last bits may differ from run to run.
   */
  procedure set_fingerprint(p_run_id in image_run.run_id%type) is
    l_model varchar2(200 char);
  begin
    select max(m.file_hash || m.name)
      into l_model
      from image_run r
      join image_model m on m.model_id = r.model_id
     where r.run_id = p_run_id;
    update image_run r
       set (images, fingerprint) = (
             select count(*),
                    count(*) || '-' || sum(to_number(translate(substr(rawtohex(standard_hash(
                      l_model || ':' || nvl(i.image_hash, to_char(i.image_id))
                      || ':' || length(i.part) || ':' || i.part || ':' || length(i.actual) || ':' || i.actual || ':'
                      || case when i.group_key is not null then rawtohex(standard_hash(i.group_key, 'SHA256')) end,
                      'SHA256')), 1, 12), 'ABCDEF', '012345')))
               from image_run_item i
              where i.run_id = p_run_id)
     where r.run_id = p_run_id;
  end set_fingerprint;

  /** Milliseconds of the network for an image in the last load that embedded any by a model; null where it is not known. */
  function embedding_pace(p_model_id in image_model.model_id%type) return number is
    l_embed_ms image_run.embed_ms%type;
  begin
    select max(embed_ms)
      into l_embed_ms
      from (select embed_ms
              from image_load_run
             where model_id = p_model_id
               and embed_ms is not null
             order by run_id desc
             fetch first 1 row only);
    return l_embed_ms;
  end embedding_pace;

  function begin_run(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_only_part       in varchar2 default null,
    p_within_part     in boolean default true,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform_kind  in varchar2 default null,
    p_near_distance   in number default null,
    p_approximate     in boolean default false,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null,
    p_threshold       in number default null,
    p_grades          in varchar2 default null
  ) return number is
    l_method      image_run.method%type;
    l_target      image_run.target%type;
    l_metric      image_run.metric%type;
    l_weighting   image_run.weighting%type;
    l_transform   image_transform.kind%type;
    l_grades      image_run.grades%type;
    l_within_part image_run.within_part%type;
    l_approximate image_run.approximate%type;
    l_near        image_run.near_distance%type;
    l_group_path  image_run.group_path%type;
    l_test_path   image_run.test_path%type;
    l_source_id   image_source.source_id%type;
    l_embed_ms    image_run.embed_ms%type;
    l_run_id      image_run.run_id%type;
  begin
    l_method := img_choice.checked_method(p_method);
    check_split(l_method, p_folds, p_seed, p_group_path, p_test_share, p_test_path);
    if p_transform_kind is not null then
      l_transform := img_choice.checked_run_kind(p_transform_kind);
      if l_method = 'LOO' then
        img_error.throw(img_error.co_needs_folds);
      end if;
    end if;
    img_choice.check_given('p_within_part', p_within_part);
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    img_graded.check_use(l_transform, p_threshold, p_grades);
    if p_grades is not null then
      l_grades := img_choice.checked_target(p_grades);
    end if;
    img_comparable.check_stored(p_only_part);
    l_near := img_comparable.near_distance(p_near_distance);
    img_comparable.check_formats;
    l_source_id := img_comparable.checked_source(p_source);
    l_approximate := img_index.checked_use(p_approximate, p_target_accuracy, l_metric, l_transform, p_source, l_method);
    l_within_part := case when p_within_part and l_target <> 'PART' then 1 else 0 end;
    l_group_path := case when l_method in ('LOGO', 'TIME') then p_group_path end;
    l_test_path := case l_method when 'PATH' then directory(p_test_path) end;
    l_embed_ms := embedding_pace(img_comparable.stored_model);

    insert into image_run (
      method, target, k, weighting, temperature, metric, within_part, only_part, folds, seed, group_path,
      transform_kind, near_distance, model_id, approximate, target_accuracy, source_name, test_share, test_path, threshold,
      grades, grade_threshold, embed_ms
    ) values (
      l_method, l_target, p_k, l_weighting, p_temperature, l_metric, l_within_part, p_only_part,
      case l_method when 'KFOLD' then p_folds end, case l_method when 'KFOLD' then p_seed end,
      l_group_path, l_transform, l_near, img_comparable.stored_model, l_approximate, p_target_accuracy,
      p_source, case l_method when 'TIME' then p_test_share end, l_test_path,
      case when l_grades is null then p_threshold end, l_grades, case when l_grades is not null then p_threshold end,
      l_embed_ms
    )
    returning run_id into l_run_id;
    add_items(l_run_id, l_source_id);
    set_keys(l_run_id, l_method, l_group_path);
    set_untested(l_run_id);
    set_folds(l_run_id);
    set_fingerprint(l_run_id);
    return l_run_id;
  end begin_run;

  /** Keep with what the transforms of an evaluation's folds were fitted: it is the same for all of them. */
  procedure keep_settings(p_run_id in image_run.run_id%type) is
  begin
    update image_run r
       set (shrinkage, outputs, kernel_width, ridge) = (
             select max(t.shrinkage), max(t.outputs), max(t.kernel_width), max(t.ridge)
               from image_transform t
              where t.run_id = p_run_id)
     where r.run_id = p_run_id;
  end keep_settings;

  /** What the predictions of an evaluation add up to, and why what has none could not be tested. */
  procedure set_figures(p_run_id in image_run.run_id%type) is
  begin
    update image_run_item c
       set untested_reason = case
                               when exists (select 1
                                              from vw_tested_item t
                                             where t.run_id = c.run_id
                                               and t.item_id = c.item_id) then 'nothing to compare with in its part'
                               else 'it is on the training side'
                             end
     where c.run_id = p_run_id
       and c.predicted is null
       and c.untested_reason is null;

    update image_run r
       set (images, tested, correct) = (
             select count(*), count(i.predicted), count(case when i.predicted = i.actual then 1 end)
               from image_run_item i
              where i.run_id = p_run_id),
           finished_at = systimestamp
     where r.run_id = p_run_id;
  end set_figures;

  procedure finish_run(
    p_run_id in image_run.run_id%type,
    p_ks     in json default null
  ) is
    l_begun       constant timestamp with time zone := systimestamp;
    l_kind        image_run.transform_kind%type;
    l_within_part image_run.within_part%type;
    l_approximate image_run.approximate%type;
    l_tested_fold image_run_item.fold%type;
    l_threshold   image_run.threshold%type;
    l_decided_ms  number;
  begin
    check_evaluation(p_run_id);
    select transform_kind, within_part, approximate, threshold, case when method in ('TIME', 'PATH') then 2 end
      into l_kind, l_within_part, l_approximate, l_threshold, l_tested_fold
      from image_run
     where run_id = p_run_id;
    if l_approximate = 1 then
      img_search.find_approximately(p_run_id);
    elsif l_kind is null then
      -- One part after the other, so that no image meets those of other parts.
      for r_part in (
        select distinct case when l_within_part = 1 then part end as part from vw_tested_item where run_id = p_run_id
      ) loop
        img_search.find_for_evaluation(p_run_id, null, l_tested_fold, r_part.part);
      end loop;
    else
      for r_transform in (select transform_id, fold, kind from image_transform where run_id = p_run_id) loop
        if img_transform.compares_classes(r_transform.kind) = 1 then
          img_search.compare_with_classes(p_run_id, r_transform.transform_id, r_transform.fold);
        else
          for r_part in (
            select distinct case when l_within_part = 1 then part end as part
              from vw_tested_item
             where run_id = p_run_id
               and fold = r_transform.fold
          ) loop
            img_search.find_for_evaluation(
              p_run_id, case when r_transform.kind <> 'PLAIN' then r_transform.transform_id end, r_transform.fold,
              r_part.part
            );
          end loop;
        end if;
      end loop;
    end if;
    if l_threshold is null then
      img_vote.decide_run(p_run_id, p_ks);
    else
      img_graded.decide_run(p_run_id);
    end if;
    l_decided_ms := img_clock.since(l_begun);
    -- A fold's transform has done its work.
    if l_kind = 'TUNED' then
      img_transform.keep_choices(p_run_id);
    else
      keep_settings(p_run_id);
      delete from image_transform where run_id = p_run_id;
    end if;
    set_figures(p_run_id);
    update image_run set decision_ms = round(l_decided_ms / nullif(tested, 0), 6) where run_id = p_run_id;
    img_search.mark_copies(p_run_id);
  end finish_run;

  function evaluate(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_only_part       in varchar2 default null,
    p_within_part     in boolean default true,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform_kind  in varchar2 default null,
    p_near_distance   in number default null,
    p_approximate     in boolean default false,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null,
    p_threshold       in number default null
  ) return number is
    l_run_id image_run.run_id%type;
  begin
    if img_transform.needs_loader(p_transform_kind) = 1 then
      img_error.throw(img_error.co_needs_loader, upper(p_transform_kind));
    end if;
    l_run_id := begin_run(
      p_method          => p_method,
      p_target          => p_target,
      p_k               => p_k,
      p_weighting       => p_weighting,
      p_temperature     => p_temperature,
      p_metric          => p_metric,
      p_only_part       => p_only_part,
      p_within_part     => p_within_part,
      p_folds           => p_folds,
      p_seed            => p_seed,
      p_group_path      => p_group_path,
      p_transform_kind  => p_transform_kind,
      p_near_distance   => p_near_distance,
      p_approximate     => p_approximate,
      p_target_accuracy => p_target_accuracy,
      p_source          => p_source,
      p_test_share      => p_test_share,
      p_test_path       => p_test_path,
      p_threshold       => p_threshold
    );
    if p_transform_kind is not null then
      img_transform.fit_run(l_run_id, p_transform_kind);
    end if;
    finish_run(l_run_id);
    return l_run_id;
  end evaluate;

  function sweep(
    p_ks          in varchar2 default '1,3,5,7,9,11,15,21,31,51',
    p_metrics     in varchar2 default 'COSINE',
    p_method      in varchar2 default img_choice.co_method,
    p_target      in varchar2 default img_choice.co_target,
    p_temperature in number default img_choice.co_temperature,
    p_only_part   in varchar2 default null,
    p_within_part in boolean default true,
    p_folds       in number default img_choice.co_folds,
    p_seed        in number default img_choice.co_seed,
    p_group_path  in varchar2 default null,
    p_source      in varchar2 default null,
    p_test_share  in number default img_choice.co_test_share,
    p_test_path   in varchar2 default null
  ) return number is
    l_ks      constant json := img_choice.checked_ks(p_ks);
    l_metrics constant json := img_choice.checked_metrics(p_metrics);
    l_largest number;
    l_run_id  image_run.run_id%type;
    l_first   image_run.run_id%type;
  begin
    select max(s.k)
      into l_largest
      from json_table(l_ks, '$[*]' columns (k number path '$')) s;
    for r_metric in (
      select m.metric
        from json_table(l_metrics, '$[*]' columns (place for ordinality, metric varchar2(10 char) path '$')) m
       order by m.place
    ) loop
      l_run_id := begin_run(
        p_method      => p_method,
        p_target      => p_target,
        p_k           => l_largest,
        p_temperature => p_temperature,
        p_metric      => r_metric.metric,
        p_only_part   => p_only_part,
        p_within_part => p_within_part,
        p_folds       => p_folds,
        p_seed        => p_seed,
        p_group_path  => p_group_path,
        p_source      => p_source,
        p_test_share  => p_test_share,
        p_test_path   => p_test_path
      );
      finish_run(l_run_id, l_ks);
      l_first := nvl(l_first, l_run_id);
    end loop;
    return l_first;
  end sweep;

  function mean_accuracy(p_runs in json) return json is
    l_mean json;
  begin
    for r_run in (select r.run_id from json_table(p_runs, '$[*]' columns (run_id number path '$')) r) loop
      check_evaluation(r_run.run_id);
    end loop;
    select json_object(
             'runs' value count(*), 'accuracy' value avg(i.accuracy), 'accuracy_low' value avg(i.accuracy_low),
             'accuracy_high' value avg(i.accuracy_high) returning json)
      into l_mean
      from vw_evaluation_interval i
     where i.scope = 'RUN'
       and i.run_id in (select r.run_id from json_table(p_runs, '$[*]' columns (run_id number path '$')) r);
    return l_mean;
  end mean_accuracy;

  function mcnemar(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return json is
    l_result json;
  begin
    img_compare.check_targets(p_run_a, p_run_b);
    select json_object(
             'both_right' value nvl(max(both_right), 0), 'only_a' value nvl(max(only_a), 0),
             'only_b' value nvl(max(only_b), 0), 'both_wrong' value nvl(max(both_wrong), 0),
             'p_value' value img_compare.mcnemar_p(nvl(max(only_a), 0), nvl(max(only_b), 0)) returning json)
      into l_result
      from vw_compared_run
     where run_a = p_run_a
       and run_b = p_run_b;
    return l_result;
  end mcnemar;

end img_evaluate;
/
