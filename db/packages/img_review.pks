create or replace package img_review authid definer as
  /**
   * What a person should look at: doubtful labels, classes that are taken for one another, pictures that are nearly the
   * same. Each answer names files. The views vw_label_suspect, vw_confused_pair, vw_near_duplicate and vw_outlier show the
   * same of a run.
   */

  /** Up to so many images of a part, near_duplicates compares all pairs of them. */
  co_most_compared constant pls_integer := 20000;

  /**
   * Raises where comparing images with one another would take long: a part (p_within_part 0: all images) has more than
   * co_most_compared.
   *
   * @exception img_error.e_many_pairs
   *
   * exec img_review.check_pairs('tank', null, 1)
   */
  procedure check_pairs(
    p_part        in varchar2,
    p_source_id   in image_source.source_id%type,
    p_within_part in number
  );

  /**
   * The labels of a run that the neighbours contradict, the most doubtful first.
   *
   * @param p_limit at most so many, 1 to 1,000,000
   * @return rows of place, image_id, part, actual, predicted, confidence, actual_share, disputed, source_name, label_path,
   *         image_path
   * @exception img_error.e_unknown_run, e_bad_parameter
   *
   * exec :c := img_review.suspects(12, p_limit => 5)
   */
  function suspects(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 50
  ) return sys_refcursor;

  /**
   * Which classes a run takes for which, the commonest first, with the worst pairs of images: the most confident
   * mistakes, each beside the nearest image of the class that it was taken for.
   *
   * @param p_limit at most so many pairs of classes, 1 to 1,000,000
   * @param p_pairs of each so many pairs of images, 0 to 1,000
   * @return rows of actual, predicted, images, share_of_actual (of its tested images), and pairs, a JSON array of
   *         image_id, source_name, label_path, image_path, confidence, other_image_id, other_source_name,
   *         other_label_path, other_image_path, distance
   * @exception img_error.e_unknown_run, e_bad_parameter
   *
   * exec :c := img_review.confusions(12, p_limit => 5, p_pairs => 1)
   */
  function confusions(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 20,
    p_pairs  in number default 3
  ) return sys_refcursor;

  /**
   * Images of a run that are nearly the same, as vw_near_duplicate says: of the neighbours that the run found.
   *
   * @param p_limit at most so many, 1 to 1,000,000
   * @return rows of image_id, actual, source_name, image_path, other_image_id, other_actual, other_source_name,
   *         other_image_path, distance
   * @exception img_error.e_unknown_run, e_bad_parameter
   *
   * exec :c := img_review.duplicates_of_run(12)
   */
  function duplicates_of_run(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor;

  /**
   * Images of a run that are far from all others, as vw_outlier says.
   *
   * @param p_limit at most so many, 1 to 1,000,000
   * @return rows of image_id, part, source_name, image_path, distance, ratio
   * @exception img_error.e_unknown_run, e_bad_parameter
   *
   * exec :c := img_review.outliers_of_run(12)
   */
  function outliers_of_run(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor;

  /**
   * Stored images that are nearly the same: pairs that disagree in the target first, then the nearest.
   *
   * All pairs of a part are compared where it has at most co_most_compared images. In a larger one the 10 nearest of
   * each image are looked up in the vector index, which may miss some.
   *
   * @param p_near_distance up to this cosine distance, 0 to 2; null: the model's, see img_comparable.near_distance
   * @param p_part        only images of this part; null: of any
   * @param p_target      what across_labels compares: QUALITY, CATEGORY1, CATEGORY2 or PART
   * @param p_source      only images of this source; null: of any
   * @param p_within_part 1: pairs of one part; 0: of any parts
   * @param p_limit       at most so many pairs, 1 to 1,000,000
   * @param p_all_pairs   1 compares all pairs, however many images there are
   * @return rows of image_id, part, actual, source_name, label_path, image_path, other_image_id, other_part,
   *         other_actual, other_source_name, other_label_path, other_image_path, distance, across_labels, pairs (how many
   *         there are in all)
   * @exception img_error.e_bad_threshold, e_unknown_target, e_bad_parameter, e_no_images, e_unknown_part,
   *            e_mixed_models, e_mixed_formats, e_unknown_source; e_many_pairs where a part is larger, there is no index or
   *            a source is asked for, and p_all_pairs is 0
   *
   * exec :c := img_review.near_duplicates(p_part => 'tank', p_limit => 5)
   */
  function near_duplicates(
    p_near_distance in number default null,
    p_part          in varchar2 default null,
    p_target        in varchar2 default img_choice.co_target,
    p_source        in varchar2 default null,
    p_within_part   in number default 1,
    p_limit         in number default 50,
    p_all_pairs     in number default 0
  ) return sys_refcursor;

end img_review;
/
