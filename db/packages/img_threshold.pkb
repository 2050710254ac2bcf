create or replace package body img_threshold as

  /** Raises where a wanted rate is none: 0 or more and below 1. */
  procedure check_rate(
    p_name in varchar2,
    p_rate in number
  ) is
  begin
    if p_rate is null or p_rate < 0 or p_rate >= 1 then
      img_error.throw(img_error.co_bad_threshold, p_name, to_char(p_rate), '0 or more and below 1');
    end if;
  end check_rate;

  function rejection(
    p_run_id     in image_run.run_id%type,
    p_error_rate in number default null,
    p_coverage   in number default null
  ) return sys_refcursor is
    l_unit varchar2(30 char);
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    if p_error_rate is null and p_coverage is null or p_error_rate is not null and p_coverage is not null then
      img_error.throw(img_error.co_one_wish);
    elsif p_error_rate is not null then
      check_rate('p_error_rate', p_error_rate);
    elsif p_coverage <= 0 or p_coverage > 1 then
      img_error.throw(img_error.co_bad_threshold, 'p_coverage', to_char(p_coverage), 'above 0 and at most 1');
    end if;
    select case when max(calibrated_confidence) is null then 'confidence' else 'calibrated confidence' end
      into l_unit
      from vw_evaluation_item
     where run_id = p_run_id;
    open l_rows for
      with possible as (
        select 1 as place, 'MIN_CONFIDENCE' as kind, threshold, l_unit as unit, answered, coverage,
               1 - accuracy as error_rate
          from vw_evaluation_coverage
         where run_id = p_run_id
        union all
        select 2, 'MAX_DISTANCE', d.threshold, r.metric || case when r.transform_kind is not null then ' after ' || r.transform_kind end, d.answered,
               d.coverage, 1 - d.accuracy
          from vw_evaluation_distance d
          join vw_evaluation_run r on r.run_id = d.run_id
         where d.run_id = p_run_id
           and nvl(r.transform_kind, 'none') not in ('LDA', 'KERNEL', 'TUNED')
      ), ranked as (
        select place, kind, threshold, unit, answered, coverage, error_rate,
               row_number() over (partition by kind
                 order by case when p_coverage is null then -answered else answered end) as preference
          from possible
         where error_rate <= p_error_rate
            or coverage >= p_coverage
      )
      select kind, threshold, unit, answered, coverage, error_rate
        from ranked
       where preference = 1
       order by place;
    return l_rows;
  end rejection;

  function for_miss_rate(
    p_run_id    in image_run.run_id%type,
    p_class     in varchar2,
    p_miss_rate in number
  ) return sys_refcursor is
    l_images pls_integer;
    l_others pls_integer;
    l_rows   sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    check_rate('p_miss_rate', p_miss_rate);
    select count(case when actual = p_class then 1 end), count(case when actual <> p_class then 1 end)
      into l_images, l_others
      from vw_evaluation_item
     where run_id = p_run_id
       and predicted is not null;
    if l_images = 0 then
      img_error.throw(img_error.co_unknown_class, to_char(p_run_id), p_class);
    end if;
    open l_rows for
      with answer as (
        -- The answers that are another class, by their confidence.
        select told_confidence as confidence, count(case when actual = p_class then 1 end) as missed,
               count(case when actual <> p_class then 1 end) as passed
          from vw_evaluation_item
         where run_id = p_run_id
           and predicted <> p_class
           and actual is not null
         group by told_confidence
      ), possible as (
        select confidence as threshold, sum(missed) over (order by confidence desc) as missed,
               sum(passed) over (order by confidence desc) as passed
          from answer
        union all
        select 0, nvl(sum(missed), 0), nvl(sum(passed), 0)
          from answer
        union all
        select null, 0, 0
          from dual
      ), best as (
        select threshold, missed, l_others - passed as false_alarms,
               row_number() over (order by nvl(threshold, 2)) as preference
          from possible
         where missed <= p_miss_rate * l_images
      )
      select p_class as class, threshold, l_images as images, missed, missed / l_images as miss_rate, l_others as others,
             false_alarms, false_alarms / nullif(l_others, 0) as false_alarm_rate
        from best
       where preference = 1;
    return l_rows;
  end for_miss_rate;

  function applied(
    p_run_id         in image_run.run_id%type,
    p_min_confidence in number default null,
    p_max_distance   in number default null
  ) return sys_refcursor is
    l_kind image_run.transform_kind%type;
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    select transform_kind
      into l_kind
      from image_run
     where run_id = p_run_id;
    img_choice.check_thresholds(p_min_confidence, p_max_distance);
    img_choice.check_distance(p_max_distance, l_kind);
    open l_rows for
      with tested as (
        select actual, case when predicted = actual then 0 else 1 end as wrong,
               case when told_confidence < p_min_confidence or nearest_distance > p_max_distance then 0 else 1 end as answered
          from vw_evaluation_item
         where run_id = p_run_id
           and predicted is not null
           and actual is not null
      ), counted as (
        select actual as class, count(*) as images, sum(answered) as answered, sum(answered * wrong) as wrong
          from tested
         group by actual
        union all
        select null, count(*), nvl(sum(answered), 0), nvl(sum(answered * wrong), 0)
          from tested
      )
      select class, images, answered, answered / nullif(images, 0) as coverage, wrong,
             wrong / nullif(answered, 0) as error_rate, wrong / nullif(images, 0) as miss_rate
        from counted
       order by case when class is null then 0 else 1 end, nlssort(class, 'NLS_SORT=BINARY');
    return l_rows;
  end applied;

end img_threshold;
/
