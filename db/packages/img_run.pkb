create or replace package body img_run as

  co_most_days constant pls_integer := 36500;

  /** Drop the paths of removed images that no run names any more. */
  procedure drop_paths is
  begin
    delete from image_removed
     where image_id not in (select image_id from image_run_item where image_id is not null)
       and image_id not in (select image_id from image_run_neighbour where image_id is not null);
  end drop_paths;

  /** Drop what was chosen for the folds of tuned runs that are gone. */
  procedure drop_choices is
  begin
    delete from image_transform
     where run_id is not null
       and run_id not in (select r.run_id from image_run r);
  end drop_choices;

  procedure forget(p_run_id in image_run.run_id%type) is
  begin
    delete from image_run where run_id = p_run_id;
    if sql%rowcount = 0 then
      img_error.throw(img_error.co_unknown_run, to_char(p_run_id));
    end if;
    drop_choices;
    drop_paths;
  end forget;

  procedure forget_older(p_days in number) is
  begin
    img_choice.check_whole('p_days', p_days, 0, co_most_days);
    delete from image_run where extract(day from systimestamp - started_at) >= p_days;
    delete from image_batch where extract(day from systimestamp - opened_at) >= p_days;
    drop_choices;
    drop_paths;
  end forget_older;

  function older(p_days in number) return sys_refcursor is
    l_runs sys_refcursor;
  begin
    img_choice.check_whole('p_days', p_days, 0, co_most_days);
    open l_runs for
      select run_id
        from image_run
       where extract(day from systimestamp - started_at) >= p_days
       order by run_id;
    return l_runs;
  end older;

  procedure keep_paths(p_image_ids in json) is
  begin
    insert into image_removed (image_id, source_id, source_name, label_path, image_path)
    with removed as (
      select j.image_id
        from json_table(p_image_ids, '$[*]' columns (image_id number path '$')) j
    )
    select o.image_id, o.source_id, o.source_name, o.label_path, o.image_path
      from vw_image_order o
      join removed r on r.image_id = o.image_id
     where o.source_id is not null
       and (o.image_id in (select i.image_id from image_run_item i)
            or o.image_id in (select n.image_id from image_run_neighbour n));
  end keep_paths;

end img_run;
/
