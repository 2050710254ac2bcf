create or replace package img_graded authid definer as
  /**
   * Graded targets: labels that are numbers, such as how probable a defect is, predicted as numbers (regression) by the
   * transforms that tell classes apart otherwise:
   *
   *   none, CENTRE, WHITEN   the mean of the neighbours' numbers, weighted as their votes would be (img_vote)
   *   LDA                    linear regression with the shrunk covariance of all images
   *   KERNEL                 kernel ridge regression on the numbers themselves (img_kernel)
   *   JOINT                  the mean of its members' numbers
   *
   * At a threshold a number becomes one of two classes, by which an evaluation counts what is right. PROTOTYPE has no
   * meaning here.
   *
   * Grades may also stand beside two classes: then KERNEL (and JOINT) is fitted on the grades less a threshold in place of 1 and -1, and
   * answers with a class and its confidence as it does otherwise. Images without a grade are answered, and do not vote.
   */

  /**
   * Check that a kind of transform can be fitted on numbers.
   *
   * @param p_grades the target whose labels are the numbers beside classes; null: the labels themselves are numbers
   * @exception img_error.e_not_graded, e_bad_grades
   *
   * exec img_graded.check_use('KERNEL', 0.5, null)
   */
  procedure check_use(
    p_kind      in varchar2,
    p_threshold in number,
    p_grades    in varchar2
  );

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
   * @return '0.5 or more' or 'below 0.5', for a threshold of 0.5, which a number within 0.000000001 reaches; null for null
   *
   * select img_graded.class_of(0.7, 0.5) from dual;
   */
  function class_of(
    p_value     in binary_double,
    p_threshold in image_run.threshold%type
  ) return varchar2;

  /**
   * The numbers of new images.
   *
   * @param p_neighbours JSON array of item_id, place, class and distance, as of img_search; the class is the number
   * @param p_kind       of the transform in whose space they are
   * @return JSON array as text, of item_id, class (at the threshold), value and distance; none of an item whose neighbours
   *         have no numbers
   *
   * select img_graded.decided(
   *          json('[{"item_id": 1, "place": 1, "class": "0.33", "distance": 0.1}]'), 'WHITEN', 0.5, 1, 'MAJORITY', 0.07)
   *   from dual;
   */
  function decided(
    p_neighbours  in json,
    p_kind        in varchar2,
    p_threshold   in number,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number
  ) return clob;

  /**
   * Predict the numbers of an evaluation from its items' neighbours, and their classes at the threshold: predicted_value,
   * predicted and nearest_distance of its items. A number has no confidence.
   *
   * exec img_graded.decide_run(14)
   */
  procedure decide_run(p_run_id in image_run.run_id%type);

end img_graded;
/
