create or replace package body img_classify as

  -- A distance below this counts as this when votes are weighted by its inverse.
  co_least_distance    constant binary_double := 1e-12;
  co_most_neighbours   constant pls_integer := 100000;
  co_most_folds        constant pls_integer := 999999;
  -- What is said of an untested item names the path, in 200 characters.
  co_longest_path      constant pls_integer := 150;
  co_no_direction      constant classification_item.untested_reason%type :=
    'its embedding is all zeros and has no direction';

  /** The target in capitals; raises where there is none of that name. */
  function checked_target(p_target in varchar2) return classification_run.target%type is
  begin
    if p_target is null or upper(p_target) not in ('QUALITY', 'CATEGORY1', 'CATEGORY2', 'PART') then
      img_error.throw(img_error.co_unknown_target, p_target);
    end if;
    return upper(p_target);
  end checked_target;

  /** The metric in capitals; raises where there is none of that name. */
  function checked_metric(p_metric in varchar2) return classification_run.metric%type is
  begin
    if p_metric is null or upper(p_metric) not in ('COSINE', 'EUCLIDEAN', 'DOT') then
      img_error.throw(img_error.co_unknown_metric, p_metric);
    end if;
    return upper(p_metric);
  end checked_metric;

  /** The weighting in capitals; raises where there is none of that name, or none with the metric. */
  function checked_weighting(
    p_weighting in varchar2,
    p_metric    in varchar2
  ) return classification_run.weighting%type is
  begin
    if p_weighting is null or upper(p_weighting) not in ('MAJORITY', 'INVERSE', 'SOFTMAX') then
      img_error.throw(img_error.co_unknown_weighting, p_weighting);
    elsif upper(p_weighting) = 'INVERSE' and p_metric = 'DOT' then
      img_error.throw(img_error.co_unknown_weighting, 'INVERSE with DOT');
    end if;
    return upper(p_weighting);
  end checked_weighting;

  procedure check_votes(
    p_k           in number,
    p_temperature in number
  ) is
  begin
    if p_k is null or p_k < 1 or p_k <> trunc(p_k) or p_k > co_most_neighbours then
      img_error.throw(img_error.co_bad_k, to_char(p_k), to_char(co_most_neighbours));
    elsif p_temperature is null or p_temperature <= 0 then
      img_error.throw(img_error.co_bad_temperature, to_char(p_temperature));
    end if;
  end check_votes;

  procedure check_thresholds(
    p_min_confidence in number,
    p_max_distance   in number
  ) is
  begin
    if p_min_confidence < 0 or p_min_confidence > 1 then
      img_error.throw(img_error.co_bad_threshold, 'p_min_confidence', to_char(p_min_confidence), '0 to 1');
    elsif p_max_distance < 0 then
      img_error.throw(img_error.co_bad_threshold, 'p_max_distance', to_char(p_max_distance), '0 or more');
    end if;
  end check_thresholds;

  /** Raises where there is nothing to compare with, of a part (null: at all), or what is there can not be compared. */
  procedure check_comparable(p_part in vw_image_label.part%type) is
    l_found   pls_integer;
    l_least   embedding_model.model_id%type;
    l_most    embedding_model.model_id%type;
    l_kinds   pls_integer;
    l_listing varchar2(4000 byte);
  begin
    -- One row is enough, and the ends of an index: this is asked for each image that is classified. Two
    -- statements, since one for both cases has one plan, which can not go by the index on the part.
    if p_part is null then
      select count(*)
        into l_found
        from (select image_id
                from vw_image_label
               where embedding is not null
               fetch first 1 row only);
    else
      select count(*)
        into l_found
        from (select image_id
                from vw_image_label
               where embedding is not null
                 and part = p_part
               fetch first 1 row only);
    end if;
    if l_found = 0 and p_part is not null then
      img_error.throw(img_error.co_unknown_part, p_part);
    elsif l_found = 0 then
      img_error.throw(img_error.co_no_images);
    end if;
    select (select min(nvl(model_id, -1)) from image_demo1), (select max(nvl(model_id, -1)) from image_demo1)
      into l_least, l_most
      from dual;
    if l_least <> l_most then
      -- An embedding that was put in by hand has no model; those make a group of their own.
      select count(*), listagg(g.name || ': ' || g.images, ', ' on overflow truncate) within group (order by g.name)
        into l_kinds, l_listing
        from (select nvl(m.name, 'unknown') || nvl2(m.name, ' ' || substr(m.file_hash, 1, 8), null) as name,
                     count(*) as images
                from image_demo1 i
                left join embedding_model m on m.model_id = i.model_id
               where i.embedding is not null
               group by m.model_id, m.name, m.file_hash) g;
      if l_kinds > 1 then
        img_error.throw(img_error.co_mixed_models, l_listing);
      end if;
    end if;
  end check_comparable;

  /**
   * Raises where vectors are of more than one format. It reads all that have no model, so it is asked once for a run
   * and not for each image that is classified: there Oracle refuses the distance itself (ORA-51812).
   */
  procedure check_formats is
    l_forms   pls_integer;
    l_listing varchar2(4000 byte);
  begin
    -- img_store stores one format only; by hand any can be put in, and two can not be compared.
    select count(*), listagg(g.form || ': ' || g.images, ', ') within group (order by g.form)
      into l_forms, l_listing
      from (select f.form, count(*) as images
              from (select vector_dimension_format(embedding) as form
                      from image_demo1
                     where nvl(model_id, -1) = -1
                       and embedding is not null) f
             group by f.form) g;
    if l_forms > 1 then
      img_error.throw(img_error.co_mixed_formats, l_listing);
    end if;
  end check_formats;

  /** Whether (1 or 0) a search is to go by the vector index; raises where it can not. */
  function by_index(
    p_approximate     in number,
    p_target_accuracy in number,
    p_metric          in varchar2,
    p_transform       in varchar2,
    p_method          in varchar2 default 'LOO'
  ) return number is
  begin
    if p_target_accuracy is null and nvl(p_approximate, 0) = 0 then
      return 0;
    elsif p_metric <> 'COSINE' then
      img_error.throw(img_error.co_not_approximate, lower(p_metric));
    elsif p_transform is not null then
      img_error.throw(img_error.co_not_approximate, 'the transform ' || p_transform);
    elsif p_method <> 'LOO' then
      img_error.throw(img_error.co_not_approximate, lower(p_method));
    end if;
    img_index.check_usable(p_target_accuracy);
    return 1;
  end by_index;

  /** Raises where an embedding can not be compared with those that are stored. */
  procedure check_embedding(p_embedding in vector) is
    l_dimension pls_integer;
    l_form      varchar2(20 char);
    l_norm      binary_double;
    l_stored_dimension pls_integer;
    l_stored_form      varchar2(20 char);
  begin
    if p_embedding is null then
      img_error.throw(img_error.co_missing_argument, 'p_embedding');
    end if;
    select vector_dimension_count(p_embedding), vector_dimension_format(p_embedding), vector_norm(p_embedding),
           max(vector_dimension_count(i.embedding)), max(vector_dimension_format(i.embedding))
      into l_dimension, l_form, l_norm, l_stored_dimension, l_stored_form
      from image_demo1 i
     where i.image_id = (select min(f.image_id) from image_demo1 f where f.embedding is not null);
    if l_dimension <> l_stored_dimension then
      img_error.throw(img_error.co_wrong_dimension, to_char(l_dimension), to_char(l_stored_dimension));
    elsif l_form <> l_stored_form then
      img_error.throw(img_error.co_wrong_format, l_form, l_stored_form);
    elsif l_norm = 0 then
      img_error.throw(img_error.co_zero_embedding);
    end if;
  end check_embedding;

  /** The transform that was fitted under a name, for a target; null for null. */
  function named_transform(
    p_name   in embedding_transform.name%type,
    p_target in varchar2
  ) return number is
    l_transform_id embedding_transform.transform_id%type;
    l_target       embedding_transform.target%type;
    l_kind         embedding_transform.kind%type;
  begin
    if p_name is null then
      return null;
    end if;
    begin
      select transform_id, target, kind
        into l_transform_id, l_target, l_kind
        from embedding_transform
       where name = p_name;
    exception
      when no_data_found then
        img_error.throw(img_error.co_unknown_transform, p_name);
    end;
    if l_kind in ('PROTOTYPE', 'LDA') and l_target <> p_target then
      img_error.throw(img_error.co_other_target, l_target, p_target);
    end if;
    return l_transform_id;
  end named_transform;

  procedure validate_loo(p_part in vw_image_label.part%type default null) is
    -- All parts or one: two branches, of which one is empty, so that each has a plan of its own. The nearest is
    -- taken by KEEP, not by sorting: one pass over the pairs of each part. An embedding of length 0 has no
    -- direction, and so no neighbour.
    cursor c_test is
      with labelled as (
        select image_id, part, quality, embedding
          from vw_image_label
         where p_part is null
           and part is not null
           and quality is not null
           and vector_norm(embedding) > 0
         union all
        select image_id, part, quality, embedding
          from vw_image_label
         where part = p_part
           and quality is not null
           and vector_norm(embedding) > 0
      ), nearest as (
        select t.image_id,
               min(o.image_id) keep (
                 dense_rank first order by vector_distance(o.embedding, t.embedding, cosine), o.image_id
               ) as neighbour_id
          from labelled t
          join labelled o
            on o.part = t.part
           and o.image_id <> t.image_id
         group by t.image_id
      )
      select t.image_id, t.quality, o.image_id as neighbour_id, o.quality as neighbour_quality
        from nearest n
        join labelled t on t.image_id = n.image_id
        join labelled o on o.image_id = n.neighbour_id
       order by t.image_id;
    l_images    number;
    l_same      number := 0;
    l_different number := 0;
  begin
    check_comparable(p_part);
    check_formats;
    select count(*)
      into l_images
      from (select image_id
              from vw_image_label
             where p_part is null
               and embedding is not null
             union all
            select image_id
              from vw_image_label
             where part = p_part
               and embedding is not null);
    for r_test in c_test loop
      if r_test.quality = r_test.neighbour_quality then
        l_same := l_same + 1;
        dbms_output.put_line(r_test.image_id || ' and ' || r_test.neighbour_id || ' are similar.');
      else
        l_different := l_different + 1;
        dbms_output.put_line('**' || r_test.image_id || ' and ' || r_test.neighbour_id || ' are different.');
      end if;
    end loop;

    dbms_output.put_line('Tests: ' || (l_same + l_different));
    dbms_output.put_line('Same quality: ' || l_same);
    dbms_output.put_line('Different quality: ' || l_different);
    dbms_output.put_line('No neighbour to compare with: ' || (l_images - l_same - l_different));
    if l_same + l_different > 0 then
      -- Cut, not rounded: 100.0000 means every one.
      dbms_output.put_line(
        'Accuracy: ' || to_char(trunc(100 * l_same / (l_same + l_different), 4), 'fm990.0000') || ' %'
      );
    else
      dbms_output.put_line('Accuracy: none, nothing could be tested');
    end if;
  end validate_loo;

  /** The nearest images of a transformed embedding among transformed images, as img_index.nearest gives them. */
  function nearest_transformed(
    p_transform_id in embedding_transform.transform_id%type,
    p_embedding    in vector,
    p_k            in number,
    p_part         in vw_image_label.part%type,
    p_target       in varchar2,
    p_metric       in varchar2
  ) return json is
    l_nearest json;
  begin
    with candidate as (
      select l.image_id, l.part, l.class, v.embedding
        from vw_image_class l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
       where l.target = p_target
         and l.class is not null
         and p_part is null
       union all
      select l.image_id, l.part, l.class, v.embedding
        from vw_image_class l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
       where l.target = p_target
         and l.class is not null
         and l.part = p_part
    )
    select json_arrayagg(
             json_object('image_id' value image_id, 'part' value part, 'class' value class,
                         'distance' value distance returning json)
             order by distance, image_id returning json)
      into l_nearest
      from (select image_id, part, class,
                   case p_metric
                     when 'COSINE' then vector_distance(embedding, p_embedding, cosine)
                     when 'EUCLIDEAN' then vector_distance(embedding, p_embedding, euclidean)
                     else vector_distance(embedding, p_embedding, dot)
                   end as distance
              from candidate
             order by distance, image_id
             fetch first p_k rows only);
    return l_nearest;
  end nearest_transformed;

  /** The classes of PROTOTYPE or LDA with their distances of an embedding, in the form of img_index.nearest. */
  function compared_classes(
    p_transform_id in embedding_transform.transform_id%type,
    p_kind         in embedding_transform.kind%type,
    p_scope        in embedding_transform_row.part%type,
    p_embedding    in vector
  ) return json is
    l_classes json;
  begin
    with scored as (
      select class,
             case p_kind
               when 'PROTOTYPE' then vector_distance(coefficients, p_embedding, cosine)
               else vector_distance(coefficients, p_embedding, dot) / vector_norm(p_embedding) - intercept
             end as distance
        from embedding_transform_row
       where transform_id = p_transform_id
         and part = p_scope
    ), least_of as (
      select class, distance, min(distance) over () as least
        from scored
    ), compared as (
      -- Minus the logarithm of LDA's posterior probability.
      select class,
             case p_kind
               when 'LDA' then distance - least + ln(sum(exp(least - distance)) over ())
               else distance
             end as distance
        from least_of
    )
    select json_arrayagg(json_object('class' value class, 'distance' value distance returning json)
             order by distance, nlssort(class, 'NLS_SORT=BINARY') returning json)
      into l_classes
      from compared;
    return l_classes;
  end compared_classes;

  function classify(
    p_embedding       in vector,
    p_part            in classification_item.part%type default null,
    p_k               in number default 5,
    p_weighting       in varchar2 default 'MAJORITY',
    p_temperature     in number default 0.07,
    p_metric          in varchar2 default 'COSINE',
    p_target          in varchar2 default 'QUALITY',
    p_min_confidence  in number default null,
    p_max_distance    in number default null,
    p_transform       in varchar2 default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null
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
    l_target := checked_target(p_target);
    l_metric := checked_metric(p_metric);
    l_weighting := checked_weighting(p_weighting, l_metric);
    l_temperature := p_temperature;
    check_votes(p_k, p_temperature);
    check_thresholds(p_min_confidence, p_max_distance);
    -- Raises for a part of no image, and so for one that is longer than a part can be.
    check_comparable(p_part);
    check_embedding(p_embedding);
    l_part := case when l_target <> 'PART' then p_part end;
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, p_transform);
    l_transform_id := named_transform(p_transform, l_target);
    if l_transform_id is null then
      l_found := img_index.nearest(
        p_embedding       => p_embedding,
        p_k               => p_k,
        p_part            => l_part,
        p_target          => l_target,
        p_target_accuracy => p_target_accuracy,
        p_exact           => 1 - l_approximate,
        p_metric          => l_metric
      );
    else
      select kind, case within_part when 1 then nvl(p_part, '*') else '*' end
        into l_kind, l_scope
        from embedding_transform
       where transform_id = l_transform_id;
      if l_kind in ('PROTOTYPE', 'LDA') then
        l_found := compared_classes(l_transform_id, l_kind, l_scope, p_embedding);
      else
        l_found := nearest_transformed(
          l_transform_id, img_transform.applied(l_transform_id, l_scope, p_embedding), p_k, l_part, l_target, l_metric
        );
      end if;
      if l_kind = 'LDA' then
        l_weighting := 'SOFTMAX';
        l_temperature := 1;
      end if;
    end if;

    begin
      with neighbour as (
        select row_number() over (order by f.distance, f.image_id, nlssort(f.class, 'NLS_SORT=BINARY')) as place, f.image_id, f.part, f.class,
               f.distance, min(f.distance) over () as least
          from json_table(l_found, '$[*]'
                 columns (
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
                               'distance' value n.distance, 'part' value n.part returning json)
                   order by n.place returning json) as neighbours
            from neighbour n
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

  /** Raises where there is no such run. */
  procedure check_run(p_run_id in classification_run.run_id%type) is
    l_found pls_integer;
  begin
    select count(*)
      into l_found
      from classification_run
     where run_id = p_run_id;
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
  end check_run;

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

    update classification_item
       set untested_reason = 'nothing to compare with in its part'
     where run_id = p_run_id
       and predicted is null
       and untested_reason is null;

    update classification_run r
       set (images, tested, correct) = (
             select count(*), count(i.predicted), count(case when i.predicted = i.actual then 1 end)
               from classification_item i
              where i.run_id = p_run_id),
           finished_at = systimestamp
     where r.run_id = p_run_id;
  end tally;

  /** Distances to each class, where a transform says how, for one fold (null: all items) of a run. */
  procedure compare_with_classes(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_fold         in number
  ) is
    l_kind        embedding_transform.kind%type;
    l_within_part embedding_transform.within_part%type;
  begin
    select kind, within_part
      into l_kind, l_within_part
      from embedding_transform
     where transform_id = p_transform_id;
    insert into classification_neighbour (run_id, item_id, place, class, distance)
    with scored as (
      select /*+ use_hash(t r) */ t.item_id, r.class,
             case l_kind
               when 'PROTOTYPE' then vector_distance(r.coefficients, t.embedding, cosine)
               else vector_distance(r.coefficients, t.embedding, dot) / vector_norm(t.embedding) - r.intercept
             end as distance
        from vw_item_vector t
        join embedding_transform_row r
          on r.transform_id = p_transform_id
         and r.part = case when l_within_part = 1 then t.part else '*' end
       where t.run_id = p_run_id
         and (p_fold is null or t.fold = p_fold)
    ), least_of as (
      select item_id, class, distance, min(distance) over (partition by item_id) as least
        from scored
    ), compared as (
      -- Minus the logarithm of LDA's posterior probability.
      select item_id, class,
             case l_kind
               when 'LDA' then distance - least + ln(sum(exp(least - distance)) over (partition by item_id))
               else distance
             end as distance
        from least_of
    )
    select p_run_id, item_id,
           row_number() over (partition by item_id order by distance, nlssort(class, 'NLS_SORT=BINARY')),
           class, distance
      from compared;
  end compare_with_classes;

  /** The nearest images of each item of a batch of new ones, for one part (null: of any). */
  procedure find_for_batch(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_part         in classification_item.part%type
  ) is
    l_k           pls_integer;
    l_metric      classification_run.metric%type;
    l_target      classification_run.target%type;
    l_within_part embedding_transform.within_part%type;
  begin
    select k, metric, target
      into l_k, l_metric, l_target
      from classification_run
     where run_id = p_run_id;
    select nvl(max(within_part), 0)
      into l_within_part
      from embedding_transform
     where transform_id = p_transform_id;
    insert into classification_neighbour (run_id, item_id, place, image_id, class, distance)
    with labelled as (
      select image_id, class, embedding
        from vw_image_class
       where target = l_target
         and class is not null
         and (p_part is null or l_target = 'PART')
       union all
      select image_id, class, embedding
        from vw_image_class
       where target = l_target
         and class is not null
         and l_target <> 'PART'
         and part = p_part
    ), candidate as (
      select image_id, class, embedding
        from labelled
       where p_transform_id is null
      union all
      select l.image_id, l.class, v.embedding
        from labelled l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
    ), query as (
      -- Numbered, so that it stands by itself and each item is transformed once, not once for each pair.
      select item_id, embedding, row_number() over (order by item_id) as place
        from (select item_id,
                     img_transform.applied(
                       p_transform_id, case when l_within_part = 1 then nvl(p_part, '*') else '*' end, embedding
                     ) as embedding
                from classification_item
               where run_id = p_run_id
                 and (part = p_part or part is null and p_part is null))
    ), pair as (
      select q.item_id, o.image_id, o.class,
             case l_metric
               when 'COSINE' then vector_distance(o.embedding, q.embedding, cosine)
               when 'EUCLIDEAN' then vector_distance(o.embedding, q.embedding, euclidean)
               else vector_distance(o.embedding, q.embedding, dot)
             end as distance
        from query q
        cross join candidate o
    ), ranked as (
      select item_id, image_id, class, distance,
             row_number() over (partition by item_id order by distance, image_id) as place
        from pair
    )
    select p_run_id, item_id, place, image_id, class, distance
      from ranked
     where place <= l_k;
  end find_for_batch;

  /**
   * The nearest images of each item of an evaluation among the items of other folds, within a part
   * (null: all), in the space of a transform (null: as they are) for the items of a fold (null: all).
   */
  procedure find_for_evaluation(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_fold         in number,
    p_part         in classification_item.part%type
  ) is
    l_k      pls_integer;
    l_metric classification_run.metric%type;
  begin
    select k, metric
      into l_k, l_metric
      from classification_run
     where run_id = p_run_id;
    insert into classification_neighbour (run_id, item_id, place, image_id, class, distance)
    with labelled as (
      select /*+ use_hash(c i) */ c.item_id, c.fold, c.actual as class, i.embedding
        from classification_item c
        join image_demo1 i on i.image_id = c.image_id
       where c.run_id = p_run_id
         and c.untested_reason is null
         and p_transform_id is null
         and (p_part is null or c.part = p_part)
      union all
      select c.item_id, c.fold, c.actual as class, v.embedding
        from classification_item c
        join vw_transformed_image v on v.image_id = c.image_id and v.transform_id = p_transform_id
       where c.run_id = p_run_id
         and c.untested_reason is null
         and (p_part is null or c.part = p_part and v.part = p_part)
    ), pair as (
      select t.item_id, o.item_id as image_id, o.class,
             case l_metric
               when 'COSINE' then vector_distance(o.embedding, t.embedding, cosine)
               when 'EUCLIDEAN' then vector_distance(o.embedding, t.embedding, euclidean)
               else vector_distance(o.embedding, t.embedding, dot)
             end as distance
        from labelled t
        join labelled o on o.fold <> t.fold
       where p_fold is null or t.fold = p_fold
    ), ranked as (
      select item_id, image_id, class, distance,
             row_number() over (partition by item_id order by distance, image_id) as place
        from pair
    )
    select p_run_id, item_id, place, image_id, class, distance
      from ranked
     where place <= l_k;
  end find_for_evaluation;

  /** The nearest images of each item of a run by the vector index. */
  procedure find_approximately(p_run_id in classification_run.run_id%type) is
    l_k           classification_run.k%type;
    l_target      classification_run.target%type;
    l_within_part classification_run.within_part%type;
    l_part        classification_run.part%type;
    l_accuracy    classification_run.target_accuracy%type;
    l_found       json;
  begin
    select k, target, within_part, part, target_accuracy
      into l_k, l_target, l_within_part, l_part, l_accuracy
      from classification_run
     where run_id = p_run_id;
    -- One search after the other: an index serves a search for one vector, no join of two tables. The hint,
    -- because no statistics know rows that were put in a moment ago.
    for r_item in (
      select /*+ use_hash(v.c v.i) */ v.item_id, v.image_id, v.part, v.embedding
        from vw_item_vector v
       where v.run_id = p_run_id
    ) loop
      l_found := img_index.nearest(
        r_item.embedding, l_k, case when l_within_part = 1 then r_item.part else l_part end, l_target, l_accuracy,
        p_except => r_item.image_id
      );
      insert into classification_neighbour (run_id, item_id, place, image_id, class, distance)
      select p_run_id, r_item.item_id, row_number() over (order by f.distance, f.image_id), f.image_id,
             f.class, f.distance
        from json_table(l_found, '$[*]'
               columns (
                 image_id number             path '$.image_id',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) f;
    end loop;
  end find_approximately;

  function open_batch(
    p_k               in number default 5,
    p_weighting       in varchar2 default 'MAJORITY',
    p_temperature     in number default 0.07,
    p_metric          in varchar2 default 'COSINE',
    p_target          in varchar2 default 'QUALITY',
    p_transform       in varchar2 default null,
    p_model_id        in embedding_model.model_id%type default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null
  ) return number is
    l_target       classification_run.target%type;
    l_metric       classification_run.metric%type;
    l_weighting    classification_run.weighting%type;
    l_approximate  classification_run.approximate%type;
    l_run_id       classification_run.run_id%type;
    l_model_id     embedding_model.model_id%type;
    l_transform_id embedding_transform.transform_id%type;
    l_mine         embedding_model.name%type;
    l_theirs       embedding_model.name%type;
  begin
    l_target := checked_target(p_target);
    l_metric := checked_metric(p_metric);
    l_weighting := checked_weighting(p_weighting, l_metric);
    check_votes(p_k, p_temperature);
    check_comparable(null);
    check_formats;
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, p_transform);
    select max(model_id)
      into l_model_id
      from image_demo1
     where embedding is not null;
    if p_model_id <> l_model_id then
      select max(case when model_id = l_model_id then name end), max(case when model_id = p_model_id then name end)
        into l_theirs, l_mine
        from embedding_model;
      img_error.throw(img_error.co_other_model, l_theirs, l_mine);
    end if;
    l_transform_id := named_transform(p_transform, l_target); -- raises where there is none of that name
    insert into classification_run (
      method, target, k, weighting, temperature, metric, within_part, transform, model_id, approximate,
      target_accuracy
    ) values (
      'NEW', l_target, p_k, l_weighting, p_temperature, l_metric,
      case l_target when 'PART' then 0 else 1 end, p_transform, l_model_id, l_approximate, p_target_accuracy
    )
    returning run_id into l_run_id;
    return l_run_id;
  end open_batch;

  procedure add_item(
    p_run_id    in classification_run.run_id%type,
    p_name      in classification_item.name%type,
    p_part      in classification_item.part%type,
    p_embedding in vector
  ) is
  begin
    check_run(p_run_id);
    check_embedding(p_embedding);
    if p_part is not null then
      check_comparable(p_part);
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
    check_run(p_run_id);
    select transform, target, approximate
      into l_name, l_target, l_approximate
      from classification_run
     where run_id = p_run_id;
    l_transform_id := named_transform(l_name, l_target);
    select max(kind)
      into l_kind
      from embedding_transform
     where transform_id = l_transform_id;
    delete from classification_neighbour where run_id = p_run_id;
    if l_kind in ('PROTOTYPE', 'LDA') then
      compare_with_classes(p_run_id, l_transform_id, null);
    elsif l_approximate = 1 then
      find_approximately(p_run_id);
    else
      for r_part in (select distinct part from classification_item where run_id = p_run_id) loop
        find_for_batch(p_run_id, l_transform_id, r_part.part);
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
    check_run(p_run_id);
    check_thresholds(p_min_confidence, p_max_distance);
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
                                      'distance' value n.distance, 'part' value l.part returning json)
                          order by n.place returning json)
                   from classification_neighbour n
                   left join vw_image_label l on l.image_id = n.image_id
                  where n.run_id = c.run_id
                    and n.item_id = c.item_id) returning clob) as decision
        from classification_item c
        join classification_run r on r.run_id = c.run_id
       where c.run_id = p_run_id
       order by c.item_id;
    return l_decisions;
  end decisions;

  procedure check_group_path(p_path in varchar2) is
  begin
    if p_path is null
       or length(p_path) > co_longest_path
       or not regexp_like(p_path, '^\$(\.[[:alpha:]_][[:alnum:]_]*|\[[0-9]+\])+$') then
      img_error.throw(img_error.co_bad_path, p_path, to_char(co_longest_path));
    end if;
  end check_group_path;

  /** Fill group_key from the label by a JSON path that only the caller knows. */
  procedure set_groups(
    p_run_id in classification_run.run_id%type,
    p_path   in varchar2
  ) is
  begin
    check_group_path(p_path);
    -- A JSON path has to be a literal. This one holds names and positions only, and is quoted besides.
    execute immediate
      'update classification_item c set group_key = (select json_value(i.metadata, '
      || dbms_assert.enquote_literal(p_path)
      || ' returning varchar2(1000 char) null on error null on empty) from image_demo1 i where i.image_id = c.image_id) where c.run_id = :run_id'
      using p_run_id;
  end set_groups;

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
                               else 'its label names no group at ' || l_group_path
                             end
     where run_id = p_run_id
       and (l_within_part = 1 and part is null or actual is null or l_method = 'LOGO' and group_key is null);
  end set_untested;

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
                              rawtohex(standard_hash(item_id || ':' || l_seed, 'SHA256')), item_id) - 1,
                   l_folds) + 1 as fold
          from classification_item
         where run_id = p_run_id
           and untested_reason is null
      ) n
      on (c.run_id = p_run_id and c.item_id = n.item_id)
      when matched then update set c.fold = n.fold;
    end if;
  end set_folds;

  function begin_evaluation(
    p_method          in varchar2 default 'LOO',
    p_target          in varchar2 default 'QUALITY',
    p_k               in number default 5,
    p_weighting       in varchar2 default 'MAJORITY',
    p_temperature     in number default 0.07,
    p_metric          in varchar2 default 'COSINE',
    p_part            in classification_item.part%type default null,
    p_within_part     in number default 1,
    p_folds           in number default 10,
    p_seed            in number default 1,
    p_group_path      in varchar2 default null,
    p_transform       in varchar2 default null,
    p_near_distance   in number default 0.02,
    p_approximate     in number default 0,
    p_target_accuracy in number default null
  ) return number is
    l_method      classification_run.method%type;
    l_target      classification_run.target%type;
    l_metric      classification_run.metric%type;
    l_weighting   classification_run.weighting%type;
    l_transform   embedding_transform.kind%type;
    l_within_part classification_run.within_part%type;
    l_approximate classification_run.approximate%type;
    l_run_id      classification_run.run_id%type;
  begin
    if p_method is null or upper(p_method) not in ('LOO', 'KFOLD', 'LOGO') then
      img_error.throw(img_error.co_unknown_method, p_method);
    end if;
    l_method := upper(p_method);
    if l_method = 'KFOLD' and (p_folds is null or p_folds < 2 or p_folds > co_most_folds or p_folds <> trunc(p_folds)) then
      img_error.throw(img_error.co_bad_folds, to_char(p_folds));
    elsif l_method = 'KFOLD' and p_seed is null then
      img_error.throw(img_error.co_missing_argument, 'p_seed');
    elsif l_method = 'LOGO' then
      check_group_path(p_group_path);
    end if;
    if p_transform is not null then
      if upper(p_transform) not in ('CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA') then
        img_error.throw(img_error.co_unknown_transform, p_transform);
      elsif l_method = 'LOO' then
        img_error.throw(img_error.co_needs_folds);
      end if;
      l_transform := upper(p_transform);
    end if;
    if p_within_part is null or p_within_part not in (0, 1) then
      img_error.throw(img_error.co_bad_parameter, 'p_within_part', to_char(p_within_part), '0 to 1');
    end if;
    l_target := checked_target(p_target);
    l_metric := checked_metric(p_metric);
    l_weighting := checked_weighting(p_weighting, l_metric);
    check_votes(p_k, p_temperature);
    check_comparable(p_part);
    check_formats;
    l_approximate := by_index(p_approximate, p_target_accuracy, l_metric, l_transform, l_method);
    l_within_part := case l_target when 'PART' then 0 else p_within_part end;

    insert into classification_run (
      method, target, k, weighting, temperature, metric, within_part, part, folds, seed, group_path,
      transform, near_distance, model_id, approximate, target_accuracy
    ) values (
      l_method, l_target, p_k, l_weighting, p_temperature, l_metric, l_within_part, p_part,
      case l_method when 'KFOLD' then p_folds end, case l_method when 'KFOLD' then p_seed end,
      case l_method when 'LOGO' then p_group_path end, l_transform, p_near_distance,
      (select max(model_id) from image_demo1 where embedding is not null), l_approximate, p_target_accuracy
    )
    returning run_id into l_run_id;

    insert into classification_item (run_id, item_id, image_id, part, actual, fold, untested_reason)
    select l_run_id, image_id, image_id, part, class, image_id,
           case when vector_norm(embedding) = 0 then co_no_direction end
      from vw_image_class
     where target = l_target
       and p_part is null
    union all
    select l_run_id, image_id, image_id, part, class, image_id,
           case when vector_norm(embedding) = 0 then co_no_direction end
      from vw_image_class
     where target = l_target
       and part = p_part;

    if l_method = 'LOGO' then
      set_groups(l_run_id, p_group_path);
    end if;
    set_untested(l_run_id);
    set_folds(l_run_id);

    update classification_run r
       set (images, fingerprint) = (
             select /*+ use_hash(i d) */ count(*),
                    count(*) || '-' || sum(to_number(translate(substr(rawtohex(standard_hash(
                      i.item_id || ':' || i.part || ':' || i.actual || ':'
                      || case when i.group_key is not null then rawtohex(standard_hash(i.group_key, 'SHA256')) end
                      || ':' || to_char(round(vector_norm(d.embedding), 4), 'fm9999990.0000'), 'SHA256')), 1, 12),
                      'ABCDEF', '012345')))
               from classification_item i
               join image_demo1 d on d.image_id = i.image_id
              where i.run_id = l_run_id)
     where r.run_id = l_run_id;
    return l_run_id;
  end begin_evaluation;

  procedure finish_evaluation(p_run_id in classification_run.run_id%type) is
    l_kind        classification_run.transform%type;
    l_within_part classification_run.within_part%type;
    l_approximate classification_run.approximate%type;
  begin
    check_run(p_run_id);
    select transform, within_part, approximate
      into l_kind, l_within_part, l_approximate
      from classification_run
     where run_id = p_run_id;
    if l_approximate = 1 then
      find_approximately(p_run_id);
    elsif l_kind is null then
      -- One part after the other, so that no image meets those of other parts.
      for r_part in (
        select distinct case when l_within_part = 1 then part end as part
          from classification_item
         where run_id = p_run_id
           and untested_reason is null
      ) loop
        find_for_evaluation(p_run_id, null, null, r_part.part);
      end loop;
    else
      for r_transform in (select transform_id, fold from embedding_transform where run_id = p_run_id) loop
        if l_kind in ('PROTOTYPE', 'LDA') then
          compare_with_classes(p_run_id, r_transform.transform_id, r_transform.fold);
        else
          for r_part in (
            select distinct case when l_within_part = 1 then part end as part
              from classification_item
             where run_id = p_run_id
               and untested_reason is null
          ) loop
            find_for_evaluation(p_run_id, r_transform.transform_id, r_transform.fold, r_part.part);
          end loop;
        end if;
      end loop;
      -- A fold's transform has done its work.
      delete from embedding_transform where run_id = p_run_id;
    end if;
    tally(p_run_id);
  end finish_evaluation;

  function evaluate(
    p_method          in varchar2 default 'LOO',
    p_target          in varchar2 default 'QUALITY',
    p_k               in number default 5,
    p_weighting       in varchar2 default 'MAJORITY',
    p_temperature     in number default 0.07,
    p_metric          in varchar2 default 'COSINE',
    p_part            in classification_item.part%type default null,
    p_within_part     in number default 1,
    p_folds           in number default 10,
    p_seed            in number default 1,
    p_group_path      in varchar2 default null,
    p_transform       in varchar2 default null,
    p_near_distance   in number default 0.02,
    p_approximate     in number default 0,
    p_target_accuracy in number default null
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
      p_target_accuracy => p_target_accuracy
    );
    if p_transform is not null then
      img_transform.fit_run(l_run_id, p_transform);
    end if;
    finish_evaluation(l_run_id);
    return l_run_id;
  end evaluate;

  /** What the neighbours of a run give by each k of a list and each weighting. */
  procedure tally_settings(
    p_run_id in classification_run.run_id%type,
    p_ks     in varchar2
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
      select distinct to_number(trim(s.k)) as k
        from json_table('["' || replace(p_ks, ',', '","') || '"]', '$[*]' columns (k varchar2(20 char) path '$')) s
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
    p_method      in varchar2 default 'LOO',
    p_target      in varchar2 default 'QUALITY',
    p_temperature in number default 0.07,
    p_part        in classification_item.part%type default null,
    p_within_part in number default 1,
    p_folds       in number default 10,
    p_seed        in number default 1,
    p_group_path  in varchar2 default null
  ) return number is
    l_largest number;
    l_least   number;
    l_run_id  classification_run.run_id%type;
    l_first   classification_run.run_id%type;
  begin
    -- Numbers of few digits, and names: nothing that would have to be escaped in the JSON that lists them.
    if p_ks is null or not regexp_like(p_ks, '^ *[0-9]{1,9}( *, *[0-9]{1,9})* *$') then
      img_error.throw(img_error.co_bad_k, p_ks, to_char(co_most_neighbours));
    elsif p_metrics is null or not regexp_like(p_metrics, '^ *[[:alpha:]]+( *, *[[:alpha:]]+)* *$') then
      img_error.throw(img_error.co_unknown_metric, p_metrics);
    end if;
    select max(to_number(trim(s.k))), min(to_number(trim(s.k)))
      into l_largest, l_least
      from json_table('["' || replace(p_ks, ',', '","') || '"]', '$[*]' columns (k varchar2(20 char) path '$')) s;
    if l_least < 1 then
      img_error.throw(img_error.co_bad_k, p_ks, to_char(co_most_neighbours));
    end if;
    for r_metric in (
      select trim(m.metric) as metric
        from json_table('["' || replace(p_metrics, ',', '","') || '"]', '$[*]'
               columns (place for ordinality, metric varchar2(100 char) path '$')) m
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
        p_group_path  => p_group_path
      );
      tally_settings(l_run_id, p_ks);
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
    check_run(p_run_a);
    check_run(p_run_b);
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
