create or replace package body img_search as

  function settled(
    p_found in json,
    p_k     in number
  ) return json is
    l_settled json;
  begin
    with found as (
      select f.image_id, f.part, f.class, f.distance,
             row_number() over (order by nlssort(o.order_key, 'NLS_SORT=BINARY'), f.image_id) as item_no
        from json_table(p_found, '$[*]'
               columns (
                 image_id number             path '$.image_id',
                 part     varchar2(100 char) path '$.part' null on error null on empty,
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) f
        join vw_image_order o on o.image_id = f.image_id
    ), stepped as (
      select image_id, part, class, distance, item_no,
             case when distance - lag(distance) over (order by distance, item_no) <= co_tie then 0 else 1 end as step
        from found
    ), levelled as (
      select image_id, part, class, distance, item_no, sum(step) over (order by distance, item_no) as tie_level
        from stepped
    ), placed as (
      select image_id, part, class, min(distance) over (partition by tie_level) as distance,
             row_number() over (order by tie_level, item_no) as place
        from levelled
    )
    select json_arrayagg(
             json_object('image_id' value image_id, 'part' value part, 'class' value class,
                         'distance' value distance returning json)
             order by place returning json)
      into l_settled
      from placed
     where place <= p_k;
    return l_settled;
  end settled;

  function nearest_transformed(
    p_transform_id in embedding_transform.transform_id%type,
    p_embedding    in vector,
    p_k            in number,
    p_part         in varchar2,
    p_target       in varchar2,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type
  ) return json is
    l_looked_at constant number := p_k + co_spare;
    l_nearest   json;
  begin
    with candidate as (
      select l.image_id, l.part, l.class, v.embedding
        from vw_image_class l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
       where l.target = p_target
         and l.class is not null
         and p_part is null
         and (p_source_id is null or l.image_id in (select image_id from image_load where source_id = p_source_id))
       union all
      select l.image_id, l.part, l.class, v.embedding
        from vw_image_class l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
       where l.target = p_target
         and l.class is not null
         and l.part = p_part
         and (p_source_id is null or l.image_id in (select image_id from image_load where source_id = p_source_id))
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
             fetch first l_looked_at rows only);
    return settled(l_nearest, p_k);
  end nearest_transformed;

  function compared_classes(
    p_transform_id in embedding_transform.transform_id%type,
    p_kind         in varchar2,
    p_scope        in varchar2,
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

  procedure find_for_batch(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_part         in classification_item.part%type
  ) is
    l_k           pls_integer;
    l_metric      classification_run.metric%type;
    l_target      classification_run.target%type;
    l_within_part embedding_transform.within_part%type;
    l_source      image_source.name%type;
    l_source_id   image_source.source_id%type;
    l_looked_at   pls_integer;
  begin
    select k, metric, target, source_name
      into l_k, l_metric, l_target, l_source
      from classification_run
     where run_id = p_run_id;
    l_looked_at := l_k + co_spare;
    l_source_id := img_comparable.checked_source(l_source);
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
         and (l_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = l_source_id))
       union all
      select image_id, class, embedding
        from vw_image_class
       where target = l_target
         and class is not null
         and l_target <> 'PART'
         and part = p_part
         and (l_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = l_source_id))
    ), numbered as (
      select image_id, row_number() over (order by nlssort(order_key, 'NLS_SORT=BINARY'), image_id) as item_no
        from vw_image_order
    ), candidate as (
      select l.image_id, n.item_no, l.class, l.embedding
        from labelled l
        join numbered n on n.image_id = l.image_id
       where p_transform_id is null
      union all
      select l.image_id, n.item_no, l.class, v.embedding
        from labelled l
        join numbered n on n.image_id = l.image_id
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
      select q.item_id, o.image_id, o.item_no, o.class,
             case l_metric
               when 'COSINE' then vector_distance(o.embedding, q.embedding, cosine)
               when 'EUCLIDEAN' then vector_distance(o.embedding, q.embedding, euclidean)
               else vector_distance(o.embedding, q.embedding, dot)
             end as distance
        from query q
        cross join candidate o
    ), ranked as (
      select item_id, image_id, item_no, class, distance,
             row_number() over (partition by item_id order by distance, item_no) as place
        from pair
    ), near as (
      select item_id, image_id, item_no, class, distance, place
        from ranked
       where place <= l_looked_at
    ), stepped as (
      select item_id, image_id, item_no, class, distance, place,
             case
               when distance - lag(distance) over (partition by item_id order by place) <= co_tie then 0
               else 1
             end as step
        from near
    ), levelled as (
      select item_id, image_id, item_no, class, distance,
             sum(step) over (partition by item_id order by place) as tie_level
        from stepped
    ), settled as (
      select item_id, image_id, class, min(distance) over (partition by item_id, tie_level) as distance,
             row_number() over (partition by item_id order by tie_level, item_no) as place
        from levelled
    )
    select p_run_id, item_id, place, image_id, class, distance
      from settled
     where place <= l_k;
  end find_for_batch;

  procedure find_for_evaluation(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_fold         in number,
    p_part         in classification_item.part%type
  ) is
    l_k         pls_integer;
    l_metric    classification_run.metric%type;
    l_looked_at pls_integer;
  begin
    select k, metric
      into l_k, l_metric
      from classification_run
     where run_id = p_run_id;
    l_looked_at := l_k + co_spare;
    insert into classification_neighbour (run_id, item_id, place, image_id, class, distance)
    with labelled as (
      select /*+ use_hash(c i) */ c.item_id, c.item_no, c.fold, c.actual as class, i.embedding
        from classification_item c
        join image_demo1 i on i.image_id = c.image_id
       where c.run_id = p_run_id
         and c.untested_reason is null
         and p_transform_id is null
         and (p_part is null or c.part = p_part)
      union all
      select c.item_id, c.item_no, c.fold, c.actual as class, v.embedding
        from classification_item c
        join vw_transformed_image v on v.image_id = c.image_id and v.transform_id = p_transform_id
       where c.run_id = p_run_id
         and c.untested_reason is null
         and (p_part is null or c.part = p_part and v.part = p_part)
    ), pair as (
      select t.item_id, o.item_id as image_id, o.item_no, o.class,
             case l_metric
               when 'COSINE' then vector_distance(o.embedding, t.embedding, cosine)
               when 'EUCLIDEAN' then vector_distance(o.embedding, t.embedding, euclidean)
               else vector_distance(o.embedding, t.embedding, dot)
             end as distance
        from labelled t
        join labelled o on o.fold <> t.fold
       where p_fold is null or t.fold = p_fold
    ), ranked as (
      select item_id, image_id, item_no, class, distance,
             row_number() over (partition by item_id order by distance, item_no) as place
        from pair
    ), near as (
      select item_id, image_id, item_no, class, distance, place
        from ranked
       where place <= l_looked_at
    ), stepped as (
      select item_id, image_id, item_no, class, distance, place,
             case
               when distance - lag(distance) over (partition by item_id order by place) <= co_tie then 0
               else 1
             end as step
        from near
    ), levelled as (
      select item_id, image_id, item_no, class, distance,
             sum(step) over (partition by item_id order by place) as tie_level
        from stepped
    ), settled as (
      select item_id, image_id, class, min(distance) over (partition by item_id, tie_level) as distance,
             row_number() over (partition by item_id order by tie_level, item_no) as place
        from levelled
    )
    select p_run_id, item_id, place, image_id, class, distance
      from settled
     where place <= l_k;
  end find_for_evaluation;

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
      select p_run_id, r_item.item_id, f.place, f.image_id, f.class, f.distance
        from json_table(l_found, '$[*]'
               columns (
                 place    for ordinality,
                 image_id number             path '$.image_id',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) f;
    end loop;
  end find_approximately;

  /** The nearest cosine distance decides where the neighbours were not found by it: one part after the other. */
  procedure mark_near(
    p_run_id in classification_run.run_id%type,
    p_near   in classification_run.near_distance%type,
    p_part   in classification_item.part%type
  ) is
    l_nearest constant pls_integer := 1;
  begin
    merge /*+ use_hash(c n) */ into classification_item c
    using (
      with labelled as (
        select /*+ use_hash(v.c v.i) */ v.item_id, v.fold, v.embedding
          from vw_item_vector v
         where v.run_id = p_run_id
           and (p_part is null or v.part = p_part)
      ), pair as (
        select t.item_id, o.item_id as image_id, vector_distance(o.embedding, t.embedding, cosine) as distance
          from labelled t
          join labelled o on o.fold <> t.fold
      ), ranked as (
        select item_id, image_id, distance, row_number() over (partition by item_id order by distance) as place
          from pair
      )
      select item_id, distance
        from ranked
       where place <= l_nearest
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then update set c.has_copy = 1 where c.has_copy = 0 and n.distance <= p_near;
  end mark_near;

  procedure mark_copies(p_run_id in classification_run.run_id%type) is
    l_near        classification_run.near_distance%type;
    l_within_part classification_run.within_part%type;
    l_by_cosine   pls_integer;
  begin
    select near_distance, within_part, case when metric = 'COSINE' and transform is null then 1 else 0 end
      into l_near, l_within_part, l_by_cosine
      from classification_run
     where run_id = p_run_id;
    merge /*+ use_hash(c n) */ into classification_item c
    using (
      with same_file as (
        -- In two folds, so one of them is compared with the other.
        select image_hash, case when l_within_part = 1 then part else '*' end as scope
          from classification_item
         where run_id = p_run_id
           and untested_reason is null
           and image_hash is not null
         group by image_hash, case when l_within_part = 1 then part else '*' end
        having min(fold) < max(fold)
      )
      select i.item_id,
             case when s.image_hash is not null or (l_by_cosine = 1 and n.distance <= l_near) then 1 else 0 end
               as has_copy
        from classification_item i
        left join classification_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id and n.place = 1
        left join same_file s
          on s.image_hash = i.image_hash
         and s.scope = case when l_within_part = 1 then i.part else '*' end
       where i.run_id = p_run_id
         and i.predicted is not null
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then update set c.has_copy = n.has_copy;
    if l_by_cosine = 0 then
      for r_part in (
        select distinct case when l_within_part = 1 then part end as part
          from classification_item
         where run_id = p_run_id
           and untested_reason is null
      ) loop
        mark_near(p_run_id, l_near, r_part.part);
      end loop;
    end if;
  end mark_copies;

end img_search;
/
