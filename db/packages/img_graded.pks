create or replace package img_graded authid definer as
  /**
   * Graded targets: labels that are numbers, such as how probable a defect is, predicted as numbers (regression) by the
   * transforms that tell classes apart otherwise:
   *
   *   none, CENTRE, WHITEN   the mean of the neighbours' numbers, weighted as their votes would be (img_vote)
   *   LDA                    linear regression with the shrunk covariance of all images
   *   KERNEL                 kernel ridge regression on the numbers themselves (img_kernel)
   *
   * At a threshold a number becomes one of two classes, by which an evaluation counts what is right. PROTOTYPE has no
   * meaning here.
   */

  /**
   * The number that a label is.
   *
   * @param p_class as JSON writes numbers: 0.33, -2, 1e3
   * @return null for any other text
   *
   * select img_graded.value_of('0.33') from dual;
   */
  function value_of(p_class in varchar2) return binary_double;

  /**
   * @return '0.5 or more' or 'below 0.5', for a threshold of 0.5; null for null
   *
   * select img_graded.class_of(0.7, 0.5) from dual;
   */
  function class_of(
    p_value     in binary_double,
    p_threshold in image_run.threshold%type
  ) return varchar2;

  /**
   * Predict the numbers of an evaluation from its items' neighbours, and their classes at the threshold: predicted_value,
   * predicted and nearest_distance of its items. A number has no confidence.
   *
   * exec img_graded.decide_run(14)
   */
  procedure decide_run(p_run_id in image_run.run_id%type);

end img_graded;
/
