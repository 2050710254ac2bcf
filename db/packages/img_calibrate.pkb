create or replace package body img_calibrate as

  -- In how many steps an octave is divided, how often in turn, and a probability's least logarithm.
  co_steps  constant pls_integer := 8;
  co_rounds constant pls_integer := 5;

  -- What a class that did not win has of all votes beside its own.
  co_spare_share constant number := 0.01;

  /** Raises where a run has not two folds of several images, or is of numbers or of settings chosen for each fold. */
  procedure check_folds(p_run_id in image_run.run_id%type) is
    l_method   image_run.method%type;
    l_folds    pls_integer;
    l_is_other pls_integer;
  begin
    img_report.check_run(p_run_id);
    select r.method, (select count(distinct t.fold) from vw_tested_item t where t.run_id = r.run_id),
           case when r.transform_kind = 'TUNED' or r.threshold is not null then 1 else 0 end
      into l_method, l_folds, l_is_other
      from image_run r
     where r.run_id = p_run_id;
    if l_method = 'LOO' or l_folds < 2 or l_is_other = 1 then
      img_error.throw(img_error.co_not_calibrated, 'run ' || to_char(p_run_id));
    end if;
  end check_folds;

  /**
   * The T of the least negative log likelihood over the items of all folds but one.
   *
   * Each round looks at some T around the best of the round before, each next to the other by the same factor.
   *
   * @param p_fold null: over all items
   */
  function fitted(
    p_run_id in image_run.run_id%type,
    p_fold   in image_run_item.fold%type
  ) return number is
    l_octaves number := 0;
    l_width   number := co_widest;
  begin
    for i in 1 .. co_rounds loop
      with step as (
        select l_octaves + l_width * (s.place - 1 - co_steps) / co_steps as octaves
          from json_table('[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]', '$[*]' columns (place for ordinality)) s
      ), tried as (
        select octaves, cast(power(2, octaves) as binary_double) as temperature
          from step
      ), neighbour as (
        select /*+ use_hash(c n) */ n.item_id, n.class, c.actual,
               n.distance - min(n.distance) over (partition by n.item_id) as distance
          from image_run_item c
          join image_run_neighbour n on n.run_id = c.run_id and n.item_id = c.item_id
         where c.run_id = p_run_id
           and (p_fold is null or c.fold <> p_fold)
      ), loss as (
        -- An item's class that no fit has met has no probability, whatever T is: it takes no part.
        select t.octaves, n.item_id, sum(case when n.class = n.actual then n.distance / t.temperature end)
               + ln(sum(exp(-n.distance / t.temperature))) as loss
          from tried t
         cross join neighbour n
         group by t.octaves, n.item_id
      )
      select min(octaves) keep (dense_rank first order by total)
        into l_octaves
        from (select octaves, sum(loss) as total
                from loss
               group by octaves);
      l_width := 2 * l_width / co_steps;
    end loop;
    return power(2, l_octaves);
  end fitted;

  /** The confidence of a fold's items by a T. */
  procedure apply_temperature(
    p_run_id      in image_run.run_id%type,
    p_fold        in image_run_item.fold%type,
    p_temperature in number
  ) is
    l_temperature constant binary_double := p_temperature;
  begin
    merge /*+ use_hash(c n) */ into image_run_item c
    using (
      with neighbour as (
        select n.item_id, n.class, i.actual, i.predicted,
               exp((min(n.distance) over (partition by n.item_id) - n.distance) / l_temperature) as weight
          from image_run_item i
          join image_run_neighbour n on n.run_id = i.run_id and n.item_id = i.item_id
         where i.run_id = p_run_id
           and i.fold = p_fold
      )
      select item_id, sum(case when class = predicted then weight else 0 end) / sum(weight) as confidence,
             sum(case when class = actual then weight else 0 end) / sum(weight) as actual_share
        from neighbour
       group by item_id
    ) n
    on (c.run_id = p_run_id and c.item_id = n.item_id)
    when matched then
      update
         set c.calibrated_confidence   = n.confidence,
             c.calibrated_actual_share = n.actual_share;
  end apply_temperature;

  /** Calibrate a run of LDA or KERNEL by the temperature of its other folds; the T of all goes to a named transform. */
  function calibrate_probabilities(
    p_run  in image_run%rowtype,
    p_name in image_transform.name%type
  ) return number is
    l_transform_id image_transform.transform_id%type;
    l_kind         image_transform.kind%type;
    l_temperature  number;
  begin
    l_transform_id := img_transform.named(p_name, p_run.target, p_run.source_name);
    select max(kind)
      into l_kind
      from image_transform
     where transform_id = l_transform_id;
    if l_kind <> p_run.transform_kind then
      img_error.throw(img_error.co_not_calibrated, p_name);
    end if;
    for r_fold in (select distinct fold from vw_tested_item where run_id = p_run.run_id) loop
      apply_temperature(p_run.run_id, r_fold.fold, fitted(p_run.run_id, r_fold.fold));
    end loop;
    l_temperature := fitted(p_run.run_id, null);
    update image_transform
       set temperature = l_temperature
     where transform_id = l_transform_id;
    return l_temperature;
  end calibrate_probabilities;

  /**
   * The steps of the votes over the items of all folds but one.
   *
   * @param p_fold   null: over all items
   * @param p_images of how many answers they are made
   */
  procedure fit_steps(
    p_run_id in image_run.run_id%type,
    p_fold   in image_run_item.fold%type,
    p_images out number,
    p_steps  out json
  ) is
    l_accuracy binary_double;
    l_bins     pls_integer;
  begin
    select count(*), avg(case when predicted = actual then 1 else 0 end)
      into p_images, l_accuracy
      from vw_evaluation_item
     where run_id = p_run_id
       and predicted is not null
       and actual is not null
       and (p_fold is null or fold <> p_fold);
    if p_images < co_least_images then
      img_error.throw(
        img_error.co_few_answers, to_char(p_run_id), to_char(p_images), to_char(co_least_images)
      );
    end if;
    l_bins := least(co_bins, floor(p_images / co_least_images));
    with answer as (
      select confidence, count(*) as images, count(case when predicted = actual then 1 end) as hits
        from vw_evaluation_item
       where run_id = p_run_id
         and predicted is not null
         and actual is not null
         and (p_fold is null or fold <> p_fold)
       group by confidence
    ), placed as (
      -- Answers of one confidence are in one bin: the one in which their middle lies.
      select confidence, images, hits,
             ceil(l_bins * (sum(images) over (order by confidence) - images / 2) / p_images) as bin
        from answer
    ), binned as (
      select bin, min(confidence) as least, sum(images) + 1 as images, sum(hits) + l_accuracy as hits
        from placed
       group by bin
    ), running as (
      select bin, least, images, hits, sum(images) over (order by bin) as images_up_to,
             sum(hits) over (order by bin) as hits_up_to
        from binned
    ), stretch as (
      select f.bin as first_bin, t.bin as last_bin,
             (t.hits_up_to - f.hits_up_to + f.hits) / (t.images_up_to - f.images_up_to + f.images) as rate
        from running f
        join running t on t.bin >= f.bin
    ), from_bin as (
      select b.bin, b.least, s.first_bin, min(s.rate) as rate
        from binned b
        join stretch s on s.first_bin <= b.bin and s.last_bin >= b.bin
       group by b.bin, b.least, s.first_bin
    ), risen as (
      select row_number() over (order by bin) as place, least, max(rate) as confidence
        from from_bin
       group by bin, least
    )
    select json_arrayagg(
             json_object('place' value place, 'least' value least, 'confidence' value confidence returning json)
             order by place returning json)
      into p_steps
      from risen;
  end fit_steps;

  function calibrated(
    p_confidence in binary_double,
    p_steps      in json
  ) return binary_double is
    l_confidence binary_double;
  begin
    if p_steps is null then
      return p_confidence;
    end if;
    -- Below the first step: its confidence.
    select max(case when least <= p_confidence or place = 1 then confidence end)
      into l_confidence
      from json_table(p_steps, '$[*]'
             columns (
               place      number        path '$.place',
               least      binary_double path '$.least',
               confidence binary_double path '$.confidence'
             ));
    return l_confidence;
  end calibrated;

  /**
   * The confidence of a fold's items by steps. The classes that did not win share the rest in proportion to their votes and
   * co_spare_share for each, since a class without a vote is not impossible.
   */
  procedure apply_steps(
    p_run_id in image_run.run_id%type,
    p_fold   in image_run_item.fold%type,
    p_steps  in json
  ) is
    l_others pls_integer;
  begin
    select count(distinct actual) - 1
      into l_others
      from vw_evaluation_item
     where run_id = p_run_id;
    update image_run_item
       set calibrated_confidence = calibrated(confidence, p_steps)
     where run_id = p_run_id
       and fold = p_fold
       and predicted is not null;
    update image_run_item
       set calibrated_actual_share = case
             when predicted = actual then calibrated_confidence
             else (1 - calibrated_confidence) * (actual_share + co_spare_share)
                  / (1 - confidence + co_spare_share * l_others)
           end
     where run_id = p_run_id
       and fold = p_fold
       and predicted is not null
       and actual is not null;
  end apply_steps;

  /** Calibrate a run of votes by the steps of its other folds; those of all are kept under a name. */
  function calibrate_votes(
    p_run  in image_run%rowtype,
    p_name in image_calibration.name%type
  ) return number is
    l_images number;
    l_steps  json;
  begin
    for r_fold in (select distinct fold from vw_tested_item where run_id = p_run.run_id) loop
      fit_steps(p_run.run_id, r_fold.fold, l_images, l_steps);
      apply_steps(p_run.run_id, r_fold.fold, l_steps);
    end loop;
    fit_steps(p_run.run_id, null, l_images, l_steps);
    if p_name is not null then
      delete from image_calibration where name = p_name;
      insert into image_calibration (
        name, target, k, weighting, temperature, metric, transform_kind, source_name, model_id, images, steps
      ) values (
        p_name, p_run.target, p_run.k, p_run.weighting, p_run.temperature, p_run.metric, p_run.transform_kind,
        p_run.source_name, p_run.model_id, l_images, l_steps
      );
    end if;
    return l_images;
  end calibrate_votes;

  function calibrate(
    p_run_id in image_run.run_id%type,
    p_name   in image_transform.name%type default null
  ) return number is
    l_run image_run%rowtype;
  begin
    check_folds(p_run_id);
    if length(p_name) > img_choice.co_longest_name then
      img_error.throw(
        img_error.co_too_long, 'p_name', to_char(length(p_name)), to_char(img_choice.co_longest_name)
      );
    end if;
    select *
      into l_run
      from image_run
     where run_id = p_run_id;
    if img_transform.gives_probabilities(l_run.transform_kind) = 1 then
      return calibrate_probabilities(l_run, p_name);
    end if;
    return calibrate_votes(l_run, p_name);
  end calibrate;

  function figures(p_run_id in image_run.run_id%type) return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_report.check_run(p_run_id);
    open l_rows for
      select calibrated, images, expected_calibration_error, brier_score, log_loss
        from vw_evaluation_confidence
       where run_id = p_run_id
       order by calibrated;
    return l_rows;
  end figures;

  /** Settings as the error e_other_settings tells them. The temperature is of SOFTMAX alone. */
  function described(
    p_target      in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number,
    p_metric      in varchar2,
    p_kind        in varchar2,
    p_source      in varchar2
  ) return varchar2 is
  begin
    return p_target || ', k ' || to_char(p_k) || ', ' || p_weighting
      || case p_weighting when 'SOFTMAX' then ' ' || to_char(p_temperature) end || ', ' || p_metric
      || case when p_kind is not null then ', ' || p_kind end
      || case when p_source is not null then ', source ' || p_source end;
  end described;

  function steps_of(
    p_name        in varchar2,
    p_target      in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number,
    p_metric      in varchar2,
    p_kind        in varchar2,
    p_source      in varchar2
  ) return json is
    l_found   image_calibration%rowtype;
    l_made_by varchar2(4000 byte);
    l_asked   varchar2(4000 byte);
  begin
    if p_name is null then
      return null;
    end if;
    begin
      select *
        into l_found
        from image_calibration
       where name = p_name;
    exception
      when no_data_found then
        img_error.throw(img_error.co_no_calibration, p_name);
    end;
    l_made_by := described(
      l_found.target, l_found.k, l_found.weighting, l_found.temperature, l_found.metric, l_found.transform_kind,
      l_found.source_name
    );
    l_asked := described(p_target, p_k, p_weighting, p_temperature, p_metric, p_kind, p_source);
    if l_made_by <> l_asked then
      img_error.throw(img_error.co_other_settings, p_name, l_made_by, l_asked);
    end if;
    if l_found.model_id <> img_comparable.stored_model then
      img_error.throw(
        img_error.co_other_model, img_comparable.model_name(img_comparable.stored_model),
        img_comparable.model_name(l_found.model_id)
      );
    end if;
    return l_found.steps;
  end steps_of;

end img_calibrate;
/
