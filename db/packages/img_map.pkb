create or replace package body img_map as

  /** Raises where a share is not from 0 to 1. */
  procedure check_share(
    p_name  in varchar2,
    p_share in number
  ) is
  begin
    if p_share < 0 or p_share > 1 then
      img_error.throw(img_error.co_bad_threshold, p_name, to_char(p_share), '0 to 1');
    end if;
  end check_share;

  function vectors return sys_refcursor is
    l_rows sys_refcursor;
  begin
    img_comparable.check_stored;
    img_comparable.check_formats;
    open l_rows for
      select image_id, embedding
        from vw_image_label
       where embedding is not null
         and vector_norm(embedding) > 0
       order by image_id;
    return l_rows;
  end vectors;

  procedure begin_map(
    p_share_x in image_map.share_x%type,
    p_share_y in image_map.share_y%type
  ) is
  begin
    check_share('p_share_x', p_share_x);
    check_share('p_share_y', p_share_y);
    -- Its row is a lock: of two maps that are made at once the later one stays.
    merge into image_map m
    using (select 1 as map_id from dual) n
    on (m.map_id = n.map_id)
    when matched then
      update
         set m.share_x = p_share_x,
             m.share_y = p_share_y,
             m.made_at = systimestamp
    when not matched then
      insert (map_id, share_x, share_y)
      values (n.map_id, p_share_x, p_share_y);
    delete from image_map_point;
  end begin_map;

  procedure put_points(p_points in json) is
  begin
    insert into image_map_point (image_id, place, x, y)
    select p.image_id, p.place, p.x, p.y
      from json_table(p_points, '$[*]'
             columns (
               image_id number        path '$.image_id' error on error null on empty,
               place    number        path '$.place' error on error null on empty,
               x        binary_double path '$.x' error on error null on empty,
               y        binary_double path '$.y' error on error null on empty
             )) p
      join image_demo1 i on i.image_id = p.image_id;
  end put_points;

  function state return sys_refcursor is
    l_rows sys_refcursor;
  begin
    open l_rows for
      select points, images_since, share_x, share_y, to_char(made_at, 'YYYY-MM-DD HH24:MI:SS') as made_at
        from vw_image_map;
    return l_rows;
  end state;

end img_map;
/
