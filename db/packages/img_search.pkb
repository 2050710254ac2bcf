create or replace package body img_search as

  -- So many of an image's nearest are looked at where pairs are looked for by the index.
  co_nearest constant pls_integer := 10;

  function settled(
    p_found in json,
    p_k     in number
  ) return json is
    l_settled json;
  begin
    with found as (
      select f.item_id, f.image_id, f.part, f.class, f.distance
        from json_table(p_found, '$[*]'
               columns (
                 item_id  number             path '$.item_id',
                 image_id number             path '$.image_id',
                 part     varchar2(100 char) path '$.part' null on error null on empty,
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) f
    ), stepped as (
      select item_id, image_id, part, class, distance,
             case when distance - lag(distance) over (partition by item_id order by distance) <= co_tie then 0 else 1 end
               as step
        from found
    ), levelled as (
      select item_id, image_id, part, class, distance,
             sum(step) over (partition by item_id order by distance) as tie_level
        from stepped
    ), tied as (
      select item_id, image_id, part, class, tie_level,
             min(distance) over (partition by item_id, tie_level) as distance,
             count(*) over (partition by item_id, tie_level) as images
        from levelled
    ), keyed as (
      -- Of the few that are as near as others.
      select item_id, image_id, part, class, tie_level, distance,
             case when images > 1 then (select o.order_key from vw_image_order o where o.image_id = t.image_id) end
               as order_key
        from tied t
    ), placed as (
      select item_id, image_id, part, class, distance,
             row_number() over (partition by item_id
               order by tie_level, nlssort(order_key, 'NLS_SORT=BINARY'), image_id) as place
        from keyed
    )
    select json_arrayagg(
             json_object('item_id' value item_id, 'place' value place, 'image_id' value image_id, 'part' value part,
                         'class' value class, 'distance' value distance returning json)
             order by item_id, place returning json)
      into l_settled
      from placed
     where place <= p_k;
    return l_settled;
  end settled;

  /**
   * The images nearest to one embedding as it is: a single search, which keeps no more than are looked at.
   *
   * @param p_part the part of the images; null: of any
   * @param p_most so many are looked at
   * @return JSON array of item_id, image_id, part, class and distance; null where there is none
   */
  function nearest_to_one(
    p_embedding in vector,
    p_part      in varchar2,
    p_most      in number,
    p_target    in varchar2,
    p_metric    in varchar2,
    p_source_id in image_source.source_id%type,
    p_except    in image_demo1.image_id%type
  ) return json is
    l_found json;
  begin
    select json_arrayagg(
             json_object('item_id' value 1, 'image_id' value image_id, 'part' value part, 'class' value class,
                         'distance' value distance returning json)
             returning json)
      into l_found
      from (select image_id, part, class,
                   case p_metric
                     when 'COSINE' then vector_distance(embedding, p_embedding, cosine)
                     when 'EUCLIDEAN' then vector_distance(embedding, p_embedding, euclidean)
                     else vector_distance(embedding, p_embedding, dot)
                   end as distance
              -- A branch for each case, so that each has a plan: within a part its index serves.
              from (select image_id, part, class, embedding
                      from vw_image_class
                     where target = p_target
                       and p_part is null
                    union all
                    select image_id, part, class, embedding
                      from vw_image_class
                     where target = p_target
                       and part = p_part)
             where class is not null
               and image_id <> p_except
               and (p_source_id is null
                    or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
             order by distance, image_id
             fetch first p_most rows only);
    return l_found;
  end nearest_to_one;

  /**
   * The images nearest to each item of a batch, or in the space of a transform: all images are read once.
   *
   * @param p_embedding    as of nearest, like what is not said here
   * @param p_within       the part of the images; null: of any
   * @param p_most         as of nearest_to_one
   * @return as of nearest_to_one
   */
  function nearest_to_each(
    p_embedding    in vector,
    p_batch_id     in image_batch.batch_id%type,
    p_part         in varchar2,
    p_within       in varchar2,
    p_most         in number,
    p_target       in varchar2,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type,
    p_except       in image_demo1.image_id%type,
    p_transform_id in image_transform.transform_id%type
  ) return json is
    l_scope constant varchar2(100 char) := img_transform.scope_of(p_transform_id, p_part);
    l_found json;
  begin
    -- A branch for each case, so that each has a plan: within a part its index serves.
    with candidate as (
      select image_id, part, class, embedding
        from vw_image_class
       where target = p_target
         and class is not null
         and image_id <> p_except
         and p_transform_id is null
         and p_within is null
         and (p_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
      union all
      select image_id, part, class, embedding
        from vw_image_class
       where target = p_target
         and class is not null
         and image_id <> p_except
         and p_transform_id is null
         and part = p_within
         and (p_source_id is null or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
      union all
      select l.image_id, l.part, l.class, v.embedding
        from vw_image_class l
        join vw_transformed_image v on v.image_id = l.image_id and v.transform_id = p_transform_id
       where p_transform_id is not null
         and l.target = p_target
         and l.class is not null
         and l.image_id <> p_except
         and (p_within is null or l.part = p_within)
         and (p_source_id is null or l.image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
    ), query as (
      -- Numbered, so that it stands by itself and each embedding is transformed once, not once for each pair.
      select item_id, embedding, row_number() over (order by item_id) as place
        from (select item_id,
                     img_transform.applied(p_transform_id, l_scope, embedding) as embedding
                from (select item_id, embedding
                        from image_batch_item
                       where batch_id = p_batch_id
                         and (part = p_part or part is null and p_part is null)
                      union all
                      select 1, p_embedding
                        from dual
                       where p_batch_id is null))
    ), pair as (
      select q.item_id, o.image_id, o.part, o.class,
             case p_metric
               when 'COSINE' then vector_distance(o.embedding, q.embedding, cosine)
               when 'EUCLIDEAN' then vector_distance(o.embedding, q.embedding, euclidean)
               else vector_distance(o.embedding, q.embedding, dot)
             end as distance
        from query q
       cross join candidate o
    ), ranked as (
      select item_id, image_id, part, class, distance,
             row_number() over (partition by item_id order by distance, image_id) as place
        from pair
    )
    select json_arrayagg(
             json_object('item_id' value item_id, 'image_id' value image_id, 'part' value part, 'class' value class,
                         'distance' value distance returning json)
             returning json)
      into l_found
      from ranked
     where place <= p_most;
    return l_found;
  end nearest_to_each;

  function nearest(
    p_embedding    in vector,
    p_batch_id     in image_batch.batch_id%type,
    p_part         in varchar2,
    p_k            in number,
    p_target       in varchar2,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type default null,
    p_transform_id in image_transform.transform_id%type default null,
    p_except       in image_demo1.image_id%type default null
  ) return json is
    l_most   constant number := p_k + co_spare;
    l_within constant varchar2(100 char) := case when p_target <> 'PART' then p_part end;
    l_except constant image_demo1.image_id%type := nvl(p_except, -1);
  begin
    if p_batch_id is null and p_transform_id is null then
      return settled(nearest_to_one(p_embedding, l_within, l_most, p_target, p_metric, p_source_id, l_except), p_k);
    end if;
    return settled(
      nearest_to_each(
        p_embedding, p_batch_id, p_part, l_within, l_most, p_target, p_metric, p_source_id, l_except, p_transform_id
      ),
      p_k
    );
  end nearest;

  function nearest_by_index(
    p_embedding       in vector,
    p_part            in varchar2,
    p_k               in number,
    p_target          in varchar2,
    p_target_accuracy in number,
    p_except          in image_demo1.image_id%type default null,
    p_item_id         in number default 1
  ) return json is
    l_nearest json;
  begin
    -- A target accuracy has to be a literal; it is a whole number from 1 to 100. Order by repeats the
    -- distance, for the optimizer to recognise the search.
    if p_part is null then
      execute immediate
        'select json_arrayagg('
        || '         json_object(''item_id'' value :item, ''image_id'' value image_id, ''part'' value part, ''class'' value'
        || '                     case :class when ''QUALITY'' then quality when ''CATEGORY1'' then category1'
        || '                                 when ''CATEGORY2'' then category2 else part end,'
        || '                     ''distance'' value distance returning json)'
        || '         order by distance, image_id returning json)'
        || '  from (select image_id, label_part as part, label_quality as quality, label_category1 as category1,'
        || '               label_category2 as category2, vector_distance(embedding, :embedding, cosine) as distance'
        || '          from image_demo1'
        || '         where image_id <> :other'
        || '           and case :target when ''QUALITY'' then label_quality when ''CATEGORY1'' then label_category1'
        || '                            when ''CATEGORY2'' then label_category2 else label_part end is not null'
        || '         order by vector_distance(embedding, :searched, cosine)'
        || '         fetch approx first :k rows only with target accuracy ' || to_char(p_target_accuracy) || ')'
        into l_nearest
        using p_item_id, p_target, p_embedding, nvl(p_except, -1), p_target, p_embedding, p_k + co_spare;
    else
      execute immediate
        'select json_arrayagg('
        || '         json_object(''item_id'' value :item, ''image_id'' value image_id, ''part'' value part, ''class'' value'
        || '                     case :class when ''QUALITY'' then quality when ''CATEGORY1'' then category1'
        || '                                 when ''CATEGORY2'' then category2 else part end,'
        || '                     ''distance'' value distance returning json)'
        || '         order by distance, image_id returning json)'
        || '  from (select image_id, label_part as part, label_quality as quality, label_category1 as category1,'
        || '               label_category2 as category2, vector_distance(embedding, :embedding, cosine) as distance'
        || '          from image_demo1'
        || '         where label_part = :part'
        || '           and image_id <> :other'
        || '           and case :target when ''QUALITY'' then label_quality when ''CATEGORY1'' then label_category1'
        || '                            when ''CATEGORY2'' then label_category2 else label_part end is not null'
        || '         order by vector_distance(embedding, :searched, cosine)'
        || '         fetch approx first :k rows only with target accuracy ' || to_char(p_target_accuracy) || ')'
        into l_nearest
        using p_item_id, p_target, p_embedding, p_part, nvl(p_except, -1), p_target, p_embedding, p_k + co_spare;
    end if;
    return settled(l_nearest, p_k);
  end nearest_by_index;

  /** compared_classes of a transform that is not a JOINT. */
  function compared_by_one(
    p_transform_id in image_transform.transform_id%type,
    p_embedding    in vector,
    p_part         in varchar2,
    p_batch_id     in image_batch.batch_id%type,
    p_run_id       in image_run.run_id%type,
    p_fold         in number
  ) return json is
    l_kind        image_transform.kind%type;
    l_within_part image_transform.within_part%type;
    l_threshold   binary_double;
    l_base        binary_double;
    l_compared    json;
  begin
    select kind, within_part, threshold
      into l_kind, l_within_part, l_threshold
      from image_transform
     where transform_id = p_transform_id;
    l_base := img_kernel.base(p_transform_id);
    with query as (
      select item_id, case when l_within_part = 1 then part else '*' end as scope, embedding
        from (select item_id, part, embedding
                from vw_item_vector
               where run_id = p_run_id
                 and fold = p_fold
              union all
              select item_id, part, embedding
                from image_batch_item
               where batch_id = p_batch_id
              union all
              select 1, p_part, p_embedding
                from dual
               where p_embedding is not null)
    ), located as (
      -- Numbered, so that it stands by itself and each embedding is transformed once, not once for each pair.
      select item_id, scope, img_transform.applied(p_transform_id, scope, embedding) as embedding,
             row_number() over (order by item_id) as place
        from query
       where l_kind = 'KERNEL'
         and scope in (select r.part from image_transform_row r where r.transform_id = p_transform_id)
    ), voter as (
      -- The hint, because no statistics know rows that were put in a moment ago.
      select /*+ use_hash(s w) */ s.part, w.class, w.weight, s.embedding
        from image_transform_support s
        join image_transform_weight w
          on w.transform_id = s.transform_id
         and w.part = s.part
         and w.image_id = s.image_id
       where s.transform_id = p_transform_id
    ), scored as (
      select /*+ use_hash(q r) */ q.item_id, r.class,
             case l_kind
               when 'PROTOTYPE' then vector_distance(r.coefficients, q.embedding, cosine)
               else vector_distance(r.coefficients, q.embedding, dot) / vector_norm(q.embedding) - r.intercept
             end as distance
        from query q
        join image_transform_row r
          on r.transform_id = p_transform_id
         and r.part = q.scope
       where r.class is not null
      union all
      select l.item_id, v.class,
             -sum(v.weight * power(l_base, vector_distance(v.embedding, l.embedding, cosine)))
        from located l
        join voter v on v.part = l.scope
       group by l.item_id, v.class
    ), least_of as (
      select item_id, class, distance, min(distance) over (partition by item_id) as least
        from scored
    ), compared as (
      -- Minus the logarithm of the class's probability; of a graded fit minus the number.
      select item_id, class,
             case
               when l_threshold is not null then distance - l_threshold
               when img_transform.gives_probabilities(l_kind) = 1 then distance - least + ln(sum(exp(least - distance)) over (partition by item_id))
               else distance
             end as distance
        from least_of
    ), placed as (
      select item_id, class, distance,
             row_number() over (partition by item_id order by distance, nlssort(class, 'NLS_SORT=BINARY')) as place
        from compared
    )
    select json_arrayagg(
             json_object('item_id' value item_id, 'place' value place, 'class' value class, 'distance' value distance
                         returning json)
             order by item_id, place returning json)
      into l_compared
      from placed;
    return l_compared;
  end compared_by_one;

  function compared_classes(
    p_transform_id in image_transform.transform_id%type,
    p_embedding    in vector default null,
    p_part         in varchar2 default null,
    p_batch_id     in image_batch.batch_id%type default null,
    p_run_id       in image_run.run_id%type default null,
    p_fold         in number default null
  ) return json is
    l_kind      image_transform.kind%type;
    l_threshold image_transform.threshold%type;
    l_by_one    json;
    l_by_all    clob := '[';
    l_comma     varchar2(1 char);
    l_joint     json;
  begin
    select kind, threshold
      into l_kind, l_threshold
      from image_transform
     where transform_id = p_transform_id;
    if l_kind <> 'JOINT' then
      return compared_by_one(p_transform_id, p_embedding, p_part, p_batch_id, p_run_id, p_fold);
    end if;
    for r_member in (
      select transform_id from image_transform where joint_id = p_transform_id order by transform_id
    ) loop
      l_by_one := compared_by_one(r_member.transform_id, p_embedding, p_part, p_batch_id, p_run_id, p_fold);
      if l_by_one is not null then
        select l_by_all || l_comma || json_serialize(l_by_one returning clob)
          into l_by_all
          from dual;
        l_comma := ',';
      end if;
    end loop;
    l_by_all := l_by_all || ']';
    with mean as (
      select c.item_id, c.class, avg(c.distance) as distance
        from json_table(l_by_all, '$[*][*]'
               columns (
                 item_id  number             path '$.item_id',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) c
       group by c.item_id, c.class
    ), least_of as (
      select item_id, class, distance, min(distance) over (partition by item_id) as least
        from mean
    ), pooled as (
      -- Probabilities again, which the means are not: they do not add up to 1.
      select item_id, class,
             case
               when l_threshold is not null then distance
               else distance - least + ln(sum(exp(least - distance)) over (partition by item_id))
             end as distance
        from least_of
    ), placed as (
      select item_id, class, distance,
             row_number() over (partition by item_id order by distance, nlssort(class, 'NLS_SORT=BINARY')) as place
        from pooled
    )
    select json_arrayagg(
             json_object('item_id' value item_id, 'place' value place, 'class' value class, 'distance' value distance
                         returning json)
             order by item_id, place returning json)
      into l_joint
      from placed;
    return l_joint;
  end compared_classes;

  function largest_votes(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_embedding    in vector,
    p_class        in image_transform_weight.class%type,
    p_most         in number
  ) return json is
    l_embedding constant vector := img_transform.applied(p_transform_id, p_part, p_embedding);
    l_base      constant binary_double := img_kernel.base(p_transform_id);
    l_explained json;
  begin
    with vote as (
      select /*+ use_hash(s w) */ s.image_id, s.class,
             w.weight * power(l_base, vector_distance(s.embedding, l_embedding, cosine)) as vote
        from image_transform_support s
        join image_transform_weight w
          on w.transform_id = s.transform_id
         and w.part = s.part
         and w.image_id = s.image_id
       where s.transform_id = p_transform_id
         and s.part = p_part
         and w.class = p_class
    ), placed as (
      select image_id, class, vote, case when vote > 0 then 1 else 0 end as is_for, sum(abs(vote)) over () as total,
             row_number() over (partition by case when vote > 0 then 1 else 0 end order by abs(vote) desc, image_id)
               as place
        from vote
    )
    select json_object(
             'share' value max(p.covered),
             'votes' value json_arrayagg(
               json_object('image_id' value p.image_id, 'class' value p.class, 'vote' value p.vote,
                           'source_name' value o.source_name, 'image_path' value o.image_path returning json)
               order by p.is_for desc, p.place returning json) returning json)
      into l_explained
      from (select image_id, class, vote, is_for, place, sum(abs(vote)) over () / nullif(total, 0) as covered
              from placed
             where place <= p_most) p
      left join vw_image_order o on o.image_id = p.image_id;
    return l_explained;
  end largest_votes;

  procedure compare_with_classes(
    p_run_id       in image_run.run_id%type,
    p_transform_id in image_transform.transform_id%type,
    p_fold         in number
  ) is
    l_compared constant json := compared_classes(p_transform_id, p_run_id => p_run_id, p_fold => p_fold);
  begin
    insert into image_run_neighbour (run_id, item_id, place, class, distance)
    select p_run_id, c.item_id, c.place, c.class, c.distance
      from json_table(l_compared, '$[*]'
             columns (
               item_id  number             path '$.item_id',
               place    number             path '$.place',
               class    varchar2(100 char) path '$.class',
               distance binary_double      path '$.distance'
             )) c;
  end compare_with_classes;

  /** Put the equally near neighbours of an evaluation's items into their order: those of find_for_evaluation beyond k. */
  procedure settle_ties(
    p_run_id in image_run.run_id%type,
    p_k      in number
  ) is
    l_found   json;
    l_settled json;
  begin
    for r_item in (
      select distinct item_id from image_run_neighbour where run_id = p_run_id and place > p_k
    ) loop
      select json_arrayagg(
               json_object('item_id' value item_id, 'image_id' value image_id, 'class' value class,
                           'distance' value distance returning json)
               returning json)
        into l_found
        from image_run_neighbour
       where run_id = p_run_id
         and item_id = r_item.item_id;
      l_settled := settled(l_found, p_k);
      delete from image_run_neighbour
       where run_id = p_run_id
         and item_id = r_item.item_id;
      insert into image_run_neighbour (run_id, item_id, place, image_id, class, distance)
      select p_run_id, n.item_id, n.place, n.image_id, n.class, n.distance
        from json_table(l_settled, '$[*]'
               columns (
                 item_id  number             path '$.item_id',
                 place    number             path '$.place',
                 image_id number             path '$.image_id',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) n;
    end loop;
  end settle_ties;

  procedure find_for_evaluation(
    p_run_id       in image_run.run_id%type,
    p_transform_id in image_transform.transform_id%type,
    p_fold         in number,
    p_part         in image_run_item.part%type
  ) is
    l_k         pls_integer;
    l_metric    image_run.metric%type;
    l_looked_at pls_integer;
  begin
    select k, metric
      into l_k, l_metric
      from image_run
     where run_id = p_run_id;
    l_looked_at := l_k + co_spare;
    insert into image_run_neighbour (run_id, item_id, place, image_id, class, distance)
    with labelled as (
      select /*+ use_hash(c i) */ c.item_id, c.item_no, c.fold, c.actual as class, i.embedding
        from image_run_item c
        join image_demo1 i on i.image_id = c.image_id
       where c.run_id = p_run_id
         and c.untested_reason is null
         and p_transform_id is null
         and (p_part is null or c.part = p_part)
      union all
      select c.item_id, c.item_no, c.fold, c.actual as class, v.embedding
        from image_run_item c
        join vw_transformed_image v on v.image_id = c.image_id and v.transform_id = p_transform_id
       where p_transform_id is not null
         and c.run_id = p_run_id
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
      select item_id, image_id, class, distance, place,
             case
               when place <= l_k + 1
                and distance - lag(distance) over (partition by item_id order by place) <= co_tie then 1
               else 0
             end as tie
        from near
    ), told as (
      select item_id, image_id, class, distance, place, max(tie) over (partition by item_id) as tied
        from stepped
    )
    -- Of an item with ties all that were looked at, with places beyond k.
    select p_run_id, item_id, case tied when 1 then l_k + place else place end, image_id, class, distance
      from told
     where tied = 1
        or place <= l_k;
    settle_ties(p_run_id, l_k);
  end find_for_evaluation;

  procedure find_approximately(p_run_id in image_run.run_id%type) is
    l_k           image_run.k%type;
    l_target      image_run.target%type;
    l_within_part image_run.within_part%type;
    l_part        image_run.only_part%type;
    l_accuracy    image_run.target_accuracy%type;
    l_found       json;
  begin
    select k, target, within_part, only_part, target_accuracy
      into l_k, l_target, l_within_part, l_part, l_accuracy
      from image_run
     where run_id = p_run_id;
    -- One search after the other: an index serves a search for one vector, no join of two tables. The hint,
    -- because no statistics know rows that were put in a moment ago.
    for r_item in (
      select /*+ use_hash(v.c v.i) */ v.item_id, v.image_id, v.part, v.embedding
        from vw_item_vector v
       where v.run_id = p_run_id
    ) loop
      l_found := nearest_by_index(
        r_item.embedding, case when l_within_part = 1 then r_item.part else l_part end, l_k, l_target,
        img_index.used_accuracy(l_accuracy), p_except => r_item.image_id,
        p_item_id => r_item.item_id
      );
      insert into image_run_neighbour (run_id, item_id, place, image_id, class, distance)
      select p_run_id, r_item.item_id, f.place, f.image_id, f.class, f.distance
        from json_table(l_found, '$[*]'
               columns (
                 place    number             path '$.place',
                 image_id number             path '$.image_id',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) f;
    end loop;
  end find_approximately;

  /** The nearest cosine distance decides where the neighbours were not found by it: one part after the other. */
  procedure mark_near(
    p_run_id in image_run.run_id%type,
    p_near   in image_run.near_distance%type,
    p_part   in image_run_item.part%type
  ) is
    l_nearest constant pls_integer := 1;
  begin
    merge /*+ use_hash(c n) */ into image_run_item c
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

  procedure mark_copies(p_run_id in image_run.run_id%type) is
    l_near        image_run.near_distance%type;
    l_within_part image_run.within_part%type;
    l_by_cosine   pls_integer;
  begin
    select near_distance, within_part, case when metric = 'COSINE' and transform_kind is null then 1 else 0 end
      into l_near, l_within_part, l_by_cosine
      from image_run
     where run_id = p_run_id;
    merge /*+ use_hash(c n) */ into image_run_item c
    using (
      with same_file as (
        -- In two folds, so one of them is compared with the other.
        select image_hash, case when l_within_part = 1 then part else '*' end as scope
          from image_run_item
         where run_id = p_run_id
           and untested_reason is null
           and image_hash is not null
         group by image_hash, case when l_within_part = 1 then part else '*' end
        having min(fold) < max(fold)
      )
      select i.item_id,
             case when s.image_hash is not null or (l_by_cosine = 1 and n.distance <= l_near) then 1 else 0 end
               as has_copy
        from image_run_item i
        left join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id and n.place = 1
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
          from image_run_item
         where run_id = p_run_id
           and untested_reason is null
      ) loop
        mark_near(p_run_id, l_near, r_part.part);
      end loop;
    end if;
  end mark_copies;

  function near_pairs(
    p_target      in varchar2,
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number,
    p_near        in number,
    p_limit       in number,
    p_most        in number,
    p_by_index    in number
  ) return json is
    l_pairs json;
  begin
    with image as (
      select l.image_id, l.part, l.class, l.embedding,
             nvl(case p_within_part when 1 then l.part else '*' end, '-') as scope,
             count(*) over (partition by case p_within_part when 1 then l.part else '*' end) as images
        from vw_image_class l
       where l.target = p_target
         and (p_part is null or l.part = p_part)
         and (p_source_id is null
              or l.image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
         and vector_norm(l.embedding) > 0
    ), few as (
      select image_id, embedding, scope
        from image
       where p_most is null
          or images <= p_most
    ), compared as (
      select /*+ use_hash(a b) */ a.image_id, b.image_id as other_image_id,
             vector_distance(a.embedding, b.embedding, cosine) as distance
        from few a
        join few b on b.scope = a.scope and b.image_id > a.image_id
    ), looked_up as (
      select least(i.image_id, f.image_id) as image_id, greatest(i.image_id, f.image_id) as other_image_id,
             min(f.distance) as distance
        from image i,
             json_table(
               img_index.nearest(
                 i.embedding, co_nearest, case p_within_part when 1 then i.part else p_part end, p_target,
                 p_except => i.image_id
               ), '$[*]'
               columns (
                 image_id number        path '$.image_id',
                 distance binary_double path '$.distance'
               )) f
       where p_by_index = 1
         and i.images > p_most
       group by least(i.image_id, f.image_id), greatest(i.image_id, f.image_id)
    ), near as (
      select image_id, other_image_id, distance from compared where distance <= p_near
      union all
      select image_id, other_image_id, distance from looked_up where distance <= p_near
    ), placed as (
      select n.image_id, a.part, a.class as actual, n.other_image_id, b.part as other_part, b.class as other_actual,
             n.distance, count(*) over () as pairs,
             row_number() over (order by case when a.class = b.class then 0 else 1 end desc, n.distance, n.image_id,
                                         n.other_image_id) as place
        from near n
        join image a on a.image_id = n.image_id
        join image b on b.image_id = n.other_image_id
    )
    select json_arrayagg(
             json_object('image_id' value image_id, 'part' value part, 'actual' value actual,
                         'other_image_id' value other_image_id, 'other_part' value other_part,
                         'other_actual' value other_actual, 'distance' value distance, 'pairs' value pairs
                         returning json)
             order by place returning json)
      into l_pairs
      from placed
     where place <= p_limit;
    return l_pairs;
  end near_pairs;

  function nearest_of_class(
    p_embedding in vector,
    p_k         in number,
    p_part      in varchar2,
    p_target    in varchar2,
    p_class     in varchar2,
    p_source_id in image_source.source_id%type
  ) return json is
    l_looked_at constant number := p_k + co_spare;
    l_nearest   json;
  begin
    select json_arrayagg(
             json_object('image_id' value image_id, 'part' value part, 'class' value class,
                         'distance' value distance returning json)
             order by distance, image_id returning json)
      into l_nearest
      from (select image_id, part, class, vector_distance(embedding, p_embedding, cosine) as distance
              from vw_image_class
             where target = p_target
               and (p_part is null or part = p_part)
               and (p_class is null or class = p_class)
               and (p_source_id is null
                    or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
               and vector_norm(embedding) > 0
             order by distance, image_id
             fetch first l_looked_at rows only);
    return settled(l_nearest, p_k);
  end nearest_of_class;

  function class_distances(
    p_target      in varchar2,
    p_class       in varchar2,
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number,
    p_k           in number,
    p_measured    in number,
    p_others      in number
  ) return json is
    l_distances json;
  begin
    with image as (
      select l.image_id, l.class, l.embedding,
             nvl(case p_within_part when 1 then l.part else '*' end, '-') as scope,
             case when p_class is null or l.class = p_class then 1 else 0 end as is_good,
             row_number() over (
               partition by case p_within_part when 1 then l.part else '*' end,
                            case when p_class is null or l.class = p_class then 1 else 0 end
               order by nlssort(o.order_key, 'NLS_SORT=BINARY'), l.image_id) as item_no
        from vw_image_class l
        join vw_image_order o on o.image_id = l.image_id
       where l.target = p_target
         and (p_part is null or l.part = p_part)
         and (p_source_id is null or o.source_id = p_source_id)
         and vector_norm(l.embedding) > 0
    ), measured as (
      select image_id, embedding, scope
        from image
       where is_good = 1 and (p_measured is null or item_no <= p_measured)
          or is_good = 0 and p_others = 1
    ), good as (
      select image_id, embedding, scope, item_no
        from image
       where is_good = 1
    ), pair as (
      select m.image_id as item_id, g.image_id, g.item_no,
             vector_distance(g.embedding, m.embedding, cosine) as distance
        from measured m
        join good g on g.scope = m.scope and g.image_id <> m.image_id
    ), ranked as (
      select item_id, image_id, distance,
             row_number() over (partition by item_id order by distance, item_no) as place
        from pair
    ), near as (
      select item_id, distance
        from ranked
       where place <= p_k
    ), scored as (
      select item_id, avg(distance) as score
        from near
       group by item_id
    )
    select json_arrayagg(
             json_object('image_id' value i.image_id, 'scope' value i.scope, 'class' value i.class,
                         'is_good' value i.is_good, 'score' value s.score returning json)
             order by i.image_id returning json)
      into l_distances
      from scored s
      join image i on i.image_id = s.item_id;
    return l_distances;
  end class_distances;

end img_search;
/
