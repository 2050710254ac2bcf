create or replace package body img_vote as

  function weight(
    p_distance    in binary_double,
    p_nearest     in binary_double,
    p_weighting   in varchar2,
    p_temperature in binary_double
  ) return binary_double is
  begin
    return case p_weighting
             when 'MAJORITY' then 1
             when 'INVERSE' then 1 / case when p_distance > co_least_distance then p_distance else co_least_distance end
             else exp((p_nearest - p_distance) / p_temperature)
           end;
  end weight;

  /**
   * Count the votes: those of an evaluation's neighbours, or of some that are given.
   *
   * Where classes are compared with, and not images, all of them vote, unless the nearest one decides alone.
   *
   * @param p_fold      of an evaluation, the votes of this fold's items alone; null: of all
   * @param p_ks        JSON array of numbers of neighbours to count beside p_k; null: none
   * @param p_decisions JSON array of item_id, class, confidence, actual_share and distance: by p_k and p_weighting. It is
   *                    text, which has no largest size
   * @param p_counts    JSON array of k, weighting, tested, correct and balanced_accuracy: by every k and weighting
   */
  procedure count_votes(
    p_run_id      in image_run.run_id%type,
    p_fold        in image_run_item.fold%type,
    p_neighbours  in json,
    p_kind        in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number,
    p_ks          in json,
    p_decisions   out clob,
    p_counts      out json
  ) is
    l_weighting   constant varchar2(10 char) := case img_transform.gives_probabilities(p_kind) when 1 then 'SOFTMAX' else p_weighting end;
    l_temperature constant binary_double := p_temperature;
    l_k           constant number := case
                                       when img_transform.compares_classes(p_kind) = 0 then p_k
                                       when l_weighting = 'MAJORITY' then 1
                                       else img_choice.co_most_neighbours
                                     end;
  begin
    with setting as (
      select l_k as k
        from dual
       union
      select s.k
        from json_table(p_ks, '$[*]' columns (k number path '$')) s
    ), voter as (
      select item_id, place, class, distance
        from image_run_neighbour
       where run_id = p_run_id
         and p_fold is null
       union all
      select /*+ use_hash(n i) */ n.item_id, n.place, n.class, n.distance
        from image_run_item i
        join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
       where i.run_id = p_run_id
         and i.fold = p_fold
       union all
      select n.item_id, n.place, n.class, n.distance
        from json_table(p_neighbours, '$[*]'
               columns (
                 item_id  number             path '$.item_id',
                 place    number             path '$.place',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) n
    ), neighbour as (
      select item_id, place, class, distance, min(distance) over (partition by item_id) as least
        from voter
    ), running as (
      -- The votes of a class up to each of its places, and the place from which on there are more.
      select item_id, class, place, least,
             lead(place) over (partition by item_id, class order by place) as next_place,
             first_value(distance) over (partition by item_id, class order by place) as nearest,
             count(*) over (partition by item_id, class order by place) as majority,
             sum(1 / case when distance > co_least_distance then distance else co_least_distance end)
               over (partition by item_id, class order by place) as inverse,
             sum(exp((least - distance) / l_temperature)) over (partition by item_id, class order by place) as softmax
        from neighbour
    ), vote as (
      select s.k, r.item_id, r.class, r.least, r.majority, r.inverse, r.softmax,
             row_number() over (partition by s.k, r.item_id
               order by r.nearest, nlssort(r.class, 'NLS_SORT=BINARY')) as tie_place
        from running r
        join setting s
          on s.k >= r.place
         and (s.k < r.next_place or r.next_place is null)
    ), ranked as (
      select k, item_id, class, least, majority, inverse, softmax,
             row_number() over (partition by k, item_id order by majority desc, tie_place) as by_majority,
             row_number() over (partition by k, item_id order by inverse desc, tie_place) as by_inverse,
             row_number() over (partition by k, item_id order by softmax desc, tie_place) as by_softmax
        from vote
    ), chosen as (
      select /*+ use_hash(r i) */ r.k, r.item_id, r.class, r.least, i.actual, r.by_majority, r.by_inverse, r.by_softmax,
             case l_weighting when 'MAJORITY' then r.majority when 'INVERSE' then r.inverse else r.softmax end as votes,
             case l_weighting
               when 'MAJORITY' then r.by_majority
               when 'INVERSE' then r.by_inverse
               else r.by_softmax
             end as place
        from ranked r
        left join image_run_item i on i.run_id = p_run_id and i.item_id = r.item_id
    ), decision as (
      select item_id, min(least) as distance, max(case when place = 1 then class end) as class,
             max(case when place = 1 then votes end) / sum(votes) as confidence,
             sum(case when class = actual then votes else 0 end) / sum(votes) as actual_share
        from chosen
       where k = l_k
       group by item_id
    ), outcome as (
      select k, item_id, actual,
             max(case when by_majority = 1 and class = actual then 1 else 0 end) as majority,
             max(case when by_inverse = 1 and class = actual then 1 else 0 end) as inverse,
             max(case when by_softmax = 1 and class = actual then 1 else 0 end) as softmax
        from chosen
       where p_ks is not null
       group by k, item_id, actual
    ), recall as (
      select k, actual, count(*) as tested, sum(majority) as majority, sum(inverse) as inverse, sum(softmax) as softmax
        from outcome
       group by k, actual
    ), counted as (
      select k, 'MAJORITY' as weighting, sum(tested) as tested, sum(majority) as correct,
             avg(majority / tested) as balanced_accuracy
        from recall
       group by k
       union all
      select k, 'INVERSE', sum(tested), sum(inverse), avg(inverse / tested)
        from recall
       group by k
       union all
      select k, 'SOFTMAX', sum(tested), sum(softmax), avg(softmax / tested)
        from recall
       group by k
    )
    -- The hint, because one plan serves an evaluation and a few neighbours alike: for these a plan takes longer than
    -- the votes.
    select /*+ no_bind_aware */
           (select json_arrayagg(
                     json_object('item_id' value item_id, 'class' value class, 'confidence' value confidence,
                                 'actual_share' value actual_share, 'distance' value distance returning json)
                     returning clob)
              from decision),
           (select json_arrayagg(
                     json_object('k' value k, 'weighting' value weighting, 'tested' value tested,
                                 'correct' value correct, 'balanced_accuracy' value balanced_accuracy returning json)
                     returning json)
              from counted)
      into p_decisions, p_counts
      from dual;
  end count_votes;

  function decided(
    p_neighbours  in json,
    p_kind        in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number
  ) return clob is
    l_decisions clob;
    l_counts    json;
  begin
    count_votes(null, null, p_neighbours, p_kind, p_k, p_weighting, p_temperature, null, l_decisions, l_counts);
    return l_decisions;
  end decided;

  /**
   * Count the votes of the items of an evaluation's fold, and keep what they decide.
   *
   * @param p_fold   null: of all items
   * @param p_counts as of count_votes
   */
  procedure decide_fold(
    p_run_id      in image_run.run_id%type,
    p_fold        in image_run_item.fold%type,
    p_kind        in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number,
    p_ks          in json,
    p_counts      out json
  ) is
    -- Where distances are -ln of probabilities, these are the votes.
    l_temperature constant number := case img_transform.gives_probabilities(p_kind) when 1 then 1 else p_temperature end;
    l_decisions   clob;
  begin
    count_votes(
      p_run_id, p_fold, null, p_kind, p_k, p_weighting, l_temperature, p_ks, l_decisions, p_counts
    );
    -- The hint, because no statistics know rows that were put in a moment ago.
    merge /*+ use_hash(c n) */ into image_run_item c
    using (
      select d.item_id, d.class, d.confidence, d.actual_share, d.distance
        from json_table(l_decisions, '$[*]'
               columns (
                 item_id      number             path '$.item_id',
                 class        varchar2(100 char) path '$.class',
                 confidence   binary_double      path '$.confidence',
                 actual_share binary_double      path '$.actual_share',
                 distance     binary_double      path '$.distance'
               )) d
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then
      update
         set c.predicted        = n.class,
             c.confidence       = n.confidence,
             c.actual_share     = n.actual_share,
             c.nearest_distance = n.distance;
  end decide_fold;

  procedure decide_run(
    p_run_id in image_run.run_id%type,
    p_ks     in json default null
  ) is
    l_k           number;
    l_weighting   image_run.weighting%type;
    l_temperature number;
    l_metric      image_run.metric%type;
    l_kind        image_run.transform_kind%type;
    l_counts      json;
  begin
    select k, weighting, temperature, metric, transform_kind
      into l_k, l_weighting, l_temperature, l_metric, l_kind
      from image_run
     where run_id = p_run_id;
    if l_kind = 'TUNED' then
      for r_fold in (select fold, kind, k, weighting from image_transform where run_id = p_run_id) loop
        decide_fold(
          p_run_id, r_fold.fold, r_fold.kind, nvl(r_fold.k, l_k), nvl(r_fold.weighting, l_weighting), l_temperature,
          null, l_counts
        );
      end loop;
      return;
    end if;
    decide_fold(p_run_id, null, l_kind, l_k, l_weighting, l_temperature, p_ks, l_counts);
    insert into image_run_setting (run_id, k, weighting, tested, correct, balanced_accuracy)
    select p_run_id, s.k, s.weighting, s.tested, s.correct, s.balanced_accuracy
      from json_table(l_counts, '$[*]'
             columns (
               k                 number            path '$.k',
               weighting         varchar2(10 char) path '$.weighting',
               tested            number            path '$.tested',
               correct           number            path '$.correct',
               balanced_accuracy binary_double     path '$.balanced_accuracy'
             )) s
     where s.weighting <> 'INVERSE'
        or l_metric <> 'DOT';
  end decide_run;

end img_vote;
/
