create or replace package img_fitted authid definer as
  /**
   * What a fitted transform does not know: images that were stored since, and classes that it never met.
   *
   * A transform that compares with classes can only answer with those that it was fitted on. Where images of another
   * class are stored, and an image's plain neighbours (with no transform) vote for that class, they decide.
   */

  /**
   * The plain neighbours of those images that they say to be of a class which a transform does not know.
   *
   * @param p_transform_id of PROTOTYPE, LDA or KERNEL
   * @param p_embedding    one, which is item 1; looked at where p_batch_id is null
   * @param p_part         the part of the embedding, or of the batch's items that are looked at; null: not known
   * @return as of img_search.nearest; null where every image is of a class that the transform knows
   * @exception as of img_search.nearest
   *
   * select img_fitted.neighbours_of_unknown(
   *          7, to_vector('[1, 0, 0]'), null, 'tank', 3, 'QUALITY', 'MAJORITY', 0.07, 'COSINE', null)
   *   from dual;
   */
  function neighbours_of_unknown(
    p_transform_id in image_transform.transform_id%type,
    p_embedding    in vector,
    p_batch_id     in image_batch.batch_id%type,
    p_part         in varchar2,
    p_k            in number,
    p_target       in varchar2,
    p_weighting    in varchar2,
    p_temperature  in number,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type
  ) return json;

  /**
   * How many images that a transform could be fitted on were stored since it was.
   *
   * @return null where that is not known
   *
   * select img_fitted.stored_since(7) from dual;
   */
  function stored_since(p_transform_id in image_transform.transform_id%type) return number;

  /**
   * What a decision by a transform rests on.
   *
   * @param p_by_neighbours 1: neighbours_of_unknown decided
   * @param p_class         the class that won
   * @param p_most          of KERNEL: so many images for and against it
   * @return JSON: transform (its name), kind, decided_by (the kind, or NEIGHBOURS), stored_since_fit (how many images that
   *         it could be fitted on were stored since; null: not known), and of KERNEL explained, see img_search.largest_votes;
   *         null for no transform
   * @exception img_error.e_unknown_part where the transform was not fitted for the part
   *
   * select img_fitted.told(7, 0, to_vector('[1, 0, 0]'), 'tank', 'good', 3) from dual;
   */
  function told(
    p_transform_id  in image_transform.transform_id%type,
    p_by_neighbours in number,
    p_embedding     in vector,
    p_part          in varchar2,
    p_class         in varchar2,
    p_most          in number
  ) return json;

end img_fitted;
/
