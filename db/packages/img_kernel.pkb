create or replace package body img_kernel as

  function base(p_transform_id in image_transform_support.transform_id%type) return binary_double is
    l_width binary_double;
  begin
    select max(kernel_width)
      into l_width
      from image_transform
     where transform_id = p_transform_id;
    return exp(-2 * l_width);
  end base;

  procedure put_support(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_image_id     in image_transform_support.image_id%type,
    p_class        in image_transform_support.class%type,
    p_embedding    in vector
  ) is
  begin
    insert into image_transform_support (transform_id, part, image_id, class, embedding)
    values (p_transform_id, p_part, p_image_id, p_class, p_embedding);
  end put_support;

  procedure put_weights(
    p_transform_id in image_transform_weight.transform_id%type,
    p_part         in image_transform_weight.part%type,
    p_weights      in json
  ) is
  begin
    insert into image_transform_weight (transform_id, part, image_id, class, weight)
    select p_transform_id, p_part, w.image_id, w.class, w.weight
      from json_table(p_weights, '$[*]'
             columns (
               image_id number             path '$.image_id' error on error null on empty,
               class    varchar2(100 char) path '$.class' error on error null on empty,
               weight   binary_double      path '$.weight' error on error null on empty
             )) w;
  end put_weights;

end img_kernel;
/
