create or replace package body img_report as

  procedure check_run(p_run_id in image_run.run_id%type) is
    l_found pls_integer;
  begin
    select count(*)
      into l_found
      from vw_evaluation_run
     where run_id = p_run_id;
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
  end check_run;

  function latest_run(p_source in varchar2 default null) return number is
    l_run_id image_run.run_id%type;
  begin
    select max(r.run_id)
      into l_run_id
      from vw_evaluation_run r
     where (p_source is null or r.source_name = p_source)
       and not exists (select 1 from image_run_setting s where s.run_id = r.run_id);
    return l_run_id;
  end latest_run;

  function previous_run(p_run_id in image_run.run_id%type) return number is
    l_run_id image_run.run_id%type;
  begin
    check_run(p_run_id);
    select max(b.run_id)
      into l_run_id
      from image_run r
      join image_run b on b.method = r.method and b.target = r.target and b.k = r.k and b.weighting = r.weighting
                      and b.temperature = r.temperature and b.metric = r.metric and b.within_part = r.within_part
                      and b.approximate = r.approximate
     where r.run_id = p_run_id
       and b.run_id < p_run_id
       and not exists (select 1 from image_run_setting s where s.run_id in (b.run_id, r.run_id))
       -- To DECODE two nulls are the same.
       and decode(b.target_accuracy, r.target_accuracy, 1) = 1
       and decode(b.transform_kind, r.transform_kind, 1) = 1
       and decode(b.folds, r.folds, 1) = 1
       and decode(b.seed, r.seed, 1) = 1
       and decode(b.only_part, r.only_part, 1) = 1
       and decode(b.source_name, r.source_name, 1) = 1
       and decode(b.group_path, r.group_path, 1) = 1
       and decode(b.test_share, r.test_share, 1) = 1
       and decode(b.test_path, r.test_path, 1) = 1
       and decode(b.threshold, r.threshold, 1) = 1
       and decode(b.shrinkage, r.shrinkage, 1) = 1
       and decode(b.outputs, r.outputs, 1) = 1
       and decode(b.kernel_width, r.kernel_width, 1) = 1
       and decode(b.ridge, r.ridge, 1) = 1
       and decode(b.grades, r.grades, 1) = 1
       and decode(b.grade_threshold, r.grade_threshold, 1) = 1;
    return l_run_id;
  end previous_run;

  function run_summary(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_run(p_run_id);
    open l_rows for
      select method, target, k, weighting, temperature, metric, within_part, only_part, folds, seed, group_path,
             test_share, test_path, source_name, transform_kind, shrinkage, outputs, kernel_width, ridge, grades,
             grade_threshold, threshold, approximate, target_accuracy, model, fingerprint, images,
             tested, untested, correct, accuracy, accuracy_low, accuracy_high, copies, accuracy_without_copies,
             majority_share, chance_share, near_distance, balanced_accuracy, macro_precision, macro_recall, macro_f1, weighted_precision,
             weighted_recall, weighted_f1, expected_calibration_error,
             to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') as started_at,
             (select count(*) from vw_evaluation_changed where run_id = p_run_id) as labels_changed
        from vw_evaluation
       where run_id = p_run_id;
    return l_rows;
  end run_summary;

  function answers(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select image_id, predicted, confidence
        from image_run_item
       where run_id = p_run_id
         and predicted is not null
       order by item_no;
    return l_rows;
  end answers;

  function graded_figures(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select threshold, tested, rmse, mean_absolute_error, spearman
        from vw_evaluation_graded
       where run_id = p_run_id;
    return l_rows;
  end graded_figures;

  function tuned_folds(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select fold, kind, shrinkage, outputs, kernel_width, ridge, grades, k, weighting, tested, correct
        from vw_tuned_fold
       where run_id = p_run_id
       order by fold, shrinkage, outputs;
    return l_rows;
  end tuned_folds;

  function source_figures(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select source_name, images, tested, correct, accuracy, is_removed
        from vw_evaluation_source
       where run_id = p_run_id
       order by nlssort(source_name, 'NLS_SORT=BINARY');
    return l_rows;
  end source_figures;

  function class_figures(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select class, support, predicted, precision_share, recall, f1, miss_rate, false_alarm_rate
        from vw_evaluation_class
       where run_id = p_run_id
       order by class;
    return l_rows;
  end class_figures;

  function part_figures(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select part, images, tested, correct, accuracy, accuracy_low, accuracy_high
        from vw_evaluation_part
       where run_id = p_run_id
       order by part;
    return l_rows;
  end part_figures;

  function confusion_rows(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select actual, predicted, images, images / sum(images) over (partition by actual) as share_of_actual
        from vw_evaluation_confusion
       where run_id = p_run_id
       order by actual, predicted;
    return l_rows;
  end confusion_rows;

  function coverage_rows(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select threshold, coverage, accuracy
        from vw_evaluation_coverage
       where run_id = p_run_id
       order by coverage;
    return l_rows;
  end coverage_rows;

  function calibration_rows(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select bin, images, confidence, accuracy
        from vw_evaluation_calibration
       where run_id = p_run_id
       order by bin;
    return l_rows;
  end calibration_rows;

  function mistakes(
    p_run_id     in image_run.run_id%type,
    p_limit      in number default 24,
    p_neighbours in number default 3
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select m.image_id, m.part, m.actual, m.predicted, m.confidence, m.source_name, m.image_path,
             (select json_arrayagg(
                       json_object('place' value n.place, 'image_id' value n.image_id, 'class' value n.class,
                                   'distance' value n.distance, 'source_name' value p.source_name,
                                   'image_path' value p.image_path returning json)
                       order by n.place returning clob)
                from image_run_neighbour n
                left join vw_image_path p on p.image_id = n.image_id
               where n.run_id = m.run_id
                 and n.item_id = m.image_id
                 and n.place <= p_neighbours) as neighbours
        from vw_evaluation_mistake m
       where m.run_id = p_run_id
         and m.place <= p_limit
       order by m.place;
    return l_rows;
  end mistakes;

  function untested_reasons(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select untested_reason, count(*) as images
        from vw_evaluation_untested
       where run_id = p_run_id
       group by untested_reason
       order by untested_reason;
    return l_rows;
  end untested_reasons;

  function settings(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select s.metric, s.weighting, s.k, s.tested, s.correct, s.accuracy, s.balanced_accuracy
        from vw_sweep s
       where s.fingerprint = (select fingerprint from image_run where run_id = p_run_id)
         and s.run_id >= p_run_id
       order by s.place
       fetch first p_limit rows only;
    return l_rows;
  end settings;

  function sources return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select source_name, labels, images, waiting, failed, loads,
             to_char(last_load_at, 'YYYY-MM-DD HH24:MI:SS') as last_load_at
        from vw_image_source
       order by nlssort(source_name, 'NLS_SORT=BINARY');
    return l_rows;
  end sources;

  function runs return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select r.run_id, r.method,
             case when exists (select 1 from image_run_setting s where s.run_id = r.run_id) then 1 else 0 end
               as is_sweep,
             r.target, r.k, r.weighting, r.metric, r.transform_kind, r.shrinkage, r.outputs, r.kernel_width, r.ridge,
             r.grades, r.grade_threshold, r.threshold, r.seed, r.folds, r.only_part, r.source_name, r.images, r.tested,
             case when r.tested > 0 then r.correct / r.tested end as accuracy,
             nvl(g.removed, 0) as removed, to_char(r.started_at, 'YYYY-MM-DD HH24:MI:SS') as started_at, r.started_by,
             nvl(h.labels_changed, 0) as labels_changed
        from image_run r
        left join (select c.run_id, count(*) as removed
                     from image_run_item c
                     left join image_demo1 i on i.image_id = c.image_id
                    where c.image_id is not null
                      and i.image_id is null
                    group by c.run_id) g on g.run_id = r.run_id
        left join (select run_id, count(*) as labels_changed
                     from vw_evaluation_changed
                    group by run_id) h on h.run_id = r.run_id
       order by r.run_id desc;
    return l_rows;
  end runs;

  function stored_files(p_hashes in json) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select l.image_hash, l.image_id, i.label_part as part, i.label_quality as quality, s.name as source_name,
             l.label_path, l.image_path
        from (select distinct j.image_hash
                from json_table(p_hashes, '$[*]' columns (image_hash varchar2(64 char) path '$')) j) h
        join image_load l on l.image_hash = h.image_hash
        join image_demo1 i on i.image_id = l.image_id
        join image_source s on s.source_id = l.source_id
       where l.state = 'STORED'
       order by l.image_hash, l.image_id;
    return l_rows;
  end stored_files;

  function image_rows(
    p_source in varchar2 default null,
    p_part   in varchar2 default null
  ) return sys_refcursor is
    l_source image_source.source_id%type := img_comparable.checked_source(p_source);
    l_rows   sys_refcursor;
  begin
    open l_rows for
      select i.image_id, i.part, i.quality, i.category1, i.category2, m.name as model, o.source_name, o.label_path,
             o.image_path, o.image_hash, case when i.embedding is null then 0 else 1 end as has_embedding
        from vw_image_label i
        join vw_image_order o on o.image_id = i.image_id
        left join image_model m on m.model_id = i.model_id
       where (l_source is null or o.source_id = l_source)
         and (p_part is null or i.part = p_part)
       order by i.image_id;
    return l_rows;
  end image_rows;

  function image_vectors(
    p_source   in varchar2 default null,
    p_part     in varchar2 default null,
    p_image_id in number default null
  ) return sys_refcursor is
    l_source image_source.source_id%type := img_comparable.checked_source(p_source);
    l_rows   sys_refcursor;
  begin
    open l_rows for
      select i.image_id, i.embedding
        from vw_image_label i
        join vw_image_order o on o.image_id = i.image_id
       where i.embedding is not null
         and (l_source is null or o.source_id = l_source)
         and (p_part is null or i.part = p_part)
         and (p_image_id is null or i.image_id = p_image_id)
       order by i.image_id;
    return l_rows;
  end image_vectors;

  function nearest_images(
    p_embedding in vector,
    p_k         in number default img_choice.co_k,
    p_part      in varchar2 default null,
    p_target    in varchar2 default img_choice.co_target,
    p_metric    in varchar2 default img_choice.co_metric,
    p_source    in varchar2 default null,
    p_except    in number default null
  ) return sys_refcursor is
    l_found json := img_index.nearest(
      p_embedding, p_k, p_part, p_target, p_exact => 1, p_except => p_except, p_metric => p_metric, p_source => p_source
    );
    l_rows  sys_refcursor;
  begin
    open l_rows for
      select j.place, j.image_id, j.part, j.class, j.distance, o.source_name, o.label_path, o.image_path
        from json_table(l_found, '$[*]'
               columns (
                 place    number             path '$.place',
                 image_id number             path '$.image_id',
                 part     varchar2(100 char) path '$.part' null on error null on empty,
                 class    varchar2(100 char) path '$.class',
                 distance binary_double      path '$.distance'
               )) j
        join vw_image_order o on o.image_id = j.image_id
       order by j.place;
    return l_rows;
  end nearest_images;

  function prediction_rows(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_run(p_run_id);
    open l_rows for
      select i.image_id, i.part, i.fold, i.actual, i.predicted, i.confidence, i.nearest_distance, i.untested_reason,
             p.source_name, p.label_path, p.image_path
        from vw_evaluation_item i
        left join vw_image_path p on p.image_id = i.image_id
       where i.run_id = p_run_id
       order by i.image_id;
    return l_rows;
  end prediction_rows;

  function neighbour_rows(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    check_run(p_run_id);
    open l_rows for
      select i.image_id, n.place, n.image_id as neighbour_id, n.class, n.distance
        from image_run_neighbour n
        join vw_evaluation_item i on i.run_id = n.run_id and i.item_id = n.item_id
       where n.run_id = p_run_id
       order by i.image_id, n.place;
    return l_rows;
  end neighbour_rows;

end img_report;
/
