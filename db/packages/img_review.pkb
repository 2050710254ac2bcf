create or replace package body img_review as

  co_most_rows constant pls_integer := 1000000;

  function suspects(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 50
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select place, image_id, part, actual, predicted, confidence, actual_share, disputed, source_name, label_path,
             image_path
        from vw_label_suspect
       where run_id = p_run_id
         and place <= p_limit
       order by place;
    return l_rows;
  end suspects;

  function confusions(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 20,
    p_pairs  in number default 3
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    img_choice.check_whole('p_pairs', p_pairs, 0, 1000);
    open l_rows for
      select c.actual, c.predicted, c.images, c.images / s.support as share_of_actual,
             (select json_arrayagg(
                       json_object('image_id' value p.image_id, 'source_name' value p.source_name,
                                   'label_path' value p.label_path, 'image_path' value p.image_path,
                                   'confidence' value p.confidence, 'other_image_id' value p.other_image_id,
                                   'other_source_name' value p.other_source_name,
                                   'other_label_path' value p.other_label_path,
                                   'other_image_path' value p.other_image_path, 'distance' value p.distance
                                   returning json)
                       order by p.place returning clob)
                from vw_confused_pair p
               where p.run_id = c.run_id
                 and p.actual = c.actual
                 and p.predicted = c.predicted
                 and p.place <= p_pairs) as pairs
        from vw_evaluation_confusion c
        join vw_evaluation_class s on s.run_id = c.run_id and s.class = c.actual
       where c.run_id = p_run_id
         and c.actual <> c.predicted
       order by c.images desc, nlssort(c.actual, 'NLS_SORT=BINARY'), nlssort(c.predicted, 'NLS_SORT=BINARY')
       fetch first p_limit rows only;
    return l_rows;
  end confusions;

  function duplicates_of_run(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select image_id, actual, source_name, image_path, other_image_id, other_actual, other_source_name,
             other_image_path, distance
        from vw_near_duplicate
       where run_id = p_run_id
         and place <= p_limit
       order by place;
    return l_rows;
  end duplicates_of_run;

  function outliers_of_run(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select image_id, part, source_name, image_path, distance, ratio
        from vw_outlier
       where run_id = p_run_id
         and place <= p_limit
       order by place;
    return l_rows;
  end outliers_of_run;

  /** How many images the largest part (p_within_part 0: all of them) has. */
  function most_images(
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number
  ) return number is
    l_images pls_integer;
  begin
    select nvl(max(g.images), 0)
      into l_images
      from (select count(*) as images
              from vw_image_label
             where embedding is not null
               and (p_part is null or part = p_part)
               and (p_source_id is null
                    or image_id in (select o.image_id from image_load o where o.source_id = p_source_id))
             group by case p_within_part when 1 then part else '*' end) g;
    return l_images;
  end most_images;

  procedure check_pairs(
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number
  ) is
    l_images constant number := most_images(p_part, p_source_id, p_within_part);
  begin
    if l_images > co_most_compared then
      img_error.throw(img_error.co_many_pairs, to_char(l_images), to_char(l_images * (l_images - 1) / 2));
    end if;
  end check_pairs;

  /** Whether (1 or 0) there is a vector index to look images up in. */
  function has_index return number is
    l_indexes pls_integer;
  begin
    select count(*)
      into l_indexes
      from vw_vector_index
     where state = 'VALID';
    return least(l_indexes, 1);
  end has_index;

  function near_duplicates(
    p_near_distance in number default null,
    p_part          in varchar2 default null,
    p_target        in varchar2 default img_choice.co_target,
    p_source        in varchar2 default null,
    p_within_part   in number default 1,
    p_limit         in number default 50,
    p_all_pairs     in number default 0
  ) return sys_refcursor is
    l_target    varchar2(10 char);
    l_source_id image_source.source_id%type;
    l_near      number;
    l_by_index  number := 0;
    l_most      number;
    l_found     json;
    l_rows      sys_refcursor;
  begin
    l_target := img_choice.checked_target(p_target);
    img_choice.check_flag('p_within_part', p_within_part);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    img_choice.check_flag('p_all_pairs', p_all_pairs);
    img_comparable.check_stored(p_part);
    img_comparable.check_formats;
    l_near := img_comparable.near_distance(p_near_distance);
    l_source_id := img_comparable.checked_source(p_source);
    if p_all_pairs = 0 then
      l_most := co_most_compared;
      if l_source_id is null then
        l_by_index := has_index;
      end if;
      if l_by_index = 0 then
        check_pairs(p_part, l_source_id, p_within_part);
      end if;
    end if;
    l_found := img_search.near_pairs(
      p_target      => l_target,
      p_part        => p_part,
      p_source_id   => l_source_id,
      p_within_part => p_within_part,
      p_near        => l_near,
      p_limit       => p_limit,
      p_most        => l_most,
      p_by_index    => l_by_index
    );
    open l_rows for
      select j.image_id, j.part, j.actual, a.source_name, a.label_path, a.image_path, j.other_image_id, j.other_part,
             j.other_actual, b.source_name as other_source_name, b.label_path as other_label_path,
             b.image_path as other_image_path, j.distance,
             case when j.actual = j.other_actual then 0 else 1 end as across_labels, j.pairs
        from json_table(l_found, '$[*]'
               columns (
                 place          for ordinality,
                 image_id       number             path '$.image_id',
                 part           varchar2(100 char) path '$.part' null on error null on empty,
                 actual         varchar2(100 char) path '$.actual' null on error null on empty,
                 other_image_id number             path '$.other_image_id',
                 other_part     varchar2(100 char) path '$.other_part' null on error null on empty,
                 other_actual   varchar2(100 char) path '$.other_actual' null on error null on empty,
                 distance       binary_double      path '$.distance',
                 pairs          number             path '$.pairs'
               )) j
        join vw_image_path a on a.image_id = j.image_id
        join vw_image_path b on b.image_id = j.other_image_id
       order by j.place;
    return l_rows;
  end near_duplicates;

end img_review;
/
