create or replace package img_search authid definer as
  /**
   * The nearest images, or classes, of one embedding or of every item of a run: what img_classify votes on.
   *
   * Ties: a distance that exceeds the next smaller one by no more than co_tie counts as equal to it, and the nearer
   * one's stands for both. Equally near images come in the order of vw_image_order, equally near classes by name. So
   * the order in which images were stored decides nothing, nor does the last bit of a distance. Of the images that
   * are not exactly as near, those among the first k + co_spare are looked at.
   */

  co_tie   constant binary_double := 1e-6;
  co_spare constant pls_integer := 16;

  /**
   * The k nearest of some that were found, of each item.
   *
   * @param p_found JSON array of item_id, image_id, part, class and distance: the k + co_spare nearest of each item
   * @return JSON array of the same with place, in order; null where there is none
   */
  function settled(
    p_found in json,
    p_k     in number
  ) return json;

  /**
   * The nearest images of a new embedding, or of each item of a batch that is of a part, by exact search.
   *
   * @param p_embedding    one, which is item 1; looked at where p_batch_id is null
   * @param p_part         the part of the embedding, or of the items; null: not known. Images of it are looked at, or of
   *                       any part where it is null or the target
   * @param p_source_id    only images of this source; null: of any
   * @param p_transform_id of CENTRE or WHITEN: in its space; null: as they are
   * @param p_except       this image is not looked at
   * @return JSON array of item_id, place, image_id, part, class (the label of the target) and distance, in order; null
   *         where there is none
   * @exception img_error.e_unknown_part where the transform was not fitted for the part
   *
   * select img_search.nearest((select embedding from image_demo1 where image_id = 1), null, 'mono', 5, 'QUALITY', 'COSINE')
   *   from dual;
   */
  function nearest(
    p_embedding    in vector,
    p_batch_id     in image_batch.batch_id%type,
    p_part         in varchar2,
    p_k            in number,
    p_target       in varchar2,
    p_metric       in varchar2,
    p_source_id    in image_source.source_id%type default null,
    p_transform_id in embedding_transform.transform_id%type default null,
    p_except       in image_demo1.image_id%type default null
  ) return json;

  /** nearest of one embedding by the vector index and by cosine distance, which may miss some. */
  function nearest_by_index(
    p_embedding       in vector,
    p_part            in varchar2,
    p_k               in number,
    p_target          in varchar2,
    p_target_accuracy in number,
    p_except          in image_demo1.image_id%type default null,
    p_item_id         in number default 1
  ) return json;

  /**
   * The distances to each class of a transform PROTOTYPE or LDA: of one embedding (item 1), of each item of a batch, or of
   * a fold of an evaluation.
   *
   * @return JSON array of item_id, place, class and distance; null where there is none
   */
  function compared_classes(
    p_transform_id in embedding_transform.transform_id%type,
    p_embedding    in vector default null,
    p_part         in varchar2 default null,
    p_batch_id     in image_batch.batch_id%type default null,
    p_run_id       in classification_run.run_id%type default null,
    p_fold         in number default null
  ) return json;

  /** compared_classes of a fold of an evaluation, kept as its items' neighbours. */
  procedure compare_with_classes(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_fold         in number
  );

  /**
   * The nearest images of each item of an evaluation among the items of other folds, within a part
   * (null: all), in the space of a transform (null: as they are) for the items of a fold (null: all).
   */
  procedure find_for_evaluation(
    p_run_id       in classification_run.run_id%type,
    p_transform_id in embedding_transform.transform_id%type,
    p_fold         in number,
    p_part         in classification_item.part%type
  );

  /** The nearest images of each item of an evaluation by the vector index. */
  procedure find_approximately(p_run_id in classification_run.run_id%type);

  /**
   * Say of each tested item of an evaluation whether a copy of it is among the images that it was compared with: the
   * same file, or one nearer than the run's near_distance by cosine distance.
   */
  procedure mark_copies(p_run_id in classification_run.run_id%type);

end img_search;
/
