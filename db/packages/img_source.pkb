create or replace package body img_source as

  function number_of(p_source in image_source.name%type) return number is
    l_source_id image_source.source_id%type;
  begin
    img_choice.check_text('p_source', p_source, 1000);
    select source_id
      into l_source_id
      from image_source
     where name = p_source;
    return l_source_id;
  exception
    when no_data_found then
      img_error.throw(img_error.co_no_source, p_source);
  end number_of;

  function holdings(p_source in varchar2) return sys_refcursor is
    l_source_id constant image_source.source_id%type := number_of(p_source);
    l_holdings  sys_refcursor;
  begin
    open l_holdings for
      select s.labels, s.images,
             (select count(*)
                from image_load l
                join image_demo1 i on i.image_id = l.image_id
               where l.source_id = l_source_id
                 and i.embedding is not null) as embeddings,
             s.failed as failures, s.loads,
             (select count(distinct c.run_id)
                from vw_evaluation_item c
               where c.source_id = l_source_id) as runs,
             (select count(*)
                from image_transform t
               where t.source_name = s.source_name
                 and t.name is not null) as transforms
        from vw_image_source s
       where s.source_id = l_source_id;
    return l_holdings;
  end holdings;

  procedure forget(p_source in varchar2) is
    l_source_id constant image_source.source_id%type := number_of(p_source);
    l_locked    image_source.source_id%type;
    l_image_ids json;
  begin
    -- First the source, for which loads that put labels in are waited for and others wait; then its labels, in the
    -- order in which img_store locks them.
    select source_id
      into l_locked
      from image_source
     where source_id = l_source_id
       for update;
    for r_load in (select load_id from image_load where source_id = l_source_id order by load_id for update) loop
      null;
    end loop;
    select json_arrayagg(image_id order by image_id returning json)
      into l_image_ids
      from image_load
     where source_id = l_source_id
       and image_id is not null;
    img_run.keep_paths(l_image_ids);
    delete from image_demo1
     where image_id in (select image_id from image_load where source_id = l_source_id and image_id is not null);
    delete from image_load where source_id = l_source_id;
    delete from image_load_run where source_id = l_source_id;
    delete from image_source where source_id = l_source_id;
  end forget;

end img_source;
/
