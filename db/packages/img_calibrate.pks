create or replace package img_calibrate authid definer as
  /**
   * Confidence that can be trusted: of answers given with 80 % about 80 % should be right.
   *
   * Temperature scaling (C. Guo et al. 2017, On calibration of modern neural networks, arXiv 1706.04599, section 4.2): the
   * distances to the classes are divided by one number T before they become probabilities, p = exp(-d / T) / sum of these.
   * T is the one with the least negative log likelihood of the true classes. It is above 1 where confidence was too high.
   * No class changes its place, so the class that wins and the accuracy stay as they are.
   *
   * It is for transforms that compare with classes by probabilities: LDA and KERNEL. The search for T needs sums over the stored
   * neighbours of a run and no linear algebra, so it is done in SQL.
   */

  /** T is looked for from 1/32 to 32, in steps of a power of two, each of which is then divided again. */
  co_widest constant pls_integer := 5;

  /**
   * Calibrate an evaluation: calibrated_confidence and calibrated_actual_share of each item come of the T that fits the
   * items of all other folds (cross-fitted), so that vw_evaluation tells honestly what the calibration gives.
   *
   * @param p_name a named transform of the same kind, target and source, which takes the T that fits all items of the run:
   *               from then on img_classify.classify uses it; null: none
   * @return T over all items
   * @exception img_error.e_unknown_run, e_not_calibrated where the run is none of LDA or KERNEL with two folds or more or p_name is
   *            none of the run's kind; of the name e_unknown_transform, e_unknown_target, e_stale_transform, e_other_target,
   *            e_other_source
   *
   * exec dbms_output.put_line(img_calibrate.calibrate(22, 'mine'))
   */
  function calibrate(
    p_run_id in image_run.run_id%type,
    p_name   in image_transform.name%type default null
  ) return number;

end img_calibrate;
/
