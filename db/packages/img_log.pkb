create or replace package body img_log as

  co_most_days constant pls_integer := 36500;

  function label_state return varchar2 is
    l_load  image_load_run.run_id%type;
    l_image image_demo1.image_id%type;
  begin
    -- The ends of two indexes.
    select nvl(max(run_id), 0)
      into l_load
      from image_load_run;
    select nvl(max(image_id), 0)
      into l_image
      from image_demo1;
    return 'load ' || to_char(l_load) || ', image ' || to_char(l_image);
  end label_state;

  procedure put(p_decisions in json) is
  begin
    insert into image_decision (
      decided_at, origin, image_name, image_hash, part, model_name, transform_name, label_state, answer, best, confidence,
      nearest_distance
    )
    select j.decided_at, j.origin, j.image_name, j.image_hash, j.part, j.model_name, j.transform_name, j.label_state,
           j.answer, j.best, j.confidence, j.nearest_distance
      from json_table(p_decisions, '$[*]'
             columns (
               decided_at       timestamp with time zone path '$.decided_at' error on error null on empty,
               origin           varchar2(10 char)        path '$.origin' error on error null on empty,
               image_name       varchar2(1000 char)      path '$.image_name' error on error null on empty,
               image_hash       varchar2(64 char)        path '$.image_hash' error on error null on empty,
               part             varchar2(100 char)       path '$.part' error on error null on empty,
               model_name       varchar2(1000 char)      path '$.model_name' error on error null on empty,
               transform_name   varchar2(100 char)       path '$.transform_name' error on error null on empty,
               label_state      varchar2(100 char)       path '$.label_state' error on error null on empty,
               answer           varchar2(100 char)       path '$.answer' error on error null on empty,
               best             varchar2(100 char)       path '$.best' error on error null on empty,
               confidence       binary_double            path '$.confidence' error on error null on empty,
               nearest_distance binary_double            path '$.nearest_distance' error on error null on empty
             )) j;
  end put;

  procedure purge(p_days in number) is
  begin
    img_choice.check_whole('p_days', p_days, 0, co_most_days);
    delete from image_decision
     where decided_at <= systimestamp - numtodsinterval(p_days, 'DAY');
  end purge;

  function decisions(
    p_before in image_decision.decision_id%type default null,
    p_limit  in number default co_page
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select decision_id, to_char(sys_extract_utc(decided_at), 'YYYY-MM-DD HH24:MI:SS') as decided_at, origin, image_name,
             image_hash, part, model_name, transform_name, label_state, answer, best, confidence, nearest_distance
        from vw_decision
       where p_before is null
          or decision_id < p_before
       order by decision_id desc
       fetch first p_limit rows only;
    return l_rows;
  end decisions;

  function drift(p_limit in number default co_page) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select to_char(decided_on, 'YYYY-MM-DD') as day, model_name, transform_name, decisions, rejected, mean_confidence,
             distance_p50, distance_p90, distance_p99
        from vw_decision_drift
       order by decided_on desc, model_name, transform_name
       fetch first p_limit rows only;
    return l_rows;
  end drift;

end img_log;
/
