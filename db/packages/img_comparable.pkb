create or replace package body img_comparable as

  function stored_model return number is
    l_model_id image_model.model_id%type;
  begin
    -- As it is indexed, so that the end of the index is enough.
    select nullif(max(nvl(model_id, -1)), -1)
      into l_model_id
      from image_demo1
     where embedding is not null;
    return l_model_id;
  end stored_model;

  function model_name(p_model_id in image_model.model_id%type) return varchar2 is
    l_name image_model.name%type;
  begin
    select max(name)
      into l_name
      from image_model
     where model_id = p_model_id;
    return nvl(l_name, 'unknown');
  end model_name;

  procedure check_stored(p_part in varchar2 default null) is
    l_found   pls_integer;
    l_least   image_model.model_id%type;
    l_most    image_model.model_id%type;
    l_kinds   pls_integer;
    l_listing varchar2(4000 byte);
  begin
    -- One row is enough, and the ends of an index: this is asked for each image that is classified. Two
    -- statements, since one for both cases has one plan, which can not go by the index on the part.
    if p_part is null then
      select count(*)
        into l_found
        from (select image_id
                from vw_image_label
               where embedding is not null
               fetch first 1 row only);
    else
      select count(*)
        into l_found
        from (select image_id
                from vw_image_label
               where embedding is not null
                 and part = p_part
               fetch first 1 row only);
    end if;
    if l_found = 0 and p_part is not null then
      img_error.throw(img_error.co_unknown_part, p_part);
    elsif l_found = 0 then
      img_error.throw(img_error.co_no_images);
    end if;
    select (select min(nvl(model_id, -1)) from image_demo1), (select max(nvl(model_id, -1)) from image_demo1)
      into l_least, l_most
      from dual;
    if l_least <> l_most then
      -- An embedding that was put in by hand has no model; those make a group of their own.
      select count(*), listagg(g.name || ': ' || g.images, ', ' on overflow truncate) within group (order by g.name)
        into l_kinds, l_listing
        from (select nvl(m.name, 'unknown') || nvl2(m.name, ' ' || substr(m.file_hash, 1, 8), null) as name,
                     count(*) as images
                from image_demo1 i
                left join image_model m on m.model_id = i.model_id
               where i.embedding is not null
               group by m.model_id, m.name, m.file_hash) g;
      if l_kinds > 1 then
        img_error.throw(img_error.co_mixed_models, l_listing);
      end if;
    end if;
  end check_stored;

  procedure check_formats is
    l_forms   pls_integer;
    l_listing varchar2(4000 byte);
  begin
    -- img_store stores one format only; by hand any can be put in, and two can not be compared.
    select count(*), listagg(g.form || ': ' || g.images, ', ') within group (order by g.form)
      into l_forms, l_listing
      from (select f.form, count(*) as images
              from (select vector_dimension_format(embedding) as form
                      from image_demo1
                     where nvl(model_id, -1) = -1
                       and embedding is not null) f
             group by f.form) g;
    if l_forms > 1 then
      img_error.throw(img_error.co_mixed_formats, l_listing);
    end if;
  end check_formats;

  procedure check_embedding(p_embedding in vector) is
    l_dimension pls_integer;
    l_form      varchar2(20 char);
    l_norm      binary_double;
    l_stored_dimension pls_integer;
    l_stored_form      varchar2(20 char);
  begin
    if p_embedding is null then
      img_error.throw(img_error.co_missing_argument, 'p_embedding');
    end if;
    select vector_dimension_count(p_embedding), vector_dimension_format(p_embedding), vector_norm(p_embedding),
           max(vector_dimension_count(i.embedding)), max(vector_dimension_format(i.embedding))
      into l_dimension, l_form, l_norm, l_stored_dimension, l_stored_form
      from image_demo1 i
     where i.image_id = (select min(f.image_id) from image_demo1 f where f.embedding is not null);
    if l_dimension <> l_stored_dimension then
      img_error.throw(img_error.co_wrong_dimension, to_char(l_dimension), to_char(l_stored_dimension));
    elsif l_form <> l_stored_form then
      img_error.throw(img_error.co_wrong_format, l_form, l_stored_form);
    elsif l_norm = 0 then
      img_error.throw(img_error.co_zero_embedding);
    end if;
  end check_embedding;

  function checked_source(p_source in varchar2) return number is
    l_source_id image_source.source_id%type;
  begin
    if p_source is null then
      return null;
    end if;
    select max(source_id)
      into l_source_id
      from (select l.source_id
              from image_source s
              join image_load l on l.source_id = s.source_id
              join image_demo1 i on i.image_id = l.image_id
             where s.name = p_source
               and i.embedding is not null
             fetch first 1 row only);
    if l_source_id is null then
      img_error.throw(img_error.co_unknown_source, p_source);
    end if;
    return l_source_id;
  end checked_source;

  function near_distance(p_near_distance in number) return number is
    l_measured image_model.near_distance%type;
  begin
    img_choice.check_near_distance(p_near_distance);
    select max(nvl(near_distance, img_choice.measured_near_distance(name)))
      into l_measured
      from image_model
     where model_id = stored_model;
    return coalesce(p_near_distance, l_measured, img_choice.co_near_distance);
  end near_distance;

end img_comparable;
/
