create or replace package body img_graded as

  function value_of(p_class in varchar2) return binary_double is
    l_value binary_double;
  begin
    if regexp_like(p_class, '^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?$') then
      -- By JSON, whose numbers have a point whatever the session's decimal character is.
      select j.value
        into l_value
        from json_table('[' || p_class || ']', '$[*]' columns (value binary_double path '$')) j;
    end if;
    return l_value;
  end value_of;

  function class_of(
    p_value     in binary_double,
    p_threshold in image_run.threshold%type
  ) return varchar2 is
    l_number constant varchar2(50 char) := to_char(p_threshold, 'fm9999999990.0999999999');
  begin
    return case
             when p_value >= p_threshold then l_number || ' or more'
             when p_value < p_threshold then 'below ' || l_number
           end;
  end class_of;

  procedure decide_run(p_run_id in image_run.run_id%type) is
    l_k           image_run.k%type;
    l_weighting   image_run.weighting%type;
    l_temperature binary_double;
    l_kind        image_run.transform_kind%type;
    l_threshold   image_run.threshold%type;
  begin
    select k, weighting, temperature, transform_kind, threshold
      into l_k, l_weighting, l_temperature, l_kind, l_threshold
      from image_run
     where run_id = p_run_id;
    -- The hint, because no statistics know rows that were put in a moment ago.
    merge /*+ use_hash(c n) */ into image_run_item c
    using (
      with neighbour as (
        select /*+ use_hash(n o) */ n.item_id, n.distance, o.actual_value,
               min(n.distance) over (partition by n.item_id) as least
          from image_run_neighbour n
          left join image_run_item o on o.run_id = n.run_id and o.item_id = n.image_id
         where n.run_id = p_run_id
           and n.place <= l_k
      ), weighed as (
        select item_id, distance, actual_value,
               img_vote.weight(distance, least, l_weighting, l_temperature) as weight
          from neighbour
      )
      select item_id, min(distance) as distance,
             case img_transform.compares_classes(l_kind)
               when 1 then -min(distance)
               else sum(weight * actual_value) / sum(weight)
             end as value
        from weighed
       group by item_id
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then
      update
         set c.predicted_value  = n.value,
             c.predicted        = class_of(n.value, l_threshold),
             c.nearest_distance = n.distance;
  end decide_run;

end img_graded;
/
