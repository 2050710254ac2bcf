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
   * Up to this cosine distance two images are copies of one another, unless the caller or image_model.near_distance says
   * otherwise. Measured on solar cells (the ELPV data set) and EfficientNet-Lite0 by python -m bench copies: it misses 5 %
   * of copies saved as JPEG of quality 90, and 5 % of different pictures are as near.
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
   *
   * select img_choice.checked_target('quality') from dual;
   */
  function checked_target(p_target in varchar2) return varchar2;

  /**
   * @param p_metric COSINE, EUCLIDEAN or DOT, in either case
   * @exception img_error.e_unknown_metric
   *
   * select img_choice.checked_metric('cosine') from dual;
   */
  function checked_metric(p_metric in varchar2) return varchar2;

  /**
   * @param p_weighting MAJORITY, INVERSE (not with DOT) or SOFTMAX, in either case
   * @exception img_error.e_unknown_weighting
   *
   * select img_choice.checked_weighting('inverse', 'COSINE') from dual;
   */
  function checked_weighting(
    p_weighting in varchar2,
    p_metric    in varchar2
  ) return varchar2;

  /**
   * @param p_method LOO, KFOLD, LOGO, TIME or PATH, in either case
   * @exception img_error.e_unknown_method
   *
   * select img_choice.checked_method('kfold') from dual;
   */
  function checked_method(p_method in varchar2) return varchar2;

  /**
   * @param p_kind of a transform: CENTRE, PROTOTYPE, WHITEN, LDA or KERNEL, in either case
   * @exception img_error.e_unknown_transform
   *
   * select img_choice.checked_kind('lda') from dual;
   */
  function checked_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_kind of an evaluation's transform: one of checked_kind, or TUNED
   * @exception img_error.e_unknown_transform
   *
   * select img_choice.checked_run_kind('tuned') from dual;
   */
  function checked_run_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_kind of a fold of a tuned evaluation: one of checked_kind, or PLAIN, which is none
   * @exception img_error.e_unknown_transform
   *
   * select img_choice.checked_fold_kind('plain') from dual;
   */
  function checked_fold_kind(p_kind in varchar2) return varchar2;

  /**
   * @param p_ks whole numbers from 1 to co_most_neighbours, separated by commas
   * @return JSON array of numbers
   * @exception img_error.e_bad_k
   *
   * select img_choice.checked_ks('1, 3, 5') from dual;
   */
  function checked_ks(p_ks in varchar2) return json;

  /**
   * @param p_metrics metrics, separated by commas
   * @return JSON array of their names in capitals
   * @exception img_error.e_unknown_metric
   *
   * select img_choice.checked_metrics('cosine, euclidean') from dual;
   */
  function checked_metrics(p_metrics in varchar2) return json;

  /**
   * @exception img_error.e_bad_k
   *
   * exec img_choice.check_k(5)
   */
  procedure check_k(p_k in number);

  /**
   * @exception img_error.e_bad_temperature
   *
   * exec img_choice.check_temperature(0.07)
   */
  procedure check_temperature(p_temperature in number);

  /**
   * @exception img_error.e_bad_folds
   *
   * exec img_choice.check_folds(10)
   */
  procedure check_folds(p_folds in number);

  /**
   * @exception img_error.e_bad_threshold
   *
   * exec img_choice.check_thresholds(0.8, null)
   */
  procedure check_thresholds(
    p_min_confidence in number,
    p_max_distance   in number
  );

  /**
   * A largest distance, which means nothing of LDA and KERNEL: their distances are -ln of probabilities. Of a tuned
   * evaluation each fold has distances of its own.
   *
   * @param p_kind of the transform that the answers are given by; null: none
   * @exception img_error.e_no_distance
   *
   * exec img_choice.check_distance(0.1, 'WHITEN')
   */
  procedure check_distance(
    p_max_distance in number,
    p_kind         in varchar2
  );

  /**
   * @param p_near_distance a cosine distance, 0 to 2; null: the model's
   * @exception img_error.e_bad_threshold
   *
   * exec img_choice.check_near_distance(0.009)
   */
  procedure check_near_distance(p_near_distance in number);

  /**
   * What was measured of a model by python -m bench copies: up to which cosine distance two images are copies.
   *
   * @param p_model its name
   * @return        null where nothing was measured
   *
   * select img_choice.measured_near_distance('efficientnet-lite0') from dual;
   */
  function measured_near_distance(p_model in varchar2) return number;

  /**
   * @param p_test_share above 0 and below 1
   * @exception img_error.e_bad_threshold
   *
   * exec img_choice.check_test_share(0.2)
   */
  procedure check_test_share(p_test_share in number);

  /**
   * @param p_path a JSON path of names and positions such as $.images[0].item
   * @exception img_error.e_bad_path
   *
   * exec img_choice.check_json_path('$.annotations[0].attributes.part')
   */
  procedure check_json_path(p_path in varchar2);

  /**
   * A whole number of a range.
   *
   * @param p_name the parameter's
   * @exception img_error.e_bad_parameter
   *
   * exec img_choice.check_whole('p_limit', 24, 1, 1000)
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
   *
   * exec img_choice.check_flag('p_within_part', 1)
   */
  procedure check_flag(
    p_name  in varchar2,
    p_value in number
  );

  /**
   * A flag that is not null.
   *
   * @exception img_error.e_bad_parameter
   *
   * exec img_choice.check_given('p_within_part', true)
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
   *
   * begin
   *   if img_choice.checked_flag('p_within_part', 1) then
   *     dbms_output.put_line('within the part');
   *   end if;
   * end;
   * /
   */
  function checked_flag(
    p_name  in varchar2,
    p_value in number
  ) return boolean;

  /**
   * A text that is kept in a column of this length.
   *
   * @exception img_error.e_missing_argument, e_too_long
   *
   * exec img_choice.check_text('p_name', 'mine')
   */
  procedure check_text(
    p_name  in varchar2,
    p_value in varchar2,
    p_most  in number default co_longest_name
  );

end img_choice;
/
