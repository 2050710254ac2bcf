create or replace package body img_classify as

  -- A distance below this counts as this when votes are weighted by its inverse.
  co_least_distance constant binary_double := 1e-12;
  co_no_direction   constant classification_item.untested_reason%type :=
    'its embedding is all zeros and has no direction';

  /** Whether (1 or 0) a search is to go by the vector index; raises where it can not. */
  function by_index(
    p_approximate     in number,
    p_target_accuracy in number,
    p_metric          in varchar2,
    p_transform       in varchar2,
    p_source          in varchar2,
    p_method          in varchar2 default img_choice.co_method
  ) return number is
  begin
    img_choice.check_flag('p_approximate', p_approximate);
    if p_target_accuracy is null and p_approximate = 0 then
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
    img_index.check_usable(p_target_accuracy);
    return 1;
  end by_index;

  /** Raises where a transform that compares with classes knows those of another source than is asked for. */
  procedure check_transform_source(
    p_transform_id in embedding_transform.transform_id%type,
    p_source       in varchar2
  ) is
  begin
    for r_transform in (
      select name, nvl(source_name, 'all sources') as fitted_on
        from embedding_transform
       where transform_id = p_transform_id
         and kind in ('PROTOTYPE', 'LDA')
         and p_source is not null
         and (source_name is null or source_name <> p_source)
    ) loop
      img_error.throw(img_error.co_other_source, r_transform.name, r_transform.fitted_on, p_source);
    end loop;
  end check_transform_source;

  function classify(
    p_embedding       in vector,
    p_part            in varchar2 default null,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_target          in varchar2 default img_choice.co_target,
    p_min_confidence  in number default null,
    p_max_distance    in number default null,
    p_transform       in varchar2 default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null
  ) return json is
    l_target       classification_run.target%type;
    l_metric       classification_run.metric%type;
    l_weighting    classification_run.weighting%type;
    l_temperature  binary_double;
    l_transform_id embedding_transform.transform_id%type;
    l_kind         embedding_transform.kind%type;
    l_scope        embedding_transform_row.part%type;
    l_approximate  classification_run.approximate%type;
    l_found        json;
    l_part         vw_image_label.part%type;
    l_class        classification_item.predicted%type;
    l_confidence   binary_double;
    l_distance     binary_double;
    l_neighbours   json;
    l_result       json;
  begin
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    l_temperature := p_temperature;
    img_choice.check_thresholds(p_min_confidence, p_max_distance);
    -- Raises for a part of no image, and so for one that is longer than a part can be.
    img_comparable.check_stored(p_part);
    img_comparable.check_embedding(p_embedding);
    l_part := case when l_target <> 'PART' then p_part end;
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, p_transform, p_source);
    l_transform_id := img_transform.named(p_transform, l_target);
    if l_transform_id is null then
      l_found := img_index.nearest(
        p_embedding       => p_embedding,
        p_k               => p_k,
        p_part            => l_part,
        p_target          => l_target,
        p_target_accuracy => p_target_accuracy,
        p_exact           => 1 - l_approximate,
        p_metric          => l_metric,
        p_source          => p_source
      );
    else
      check_transform_source(l_transform_id, p_source);
      select kind, case within_part when 1 then nvl(p_part, '*') else '*' end
        into l_kind, l_scope
        from embedding_transform
       where transform_id = l_transform_id;
      if l_kind in ('PROTOTYPE', 'LDA') then
        l_found := img_search.compared_classes(l_transform_id, l_kind, l_scope, p_embedding);
      else
        l_found := img_search.nearest_transformed(
          l_transform_id, img_transform.applied(l_transform_id, l_scope, p_embedding), p_k, l_part, l_target, l_metric,
          img_comparable.checked_source(p_source)
        );
      end if;
      if l_kind = 'LDA' then
        l_weighting := 'SOFTMAX';
        l_temperature := 1;
      end if;
    end if;

    begin
      with neighbour as (
        select f.place, f.image_id, f.part, f.class, f.distance, min(f.distance) over () as least
          from json_table(l_found, '$[*]'
                 columns (
                   place    for ordinality,
                   image_id number             path '$.image_id' null on error null on empty,
                   part     varchar2(100 char) path '$.part' null on error null on empty,
                   class    varchar2(100 char) path '$.class',
                   distance binary_double      path '$.distance'
                 )) f
      ), vote as (
        select class, min(distance) as nearest,
               sum(case l_weighting
                     when 'MAJORITY' then case when l_kind = 'PROTOTYPE' and place > 1 then 0 else 1 end
                     when 'INVERSE' then
                       1 / case when distance > co_least_distance then distance else co_least_distance end
                     else exp((least - distance) / l_temperature)
                   end) as votes
          from neighbour
         group by class
      ), ranked as (
        select class, votes / sum(votes) over () as vote_share,
               row_number() over (order by votes desc, nearest, nlssort(class, 'NLS_SORT=BINARY')) as place
          from vote
      )
      select r.class, r.vote_share, d.distance, l.neighbours
        into l_class, l_confidence, l_distance, l_neighbours
        from ranked r
        cross join (select min(distance) as distance from neighbour) d
        cross join (
          select json_arrayagg(
                   json_object('place' value n.place, 'image_id' value n.image_id, 'class' value n.class,
                               'distance' value n.distance, 'part' value n.part,
                               'source_name' value o.source_name, 'image_path' value o.image_path returning json)
                   order by n.place returning json) as neighbours
            from neighbour n
            left join vw_image_order o on o.image_id = n.image_id
        ) l
       where r.place = 1;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_part, p_part);
    end;
    select json_object(
             'class' value case
                             when l_confidence < p_min_confidence or l_distance > p_max_distance then co_unknown
                             else l_class
                           end,
             'confidence' value l_confidence, 'best' value l_class, 'k' value p_k, 'part' value p_part,
             'neighbours' value l_neighbours returning json)
      into l_result
      from dual;
    return l_result;
  end classify;

  /** Raises where there is no such evaluation. */
  procedure check_evaluation(p_run_id in classification_run.run_id%type) is
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

  /** Raises where there is no such batch of new images. */
  procedure check_batch(p_run_id in classification_run.run_id%type) is
    l_found pls_integer;
  begin
    select count(*)
      into l_found
      from classification_run
     where run_id = p_run_id
       and method = 'NEW';
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
  end check_batch;

  /** Votes of the neighbours of a run into predictions. */
  procedure tally(p_run_id in classification_run.run_id%type) is
    l_k           classification_run.k%type;
    l_weighting   classification_run.weighting%type;
    l_temperature binary_double;
    l_kind        embedding_transform.kind%type;
  begin
    select k, weighting, temperature,
           case when method = 'NEW' then (select t.kind from embedding_transform t where t.name = r.transform)
                else transform
           end
      into l_k, l_weighting, l_temperature, l_kind
      from classification_run r
     where run_id = p_run_id;
    if l_kind = 'LDA' then
      l_weighting := 'SOFTMAX';
      l_temperature := 1;
    end if;

    -- The hint, because no statistics know rows that were put in a moment ago.
    merge /*+ use_hash(c n) */ into classification_item c
    using (
      with neighbour as (
        select item_id, place, class, distance, min(distance) over (partition by item_id) as least
          from classification_neighbour
         where run_id = p_run_id
           and (place <= l_k or l_kind in ('PROTOTYPE', 'LDA'))
      ), vote as (
        select item_id, class, min(distance) as nearest, min(least) as least,
               sum(case l_weighting
                     when 'MAJORITY' then case when l_kind = 'PROTOTYPE' and place > 1 then 0 else 1 end
                     when 'INVERSE' then
                       1 / case when distance > co_least_distance then distance else co_least_distance end
                     else exp((least - distance) / l_temperature)
                   end) as votes
          from neighbour
         group by item_id, class
      ), ranked as (
        select item_id, class, least, votes / sum(votes) over (partition by item_id) as vote_share,
               row_number() over (partition by item_id
                 order by votes desc, nearest, nlssort(class, 'NLS_SORT=BINARY')) as place
          from vote
      )
      select i.item_id, b.class as predicted, b.vote_share as confidence, b.least as nearest_distance,
             nvl(a.vote_share, 0) as actual_share
        from classification_item i
        join ranked b on b.item_id = i.item_id and b.place = 1
        left join ranked a on a.item_id = i.item_id and a.class = i.actual
       where i.run_id = p_run_id
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then
      update
         set c.predicted        = n.predicted,
             c.confidence       = n.confidence,
             c.actual_share     = n.actual_share,
             c.nearest_distance = n.nearest_distance;

    update classification_item c
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

    update classification_run r
       set (images, tested, correct) = (
             select count(*), count(i.predicted), count(case when i.predicted = i.actual then 1 end)
               from classification_item i
              where i.run_id = p_run_id),
           finished_at = systimestamp
     where r.run_id = p_run_id;
  end tally;

  function open_batch(
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_target          in varchar2 default img_choice.co_target,
    p_transform       in varchar2 default null,
    p_model_id        in embedding_model.model_id%type default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null
  ) return number is
    l_target       classification_run.target%type;
    l_metric       classification_run.metric%type;
    l_weighting    classification_run.weighting%type;
    l_approximate  classification_run.approximate%type;
    l_run_id       classification_run.run_id%type;
    l_model_id     embedding_model.model_id%type;
    l_transform_id embedding_transform.transform_id%type;
    l_source_id    image_source.source_id%type;
  begin
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    img_comparable.check_stored(null);
    img_comparable.check_formats;
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, p_transform, p_source);
    l_source_id := img_comparable.checked_source(p_source);
    l_model_id := img_comparable.stored_model;
    if p_model_id <> l_model_id then
      img_error.throw(
        img_error.co_other_model, img_comparable.model_name(l_model_id), img_comparable.model_name(p_model_id)
      );
    end if;
    l_transform_id := img_transform.named(p_transform, l_target); -- raises where there is none of that name
    check_transform_source(l_transform_id, p_source);
    insert into classification_run (
      method, target, k, weighting, temperature, metric, within_part, transform, model_id, approximate,
      target_accuracy, source_name
    ) values (
      'NEW', l_target, p_k, l_weighting, p_temperature, l_metric,
      case l_target when 'PART' then 0 else 1 end, p_transform, l_model_id, l_approximate, p_target_accuracy,
      p_source
    )
    returning run_id into l_run_id;
    return l_run_id;
  end open_batch;

  procedure add_item(
    p_run_id    in classification_run.run_id%type,
    p_name      in classification_item.name%type,
    p_part      in varchar2,
    p_embedding in vector
  ) is
  begin
    check_batch(p_run_id);
    img_comparable.check_embedding(p_embedding);
    if p_part is not null then
      img_comparable.check_stored(p_part);
    end if;
    insert into classification_item (run_id, item_id, name, part, embedding)
    values (
      p_run_id, (select nvl(max(item_id), 0) + 1 from classification_item where run_id = p_run_id),
      p_name, p_part, p_embedding
    );
  end add_item;

  procedure classify_batch(p_run_id in classification_run.run_id%type) is
    l_transform_id embedding_transform.transform_id%type;
    l_kind         embedding_transform.kind%type;
    l_name         embedding_transform.name%type;
    l_target       classification_run.target%type;
    l_approximate  classification_run.approximate%type;
  begin
    check_batch(p_run_id);
    select transform, target, approximate
      into l_name, l_target, l_approximate
      from classification_run
     where run_id = p_run_id;
    l_transform_id := img_transform.named(l_name, l_target);
    select max(kind)
      into l_kind
      from embedding_transform
     where transform_id = l_transform_id;
    delete from classification_neighbour where run_id = p_run_id;
    if l_kind in ('PROTOTYPE', 'LDA') then
      img_search.compare_with_classes(p_run_id, l_transform_id, null);
    elsif l_approximate = 1 then
      img_search.find_approximately(p_run_id);
    else
      for r_part in (select distinct part from classification_item where run_id = p_run_id) loop
        img_search.find_for_batch(p_run_id, l_transform_id, r_part.part);
      end loop;
    end if;
    tally(p_run_id);
  end classify_batch;

  function decisions(
    p_run_id         in classification_run.run_id%type,
    p_min_confidence in number default null,
    p_max_distance   in number default null
  ) return sys_refcursor is
    l_decisions sys_refcursor;
  begin
    check_batch(p_run_id);
    img_choice.check_thresholds(p_min_confidence, p_max_distance);
    open l_decisions for
      select c.name,
             json_object(
               'class' value case
                               when c.predicted is null then co_unknown
                               when c.confidence < p_min_confidence then co_unknown
                               when c.nearest_distance > p_max_distance then co_unknown
                               else c.predicted
                             end,
               'confidence' value c.confidence, 'best' value c.predicted, 'k' value r.k, 'part' value c.part,
               'neighbours' value (
                 select json_arrayagg(
                          json_object('place' value n.place, 'image_id' value n.image_id, 'class' value n.class,
                                      'distance' value n.distance, 'part' value l.part,
                                      'source_name' value o.source_name, 'image_path' value o.image_path returning json)
                          order by n.place returning json)
                   from classification_neighbour n
                   left join vw_image_label l on l.image_id = n.image_id
                   left join vw_image_order o on o.image_id = n.image_id
                  where n.run_id = c.run_id
                    and n.item_id = c.item_id) returning clob) as decision
        from classification_item c
        join classification_run r on r.run_id = c.run_id
       where c.run_id = p_run_id
       order by c.item_id;
    return l_decisions;
  end decisions;

  /** Fill group_key from the label by a JSON path that only the caller knows. */
  procedure set_keys_by_label(
    p_run_id in classification_run.run_id%type,
    p_path   in varchar2
  ) is
  begin
    -- A JSON path has to be a literal. This one holds names and positions only, and is quoted besides.
    execute immediate
      'update classification_item c set group_key = (select json_value(i.metadata, '
      || dbms_assert.enquote_literal(p_path)
      || ' returning varchar2(1000 char) null on error null on empty) from image_demo1 i where i.image_id = c.image_id)'
      || ' where c.run_id = :run_id'
      using p_run_id;
  end set_keys_by_label;

  /** Fill group_key: LOGO's group, TIME's time (without a JSON path that of the file), PATH's label path. */
  procedure set_keys(
    p_run_id in classification_run.run_id%type,
    p_method in varchar2,
    p_path   in varchar2
  ) is
  begin
    if p_path is not null then
      set_keys_by_label(p_run_id, p_path);
    elsif p_method in ('TIME', 'PATH') then
      merge /*+ use_hash(c n) */ into classification_item c
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
    p_run_id in classification_run.run_id%type
  ) is
    l_method      classification_run.method%type;
    l_target      classification_run.target%type;
    l_within_part classification_run.within_part%type;
    l_group_path  classification_run.group_path%type;
  begin
    select method, target, within_part, group_path
      into l_method, l_target, l_within_part, l_group_path
      from classification_run
     where run_id = p_run_id;
    update classification_item
       set untested_reason = case
                               when l_within_part = 1 and part is null then 'its label names no part'
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
  procedure set_sides(p_run_id in classification_run.run_id%type) is
    l_method     classification_run.method%type;
    l_test_share classification_run.test_share%type;
    l_test_path  classification_run.test_path%type;
    l_tested     pls_integer;
    l_trained    pls_integer;
  begin
    select method, test_share, test_path
      into l_method, l_test_share, l_test_path
      from classification_run
     where run_id = p_run_id;
    if l_method = 'TIME' then
      merge /*+ use_hash(c n) */ into classification_item c
      using (
        select item_id,
               1 - (rank() over (order by nlssort(group_key, 'NLS_SORT=BINARY')) - 1) / count(*) over () as left_over
          from classification_item
         where run_id = p_run_id
           and untested_reason is null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = case when n.left_over <= l_test_share then 2 else 1 end;
    else
      update classification_item
         set fold = case when instr('/' || group_key, '/' || l_test_path || '/') > 0 then 2 else 1 end
       where run_id = p_run_id
         and untested_reason is null;
    end if;
    select count(case when fold = 2 then 1 end), count(case when fold = 1 then 1 end)
      into l_tested, l_trained
      from classification_item
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
  procedure set_folds(p_run_id in classification_run.run_id%type) is
    l_method classification_run.method%type;
    l_folds  classification_run.folds%type;
    l_seed   classification_run.seed%type;
  begin
    select method, folds, seed
      into l_method, l_folds, l_seed
      from classification_run
     where run_id = p_run_id;
    if l_method = 'LOGO' then
      -- By their hashes: a session may sort A1 and a1 as one, and a sort key of NLSSORT is cut after 2,000 bytes.
      merge into classification_item c
      using (
        select item_id, dense_rank() over (order by standard_hash(group_key, 'SHA256')) as fold
          from classification_item
         where run_id = p_run_id
           and group_key is not null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = n.fold;
    elsif l_method = 'KFOLD' then
      -- Numbered through by part and class, in an order that the seed decides: every stratum spreads
      -- evenly over the folds.
      merge /*+ use_hash(c n) */ into classification_item c
      using (
        select item_id,
               mod(row_number() over (
                     order by nlssort(part, 'NLS_SORT=BINARY'), nlssort(actual, 'NLS_SORT=BINARY'),
                              rawtohex(standard_hash(nvl(image_hash, to_char(item_id)) || ':' || l_seed, 'SHA256')),
                              item_no) - 1,
                   l_folds) + 1 as fold
          from classification_item
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
    p_run_id    in classification_run.run_id%type,
    p_source_id in image_source.source_id%type
  ) is
    l_target classification_run.target%type;
    l_part   classification_run.part%type;
  begin
    select target, part
      into l_target, l_part
      from classification_run
     where run_id = p_run_id;
    insert into classification_item (
      run_id, item_id, item_no, image_id, image_hash, source_id, part, actual, fold, untested_reason
    )
    with chosen as (
      select image_id, part, class, embedding
        from vw_image_class
       where target = l_target
         and l_part is null
      union all
      select image_id, part, class, embedding
        from vw_image_class
       where target = l_target
         and part = l_part
    )
    select p_run_id, c.image_id, row_number() over (order by nlssort(o.order_key, 'NLS_SORT=BINARY'), c.image_id),
           c.image_id, o.image_hash, o.source_id, c.part, c.class, c.image_id,
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
  procedure set_fingerprint(p_run_id in classification_run.run_id%type) is
    l_model varchar2(200 char);
  begin
    select max(m.file_hash || m.name)
      into l_model
      from classification_run r
      join embedding_model m on m.model_id = r.model_id
     where r.run_id = p_run_id;
    update classification_run r
       set (images, fingerprint) = (
             select count(*),
                    count(*) || '-' || sum(to_number(translate(substr(rawtohex(standard_hash(
                      l_model || ':' || nvl(i.image_hash, to_char(i.image_id))
                      || ':' || length(i.part) || ':' || i.part || ':' || length(i.actual) || ':' || i.actual || ':'
                      || case when i.group_key is not null then rawtohex(standard_hash(i.group_key, 'SHA256')) end,
                      'SHA256')), 1, 12), 'ABCDEF', '012345')))
               from classification_item i
              where i.run_id = p_run_id)
     where r.run_id = p_run_id;
  end set_fingerprint;

  function begin_evaluation(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_part            in varchar2 default null,
    p_within_part     in number default 1,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform       in varchar2 default null,
    p_near_distance   in number default img_choice.co_near_distance,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null
  ) return number is
    l_method      classification_run.method%type;
    l_target      classification_run.target%type;
    l_metric      classification_run.metric%type;
    l_weighting   classification_run.weighting%type;
    l_transform   embedding_transform.kind%type;
    l_within_part classification_run.within_part%type;
    l_approximate classification_run.approximate%type;
    l_group_path  classification_run.group_path%type;
    l_test_path   classification_run.test_path%type;
    l_source_id   image_source.source_id%type;
    l_run_id      classification_run.run_id%type;
  begin
    l_method := img_choice.checked_method(p_method);
    check_split(l_method, p_folds, p_seed, p_group_path, p_test_share, p_test_path);
    if p_transform is not null then
      l_transform := img_choice.checked_kind(p_transform);
      if l_method = 'LOO' then
        img_error.throw(img_error.co_needs_folds);
      end if;
    end if;
    img_choice.check_flag('p_within_part', p_within_part);
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    img_choice.check_near_distance(p_near_distance);
    img_comparable.check_stored(p_part);
    img_comparable.check_formats;
    l_source_id := img_comparable.checked_source(p_source);
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, l_transform, p_source, l_method);
    l_within_part := case l_target when 'PART' then 0 else p_within_part end;
    l_group_path := case when l_method in ('LOGO', 'TIME') then p_group_path end;
    l_test_path := case l_method when 'PATH' then directory(p_test_path) end;

    insert into classification_run (
      method, target, k, weighting, temperature, metric, within_part, part, folds, seed, group_path,
      transform, near_distance, model_id, approximate, target_accuracy, source_name, test_share, test_path
    ) values (
      l_method, l_target, p_k, l_weighting, p_temperature, l_metric, l_within_part, p_part,
      case l_method when 'KFOLD' then p_folds end, case l_method when 'KFOLD' then p_seed end,
      l_group_path, l_transform, p_near_distance, img_comparable.stored_model, l_approximate, p_target_accuracy,
      p_source, case l_method when 'TIME' then p_test_share end, l_test_path
    )
    returning run_id into l_run_id;
    add_items(l_run_id, l_source_id);
    set_keys(l_run_id, l_method, l_group_path);
    set_untested(l_run_id);
    set_folds(l_run_id);
    set_fingerprint(l_run_id);
    return l_run_id;
  end begin_evaluation;

  procedure finish_evaluation(p_run_id in classification_run.run_id%type) is
    l_kind        classification_run.transform%type;
    l_within_part classification_run.within_part%type;
    l_approximate classification_run.approximate%type;
    l_tested_fold classification_item.fold%type;
  begin
    check_evaluation(p_run_id);
    select transform, within_part, approximate, case when method in ('TIME', 'PATH') then 2 end
      into l_kind, l_within_part, l_approximate, l_tested_fold
      from classification_run
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
      for r_transform in (select transform_id, fold from embedding_transform where run_id = p_run_id) loop
        if l_kind in ('PROTOTYPE', 'LDA') then
          img_search.compare_with_classes(p_run_id, r_transform.transform_id, r_transform.fold);
        else
          for r_part in (
            select distinct case when l_within_part = 1 then part end as part
              from vw_tested_item
             where run_id = p_run_id
               and fold = r_transform.fold
          ) loop
            img_search.find_for_evaluation(p_run_id, r_transform.transform_id, r_transform.fold, r_part.part);
          end loop;
        end if;
      end loop;
      -- A fold's transform has done its work.
      delete from embedding_transform where run_id = p_run_id;
    end if;
    tally(p_run_id);
    img_search.mark_copies(p_run_id);
  end finish_evaluation;

  function evaluate(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_part            in varchar2 default null,
    p_within_part     in number default 1,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform       in varchar2 default null,
    p_near_distance   in number default img_choice.co_near_distance,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null
  ) return number is
    l_run_id classification_run.run_id%type;
  begin
    if img_transform.needs_loader(p_transform) = 1 then
      img_error.throw(img_error.co_needs_loader, upper(p_transform));
    end if;
    l_run_id := begin_evaluation(
      p_method          => p_method,
      p_target          => p_target,
      p_k               => p_k,
      p_weighting       => p_weighting,
      p_temperature     => p_temperature,
      p_metric          => p_metric,
      p_part            => p_part,
      p_within_part     => p_within_part,
      p_folds           => p_folds,
      p_seed            => p_seed,
      p_group_path      => p_group_path,
      p_transform       => p_transform,
      p_near_distance   => p_near_distance,
      p_approximate     => p_approximate,
      p_target_accuracy => p_target_accuracy,
      p_source          => p_source,
      p_test_share      => p_test_share,
      p_test_path       => p_test_path
    );
    if p_transform is not null then
      img_transform.fit_run(l_run_id, p_transform);
    end if;
    finish_evaluation(l_run_id);
    return l_run_id;
  end evaluate;

  procedure validate_loo(p_part in vw_image_label.part%type default null) is
    l_run_id classification_run.run_id%type;
    l_images classification_run.images%type;
    l_tested classification_run.tested%type;
    l_same   classification_run.correct%type;
  begin
    l_run_id := evaluate(p_k => 1, p_part => p_part);
    -- The hint, because no statistics know rows that were put in a moment ago.
    for r_test in (
      select /*+ use_hash(i n) */ i.image_id, i.actual, i.predicted, n.image_id as neighbour_id
        from classification_item i
        join classification_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
       where i.run_id = l_run_id
         and n.place = 1
       order by i.image_id
    ) loop
      if r_test.actual = r_test.predicted then
        dbms_output.put_line(r_test.image_id || ' and ' || r_test.neighbour_id || ' are similar.');
      else
        dbms_output.put_line('**' || r_test.image_id || ' and ' || r_test.neighbour_id || ' are different.');
      end if;
    end loop;
    select images, tested, correct
      into l_images, l_tested, l_same
      from classification_run
     where run_id = l_run_id;
    delete from classification_run where run_id = l_run_id;

    dbms_output.put_line('Tests: ' || l_tested);
    dbms_output.put_line('Same quality: ' || l_same);
    dbms_output.put_line('Different quality: ' || (l_tested - l_same));
    dbms_output.put_line('No neighbour to compare with: ' || (l_images - l_tested));
    if l_tested > 0 then
      -- Cut, not rounded: 100.0000 means every one.
      dbms_output.put_line('Accuracy: ' || to_char(trunc(100 * l_same / l_tested, 4), 'fm990.0000') || ' %');
    else
      dbms_output.put_line('Accuracy: none, nothing could be tested');
    end if;
  end validate_loo;

  /** What the neighbours of a run give by each k of a list and each weighting. */
  procedure tally_settings(
    p_run_id in classification_run.run_id%type,
    p_ks     in json
  ) is
    l_temperature binary_double;
    l_metric      classification_run.metric%type;
  begin
    select temperature, metric
      into l_temperature, l_metric
      from classification_run
     where run_id = p_run_id;
    insert into classification_setting (run_id, k, weighting, tested, correct, balanced_accuracy)
    with setting as (
      select s.k
        from json_table(p_ks, '$[*]' columns (k number path '$')) s
    ), neighbour as (
      select item_id, place, class, distance, min(distance) over (partition by item_id) as least
        from classification_neighbour
       where run_id = p_run_id
    ), running as (
      -- The votes of a class up to each of its places, and the place from which on there are more.
      select item_id, class, place,
             lead(place) over (partition by item_id, class order by place) as next_place,
             first_value(distance) over (partition by item_id, class order by place) as nearest,
             count(*) over (partition by item_id, class order by place) as majority,
             sum(1 / case when distance > co_least_distance then distance else co_least_distance end)
               over (partition by item_id, class order by place) as inverse,
             sum(exp((least - distance) / l_temperature)) over (partition by item_id, class order by place) as softmax
        from neighbour
    ), vote as (
      select s.k, r.item_id, r.class, r.nearest, r.majority, r.inverse, r.softmax
        from running r
        join setting s
          on s.k >= r.place
         and (s.k < r.next_place or r.next_place is null)
    ), best as (
      select k, item_id, class,
             row_number() over (partition by k, item_id
               order by majority desc, nearest, nlssort(class, 'NLS_SORT=BINARY')) as by_majority,
             row_number() over (partition by k, item_id
               order by inverse desc, nearest, nlssort(class, 'NLS_SORT=BINARY')) as by_inverse,
             row_number() over (partition by k, item_id
               order by softmax desc, nearest, nlssort(class, 'NLS_SORT=BINARY')) as by_softmax
        from vote
    ), recall as (
      -- An item counts once for each k: in the row of its own class, or in none where that got no vote.
      select /*+ use_hash(i b) */ s.k, i.actual, count(*) as tested,
             count(case when b.by_majority = 1 then 1 end) as majority,
             count(case when b.by_inverse = 1 then 1 end) as inverse,
             count(case when b.by_softmax = 1 then 1 end) as softmax
        from setting s
        join classification_item i on i.run_id = p_run_id and i.predicted is not null
        left join best b on b.k = s.k and b.item_id = i.item_id and b.class = i.actual
       group by s.k, i.actual
    )
    select p_run_id, k, 'MAJORITY', sum(tested), sum(majority), avg(majority / tested) from recall group by k
    union all
    select p_run_id, k, 'INVERSE', sum(tested), sum(inverse), avg(inverse / tested)
      from recall
     where l_metric <> 'DOT'
     group by k
    union all
    select p_run_id, k, 'SOFTMAX', sum(tested), sum(softmax), avg(softmax / tested) from recall group by k;
  end tally_settings;

  function sweep(
    p_ks          in varchar2 default '1,3,5,7,9,11,15,21,31,51',
    p_metrics     in varchar2 default 'COSINE',
    p_method      in varchar2 default img_choice.co_method,
    p_target      in varchar2 default img_choice.co_target,
    p_temperature in number default img_choice.co_temperature,
    p_part        in varchar2 default null,
    p_within_part in number default 1,
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
    l_run_id  classification_run.run_id%type;
    l_first   classification_run.run_id%type;
  begin
    select max(s.k)
      into l_largest
      from json_table(l_ks, '$[*]' columns (k number path '$')) s;
    for r_metric in (
      select m.metric
        from json_table(l_metrics, '$[*]' columns (place for ordinality, metric varchar2(10 char) path '$')) m
       order by m.place
    ) loop
      l_run_id := evaluate(
        p_method      => p_method,
        p_target      => p_target,
        p_k           => l_largest,
        p_temperature => p_temperature,
        p_metric      => r_metric.metric,
        p_part        => p_part,
        p_within_part => p_within_part,
        p_folds       => p_folds,
        p_seed        => p_seed,
        p_group_path  => p_group_path,
        p_source      => p_source,
        p_test_share  => p_test_share,
        p_test_path   => p_test_path
      );
      tally_settings(l_run_id, l_ks);
      l_first := nvl(l_first, l_run_id);
    end loop;
    return l_first;
  end sweep;

  function mcnemar(
    p_run_a in classification_run.run_id%type,
    p_run_b in classification_run.run_id%type
  ) return json is
    l_target_a classification_run.target%type;
    l_target_b classification_run.target%type;
    l_both     pls_integer;
    l_only_a   pls_integer;
    l_only_b   pls_integer;
    l_neither  pls_integer;
    l_discord  pls_integer;
    l_log      binary_double;
    l_p        binary_double := 0;
    l_result   json;
  begin
    check_evaluation(p_run_a);
    check_evaluation(p_run_b);
    select max(case when run_id = p_run_a then target end), max(case when run_id = p_run_b then target end)
      into l_target_a, l_target_b
      from classification_run
     where run_id in (p_run_a, p_run_b);
    if l_target_a <> l_target_b then
      img_error.throw(img_error.co_other_target, l_target_a, l_target_b);
    end if;
    select count(case when a.predicted = a.actual and b.predicted = b.actual then 1 end),
           count(case when a.predicted = a.actual and b.predicted <> b.actual then 1 end),
           count(case when a.predicted <> a.actual and b.predicted = b.actual then 1 end),
           count(case when a.predicted <> a.actual and b.predicted <> b.actual then 1 end)
      into l_both, l_only_a, l_only_b, l_neither
      from classification_item a
      join classification_item b on b.image_id = a.image_id
     where a.run_id = p_run_a
       and b.run_id = p_run_b;

    -- The logarithm of C(n, i) / 2^n from one i to the next, so that nothing overflows.
    l_discord := l_only_a + l_only_b;
    l_log := - l_discord * ln(2);
    for i in 0 .. least(l_only_a, l_only_b) loop
      if l_log > -700 then
        l_p := l_p + exp(l_log);
      end if;
      if i < l_discord then
        l_log := l_log + ln((l_discord - i) / (i + 1));
      end if;
    end loop;
    select json_object(
             'both_right' value l_both, 'only_a' value l_only_a, 'only_b' value l_only_b,
             'both_wrong' value l_neither, 'p_value' value least(1, 2 * l_p) returning json)
      into l_result
      from dual;
    return l_result;
  end mcnemar;

end img_classify;
/
