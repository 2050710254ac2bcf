create or replace package body img_choice as

  function checked_target(p_target in varchar2) return varchar2 is
  begin
    if p_target is null or upper(p_target) not in ('QUALITY', 'CATEGORY1', 'CATEGORY2', 'PART') then
      img_error.throw(img_error.co_unknown_target, p_target);
    end if;
    return upper(p_target);
  end checked_target;

  function checked_metric(p_metric in varchar2) return varchar2 is
  begin
    if p_metric is null or upper(p_metric) not in ('COSINE', 'EUCLIDEAN', 'DOT') then
      img_error.throw(img_error.co_unknown_metric, p_metric);
    end if;
    return upper(p_metric);
  end checked_metric;

  function checked_weighting(
    p_weighting in varchar2,
    p_metric    in varchar2
  ) return varchar2 is
  begin
    if p_weighting is null or upper(p_weighting) not in ('MAJORITY', 'INVERSE', 'SOFTMAX') then
      img_error.throw(img_error.co_unknown_weighting, p_weighting);
    elsif upper(p_weighting) = 'INVERSE' and upper(p_metric) = 'DOT' then
      img_error.throw(img_error.co_unknown_weighting, 'INVERSE with DOT');
    end if;
    return upper(p_weighting);
  end checked_weighting;

  function checked_method(p_method in varchar2) return varchar2 is
  begin
    if p_method is null or upper(p_method) not in ('LOO', 'KFOLD', 'LOGO', 'TIME', 'PATH') then
      img_error.throw(img_error.co_unknown_method, p_method);
    end if;
    return upper(p_method);
  end checked_method;

  function checked_kind(p_kind in varchar2) return varchar2 is
  begin
    if p_kind is null or upper(p_kind) not in ('CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA', 'KERNEL', 'JOINT') then
      img_error.throw(img_error.co_unknown_transform, p_kind);
    end if;
    return upper(p_kind);
  end checked_kind;

  function checked_run_kind(p_kind in varchar2) return varchar2 is
  begin
    return case when upper(p_kind) = 'TUNED' then 'TUNED' else checked_kind(p_kind) end;
  end checked_run_kind;

  function checked_fold_kind(p_kind in varchar2) return varchar2 is
  begin
    return case when upper(p_kind) = 'PLAIN' then 'PLAIN' else checked_kind(p_kind) end;
  end checked_fold_kind;

  function checked_ks(p_ks in varchar2) return json is
    l_least number;
    l_most  number;
    l_ks    json;
  begin
    -- Digits and commas: nothing that would have to be escaped in the JSON that lists them.
    if p_ks is null or not regexp_like(p_ks, '^ *[0-9]{1,9}( *, *[0-9]{1,9})* *$') then
      img_error.throw(img_error.co_bad_k, p_ks, to_char(co_most_neighbours));
    end if;
    -- As texts first, since JSON has no number with a leading zero.
    select min(n.k), max(n.k), json_arrayagg(n.k order by n.k returning json)
      into l_least, l_most, l_ks
      from (select distinct to_number(trim(t.k)) as k
              from json_table('["' || replace(p_ks, ',', '","') || '"]', '$[*]'
                     columns (k varchar2(4000 char) path '$')) t) n;
    if l_least < 1 or l_most > co_most_neighbours then
      img_error.throw(img_error.co_bad_k, p_ks, to_char(co_most_neighbours));
    end if;
    return l_ks;
  end checked_ks;

  function checked_metrics(p_metrics in varchar2) return json is
    l_metrics json;
  begin
    if p_metrics is null or not regexp_like(p_metrics, '^ *[[:alpha:]]+( *, *[[:alpha:]]+)* *$') then
      img_error.throw(img_error.co_unknown_metric, p_metrics);
    end if;
    for r_metric in (
      select trim(m.metric) as metric
        from json_table('["' || replace(p_metrics, ',', '","') || '"]', '$[*]'
               columns (metric varchar2(4000 char) path '$')) m
       where upper(trim(m.metric)) not in ('COSINE', 'EUCLIDEAN', 'DOT')
    ) loop
      img_error.throw(img_error.co_unknown_metric, r_metric.metric);
    end loop;
    select json_arrayagg(upper(trim(m.metric)) order by m.place returning json)
      into l_metrics
      from json_table('["' || replace(p_metrics, ',', '","') || '"]', '$[*]'
             columns (place for ordinality, metric varchar2(4000 char) path '$')) m;
    return l_metrics;
  end checked_metrics;

  procedure check_k(p_k in number) is
  begin
    if p_k is null or p_k < 1 or p_k > co_most_neighbours or p_k <> trunc(p_k) then
      img_error.throw(img_error.co_bad_k, to_char(p_k), to_char(co_most_neighbours));
    end if;
  end check_k;

  procedure check_temperature(p_temperature in number) is
  begin
    if p_temperature is null or p_temperature < co_least_temperature or p_temperature > co_most_temperature then
      img_error.throw(
        img_error.co_bad_temperature, to_char(p_temperature),
        to_char(co_least_temperature, 'fm0.000000') || ' to ' || to_char(co_most_temperature)
      );
    end if;
  end check_temperature;

  procedure check_folds(p_folds in number) is
  begin
    if p_folds is null or p_folds < 2 or p_folds > co_most_folds or p_folds <> trunc(p_folds) then
      img_error.throw(img_error.co_bad_folds, to_char(p_folds), to_char(co_most_folds));
    end if;
  end check_folds;

  procedure check_thresholds(
    p_min_confidence in number,
    p_max_distance   in number
  ) is
  begin
    if p_min_confidence < 0 or p_min_confidence > 1 then
      img_error.throw(img_error.co_bad_threshold, 'p_min_confidence', to_char(p_min_confidence), '0 to 1');
    elsif p_max_distance < 0 or p_max_distance > 1e100 then
      img_error.throw(img_error.co_bad_threshold, 'p_max_distance', to_char(p_max_distance), '0 or more');
    end if;
  end check_thresholds;

  procedure check_distance(
    p_max_distance in number,
    p_kind         in varchar2
  ) is
  begin
    if p_max_distance is not null and p_kind in ('LDA', 'KERNEL', 'JOINT', 'TUNED') then
      img_error.throw(img_error.co_no_distance);
    end if;
  end check_distance;

  procedure check_near_distance(p_near_distance in number) is
  begin
    if p_near_distance < 0 or p_near_distance > 2 then
      img_error.throw(img_error.co_bad_threshold, 'p_near_distance', to_char(p_near_distance), '0 to 2');
    end if;
  end check_near_distance;

  function measured_near_distance(p_model in varchar2) return number is
  begin
    return case p_model
             when 'efficientnet-lite0' then 0.009
             when 'efficientnet-lite0-defects' then 0.0015
           end;
  end measured_near_distance;

  procedure check_test_share(p_test_share in number) is
  begin
    if p_test_share is null or p_test_share <= 0 or p_test_share >= 1 then
      img_error.throw(img_error.co_bad_threshold, 'p_test_share', to_char(p_test_share), 'above 0 and below 1');
    end if;
  end check_test_share;

  procedure check_json_path(p_path in varchar2) is
  begin
    if p_path is null
       or length(p_path) > co_longest_path
       or not regexp_like(p_path, '^\$(\.[[:alpha:]_][[:alnum:]_]*|\[[0-9]+\])+$') then
      img_error.throw(img_error.co_bad_path, p_path, to_char(co_longest_path));
    end if;
  end check_json_path;

  procedure check_whole(
    p_name  in varchar2,
    p_value in number,
    p_least in number,
    p_most  in number
  ) is
  begin
    if p_value is null or p_value < p_least or p_value > p_most or p_value <> trunc(p_value) then
      img_error.throw(
        img_error.co_bad_parameter, p_name, to_char(p_value), to_char(p_least) || ' to ' || to_char(p_most)
      );
    end if;
  end check_whole;

  procedure check_flag(
    p_name  in varchar2,
    p_value in number
  ) is
  begin
    check_whole(p_name, p_value, 0, 1);
  end check_flag;

  procedure check_given(
    p_name  in varchar2,
    p_value in boolean
  ) is
  begin
    if p_value is null then
      img_error.throw(img_error.co_bad_parameter, p_name, null, 'true or false');
    end if;
  end check_given;

  function checked_flag(
    p_name  in varchar2,
    p_value in number
  ) return boolean is
  begin
    check_flag(p_name, p_value);
    return p_value = 1;
  end checked_flag;

  procedure check_text(
    p_name  in varchar2,
    p_value in varchar2,
    p_most  in number default co_longest_name
  ) is
  begin
    if p_value is null then
      img_error.throw(img_error.co_missing_argument, p_name);
    elsif length(p_value) > p_most then
      img_error.throw(img_error.co_too_long, p_name, to_char(length(p_value)), to_char(p_most));
    end if;
  end check_text;

end img_choice;
/
