create or replace package img_compare authid definer as
  /**
   * Two evaluations beside each other: which is right more often, what each costs, and what follows.
   *
   * They may go by different settings, or by different models, one loaded after the other (python -m loader ROOT --model
   * ... --replace-model): a run outlives the embeddings that it was made of. Only images that both tested count, with the
   * same label, see vw_compared_item.
   */

  /** A difference is one where chance alone would make so large a one more rarely than this. */
  co_level constant number := 0.05;

  /** A run is faster where it takes at most this share of the other's time. */
  co_faster constant number := 0.9;

  /**
   * Raises where two runs are not of the same target.
   *
   * @exception img_error.e_unknown_run, e_other_target
   *
   * exec img_compare.check_targets(12, 13)
   */
  procedure check_targets(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  );

  /**
   * McNemar's exact test: how probable so large a difference, or a larger one, is by chance.
   *
   * The two-sided binomial probability, min(1, 2 P(X <= min(b, c))) with X ~ B(b + c, 1/2), where b and c count the
   * images that one run alone has right (Q. McNemar 1947; exact form: A. Agresti, Categorical Data Analysis, 3rd ed.,
   * 11.1.2).
   *
   * @return the probability, 0 to 1
   *
   * select img_compare.mcnemar_p(3, 9) from dual;
   */
  function mcnemar_p(
    p_only_a in number,
    p_only_b in number
  ) return binary_double;

  /**
   * What follows from two runs.
   *
   * @return one row of images (that both tested), left_out_a, left_out_b (tested by that run alone, or with another label),
   *         both_right, only_a, only_b, both_wrong, difference (of the accuracies, B's less A's), difference_low,
   *         difference_high (img_interval), p_value (mcnemar_p), better (A, B; null where they can not be told apart), faster
   *         (A, B; null where neither is, or it is not known), and conclusion, a sentence
   * @exception img_error.e_unknown_run, e_other_target, e_no_common_image
   *
   * exec :c := img_compare.result(12, 13)
   */
  function result(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor;

  /**
   * The two sides.
   *
   * @return rows of side (A, B), run_id, model, method, target, k, weighting, metric, transform_kind, accuracy,
   *         accuracy_low, accuracy_high (over the images that both tested), dimension, embedding_bytes, embed_ms,
   *         decision_ms (see vw_run_cost)
   * @exception img_error.e_unknown_run, e_other_target, e_no_common_image
   *
   * exec :c := img_compare.sides(12, 13)
   */
  function sides(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor;

  /**
   * How each class fares: its images that were taken for another class (miss_rate), and images of others that were taken
   * for it (false_alarm_rate). Null where there is no such image.
   *
   * @return rows of class, images, miss_rate_a, miss_rate_b, false_alarm_rate_a, false_alarm_rate_b, in order of class
   * @exception img_error.e_unknown_run, e_other_target, e_no_common_image
   *
   * exec :c := img_compare.classes(12, 13)
   */
  function classes(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return sys_refcursor;

end img_compare;
/
