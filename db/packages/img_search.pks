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
   *
   * select img_search.settled(
   *          json('[{"item_id": 1, "image_id": 2, "part": "tank", "class": "good", "distance": 0.1}]'), 1)
   *   from dual;
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
   * select img_search.nearest((select embedding from image_demo1 where image_id = 1), null, 'tank', 5, 'QUALITY', 'COSINE')
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
    p_transform_id in image_transform.transform_id%type default null,
    p_except       in image_demo1.image_id%type default null
  ) return json;

  /**
   * nearest of one embedding by the vector index and by cosine distance, which may miss some.
   *
   * select img_search.nearest_by_index(to_vector('[1, 0, 0]'), 'tank', 3, 'QUALITY', 95) from dual;
   */
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
   * The distances to each class of a transform PROTOTYPE, LDA or KERNEL: of one embedding (item 1), of each item of a
   * batch, or of a fold of an evaluation.
   *
   * @return JSON array of item_id, place, class and distance (of a fit on numbers one, minus the number); null where there
   *         is none
   * @exception img_error.e_unknown_part where a fit of KERNEL has no space for a part
   *
   * select img_search.compared_classes(7, to_vector('[1, 0, 0]'), 'tank') from dual;
   */
  function compared_classes(
    p_transform_id in image_transform.transform_id%type,
    p_embedding    in vector default null,
    p_part         in varchar2 default null,
    p_batch_id     in image_batch.batch_id%type default null,
    p_run_id       in image_run.run_id%type default null,
    p_fold         in number default null
  ) return json;

  /**
   * The images whose votes by kernels (img_kernel) were worth most in a decision: the p_most largest for a class, and the p_most largest against it.
   *
   * @param p_part the part that was fitted, or '*'
   * @return JSON: share, of the sum of all votes without their signs what those told make up, 0 to 1; and votes, an
   *         array of image_id, class (the image's own), vote (above 0 for p_class, below against it), source_name and
   *         image_path (null of an image that is stored no more), those for the class first, each kind by size
   * @exception img_error.e_unknown_part where the transform was not fitted for the part
   *
   * select img_search.largest_votes(8, 'tank', to_vector('[1, 0, 0]'), 'good', 3) from dual;
   */
  function largest_votes(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_embedding    in vector,
    p_class        in image_transform_weight.class%type,
    p_most         in number
  ) return json;

  /**
   * compared_classes of a fold of an evaluation, kept as its items' neighbours.
   *
   * @exception as of compared_classes
   *
   * exec img_search.compare_with_classes(13, 7, 1)
   */
  procedure compare_with_classes(
    p_run_id       in image_run.run_id%type,
    p_transform_id in image_transform.transform_id%type,
    p_fold         in number
  );

  /**
   * The nearest images of each item of an evaluation among the items of other folds, within a part
   * (null: all), in the space of a transform (null: as they are) for the items of a fold (null: all).
   *
   * exec img_search.find_for_evaluation(12, null, 1, 'tank')
   */
  procedure find_for_evaluation(
    p_run_id       in image_run.run_id%type,
    p_transform_id in image_transform.transform_id%type,
    p_fold         in number,
    p_part         in image_run_item.part%type
  );

  /**
   * The nearest images of each item of an evaluation by the vector index.
   *
   * exec img_search.find_approximately(12)
   */
  procedure find_approximately(p_run_id in image_run.run_id%type);

  /**
   * Say of each tested item of an evaluation whether a copy of it is among the images that it was compared with: the
   * same file, or one nearer than the run's near_distance by cosine distance.
   *
   * exec img_search.mark_copies(12)
   */
  procedure mark_copies(p_run_id in image_run.run_id%type);

  /**
   * The stored images that are nearest to one another by cosine distance, of all pairs of one scope: a part (images
   * without a part are one), or all images. An embedding that is all zeros has no direction, and so no pair.
   *
   * @param p_target      pairs whose labels of this differ come first, then the nearest
   * @param p_within_part 1: a part is a scope; 0: all images are one
   * @param p_limit       at most so many
   * @param p_most        all pairs of scopes of at most so many images; null: of all
   * @param p_by_index    1: of the larger ones, the 10 nearest of each image by the vector index; 0: nothing
   * @return JSON array of image_id, part, actual, other_image_id, other_part, other_actual, distance, pairs (how many
   *         were found in all), in order; null where there is none
   *
   * select img_search.near_pairs('QUALITY', 'tank', null, 1, 0.009, 5, 100, 0) from dual;
   */
  function near_pairs(
    p_target      in varchar2,
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number,
    p_near        in number,
    p_limit       in number,
    p_most        in number,
    p_by_index    in number
  ) return json;

  /**
   * The nearest images of a class, by cosine distance.
   *
   * @param p_part      only images of this part; null: of any
   * @param p_class     the class of the target; null: images of any, and without one
   * @param p_source_id only images of this source; null: of any
   * @return as of nearest_transformed
   *
   * select img_search.nearest_of_class(to_vector('[1, 0, 0]'), 1, 'tank', 'QUALITY', 'good', null) from dual;
   */
  function nearest_of_class(
    p_embedding in vector,
    p_k         in number,
    p_part      in varchar2,
    p_target    in varchar2,
    p_class     in varchar2,
    p_source_id in image_source.source_id%type
  ) return json;

  /**
   * How far stored images are from the images of a class: the mean cosine distance of the k nearest, itself not among
   * them. An embedding that is all zeros has no direction, and is left out.
   *
   * @param p_class       the class of the target; null: all images are of it
   * @param p_part        only images of this part; null: of any
   * @param p_source_id   only images of this source; null: of any
   * @param p_within_part 1: of the image's own part; 0: of any
   * @param p_measured    of so many images of the class and scope, the first by vw_image_order; null: of all
   * @param p_others      1: of images of other classes too
   * @return JSON array of image_id, scope (the part, or *), class, is_good (1: of the class) and score, in order of
   *         image_id; null where there is none
   *
   * select img_search.class_distances('QUALITY', 'good', 'tank', null, 1, 1, 100, 1) from dual;
   */
  function class_distances(
    p_target      in varchar2,
    p_class       in varchar2,
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number,
    p_k           in number,
    p_measured    in number,
    p_others      in number
  ) return json;

end img_search;
/
