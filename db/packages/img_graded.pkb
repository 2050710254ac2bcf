create or replace package body img_graded as

  -- class_of writes so many digits before the point.
  co_widest constant number := 1000000000;
  -- A mean of numbers that is the threshold itself reaches it, however its sum was rounded.
  co_tie    constant number := 0.000000001;

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
             when p_value >= p_threshold - co_tie then l_number || ' or more'
             when p_value < p_threshold - co_tie then 'below ' || l_number
           end;
  end class_of;

  procedure check_use(
    p_kind      in varchar2,
    p_threshold in number,
    p_grades    in varchar2
  ) is
  begin
    if p_grades is not null then
      if p_threshold is null or p_kind is null or p_kind not in ('KERNEL', 'JOINT', 'TUNED') then
        img_error.throw(img_error.co_bad_grades, nvl(p_kind, 'none'));
      end if;
    elsif p_threshold is not null and p_kind = 'PROTOTYPE' then
      img_error.throw(img_error.co_not_graded, p_kind);
    end if;
    if abs(p_threshold) >= co_widest then
      img_error.throw(img_error.co_not_graded, p_kind);
    end if;
  end check_use;

  /**
   * The numbers of items: of an evaluation's neighbours, or of some that are given.
   *
   * @param p_fold of an evaluation, the numbers of this fold's items alone; null: of all
   * @return JSON array as text, of item_id, class, value and distance
   */
  function numbers(
    p_run_id      in image_run.run_id%type,
    p_fold        in image_run_item.fold%type,
    p_neighbours  in json,
    p_kind        in varchar2,
    p_threshold   in number,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in binary_double
  ) return clob is
    l_compares constant number := img_transform.compares_classes(p_kind);
    l_numbers  clob;
  begin
    -- The hints, because no statistics know rows that were put in a moment ago.
    with voter as (
      select /*+ use_hash(i n o) */ n.item_id, n.place, n.distance, o.actual_value as value
        from image_run_item i
        join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
        left join image_run_item o on o.run_id = n.run_id and o.item_id = n.image_id
       where i.run_id = p_run_id
         and (p_fold is null or i.fold = p_fold)
      union all
      select n.item_id, n.place, n.distance, value_of(n.class)
        from json_table(p_neighbours, '$[*]'
               columns (
                 item_id  number             path '$.item_id',
                 place    number             path '$.place',
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) n
    ), neighbour as (
      select item_id, distance, value, min(distance) over (partition by item_id) as least
        from voter
       where place <= p_k
         and (l_compares = 1 or value is not null)
    ), weighed as (
      select item_id, distance, value, img_vote.weight(distance, least, p_weighting, p_temperature) as weight
        from neighbour
    ), answer as (
      select item_id, min(distance) as distance,
             case l_compares when 1 then -min(distance) else sum(weight * value) / sum(weight) end as value
        from weighed
       group by item_id
    )
    select json_arrayagg(
             json_object('item_id' value item_id, 'class' value class_of(value, p_threshold), 'value' value value,
                         'distance' value distance returning json)
             returning clob)
      into l_numbers
      from answer;
    return l_numbers;
  end numbers;

  function decided(
    p_neighbours  in json,
    p_kind        in varchar2,
    p_threshold   in number,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number
  ) return clob is
  begin
    return numbers(null, null, p_neighbours, p_kind, p_threshold, p_k, p_weighting, p_temperature);
  end decided;

  /** Keep the numbers of an evaluation's fold; p_fold is null: of all items. */
  procedure decide_fold(
    p_run_id      in image_run.run_id%type,
    p_fold        in image_run_item.fold%type,
    p_kind        in varchar2,
    p_threshold   in number,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number
  ) is
    l_numbers constant clob := numbers(
      p_run_id, p_fold, null, p_kind, p_threshold, p_k, p_weighting, p_temperature
    );
  begin
    merge /*+ use_hash(c n) */ into image_run_item c
    using (
      select d.item_id, d.class, d.value, d.distance
        from json_table(l_numbers, '$[*]'
               columns (
                 item_id  number             path '$.item_id',
                 class    varchar2(100 char) path '$.class',
                 value    binary_double      path '$.value',
                 distance binary_double      path '$.distance'
               )) d
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then
      update
         set c.predicted_value  = n.value,
             c.predicted        = n.class,
             c.nearest_distance = n.distance;
  end decide_fold;

  procedure decide_run(p_run_id in image_run.run_id%type) is
    l_k           image_run.k%type;
    l_weighting   image_run.weighting%type;
    l_temperature image_run.temperature%type;
    l_kind        image_run.transform_kind%type;
    l_threshold   image_run.threshold%type;
  begin
    select k, weighting, temperature, transform_kind, threshold
      into l_k, l_weighting, l_temperature, l_kind, l_threshold
      from image_run
     where run_id = p_run_id;
    if l_kind = 'TUNED' then
      for r_fold in (select fold, kind, k, weighting from image_transform where run_id = p_run_id) loop
        decide_fold(
          p_run_id, r_fold.fold, r_fold.kind, l_threshold, nvl(r_fold.k, l_k), nvl(r_fold.weighting, l_weighting),
          l_temperature
        );
      end loop;
    else
      decide_fold(p_run_id, null, l_kind, l_threshold, l_k, l_weighting, l_temperature);
    end if;
  end decide_run;

end img_graded;
/
