create or replace package body img_calibrate as

  -- In how many steps an octave is divided, how often in turn, and a probability's least logarithm.
  co_steps  constant pls_integer := 8;
  co_rounds constant pls_integer := 5;

  /** Raises where a run has no probabilities of classes in two folds or more. */
  procedure check_run(p_run_id in image_run.run_id%type) is
    l_found pls_integer;
    l_kind  image_run.transform_kind%type;
    l_folds pls_integer;
  begin
    select count(*), max(transform_kind)
      into l_found, l_kind
      from vw_evaluation_run
     where run_id = p_run_id;
    if l_found = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
    select count(distinct fold)
      into l_folds
      from vw_tested_item
     where run_id = p_run_id;
    if img_transform.gives_probabilities(l_kind) = 0 or l_folds < 2 then
      img_error.throw(img_error.co_not_calibrated, 'run ' || to_char(p_run_id));
    end if;
  end check_run;

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

  function calibrate(
    p_run_id in image_run.run_id%type,
    p_name   in image_transform.name%type default null
  ) return number is
    l_target       image_run.target%type;
    l_source       image_run.source_name%type;
    l_transform_id image_transform.transform_id%type;
    l_kind         image_transform.kind%type;
    l_run_kind     image_run.transform_kind%type;
    l_temperature  number;
  begin
    check_run(p_run_id);
    select target, source_name, transform_kind
      into l_target, l_source, l_run_kind
      from image_run
     where run_id = p_run_id;
    l_transform_id := img_transform.named(p_name, l_target, l_source);
    select max(kind)
      into l_kind
      from image_transform
     where transform_id = l_transform_id;
    if l_kind <> l_run_kind then
      img_error.throw(img_error.co_not_calibrated, p_name);
    end if;
    for r_fold in (select distinct fold from vw_tested_item where run_id = p_run_id) loop
      apply_temperature(p_run_id, r_fold.fold, fitted(p_run_id, r_fold.fold));
    end loop;
    l_temperature := fitted(p_run_id, null);
    update image_transform
       set temperature = l_temperature
     where transform_id = l_transform_id;
    return l_temperature;
  end calibrate;

end img_calibrate;
/
