create or replace package body img_compare as

  procedure check_targets(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) is
    l_target_a image_run.target%type;
    l_target_b image_run.target%type;
  begin
    img_report.check_run(p_run_a);
    img_report.check_run(p_run_b);
    select max(case when run_id = p_run_a then target end), max(case when run_id = p_run_b then target end)
      into l_target_a, l_target_b
      from image_run
     where run_id in (p_run_a, p_run_b);
    if l_target_a <> l_target_b then
      img_error.throw(img_error.co_other_target, l_target_a, l_target_b);
    end if;
  end check_targets;

  /** Raises where there is nothing to compare. */
  procedure check_common(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) is
    l_found pls_integer;
  begin
    check_targets(p_run_a, p_run_b);
    select count(*)
      into l_found
      from vw_compared_run
     where run_a = p_run_a
       and run_b = p_run_b;
    if l_found = 0 then
      img_error.throw(img_error.co_no_common_image, to_char(p_run_a), to_char(p_run_b));
    end if;
  end check_common;

  function mcnemar_p(
    p_only_a in number,
    p_only_b in number
  ) return binary_double is
    l_discord constant pls_integer := p_only_a + p_only_b;
    -- The logarithm of C(n, i) / 2^n from one i to the next, so that nothing overflows.
    l_log     binary_double := - l_discord * ln(2);
    l_p       binary_double := 0;
  begin
    for i in 0 .. least(p_only_a, p_only_b) loop
      if l_log > -700 then
        l_p := l_p + exp(l_log);
      end if;
      if i < l_discord then
        l_log := l_log + ln((l_discord - i) / (i + 1));
      end if;
    end loop;
    return least(1, 2 * l_p);
  end mcnemar_p;

  function result(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_common(p_run_a, p_run_b);
    open l_rows for
      with tested as (
        select c.images, a.tested - c.images as left_out_a, b.tested - c.images as left_out_b, c.both_right, c.only_a,
               c.only_b, c.both_wrong, c.accuracy_a, c.accuracy_b, c.difference, c.difference_low, c.difference_high,
               mcnemar_p(c.only_a, c.only_b) as p_value, x.embed_ms + x.decision_ms as ms_a,
               y.embed_ms + y.decision_ms as ms_b
          from vw_compared_run c
          join vw_evaluation_run a on a.run_id = c.run_a
          join vw_evaluation_run b on b.run_id = c.run_b
          join vw_run_cost x on x.run_id = c.run_a
          join vw_run_cost y on y.run_id = c.run_b
         where c.run_a = p_run_a
           and c.run_b = p_run_b
      ), judged as (
        select images, left_out_a, left_out_b, both_right, only_a, only_b, both_wrong, difference, difference_low,
               difference_high, p_value,
               case when p_value < co_level then case when difference > 0 then 'B' else 'A' end end as better,
               case when ms_a <= co_faster * ms_b then 'A' when ms_b <= co_faster * ms_a then 'B' end as faster
          from tested
      )
      select images, left_out_a, left_out_b, both_right, only_a, only_b, both_wrong, difference, difference_low,
             difference_high, p_value, better, faster,
             -- These few sentences and no others, so that a page can say them in another language.
             case
               when better is not null then
                 better || ' is right more often: the difference is larger than chance explains'
               when faster is not null then
                 'A and B can not be told apart on these images: take the faster, ' || faster
               else 'A and B can not be told apart on these images: take the one that costs less'
             end as conclusion
        from judged;
    return l_rows;
  end result;

  function sides(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_common(p_run_a, p_run_b);
    open l_rows for
      select s.side, s.run_id, w.model, r.method, r.target, r.k, r.weighting, r.metric, r.transform_kind, s.accuracy,
             s.accuracy_low, s.accuracy_high, w.dimension, w.embedding_bytes, w.embed_ms, w.decision_ms
        from (select 'A' as side, run_a as run_id, accuracy_a as accuracy, accuracy_low_a as accuracy_low,
                     accuracy_high_a as accuracy_high
                from vw_compared_run
               where run_a = p_run_a
                 and run_b = p_run_b
              union all
              select 'B', run_b, accuracy_b, accuracy_low_b, accuracy_high_b
                from vw_compared_run
               where run_a = p_run_a
                 and run_b = p_run_b) s
        join vw_evaluation_run r on r.run_id = s.run_id
        join vw_run_cost w on w.run_id = s.run_id
       order by s.side;
    return l_rows;
  end sides;

  function classes(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_common(p_run_a, p_run_b);
    open l_rows for
      with compared as (
        select actual, predicted_a, predicted_b
          from vw_compared_item
         where run_a = p_run_a
           and run_b = p_run_b
      ), named as (
        select actual as class from compared
        union
        select predicted_a from compared
        union
        select predicted_b from compared
      ), counted as (
        select n.class,
               count(case when c.actual = n.class then 1 end) as images,
               count(case when c.actual = n.class and c.predicted_a <> n.class then 1 end) as missed_a,
               count(case when c.actual = n.class and c.predicted_b <> n.class then 1 end) as missed_b,
               count(case when c.actual <> n.class then 1 end) as others,
               count(case when c.actual <> n.class and c.predicted_a = n.class then 1 end) as false_alarms_a,
               count(case when c.actual <> n.class and c.predicted_b = n.class then 1 end) as false_alarms_b
          from named n
         cross join compared c
         group by n.class
      )
      select class, images, missed_a / nullif(images, 0) as miss_rate_a, missed_b / nullif(images, 0) as miss_rate_b,
             false_alarms_a / nullif(others, 0) as false_alarm_rate_a,
             false_alarms_b / nullif(others, 0) as false_alarm_rate_b
        from counted
       order by nlssort(class, 'NLS_SORT=BINARY');
    return l_rows;
  end classes;

end img_compare;
/
