create or replace package body img_classify as

  -- What Oracle raises where a distance is asked for of vectors of two formats.
  e_two_formats exception;
  pragma exception_init(e_two_formats, -51812);

  procedure validate_loo(p_part in vw_image_label.part%type default null) is
    l_run_id image_run.run_id%type;
    l_images image_run.images%type;
    l_tested image_run.tested%type;
    l_same   image_run.correct%type;
  begin
    l_run_id := img_evaluate.evaluate(p_k => 1, p_only_part => p_part);
    -- The hint, because no statistics know rows that were put in a moment ago.
    for r_test in (
      select /*+ use_hash(i n) */ i.image_id, i.actual, i.predicted, n.image_id as neighbour_id
        from image_run_item i
        join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
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
      from image_run
     where run_id = l_run_id;
    delete from image_run where run_id = l_run_id;

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

  /** The kind of a transform; null for none. */
  function kind_of(p_transform_id in image_transform.transform_id%type) return varchar2 is
    l_kind image_transform.kind%type;
  begin
    select max(kind)
      into l_kind
      from image_transform
     where transform_id = p_transform_id;
    return l_kind;
  end kind_of;

  /** The name of a transform that answers with numbers, and where they are told apart; null of another, and of none. */
  procedure graded(
    p_transform_id in image_transform.transform_id%type,
    p_name         out image_transform.name%type,
    p_threshold    out image_transform.threshold%type
  ) is
  begin
    select max(name), max(threshold)
      into p_name, p_threshold
      from image_transform
     where transform_id = p_transform_id
       and threshold is not null;
  end graded;

  /** Raises where a confidence is asked for of a transform that answers with numbers. */
  procedure check_confidence(
    p_transform_id   in image_transform.transform_id%type,
    p_min_confidence in number,
    p_calibration    in varchar2
  ) is
    l_name      image_transform.name%type;
    l_threshold image_transform.threshold%type;
  begin
    graded(p_transform_id, l_name, l_threshold);
    if l_threshold is not null and (p_min_confidence is not null or p_calibration is not null) then
      img_error.throw(img_error.co_no_confidence, l_name);
    end if;
  end check_confidence;

  /**
   * What neighbours, or distances to classes, decide: by votes, or by the numbers that they stand for.
   *
   * @param p_kind of the transform in whose space they are; null: they are plain neighbours
   * @return JSON array as text, of item_id, class, confidence or value, and distance
   */
  function decided(
    p_found        in json,
    p_transform_id in image_transform.transform_id%type,
    p_kind         in varchar2,
    p_k            in number,
    p_weighting    in varchar2,
    p_temperature  in number
  ) return clob is
    l_name      image_transform.name%type;
    l_threshold image_transform.threshold%type;
  begin
    graded(p_transform_id, l_name, l_threshold);
    if l_threshold is not null then
      return img_graded.decided(p_found, p_kind, l_threshold, p_k, p_weighting, p_temperature);
    end if;
    return img_vote.decided(
      p_found, p_kind, p_k, p_weighting,
      case when p_kind is null then p_temperature else img_transform.vote_temperature(p_transform_id, p_temperature) end
    );
  end decided;

  /** Raises where a model is not the one that made the stored embeddings; null: it is not known. */
  procedure check_model(p_model_id in image_model.model_id%type) is
    l_stored constant image_model.model_id%type := img_comparable.stored_model;
  begin
    if p_model_id <> l_stored then
      img_error.throw(
        img_error.co_other_model, img_comparable.model_name(l_stored), img_comparable.model_name(p_model_id)
      );
    end if;
  end check_model;

  function answer(
    p_class          in varchar2,
    p_confidence     in binary_double,
    p_distance       in binary_double,
    p_min_confidence in number,
    p_max_distance   in number,
    p_k              in number,
    p_part           in varchar2,
    p_neighbours     in json,
    p_fit            in json default null,
    p_value          in binary_double default null
  ) return json is
    l_answer json;
  begin
    select json_object(
             'class' value case
                             when p_class is null then co_unknown
                             when p_confidence < p_min_confidence or p_distance > p_max_distance then co_unknown
                             else p_class
                           end,
             'confidence' value p_confidence, 'value' value p_value, 'best' value p_class, 'k' value p_k, 'part' value p_part,
             'fit' value p_fit, 'neighbours' value (
               select json_arrayagg(
                        json_object('place' value n.place, 'image_id' value n.image_id, 'class' value n.class,
                                    'distance' value n.distance, 'part' value n.part,
                                    'source_name' value o.source_name, 'image_path' value o.image_path returning json)
                        order by n.place returning json)
                 from json_table(p_neighbours, '$[*]'
                        columns (
                          place    number             path '$.place',
                          image_id number             path '$.image_id' null on error null on empty,
                          part     varchar2(100 char) path '$.part' null on error null on empty,
                          class    varchar2(100 char) path '$.class',
                          distance binary_double      path '$.distance'
                        )) n
                 left join vw_image_order o on o.image_id = n.image_id
                -- A number that was compared with no image is no neighbour.
                where n.image_id is not null or p_value is null) returning json)
      into l_answer
      from dual;
    return l_answer;
  end answer;

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
    p_source          in varchar2 default null,
    p_calibration     in varchar2 default null,
    p_model_id        in image_model.model_id%type default null
  ) return json is
    l_target       image_batch.target%type;
    l_metric       image_batch.metric%type;
    l_weighting    image_batch.weighting%type;
    l_approximate  image_batch.approximate%type;
    l_transform_id image_transform.transform_id%type;
    l_kind         image_transform.kind%type;
    l_source_id    image_source.source_id%type;
    l_fit          json;
    l_value        binary_double;
    l_class        image_batch_item.predicted%type;
    l_confidence   binary_double;
    l_distance     binary_double;
    l_steps        image_calibration.steps%type;
    l_found        json;
    l_decided      clob;
  begin
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    -- Raises for a part of no image, and so for one that is longer than a part can be.
    img_comparable.check_stored(p_part);
    check_model(p_model_id);
    img_comparable.check_embedding(p_embedding);
    l_approximate := img_index.checked_use(
      img_choice.checked_flag('p_approximate', p_approximate), p_target_accuracy, l_metric, p_transform, p_source
    );
    l_transform_id := img_transform.named(p_transform, l_target, p_source);
    l_kind := kind_of(l_transform_id);
    l_source_id := img_comparable.checked_source(p_source);
    check_confidence(l_transform_id, p_min_confidence, p_calibration);
    img_choice.check_thresholds(p_min_confidence, p_max_distance);
    img_choice.check_distance(p_max_distance, l_kind);
    l_steps := img_calibrate.steps_of(
      p_calibration, l_target, p_k, l_weighting, p_temperature, l_metric, l_kind, p_source
    );
    if l_approximate = 1 then
      l_found := img_search.nearest_by_index(
        p_embedding, case when l_target <> 'PART' then p_part end, p_k, l_target,
        img_index.used_accuracy(p_target_accuracy)
      );
    elsif img_transform.compares_classes(l_kind) = 1 then
      l_found := img_fitted.neighbours_of_unknown(
        l_transform_id, p_embedding, null, p_part, p_k, l_target, l_weighting, p_temperature, l_metric, l_source_id
      );
      if l_found is null then
        l_found := img_search.compared_classes(l_transform_id, p_embedding, p_part);
      else
        l_kind := null;
      end if;
    else
      l_found := img_search.nearest(
        p_embedding, null, p_part, p_k, l_target, l_metric, l_source_id, l_transform_id
      );
    end if;
    l_decided := decided(l_found, l_transform_id, l_kind, p_k, l_weighting, p_temperature);
    select max(d.class), max(d.confidence), max(d.value), max(d.distance)
      into l_class, l_confidence, l_value, l_distance
      from json_table(l_decided, '$[*]'
             columns (
               class      varchar2(100 char) path '$.class',
               confidence binary_double      path '$.confidence' null on error null on empty,
               value      binary_double      path '$.value' null on error null on empty,
               distance   binary_double      path '$.distance'
             )) d;
    -- Neighbours whose labels are no numbers say nothing of a number: that is unknown, not a part of no image.
    if l_class is null and l_found is null then
      img_error.throw(img_error.co_unknown_part, p_part);
    end if;
    l_fit := img_fitted.told(
      l_transform_id, case when l_kind is null then 1 else 0 end, p_embedding, p_part, l_class, p_k
    );
    l_confidence := img_calibrate.calibrated(l_confidence, l_steps);
    return answer(
      l_class, l_confidence, l_distance, p_min_confidence, p_max_distance, p_k, p_part, l_found, l_fit, l_value
    );
  exception
    when e_two_formats then
      -- Looked for where it has failed alone: that reads every embedding.
      img_comparable.check_formats;
      raise;
  end classify;

  /** Raises where there is no such batch of new images. */
  procedure check_batch(p_run_id in image_batch.batch_id%type) is
    l_found pls_integer;
  begin
    select count(*)
      into l_found
      from image_batch
     where batch_id = p_run_id;
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
  end check_batch;

  function open_batch(
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_target          in varchar2 default img_choice.co_target,
    p_transform       in varchar2 default null,
    p_model_id        in image_model.model_id%type default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_calibration     in varchar2 default null
  ) return number is
    l_target       image_batch.target%type;
    l_metric       image_batch.metric%type;
    l_weighting    image_batch.weighting%type;
    l_approximate  image_batch.approximate%type;
    l_transform_id image_transform.transform_id%type;
    l_source_id    image_source.source_id%type;
    l_steps        image_calibration.steps%type;
    l_batch_id     image_batch.batch_id%type;
  begin
    l_target := img_choice.checked_target(p_target);
    l_metric := img_choice.checked_metric(p_metric);
    l_weighting := img_choice.checked_weighting(p_weighting, l_metric);
    img_choice.check_k(p_k);
    img_choice.check_temperature(p_temperature);
    img_comparable.check_stored(null);
    img_comparable.check_formats;
    l_approximate := img_index.checked_use(
      img_choice.checked_flag('p_approximate', p_approximate), p_target_accuracy, l_metric, p_transform, p_source
    );
    -- Each raises where there is none of that name.
    l_source_id := img_comparable.checked_source(p_source);
    l_transform_id := img_transform.named(p_transform, l_target, p_source);
    check_confidence(l_transform_id, null, p_calibration);
    l_steps := img_calibrate.steps_of(
      p_calibration, l_target, p_k, l_weighting, p_temperature, l_metric, kind_of(l_transform_id), p_source
    );
    check_model(p_model_id);
    insert into image_batch (
      target, k, weighting, temperature, metric, transform_name, model_id, approximate, target_accuracy, source_name,
      calibration_name
    ) values (
      l_target, p_k, l_weighting, p_temperature, l_metric, p_transform, img_comparable.stored_model, l_approximate,
      p_target_accuracy, p_source, p_calibration
    )
    returning batch_id into l_batch_id;
    return l_batch_id;
  end open_batch;

  procedure add_item(
    p_run_id    in image_batch.batch_id%type,
    p_name      in image_batch_item.name%type,
    p_part      in varchar2,
    p_embedding in vector
  ) is
  begin
    check_batch(p_run_id);
    img_comparable.check_embedding(p_embedding);
    if p_part is not null then
      img_comparable.check_stored(p_part);
    end if;
    insert into image_batch_item (batch_id, item_id, name, part, embedding)
    values (
      p_run_id, (select nvl(max(item_id), 0) + 1 from image_batch_item where batch_id = p_run_id),
      p_name, p_part, p_embedding
    );
  end add_item;

  /**
   * Keep what was found for items of a batch, and what their neighbours' votes decide.
   *
   * @param p_kind of the transform in whose space p_found are; null: they are plain neighbours
   */
  procedure decide_items(
    p_batch        in image_batch%rowtype,
    p_transform_id in image_transform.transform_id%type,
    p_kind         in image_transform.kind%type,
    p_steps        in json,
    p_found        in json
  ) is
    l_decided clob;
  begin
    l_decided := decided(
      p_found, p_transform_id, p_kind, p_batch.k, p_batch.weighting, p_batch.temperature
    );
    merge into image_batch_item c
    using (
      with neighbour as (
        select f.item_id,
               json_arrayagg(
                 json_object('place' value f.place, 'image_id' value f.image_id, 'class' value f.class,
                             'distance' value f.distance, 'part' value f.part returning json)
                 order by f.place returning json) as neighbours
          from json_table(p_found, '$[*]'
                 columns (
                   item_id  number             path '$.item_id',
                   place    number             path '$.place',
                   image_id number             path '$.image_id' null on error null on empty,
                   part     varchar2(100 char) path '$.part' null on error null on empty,
                   class    varchar2(100 char) path '$.class',
                   distance binary_double      path '$.distance'
                 )) f
         group by f.item_id
      )
      select d.item_id, d.class, img_calibrate.calibrated(d.confidence, p_steps) as confidence, d.value, d.distance,
             f.neighbours
        from json_table(l_decided, '$[*]'
               columns (
                 item_id    number             path '$.item_id',
                 class      varchar2(100 char) path '$.class',
                 confidence binary_double      path '$.confidence' null on error null on empty,
                 value      binary_double      path '$.value' null on error null on empty,
                 distance   binary_double      path '$.distance'
               )) d
        join neighbour f on f.item_id = d.item_id
    ) n
    on (c.batch_id = p_batch.batch_id and c.item_id = n.item_id)
    when matched then
      update
         set c.predicted        = n.class,
             c.confidence       = n.confidence,
             c.predicted_value  = n.value,
             c.nearest_distance = n.distance,
             c.neighbours       = n.neighbours,
             c.fit              = img_fitted.told(
                                    p_transform_id, case when p_kind is null then 1 else 0 end, c.embedding, c.part,
                                    n.class, p_batch.k
                                  );
  end decide_items;

  procedure classify_batch(p_run_id in image_batch.batch_id%type) is
    l_batch        image_batch%rowtype;
    l_transform_id image_transform.transform_id%type;
    l_kind         image_transform.kind%type;
    l_source_id    image_source.source_id%type;
    l_steps        image_calibration.steps%type;
  begin
    check_batch(p_run_id);
    select *
      into l_batch
      from image_batch
     where batch_id = p_run_id;
    l_transform_id := img_transform.named(l_batch.transform_name, l_batch.target, l_batch.source_name);
    l_kind := kind_of(l_transform_id);
    l_steps := img_calibrate.steps_of(
      l_batch.calibration_name, l_batch.target, l_batch.k, l_batch.weighting, l_batch.temperature, l_batch.metric, l_kind,
      l_batch.source_name
    );
    l_source_id := img_comparable.checked_source(l_batch.source_name);
    if l_batch.approximate = 1 then
      -- One search after the other: an index serves a search for one vector.
      for r_item in (select item_id, part, embedding from image_batch_item where batch_id = p_run_id) loop
        decide_items(
          l_batch, l_transform_id, l_kind, l_steps,
          img_search.nearest_by_index(
            r_item.embedding, case when l_batch.target <> 'PART' then r_item.part end, l_batch.k, l_batch.target,
            img_index.used_accuracy(l_batch.target_accuracy), p_item_id => r_item.item_id
          )
        );
      end loop;
    elsif img_transform.compares_classes(l_kind) = 1 then
      decide_items(
        l_batch, l_transform_id, l_kind, l_steps, img_search.compared_classes(l_transform_id, p_batch_id => p_run_id)
      );
      for r_part in (select distinct part from image_batch_item where batch_id = p_run_id) loop
        decide_items(
          l_batch, l_transform_id, null, l_steps,
          img_fitted.neighbours_of_unknown(
            l_transform_id, null, p_run_id, r_part.part, l_batch.k, l_batch.target, l_batch.weighting,
            l_batch.temperature, l_batch.metric, l_source_id
          )
        );
      end loop;
    else
      for r_part in (select distinct part from image_batch_item where batch_id = p_run_id) loop
        decide_items(
          l_batch, l_transform_id, l_kind, l_steps,
          img_search.nearest(
            null, p_run_id, r_part.part, l_batch.k, l_batch.target, l_batch.metric,
            l_source_id, l_transform_id
          )
        );
      end loop;
    end if;
  end classify_batch;

  function decisions(
    p_run_id         in image_batch.batch_id%type,
    p_min_confidence in number default null,
    p_max_distance   in number default null
  ) return sys_refcursor is
    l_decisions sys_refcursor;
    l_kind      image_transform.kind%type;
    l_transform image_transform.transform_id%type;
  begin
    check_batch(p_run_id);
    select max(t.kind), max(t.transform_id)
      into l_kind, l_transform
      from image_batch b
      join image_transform t on t.name = b.transform_name
     where b.batch_id = p_run_id;
    img_choice.check_thresholds(p_min_confidence, p_max_distance);
    img_choice.check_distance(p_max_distance, l_kind);
    check_confidence(l_transform, p_min_confidence, null);
    open l_decisions for
      select c.name,
             json_serialize(
               answer(c.predicted, c.confidence, c.nearest_distance, p_min_confidence, p_max_distance, r.k, c.part,
                      c.neighbours, c.fit, c.predicted_value) returning clob) as decision
        from image_batch_item c
        join image_batch r on r.batch_id = c.batch_id
       where c.batch_id = p_run_id
       order by c.item_id;
    return l_decisions;
  end decisions;

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
    p_near_distance   in number default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null
  ) return number is
  begin
    return img_evaluate.evaluate(
      p_method          => p_method,
      p_target          => p_target,
      p_k               => p_k,
      p_weighting       => p_weighting,
      p_temperature     => p_temperature,
      p_metric          => p_metric,
      p_only_part       => p_part,
      p_within_part     => img_choice.checked_flag('p_within_part', p_within_part),
      p_folds           => p_folds,
      p_seed            => p_seed,
      p_group_path      => p_group_path,
      p_transform_kind  => p_transform,
      p_near_distance   => p_near_distance,
      p_approximate     => img_choice.checked_flag('p_approximate', p_approximate),
      p_target_accuracy => p_target_accuracy,
      p_source          => p_source,
      p_test_share      => p_test_share,
      p_test_path       => p_test_path
    );
  end evaluate;

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
  begin
    return img_evaluate.sweep(
      p_ks          => p_ks,
      p_metrics     => p_metrics,
      p_method      => p_method,
      p_target      => p_target,
      p_temperature => p_temperature,
      p_only_part   => p_part,
      p_within_part => img_choice.checked_flag('p_within_part', p_within_part),
      p_folds       => p_folds,
      p_seed        => p_seed,
      p_group_path  => p_group_path,
      p_source      => p_source,
      p_test_share  => p_test_share,
      p_test_path   => p_test_path
    );
  end sweep;

  function mcnemar(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return json is
  begin
    return img_evaluate.mcnemar(p_run_a, p_run_b);
  end mcnemar;

end img_classify;
/
