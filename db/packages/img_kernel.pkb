create or replace package body img_kernel as

  procedure put_support(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_image_id     in image_transform_support.image_id%type,
    p_class        in image_transform_support.class%type,
    p_embedding    in vector,
    p_weights      in json
  ) is
  begin
    insert into image_transform_support (transform_id, part, image_id, class, embedding)
    values (p_transform_id, p_part, p_image_id, p_class, p_embedding);
    insert into image_transform_weight (transform_id, part, image_id, class, weight)
    select p_transform_id, p_part, p_image_id, w.class, w.weight
      from json_table(p_weights, '$[*]'
             columns (
               class  varchar2(100 char) path '$.class' error on error null on empty,
               weight binary_double      path '$.weight' error on error null on empty
             )) w;
  end put_support;

  function explained(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_embedding    in vector,
    p_class        in image_transform_weight.class%type,
    p_most         in number
  ) return json is
    l_embedding constant vector := img_transform.applied(p_transform_id, p_part, p_embedding);
    l_width     embedding_transform.kernel_width%type;
    l_explained json;
  begin
    select kernel_width
      into l_width
      from embedding_transform
     where transform_id = p_transform_id;
    with vote as (
      select s.image_id, s.class,
             w.weight * exp(-2 * l_width * vector_distance(s.embedding, l_embedding, cosine)) as vote
        from image_transform_support s
        join image_transform_weight w
          on w.transform_id = s.transform_id
         and w.part = s.part
         and w.image_id = s.image_id
       where s.transform_id = p_transform_id
         and s.part = p_part
         and w.class = p_class
    ), placed as (
      select image_id, class, vote, case when vote > 0 then 1 else 0 end as is_for, sum(abs(vote)) over () as total,
             row_number() over (partition by case when vote > 0 then 1 else 0 end order by abs(vote) desc, image_id)
               as place
        from vote
    )
    select json_object(
             'share' value max(p.covered),
             'votes' value json_arrayagg(
               json_object('image_id' value p.image_id, 'class' value p.class, 'vote' value p.vote,
                           'source_name' value o.source_name, 'image_path' value o.image_path returning json)
               order by p.is_for desc, p.place returning json) returning json)
      into l_explained
      from (select image_id, class, vote, is_for, place, sum(abs(vote)) over () / nullif(total, 0) as covered
              from placed
             where place <= p_most) p
      left join vw_image_order o on o.image_id = p.image_id;
    return l_explained;
  end explained;

end img_kernel;
/
