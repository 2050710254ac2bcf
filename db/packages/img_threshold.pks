create or replace package img_threshold authid definer as
  /**
   * Thresholds of rejection, proposed from an evaluation: from which confidence, and up to which distance, classify is to
   * answer (p_min_confidence, p_max_distance).
   *
   * The rates are those of the run that the threshold was chosen from, and so a little too good: look at them on other
   * images before you rely on them: applied tells what they give on another run. They hold for the settings of the run:
   * classify by the same k, weighting, metric and transform. Of a run that was calibrated (img_calibrate) they are of the
   * calibrated confidence: classify by that calibration.
   */

  /**
   * The thresholds for a wanted error rate or a wanted coverage, one of the two: of those that keep it, the one that
   * answers most images (error rate), or has the most doubtful ones rejected (coverage).
   *
   * @param p_error_rate at most this share of the answers is wrong, 0 or more and below 1
   * @param p_coverage   at least this share of the tested images is answered, above 0 and at most 1
   * @return rows of kind (MIN_CONFIDENCE, then MAX_DISTANCE), threshold, unit (confidence or calibrated
   *         confidence; of MAX_DISTANCE the metric, and the kind of transform in whose space it is: COSINE, COSINE after
   *         WHITEN), answered, coverage, error_rate (of the answered
   *         images); a kind by which the wish can not be had is missing, and so is MAX_DISTANCE of LDA and KERNEL, whose distances are
   *         -ln of probabilities: MIN_CONFIDENCE says the same
   * @exception img_error.e_unknown_run, e_bad_threshold; e_one_wish where both or none is given
   *
   * variable c refcursor
   * exec :c := img_threshold.rejection(12, p_coverage => 0.95)
   * print c
   */
  function rejection(
    p_run_id     in image_run.run_id%type,
    p_error_rate in number default null,
    p_coverage   in number default null
  ) return sys_refcursor;

  /**
   * The threshold that lets at most a wanted share of a class pass: an image passes where the answer is another class, of
   * at least that confidence. What does not pass is looked at by a person.
   *
   * @param p_class     the class that is not to pass, such as defective
   * @param p_miss_rate at most this share of its images passes, 0 or more and below 1
   * @return one row of class, threshold (0: every answer counts; null: no other answer is sure enough, and nothing passes),
   *         images (tested, of the class), missed (those that pass), miss_rate, others (tested, of other classes),
   *         false_alarms (those that do not pass), false_alarm_rate
   * @exception img_error.e_unknown_run, e_bad_threshold; e_unknown_class where no tested image is of it
   *
   * exec :c := img_threshold.for_miss_rate(12, 'bad', 0.01)
   */
  function for_miss_rate(
    p_run_id    in image_run.run_id%type,
    p_class     in varchar2,
    p_miss_rate in number
  ) return sys_refcursor;

  /**
   * What thresholds give on a run: on another one than they were chosen from, the rates are honest.
   *
   * @param p_min_confidence as of img_classify.classify; null: none
   * @param p_max_distance   likewise
   * @return rows of class (null: of all, the first row), images (tested), answered, coverage, wrong (answered by another
   *         class), error_rate (of the answered), miss_rate (wrong, of all images of the class)
   * @exception img_error.e_unknown_run, e_bad_threshold; e_no_distance where the run is of LDA or KERNEL and p_max_distance is given
   *
   * exec :c := img_threshold.applied(12, p_min_confidence => 0.8)
   */
  function applied(
    p_run_id         in image_run.run_id%type,
    p_min_confidence in number default null,
    p_max_distance   in number default null
  ) return sys_refcursor;

end img_threshold;
/
