create or replace package body img_novelty as

  -- The normal deviate of a two-sided 95 % interval.
  co_deviate constant number := 1.959964;
  -- Scores over a threshold below this are ranked as over this.
  co_least_score constant binary_double := 1e-12;

  procedure check_rate(p_false_alarms in number) is
  begin
    if p_false_alarms is null or p_false_alarms <= 0 or p_false_alarms >= 1 then
      img_error.throw(
        img_error.co_bad_threshold, 'p_false_alarms', to_char(p_false_alarms), 'above 0 and below 1'
      );
    end if;
  end check_rate;

  procedure throw_no_good(
    p_known_good in varchar2,
    p_target     in varchar2,
    p_part       in varchar2
  ) is
  begin
    img_error.throw(img_error.co_no_good, lower(p_target), nvl(p_known_good, '(any)'), nvl(p_part, '(any)'));
  end throw_no_good;

  function scores(
    p_known_good  in varchar2,
    p_part        in varchar2 default null,
    p_target      in varchar2 default img_choice.co_target,
    p_k           in number default co_k,
    p_source      in varchar2 default null,
    p_within_part in number default 1,
    p_others      in number default 1,
    p_all_pairs   in number default 0
  ) return json is
    l_target    varchar2(10 char);
    l_source_id image_source.source_id%type;
    l_scores    json;
  begin
    l_target := img_choice.checked_target(p_target);
    img_choice.check_k(p_k);
    img_choice.check_flag('p_within_part', p_within_part);
    img_choice.check_flag('p_others', p_others);
    img_choice.check_flag('p_all_pairs', p_all_pairs);
    img_comparable.check_stored(p_part);
    img_comparable.check_formats;
    l_source_id := img_comparable.checked_source(p_source);
    if p_others = 1 and p_all_pairs = 0 then
      img_review.check_pairs(p_part, l_source_id, p_within_part);
    end if;
    l_scores := img_search.class_distances(
      p_target      => l_target,
      p_class       => p_known_good,
      p_part        => p_part,
      p_source_id   => l_source_id,
      p_within_part => p_within_part,
      p_k           => p_k,
      p_measured    => case p_others when 0 then co_most_measured end,
      p_others      => p_others
    );
    if l_scores is null then
      throw_no_good(p_known_good, l_target, p_part);
    end if;
    return l_scores;
  end scores;

  function threshold_for(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms
  ) return number is
    l_good      pls_integer;
    l_threshold number;
  begin
    check_rate(p_false_alarms);
    select count(*), max(case when g.place = ceil((g.good + 1) * (1 - p_false_alarms)) then g.score end)
      into l_good, l_threshold
      from (select s.score, row_number() over (order by s.score) as place, count(*) over () as good
              from json_table(p_scores, '$[*]'
                     columns (
                       is_good number path '$.is_good',
                       score   number path '$.score'
                     )) s
             where s.is_good = 1) g;
    if l_threshold is null then
      img_error.throw(
        img_error.co_few_good, to_char(p_false_alarms), to_char(ceil(1 / p_false_alarms) - 1), to_char(l_good)
      );
    end if;
    return l_threshold;
  end threshold_for;

  function outliers(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms,
    p_limit        in number default 50
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_rate(p_false_alarms);
    img_choice.check_whole('p_limit', p_limit, 1, 1000000);
    open l_rows for
      with scored as (
        select s.image_id, s.scope, s.class, s.is_good, s.score,
               row_number() over (partition by s.scope, s.is_good order by s.score) as place,
               count(*) over (partition by s.scope, s.is_good) as good
          from json_table(p_scores, '$[*]'
                 columns (
                   image_id number             path '$.image_id',
                   scope    varchar2(100 char) path '$.scope',
                   class    varchar2(100 char) path '$.class' null on error null on empty,
                   is_good  number             path '$.is_good',
                   score    binary_double      path '$.score'
                 )) s
      ), limited as (
        select scope, score as threshold
          from scored
         where is_good = 1
           and place = ceil((good + 1) * (1 - p_false_alarms))
      ), placed as (
        select row_number() over (
                 order by nvl(s.score / greatest(l.threshold, co_least_score), -1) desc, s.score desc, s.image_id)
                 as place,
               s.image_id, s.class, s.is_good, s.score, l.threshold,
               case when s.score > l.threshold then 1 when s.score <= l.threshold then 0 end as is_outlier
          from scored s
          left join limited l on l.scope = s.scope
      )
      select p.place, p.image_id, i.part, p.class, p.is_good, p.score, p.threshold, p.is_outlier, f.source_name,
             f.label_path, f.image_path
        from placed p
        join vw_image_label i on i.image_id = p.image_id
        join vw_image_path f on f.image_id = p.image_id
       where p.place <= p_limit
       order by p.place;
    return l_rows;
  end outliers;

  function figures(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_rate(p_false_alarms);
    open l_rows for
      with scored as (
        select s.scope, s.is_good, s.score,
               row_number() over (partition by s.scope, s.is_good order by s.score) as place,
               count(*) over (partition by s.scope, s.is_good) as own,
               count(*) over (partition by s.scope) as every,
               rank() over (partition by s.scope order by s.score)
               + (count(*) over (partition by s.scope, s.score) - 1) / 2 as rank_of_all,
               rank() over (partition by s.scope, s.is_good order by s.score)
               + (count(*) over (partition by s.scope, s.is_good, s.score) - 1) / 2 as rank_of_own
          from json_table(p_scores, '$[*]'
                 columns (
                   scope   varchar2(100 char) path '$.scope',
                   class   varchar2(100 char) path '$.class' null on error null on empty,
                   is_good number             path '$.is_good',
                   score   binary_double      path '$.score'
                 )) s
         where s.is_good = 1
            or s.class is not null
      ), limited as (
        select scope, score as threshold
          from scored
         where is_good = 1
           and place = ceil((own + 1) * (1 - p_false_alarms))
      ), compared as (
        -- The share of the other kind that is on the right side of an image.
        select s.scope, s.is_good, s.score, s.own, l.threshold,
               case s.is_good
                 when 1 then 1 - (s.rank_of_all - s.rank_of_own) / nullif(s.every - s.own, 0)
                 else (s.rank_of_all - s.rank_of_own) / nullif(s.every - s.own, 0)
               end as right_share
          from scored s
          left join limited l on l.scope = s.scope
      ), summed as (
        select scope, count(case when is_good = 1 then 1 end) as good, count(case when is_good = 0 then 1 end) as others,
               max(threshold) as threshold,
               avg(case when is_good = 1 and threshold is not null then case when score > threshold then 1 else 0 end end)
                 as false_alarm_rate,
               avg(case when is_good = 0 and threshold is not null then case when score > threshold then 0 else 1 end end)
                 as miss_rate,
               avg(case when is_good = 0 then right_share end) as auroc,
               sqrt(var_samp(case when is_good = 1 then right_share end) / max(case when is_good = 1 then own end)
                    + var_samp(case when is_good = 0 then right_share end) / max(case when is_good = 0 then own end))
                 as deviation
          from compared
         group by scope
      )
      select scope, good, others, threshold, false_alarm_rate, miss_rate, auroc,
             case when deviation > 0 then greatest(0, auroc - co_deviate * deviation) end as auroc_low,
             case when deviation > 0 then least(1, auroc + co_deviate * deviation) end as auroc_high
        from summed
       order by nlssort(scope, 'NLS_SORT=BINARY');
    return l_rows;
  end figures;

  function judged(
    p_embedding  in vector,
    p_known_good in varchar2,
    p_threshold  in number,
    p_part       in varchar2 default null,
    p_target     in varchar2 default img_choice.co_target,
    p_k          in number default co_k,
    p_source     in varchar2 default null
  ) return json is
    l_target varchar2(10 char);
    l_found  json;
    l_result json;
  begin
    l_target := img_choice.checked_target(p_target);
    img_choice.check_k(p_k);
    if p_threshold is null or p_threshold < 0 or p_threshold > 2 then
      img_error.throw(img_error.co_bad_threshold, 'p_threshold', to_char(p_threshold), '0 to 2');
    end if;
    img_comparable.check_stored(p_part);
    img_comparable.check_embedding(p_embedding);
    l_found := img_search.nearest_of_class(
      p_embedding, p_k, p_part, l_target, p_known_good, img_comparable.checked_source(p_source)
    );
    if l_found is null then
      throw_no_good(p_known_good, l_target, p_part);
    end if;
    with neighbour as (
      select f.place, f.image_id, f.part, f.class, f.distance, o.source_name, o.image_path
        from json_table(l_found, '$[*]'
               columns (
                 place    for ordinality,
                 image_id number             path '$.image_id',
                 part     varchar2(100 char) path '$.part' null on error null on empty,
                 class    varchar2(100 char) path '$.class' null on error null on empty,
                 distance binary_double      path '$.distance'
               )) f
        join vw_image_order o on o.image_id = f.image_id
    )
    select json_object(
             'class' value case when avg(distance) > p_threshold then co_outlier else nvl(p_known_good, 'good') end,
             'score' value avg(distance), 'threshold' value p_threshold, 'k' value p_k, 'part' value p_part,
             'neighbours' value json_arrayagg(
               json_object('place' value place, 'image_id' value image_id, 'class' value class,
                           'distance' value distance, 'part' value part, 'source_name' value source_name,
                           'image_path' value image_path returning json)
               order by place returning json)
             returning json)
      into l_result
      from neighbour;
    return l_result;
  end judged;

end img_novelty;
/
