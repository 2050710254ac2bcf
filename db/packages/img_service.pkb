create or replace package body img_service as

  co_suspect   constant varchar2(10 char) := 'SUSPECT';
  co_duplicate constant varchar2(10 char) := 'DUPLICATE';
  co_outlier   constant varchar2(10 char) := 'OUTLIER';

  co_right    constant varchar2(10 char) := 'RIGHT';
  co_wrong    constant varchar2(10 char) := 'WRONG';
  co_untested constant varchar2(10 char) := 'UNTESTED';

  co_moment constant varchar2(30 char) := 'YYYY-MM-DD HH24:MI:SS';

  /** Raises where a word is given that is none of three. */
  procedure check_word(
    p_name  in varchar2,
    p_value in varchar2,
    p_one   in varchar2,
    p_two   in varchar2,
    p_three in varchar2
  ) is
  begin
    if upper(p_value) not in (p_one, p_two, p_three) then
      img_error.throw(img_error.co_bad_parameter, p_name, p_value, p_one || ', ' || p_two || ' or ' || p_three);
    end if;
  end check_word;

  function pictures(
    p_source         in image_source.name%type default null,
    p_part           in varchar2 default null,
    p_quality        in varchar2 default null,
    p_category1      in varchar2 default null,
    p_category2      in varchar2 default null,
    p_run_id         in image_run.run_id%type default null,
    p_actual         in varchar2 default null,
    p_predicted      in varchar2 default null,
    p_outcome        in varchar2 default null,
    p_min_confidence in number default null,
    p_max_confidence in number default null,
    p_finding        in varchar2 default null,
    p_after          in image_demo1.image_id%type default 0,
    p_limit          in number default co_page,
    p_sample         in number default null
  ) return sys_refcursor is
    l_outcome constant varchar2(10 char) := upper(p_outcome);
    l_finding constant varchar2(10 char) := upper(p_finding);
    l_rows    sys_refcursor;
  begin
    if p_run_id is not null then
      img_report.check_run(p_run_id);
    elsif coalesce(p_actual, p_predicted, p_outcome, to_char(p_min_confidence), to_char(p_max_confidence)) is not null then
      img_error.throw(img_error.co_missing_argument, 'p_run_id');
    end if;
    check_word('p_outcome', p_outcome, co_right, co_wrong, co_untested);
    check_word('p_finding', p_finding, co_suspect, co_duplicate, co_outlier);
    img_choice.check_thresholds(p_min_confidence, null);
    img_choice.check_thresholds(p_max_confidence, null);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_points);
    if p_sample is not null then
      img_choice.check_whole('p_sample', p_sample, 1, co_most_points);
    end if;
    open l_rows for
      select i.image_id, i.part, i.quality, i.category1, i.category2, e.actual, e.predicted, e.confidence,
             case when exists (select 1
                                 from image_finding f
                                where f.image_id = i.image_id and f.kind = co_suspect) then 1 else 0 end as is_suspect,
             case when exists (select 1
                                 from image_finding f
                                where f.image_id = i.image_id and f.kind = co_duplicate) then 1 else 0 end as is_duplicate,
             case when exists (select 1
                                 from image_finding f
                                where f.image_id = i.image_id and f.kind = co_outlier) then 1 else 0 end as is_outlier,
             m.x, m.y
        from vw_image_label i
        left join vw_evaluation_item e on e.run_id = p_run_id and e.item_id = i.image_id
        left join image_map_point m on m.image_id = i.image_id
       where i.image_id > p_after
         and (p_sample is null or m.place <= p_sample)
         and (p_part is null or i.part = p_part)
         and (p_quality is null or i.quality = p_quality)
         and (p_category1 is null or i.category1 = p_category1)
         and (p_category2 is null or i.category2 = p_category2)
         and (p_actual is null or e.actual = p_actual)
         and (p_predicted is null or e.predicted = p_predicted)
         and (p_min_confidence is null or e.confidence >= p_min_confidence)
         and (p_max_confidence is null or e.confidence <= p_max_confidence)
         and (l_outcome is null
              or l_outcome = co_right and e.predicted = e.actual
              or l_outcome = co_wrong and e.predicted <> e.actual
              or l_outcome = co_untested and e.predicted is null)
         and (p_source is null
              or exists (select 1
                           from image_load l
                           join image_source s on s.source_id = l.source_id
                          where l.image_id = i.image_id
                            and s.name = p_source))
         and (l_finding is null
              or exists (select 1 from image_finding f where f.image_id = i.image_id and f.kind = l_finding))
       order by i.image_id
       fetch first p_limit rows only;
    return l_rows;
  end pictures;

  function picture(p_image_id in image_demo1.image_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select i.image_id, i.label_part as part, i.label_quality as quality, i.label_category1 as category1,
             i.label_category2 as category2, s.name as source_name, s.root as source_root, l.label_path, l.image_path,
             m.name as model, json_serialize(i.metadata returning clob) as label,
             case when i.embedding is null then 0 else 1 end as has_embedding
        from image_demo1 i
        left join image_load l on l.image_id = i.image_id
        left join image_source s on s.source_id = l.source_id
        left join image_model m on m.model_id = i.model_id
       where i.image_id = p_image_id;
    return l_rows;
  end picture;

  function files(p_image_ids in json) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select l.image_id, nvl(s.root, s.name) as source_root, l.image_path
        from json_table(p_image_ids, '$[*]' columns (image_id number path '$')) w
        join image_load l on l.image_id = w.image_id
        join image_source s on s.source_id = l.source_id
       where l.image_path is not null
       order by l.image_id;
    return l_rows;
  end files;

  function roots return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select name as source_name, root as source_root
        from image_source
       order by nlssort(name, 'NLS_SORT=BINARY');
    return l_rows;
  end roots;

  function neighbours(
    p_image_id    in image_demo1.image_id%type,
    p_k           in number default co_neighbours,
    p_target      in varchar2 default img_choice.co_target,
    p_within_part in number default 1
  ) return sys_refcursor is
    l_target  constant varchar2(10 char) := img_choice.checked_target(p_target);
    l_part    vw_image_label.part%type;
    l_nearest json;
    l_rows    sys_refcursor;
  begin
    img_choice.check_k(p_k);
    img_choice.check_flag('p_within_part', p_within_part);
    select max(case when p_within_part = 1 then label_part end)
      into l_part
      from image_demo1
     where image_id = p_image_id;
    for r_image in (select embedding
                      from image_demo1
                     where image_id = p_image_id
                       and embedding is not null) loop
      if img_index.is_created = 1 then
        l_nearest := img_search.nearest_by_index(
          p_embedding       => r_image.embedding,
          p_part            => l_part,
          p_k               => p_k,
          p_target          => l_target,
          p_target_accuracy => null,
          p_except          => p_image_id
        );
      else
        l_nearest := img_search.nearest(
          p_embedding => r_image.embedding,
          p_batch_id  => null,
          p_part      => l_part,
          p_k         => p_k,
          p_target    => l_target,
          p_metric    => img_choice.co_metric,
          p_except    => p_image_id
        );
      end if;
    end loop;
    open l_rows for
      select n.place, n.image_id, n.part, n.class, n.distance
        from json_table(l_nearest, '$[*]'
               columns (
                 place    number              path '$.place',
                 image_id number              path '$.image_id',
                 part     varchar2(100 char)  path '$.part',
                 class    varchar2(100 char)  path '$.class',
                 distance binary_double       path '$.distance'
               )) n
       order by n.place;
    return l_rows;
  end neighbours;

  function predictions(
    p_image_id in image_demo1.image_id%type,
    p_limit    in number default 5
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select run_id, actual, predicted, confidence,
             case when predicted = actual then 1 when predicted <> actual then 0 end as is_right
        from vw_evaluation_item
       where item_id = p_image_id
       order by run_id desc
       fetch first p_limit rows only;
    return l_rows;
  end predictions;

  function choices return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select name, value, images
        from (select 'SOURCE' as name, source_name as value, images
                from vw_image_source
              union all
              select 'PART', part, count(*)
                from vw_image_label
               where part is not null
               group by part
              union all
              select 'QUALITY', quality, count(*)
                from vw_image_label
               where quality is not null
               group by quality
              union all
              select 'CATEGORY1', category1, count(*)
                from vw_image_label
               where category1 is not null
               group by category1
              union all
              select 'CATEGORY2', category2, count(*)
                from vw_image_label
               where category2 is not null
               group by category2
              union all
              select 'FINDING', kind, count(distinct image_id)
                from image_finding
               group by kind
              union all
              select 'FINDING', 'FAILED', sum(failed)
                from vw_image_source
              having sum(failed) > 0)
       order by name, nlssort(value, 'NLS_SORT=BINARY');
    return l_rows;
  end choices;

  procedure keep_findings(p_run_id in image_run.run_id%type) is
  begin
    img_report.check_run(p_run_id);
    delete from image_finding;
    insert into image_finding (kind, place, image_id, run_id, score)
    select co_suspect, s.place, s.image_id, s.run_id, s.actual_share
      from vw_label_suspect s
      join image_demo1 i on i.image_id = s.image_id
     where s.run_id = p_run_id
       and s.disputed = 1;
    -- A pair stands twice, once for each of its images.
    insert into image_finding (kind, place, image_id, other_image_id, run_id, score)
    select co_duplicate, row_number() over (order by p.place, p.image_id), p.image_id, p.other_image_id, p_run_id, p.distance
      from (select d.place, d.image_id, d.other_image_id, d.distance
              from vw_near_duplicate d
             where d.run_id = p_run_id
            union all
            select d.place, d.other_image_id, d.image_id, d.distance
              from vw_near_duplicate d
             where d.run_id = p_run_id) p
      join image_demo1 i on i.image_id = p.image_id
      join image_demo1 o on o.image_id = p.other_image_id;
    insert into image_finding (kind, place, image_id, run_id, score)
    select co_outlier, o.place, o.image_id, o.run_id, o.ratio
      from vw_outlier o
      join image_demo1 i on i.image_id = o.image_id
     where o.run_id = p_run_id
       and o.ratio >= co_outlier_ratio;
  end keep_findings;

  function findings return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select kind, count(distinct image_id) as images, max(run_id) as run_id
        from image_finding
       group by kind
       order by kind;
    return l_rows;
  end findings;

  function distances(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    open l_rows for
      select min(case when coverage >= 0.5 then threshold end) as half,
             min(case when coverage >= 0.9 then threshold end) as nine_tenths,
             min(case when coverage >= 0.99 then threshold end) as all_but_one_in_100
        from vw_evaluation_distance
       where run_id = p_run_id;
    return l_rows;
  end distances;

  function named_fit(p_name in image_transform.name%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select transform_id, kind, target, within_part, source_name, shrinkage, outputs, kernel_width, ridge,
             to_char(sys_extract_utc(created_at), co_moment) as fitted_at,
             img_fitted.stored_since(transform_id) as stored_since_fit
        from image_transform
       where name = p_name;
    return l_rows;
  end named_fit;

  function changed_decisions(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type,
    p_limit in number default co_page
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_a);
    img_report.check_run(p_run_b);
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select image_id, part, actual, predicted_a, predicted_b, confidence_a, confidence_b
        from vw_compared_item
       where run_a = p_run_a
         and run_b = p_run_b
         and predicted_a <> predicted_b
       order by greatest(hit_a, hit_b) desc, image_id
       fetch first p_limit rows only;
    return l_rows;
  end changed_decisions;

  function loads(p_limit in number default 20) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select r.run_id, s.source_name, m.name as model, to_char(r.started_at, co_moment) as started_at,
             to_char(r.finished_at, co_moment) as finished_at, r.labels, r.new_labels, r.changed, r.unchanged, s.waiting,
             s.failed, case when r.finished_at is null then nvl(d.stored, 0) end as stored,
             case when r.finished_at is null
                       and greatest(r.started_at, nvl(d.stored_at, r.started_at))
                           > systimestamp - numtodsinterval(co_silence_s, 'SECOND') then 1 else 0 end as is_running
        from image_load_run r
        join vw_image_source s on s.source_id = r.source_id
        join image_model m on m.model_id = r.model_id
        left join (select l.stored_run_id, count(*) as stored, max(l.changed_at) as stored_at
                     from image_load l
                     join image_load_run u on u.run_id = l.stored_run_id
                    where u.finished_at is null
                    group by l.stored_run_id) d on d.stored_run_id = r.run_id
       order by r.run_id desc
       fetch first p_limit rows only;
    return l_rows;
  end loads;

  function models return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select m.name, m.dimension, m.preprocessing, to_char(m.registered_at, co_moment) as registered_at,
             (select count(*) from image_demo1 i where i.model_id = m.model_id) as images
        from image_model m
       order by m.model_id;
    return l_rows;
  end models;

  function vector_indexes return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select index_name, kind, state, dimension, target_accuracy, images_at_build, images_since, megabytes
        from vw_vector_index
       order by index_name;
    return l_rows;
  end vector_indexes;

  function failures(
    p_limit  in number default co_page,
    p_source in image_source.name%type default null
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_choice.check_whole('p_limit', p_limit, 1, co_most_rows);
    open l_rows for
      select source_name, label_path, image_path, reason, to_char(changed_at, co_moment) as changed_at, image_id
        from vw_image_failure
       where p_source is null or source_name = p_source
       order by changed_at desc, source_name, label_path
       fetch first p_limit rows only;
    return l_rows;
  end failures;

  function corrections(p_image_id in image_demo1.image_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select correction_id, of_part, part, quality, part_was, quality_was, is_in_label, corrected_by,
             to_char(corrected_at, co_moment) as corrected_at, undone_by, to_char(undone_at, co_moment) as undone_at, in_force
        from vw_image_correction
       where image_id = p_image_id
       order by corrected_at desc, nlssort(correction_id, 'NLS_SORT=BINARY');
    return l_rows;
  end corrections;

end img_service;
/
