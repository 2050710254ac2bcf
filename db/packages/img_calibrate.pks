create or replace package img_calibrate authid definer as
  /**
   * Confidence that can be trusted: of answers given with 80 % about 80 % should be right.
   *
   * Temperature scaling (C. Guo et al. 2017, On calibration of modern neural networks, arXiv 1706.04599, section 4.2): the
   * distances to the classes are divided by one number T before they become probabilities, p = exp(-d / T) / sum of these.
   * T is the one with the least negative log likelihood of the true classes. It is above 1 where confidence was too high.
   * No class changes its place, so the class that wins and the accuracy stay as they are.
   *
   * It is for transforms that compare with classes by probabilities: LDA and KERNEL. The search for T needs sums
   * over the stored neighbours of a run and no linear algebra, so it is done in SQL.
   *
   * A share of votes is no probability. Of all other runs its worth is read from the run itself: the answers are put into
   * bins of about as many each, in the order of their share, and the share of right ones in each is made to rise by
   * isotonic regression (B. Zadrozny, C. Elkan 2002, Transforming classifier scores into accurate multiclass probability
   * estimates). It is computed by its min-max formula, value i = max over a <= i of min over b >= i of the mean of a to b
   * (R. E. Barlow et al. 1972, Statistical inference under order restrictions), which gives what pooling adjacent
   * violators gives. Each bin has one answer more, as right as the run: no answer is worth 0 or 1 by chance. The class that
   * wins stays; the others share the rest by their votes, each with a hundredth of all more: none is impossible.
   */

  /** T is looked for from 1/32 to 32, in steps of a power of two, each of which is then divided again. */
  co_widest constant pls_integer := 5;

  /** Of votes: so many bins at most, each of so many answers at least. */
  co_bins         constant pls_integer := 15;
  co_least_images constant pls_integer := 10;

  /**
   * Calibrate an evaluation: calibrated_confidence and calibrated_actual_share of each item come of what fits the items of
   * all other folds (cross-fitted), so that vw_evaluation_confidence tells honestly what the calibration gives.
   *
   * @param p_name of LDA and KERNEL: a named transform of the same kind, target and source, which takes the T that fits all items of
   *               the run: from then on img_classify.classify uses it. Of votes: the name of the calibration (at most 100
   *               characters; one of that name is replaced), for classify's p_calibration. Null: nothing is kept but the
   *               items' figures
   * @return of LDA and KERNEL T over all items; of votes how many answers the calibration is made of
   * @exception img_error.e_unknown_run, e_not_calibrated where the run has not two folds, predicts numbers or is tuned, or p_name is none of the run's kind,
   *            e_few_answers, e_too_long; of a transform e_unknown_transform, e_unknown_target, e_stale_transform,
   *            e_other_target, e_other_source
   *
   * exec dbms_output.put_line(img_calibrate.calibrate(12, 'mine'))
   */
  function calibrate(
    p_run_id in image_run.run_id%type,
    p_name   in image_transform.name%type default null
  ) return number;

  /**
   * How far the confidence of a run can be trusted, see vw_evaluation_confidence.
   *
   * @return rows of calibrated (0, and 1 where calibrate was called), images, expected_calibration_error, brier_score,
   *         log_loss
   * @exception img_error.e_unknown_run
   *
   * variable c refcursor
   * exec :c := img_calibrate.figures(12)
   * print c
   */
  function figures(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * The steps of a calibration, for answers of these settings.
   *
   * @param p_name null: none
   * @return       see image_calibration.steps; null for null
   * @exception img_error.e_no_calibration; e_other_settings where it was made by other ones, e_other_model
   *
   * select img_calibrate.steps_of('mine', 'QUALITY', 3, 'MAJORITY', 0.07, 'COSINE', null, null) from dual;
   */
  function steps_of(
    p_name        in varchar2,
    p_target      in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number,
    p_metric      in varchar2,
    p_kind        in varchar2,
    p_source      in varchar2
  ) return json;

  /**
   * What a share of votes is worth.
   *
   * @param p_steps see image_calibration.steps; null: what it says
   *
   * select img_calibrate.calibrated(0.6, json('[{"place": 1, "least": 0, "confidence": 0.5}]')) from dual;
   */
  function calibrated(
    p_confidence in binary_double,
    p_steps      in json
  ) return binary_double;

end img_calibrate;
/
