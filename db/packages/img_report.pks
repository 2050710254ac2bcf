create or replace package img_report authid definer as
  /**
   * What the loader's commands print, its report shows and export-data writes: the views, as cursors.
   */

  /**
   * Raises where there is no such evaluation.
   *
   * @exception img_error.e_unknown_run
   *
   * exec img_report.check_run(12)
   */
  procedure check_run(p_run_id in image_run.run_id%type);

  /**
   * @param p_source restricted to this source; null: any
   * @return the run_id of the last evaluation, or null where there is none. The runs of a sweep are none: they hold the
   *         neighbours of its largest k
   *
   * select img_report.latest_run from dual;
   */
  function latest_run(p_source in varchar2 default null) return number;

  /**
   * What a transform was fitted with, such as its shrinkage, is not kept with a run, and may differ.
   *
   * @return the run_id of the last evaluation before one that was done in the same way, whatever images were stored then;
   *         null where there is none
   * @exception img_error.e_unknown_run
   *
   * select img_report.previous_run(12) from dual;
   */
  function previous_run(p_run_id in image_run.run_id%type) return number;

  /**
   * @return one row of method, target, k, weighting, temperature, metric, within_part, only_part, folds, seed,
   *         group_path, test_share, test_path, source_name, transform_kind, shrinkage, outputs, kernel_width, ridge, grades,
   *         grade_threshold, threshold, approximate, target_accuracy, model, fingerprint,
   *         images, tested, untested, correct, accuracy, accuracy_low, accuracy_high, copies, accuracy_without_copies,
   *         majority_share, chance_share, near_distance, balanced_accuracy, macro_precision, macro_recall, macro_f1,
   *         weighted_precision, weighted_recall, weighted_f1, expected_calibration_error, started_at (as text),
   *         labels_changed (since it ran, see vw_evaluation_changed)
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_report.run_summary(12)
   */
  function run_summary(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of image_id, predicted, confidence: what a run answered of each image that it tested
   *
   * exec :c := img_report.answers(12)
   */
  function answers(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return one row of threshold, tested, rmse, mean_absolute_error, spearman of a graded evaluation; none of another
   *
   * exec :c := img_report.graded_figures(14)
   */
  function graded_figures(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * What was chosen for each fold of a tuned evaluation.
   *
   * @return rows of fold, kind, shrinkage, outputs, kernel_width, ridge, grades, k, weighting, tested, correct, in order of
   *         fold: several of a fold whose answers were averaged
   *
   * exec :c := img_report.tuned_folds(12)
   */
  function tuned_folds(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of source_name, images, tested, correct, accuracy, is_removed: the sources that the run covers
   *
   * exec :c := img_report.source_figures(12)
   */
  function source_figures(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of class, support, predicted, precision_share, recall, f1, miss_rate, false_alarm_rate
   *
   * exec :c := img_report.class_figures(12)
   */
  function class_figures(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of part, images, tested, correct, accuracy, accuracy_low, accuracy_high
   *
   * exec :c := img_report.part_figures(12)
   */
  function part_figures(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of actual, predicted, images, share_of_actual (of the tested images of that class)
   *
   * exec :c := img_report.confusion_rows(12)
   */
  function confusion_rows(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of threshold, coverage, accuracy, from the most confident on
   *
   * exec :c := img_report.coverage_rows(12)
   */
  function coverage_rows(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of bin, images, confidence, accuracy
   *
   * exec :c := img_report.calibration_rows(12)
   */
  function calibration_rows(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * The mistakes, the most confident first, with what was behind them.
   *
   * @param p_limit     at most so many
   * @param p_neighbours so many neighbours of each
   * @return rows of image_id, part, actual, predicted, confidence, source_name, image_path, and neighbours, a
   *         JSON array of place, image_id, class, distance, source_name, image_path
   *
   * exec :c := img_report.mistakes(12, p_limit => 5)
   */
  function mistakes(
    p_run_id     in image_run.run_id%type,
    p_limit      in number default 24,
    p_neighbours in number default 3
  ) return sys_refcursor;

  /**
   * @return rows of untested_reason, images
   *
   * exec :c := img_report.untested_reasons(12)
   */
  function untested_reasons(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * @return rows of metric, weighting, k, tested, correct, accuracy, balanced_accuracy of a sweep, best first
   *
   * exec :c := img_report.settings(12, p_limit => 5)
   */
  function settings(
    p_run_id in image_run.run_id%type,
    p_limit  in number default 10
  ) return sys_refcursor;

  /**
   * @return rows of source_name, labels, images, waiting, failed, loads, last_load_at (as text), in order of source_name
   *
   * exec :c := img_report.sources
   */
  function sources return sys_refcursor;

  /**
   * All evaluations that are stored, the last first.
   *
   * @return rows of run_id, method, is_sweep, target, k, weighting, metric, transform_kind, shrinkage, outputs,
   *         kernel_width, ridge, grades, grade_threshold, threshold, seed, folds, only_part, source_name,
   *         images, tested, accuracy, removed (images that are stored no more), started_at (as text), started_by,
   *         labels_changed (since it ran, see vw_evaluation_changed)
   *
   * exec :c := img_report.runs
   */
  function runs return sys_refcursor;

  /**
   * The stored images that are these very files.
   *
   * @param p_hashes JSON array of SHA-256 of files, hexadecimal
   * @return rows of image_hash, image_id, part, quality, source_name, label_path, image_path, in order of image_hash and
   *         image_id
   *
   * exec :c := img_report.stored_files(json('["0e1f", "a2b3"]'))
   */
  function stored_files(p_hashes in json) return sys_refcursor;

  /**
   * The stored images with their labels, for export-data and the library.
   *
   * @param p_source only images of this source, by its name; null: of any
   * @param p_part   only images of this part; null: of any
   * @return rows of image_id, part, quality, category1, category2, model, source_name, label_path, image_path,
   *         image_hash, has_embedding (0, 1), in order of image_id
   * @exception img_error.e_unknown_source
   *
   * exec :c := img_report.image_rows(p_part => 'tank')
   */
  function image_rows(
    p_source in varchar2 default null,
    p_part   in varchar2 default null
  ) return sys_refcursor;

  /**
   * The embeddings of the same images, of those that have one.
   *
   * @param p_image_id only this image; null: all of them
   * @return rows of image_id, embedding, in order of image_id
   * @exception img_error.e_unknown_source
   *
   * exec :c := img_report.image_vectors(p_part => 'tank')
   */
  function image_vectors(
    p_source   in varchar2 default null,
    p_part     in varchar2 default null,
    p_image_id in number default null
  ) return sys_refcursor;

  /**
   * The stored images that are nearest to an embedding, by exact search. Whether it fits the stored ones is not checked.
   *
   * @param p_except this image is not looked at
   * @return rows of place, image_id, part, class, distance, source_name, label_path, image_path, in order of place
   * @exception img_error.e_missing_argument, e_bad_parameter, e_unknown_target, e_unknown_metric, e_unknown_source
   *
   * exec :c := img_report.nearest_images(to_vector('[1, 0, 0]'), 3, 'tank')
   */
  function nearest_images(
    p_embedding in vector,
    p_k         in number default img_choice.co_k,
    p_part      in varchar2 default null,
    p_target    in varchar2 default img_choice.co_target,
    p_metric    in varchar2 default img_choice.co_metric,
    p_source    in varchar2 default null,
    p_except    in number default null
  ) return sys_refcursor;

  /**
   * What a run says of each image.
   *
   * @return rows of image_id, part, fold, actual, predicted, confidence, nearest_distance, untested_reason, source_name,
   *         label_path, image_path, in order of image_id
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_report.prediction_rows(12)
   */
  function prediction_rows(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * The neighbours behind a run's predictions; a class takes the place of an image where classes are compared.
   *
   * @return rows of image_id, place, neighbour_id, class, distance, in order of image_id and place
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_report.neighbour_rows(12)
   */
  function neighbour_rows(p_run_id in image_run.run_id%type) return sys_refcursor;

end img_report;
/
