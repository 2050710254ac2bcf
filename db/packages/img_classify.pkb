create or replace package body img_classify as

  /** The number of images that have a label and an embedding; raises where they can not be compared. */
  function comparable_images(p_part in vw_image_label.part%type) return pls_integer is
    l_images pls_integer;
    l_models pls_integer;
    l_names  varchar2(1000 char);
  begin
    -- An embedding that was put in by hand has no model; those make a group of their own.
    select count(*), count(distinct nvl(model_id, -1))
      into l_images, l_models
      from vw_image_label
     where embedding is not null
       and (p_part is null or part = p_part);
    if l_images = 0 and p_part is not null then
      img_error.throw(img_error.co_unknown_part, p_part);
    elsif l_images = 0 then
      img_error.throw(img_error.co_no_images);
    elsif l_models > 1 then
      select listagg(g.name || ': ' || g.images, ', ') within group (order by g.name)
        into l_names
        from (select nvl(m.name, 'unknown') || nvl2(m.name, ' ' || substr(m.file_hash, 1, 8), null) as name,
                     count(*) as images
                from image_demo1 i
                left join embedding_model m on m.model_id = i.model_id
               where i.embedding is not null
               group by m.model_id, m.name, m.file_hash) g;
      img_error.throw(img_error.co_mixed_models, l_names);
    end if;
    return l_images;
  end comparable_images;

  procedure validate_loo(p_part in vw_image_label.part%type default null) is
    -- The nearest is taken by KEEP, not by sorting: one pass over the pairs of each part.
    cursor c_test is
      with labelled as (
        select image_id, part, quality, embedding
          from vw_image_label
         where embedding is not null
           and part is not null
           and quality is not null
           and (p_part is null or part = p_part)
      ), nearest as (
        select t.image_id,
               min(o.image_id) keep (
                 dense_rank first order by vector_distance(o.embedding, t.embedding, cosine), o.image_id
               ) as neighbour_id
          from labelled t
          join labelled o
            on o.part = t.part
           and o.image_id <> t.image_id
         group by t.image_id
      )
      select t.image_id, t.quality, o.image_id as neighbour_id, o.quality as neighbour_quality
        from nearest n
        join labelled t on t.image_id = n.image_id
        join labelled o on o.image_id = n.neighbour_id
       order by t.image_id;
    l_images    pls_integer;
    l_same      pls_integer := 0;
    l_different pls_integer := 0;
  begin
    l_images := comparable_images(p_part);
    for r_test in c_test loop
      if r_test.quality = r_test.neighbour_quality then
        l_same := l_same + 1;
        dbms_output.put_line(r_test.image_id || ' and ' || r_test.neighbour_id || ' are similar.');
      else
        l_different := l_different + 1;
        dbms_output.put_line('**' || r_test.image_id || ' and ' || r_test.neighbour_id || ' are different.');
      end if;
    end loop;

    dbms_output.put_line('Tests: ' || (l_same + l_different));
    dbms_output.put_line('Same quality: ' || l_same);
    dbms_output.put_line('Different quality: ' || l_different);
    dbms_output.put_line('No neighbour to compare with: ' || (l_images - l_same - l_different));
    if l_same + l_different > 0 then
      -- Cut, not rounded: 100.0000 means every one.
      dbms_output.put_line(
        'Accuracy: ' || to_char(trunc(100 * l_same / (l_same + l_different), 4), 'fm990.0000') || ' %'
      );
    else
      dbms_output.put_line('Accuracy: none, nothing could be tested');
    end if;
  end validate_loo;

end img_classify;
/
