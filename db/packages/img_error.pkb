create or replace package body img_error as

  function message(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  ) return varchar2 is
    l_text varchar2(2000 char);
  begin
    l_text :=
      case p_code
        when co_mixed_models then
          'the embeddings were made by more than one model (%1) and can not be compared: load all images again '
          || 'with one of them, python -m loader ROOT --replace-model'
        when co_other_model then
          'the stored embeddings were made by %1, not by %2: go on with that model, or have every image '
          || 'embedded anew by --replace-model'
        when co_unknown_run then 'there is no load run %1'
        when co_unknown_item then 'there is no image to load with the number %1'
        when co_wrong_dimension then 'the embedding has %1 dimensions and must have %2'
        when co_zero_embedding then 'the embedding is all zeros: it has no direction, and so no cosine distance'
        when co_missing_argument then '%1 must not be null'
        when co_unknown_part then 'there is no image with an embedding of the part %1'
        when co_no_images then 'there is no image with a label and an embedding: load some first, python -m loader ROOT'
        else 'unknown error ' || p_code
      end;
    l_text := replace(l_text, '%1', nvl(p_1, '(null)'));
    l_text := replace(l_text, '%2', nvl(p_2, '(null)'));
    l_text := replace(l_text, '%3', nvl(p_3, '(null)'));
    return l_text;
  end message;

  procedure throw(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  ) is
  begin
    raise_application_error(p_code, message(p_code, p_1, p_2, p_3));
  end throw;

end img_error;
/
