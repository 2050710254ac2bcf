create or replace package img_novelty authid definer as
  /**
   * Is this picture like the good ones? For where no defective image is known yet.
   *
   * An image's score is the mean cosine distance of its k nearest known good images of its part (F. Angiulli,
   * C. Pizzuti 2002, Fast outlier detection in high dimensional spaces), 0 to 2. A good image is scored against the
   * other good ones (leave-one-out), so that a new good image has a score like theirs.
   *
   * The threshold for a wanted rate of false alarms a is the score of place ceil((n + 1) (1 - a)) among the n good ones,
   * in ascending order: of new good images, at most the share a is beyond it on average, whatever the distribution
   * (S. Bates et al. 2023, Testing for outliers with conformal p-values, arXiv 2104.08279; R. Laxhammar, G. Falkman 2011).
   * Less than 1 / (n + 1) can not be shown by n images.
   *
   * The known good images are those with a class of the target (p_known_good); all images where that is null. Scores are
   * computed when they are asked for, and nothing is stored: an image that was loaded a moment ago counts.
   */

  /** What judged calls an image that is beyond the threshold. */
  co_outlier constant varchar2(10 char) := 'outlier';

  co_k            constant pls_integer := 3;
  co_false_alarms constant number := 0.05;

  /** Of so many good images of a part the scores are computed for a threshold, where p_others is 0. */
  co_most_measured constant pls_integer := 2000;

  /**
   * The scores of stored images.
   *
   * @param p_known_good  the class of the good images; null: all are
   * @param p_part        only images of this part; null: of any
   * @param p_target      QUALITY, CATEGORY1, CATEGORY2 or PART
   * @param p_k           1 to 100,000; where there are fewer, those count
   * @param p_source      only images of this source; null: of any
   * @param p_within_part 1: compared with good images of the image's own part; 0: of any
   * @param p_others      1: of all images; 0: of good ones alone, at most co_most_measured of each part, those that come
   *                      first by vw_image_order, which is as good as at random
   * @param p_all_pairs   1: however many images there are
   * @return JSON array of image_id, scope (the part, or *), class, is_good (0 or 1) and score
   * @exception img_error.e_unknown_target, e_bad_k, e_bad_parameter, e_no_images, e_unknown_part, e_mixed_models,
   *            e_mixed_formats, e_unknown_source, e_no_good; e_many_pairs where a part has more than
   *            img_review.co_most_compared images, p_others is 1 and p_all_pairs is 0
   *
   * select img_novelty.scores('good', p_part => 'tank', p_k => 1) from dual;
   */
  function scores(
    p_known_good  in varchar2,
    p_part        in varchar2 default null,
    p_target      in varchar2 default img_choice.co_target,
    p_k           in number default co_k,
    p_source      in varchar2 default null,
    p_within_part in number default 1,
    p_others      in number default 1,
    p_all_pairs   in number default 0
  ) return json;

  /**
   * The threshold for a wanted rate of false alarms.
   *
   * @param p_scores       from scores, of one scope
   * @param p_false_alarms above 0 and below 1
   * @return the largest score that is no outlier
   * @exception img_error.e_bad_threshold; e_few_good where there are too few good images to show that rate
   *
   * select img_novelty.threshold_for(img_novelty.scores('good', p_part => 'tank', p_k => 1), 0.25) from dual;
   */
  function threshold_for(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms
  ) return number;

  /**
   * The images that are least like the good ones of their part, by the score over the part's threshold.
   *
   * @param p_scores       from scores
   * @param p_false_alarms above 0 and below 1
   * @param p_limit        at most so many, 1 to 1,000,000
   * @return rows of place, image_id, part, class, is_good, score, threshold, is_outlier (both null where there are too few
   *         good images), source_name, label_path, image_path
   * @exception img_error.e_bad_threshold, e_bad_parameter
   *
   * exec :c := img_novelty.outliers(img_novelty.scores('good', p_k => 1), p_false_alarms => 0.25, p_limit => 5)
   */
  function outliers(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms,
    p_limit        in number default 50
  ) return sys_refcursor;

  /**
   * How well the scores tell the good images of each part from those of other classes, which took no part in them.
   *
   * auroc: the probability that an image of another class has a higher score than a good one, ties counted half. Its
   * 95 % interval is that of E. R. DeLong et al. 1988, by mid-ranks (X. Sun, W. Xu 2014); null where auroc is 0 or 1, since
   * the variance is 0 then and says nothing, and where a class has one image alone.
   *
   * @param p_scores       from scores
   * @param p_false_alarms above 0 and below 1
   * @return rows of scope, good, others (images of other classes), threshold, false_alarm_rate (good images beyond the
   *         threshold), miss_rate (others within it), auroc, auroc_low, auroc_high
   * @exception img_error.e_bad_threshold
   *
   * exec :c := img_novelty.figures(img_novelty.scores('good', p_k => 1), p_false_alarms => 0.25)
   */
  function figures(
    p_scores       in json,
    p_false_alarms in number default co_false_alarms
  ) return sys_refcursor;

  /**
   * Judge a new image.
   *
   * @param p_embedding  FLOAT32, of the stored embeddings' dimension
   * @param p_known_good as of scores; the other parameters too
   * @param p_threshold  from threshold_for, of the same parameters and of p_within_part => 0 where p_part is null
   * @param p_part       its part; null where it is not known: then it is compared with good images of any part
   * @return JSON: class (p_known_good, good where that is null, or co_outlier), score, threshold, k, part, and
   *         neighbours, an array of place, image_id, class, distance, part, source_name and image_path
   * @exception img_error.e_missing_argument, e_wrong_dimension, e_wrong_format, e_zero_embedding, e_bad_k,
   *            e_unknown_target, e_bad_threshold, e_no_images, e_unknown_part, e_mixed_models, e_unknown_source,
   *            e_no_good
   *
   * select img_novelty.judged(to_vector('[1, 0, 0]'), 'good', 0.05, p_part => 'tank', p_k => 1) from dual;
   */
  function judged(
    p_embedding  in vector,
    p_known_good in varchar2,
    p_threshold  in number,
    p_part       in varchar2 default null,
    p_target     in varchar2 default img_choice.co_target,
    p_k          in number default co_k,
    p_source     in varchar2 default null
  ) return json;

end img_novelty;
/
