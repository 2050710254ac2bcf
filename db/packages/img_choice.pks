create or replace package img_choice authid definer as
  /**
   * What a caller can choose: names, ranges and defaults, and every check of such a parameter.
   *
   * A checked_... function gives the choice as it is stored, in capitals; a check_... procedure gives nothing. Each
   * raises the error that says what is allowed. Nothing is cut to the length of a column before it is compared.
   */

  /** Defaults. */
  co_k             constant pls_integer := 5;
  co_temperature   constant number := 0.07;
  co_weighting     constant varchar2(10 char) := 'MAJORITY';
  co_metric        constant varchar2(10 char) := 'COSINE';
  co_target        constant varchar2(10 char) := 'QUALITY';
  co_method        constant varchar2(10 char) := 'LOO';
  co_folds         constant pls_integer := 10;
  co_seed          constant pls_integer := 1;
  co_test_share    constant number := 0.2;

  /**
   * Up to this cosine distance two images are copies of one another, unless the caller says otherwise. Measured on
   * solar cells (the ELPV data set) and EfficientNet-Lite0 by python -m bench copies: it misses 5 % of copies saved as
   * JPEG of quality 90, and 5 % of different pictures are as near.
   */
  co_near_distance constant number := 0.009;

  /** Ranges. */
  co_most_neighbours   constant pls_integer := 100000;
  co_most_folds        constant pls_integer := 999999;
  co_most_seed         constant number := 9999999999;
  co_least_temperature constant number := 0.000001;
  co_most_temperature  constant number := 1000000;
  -- What is said of an untested item names the path, in 200 characters.
  co_longest_path      constant pls_integer := 150;
  co_longest_name      constant pls_integer := 100;

  /**
   * @param p_target QUALITY, CATEGORY1, CATEGORY2 or PART, in either case
   * @exception img_error.e_unknown_target
   */
  function checked_target(p_target in varchar2) return varchar2;

  /**
   * @param p_metric COSINE, EUCLIDEAN or DOT, in either case
   * @exception img_error.e_unknown_metric
   */
  function checked_metric(p_metric in varchar2) return varchar2;

  /**
   * @param p_weighting MAJORITY, INVERSE (not with DOT) or SOFTMAX, in either case
   * @exception img_error.e_unknown_weighting
   */
  function checked_weighting(
    p_weighting in varchar2,
    p_metric    in varchar2
  ) return varchar2;

  /**
   * @param p_method LOO, KFOLD, LOGO, TIME or PATH, in either case
   * @exception img_error.e_unknown_method
   */
  function checked_method(p_method in varchar2) return varchar2;

  /**
   * @param p_kind of a transform: CENTRE, PROTOTYPE, WHITEN, LDA or KERNEL, in either case
   * @exception img_error.e_unknown_transform
   */
  function checked_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_kind of an evaluation's transform: one of checked_kind, or TUNED
   * @exception img_error.e_unknown_transform
   */
  function checked_run_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_kind of a fold of a tuned evaluation: one of checked_kind, or PLAIN, which is none
   * @exception img_error.e_unknown_transform
   */
  function checked_fold_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_ks whole numbers from 1 to co_most_neighbours, separated by commas
   * @return JSON array of numbers
   * @exception img_error.e_bad_k
   */
  function checked_ks(p_ks in varchar2) return json;

  /**
   * @param p_metrics metrics, separated by commas
   * @return JSON array of their names in capitals
   * @exception img_error.e_unknown_metric
   */
  function checked_metrics(p_metrics in varchar2) return json;

  /** @exception img_error.e_bad_k */
  procedure check_k(p_k in number);

  /** @exception img_error.e_bad_temperature */
  procedure check_temperature(p_temperature in number);

  /** @exception img_error.e_bad_folds */
  procedure check_folds(p_folds in number);

  /** @exception img_error.e_bad_threshold */
  procedure check_thresholds(
    p_min_confidence in number,
    p_max_distance   in number
  );

  /**
   * @param p_near_distance a cosine distance, 0 to 2
   * @exception img_error.e_bad_threshold
   */
  procedure check_near_distance(p_near_distance in number);

  /**
   * @param p_test_share above 0 and below 1
   * @exception img_error.e_bad_threshold
   */
  procedure check_test_share(p_test_share in number);

  /**
   * @param p_path a JSON path of names and positions such as $.images[0].item
   * @exception img_error.e_bad_path
   */
  procedure check_json_path(p_path in varchar2);

  /**
   * A whole number of a range.
   *
   * @param p_name the parameter's
   * @exception img_error.e_bad_parameter
   */
  procedure check_whole(
    p_name  in varchar2,
    p_value in number,
    p_least in number,
    p_most  in number
  );

  /**
   * 0 or 1; null is neither.
   *
   * @exception img_error.e_bad_parameter
   */
  procedure check_flag(
    p_name  in varchar2,
    p_value in number
  );

  /**
   * A flag that is not null.
   *
   * @exception img_error.e_bad_parameter
   */
  procedure check_given(
    p_name  in varchar2,
    p_value in boolean
  );

  /**
   * A flag that is given as a number.
   *
   * @param p_value 0: false, 1: true
   * @exception img_error.e_bad_parameter
   */
  function checked_flag(
    p_name  in varchar2,
    p_value in number
  ) return boolean;

  /**
   * A text that is kept in a column of this length.
   *
   * @exception img_error.e_missing_argument, e_too_long
   */
  procedure check_text(
    p_name  in varchar2,
    p_value in varchar2,
    p_most  in number default co_longest_name
  );

end img_choice;
/
