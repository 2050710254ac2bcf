create or replace package img_service authid definer as
  /**
   * What the web service reads and keeps: stored images a page at a time, one image with its neighbours, and the findings
   * of a run.
   *
   * A page reads what is stored: predictions of a run, and findings that keep_findings took from one. Nothing here
   * commits.
   */

  /** Images of a page, and at most. */
  co_page      constant pls_integer := 60;
  co_most_rows constant pls_integer := 1000;

  /** Points of the map that a page draws, and images that are chosen at once, at most. */
  co_most_points constant pls_integer := 100000;

  /** A load is said to run while it stored an image within so many seconds. */
  co_silence_s constant pls_integer := 120;

  /** Neighbours that an image is shown with. */
  co_neighbours constant pls_integer := 8;

  /** An image is a finding where the last of its k neighbours is so many times further than the median of its part. */
  co_outlier_ratio constant number := 3;

  /**
   * Stored images that have a label, in order of image_id. Each condition is left out where it is null.
   *
   * @param p_run_id         the run whose predictions are shown; the conditions on them need it
   * @param p_outcome        RIGHT, WRONG or UNTESTED by that run, in either case
   * @param p_min_confidence 0 to 1; p_max_confidence likewise
   * @param p_finding        SUSPECT, DUPLICATE or OUTLIER, see keep_findings, in either case
   * @param p_after          only images after this image_id: the last of the page before
   * @param p_limit          at most so many, 1 to co_most_points
   * @param p_sample         only images on the map (img_map), and of the whole map an even sample of so many; null: all
   * @return rows of image_id, part, quality, category1, category2, actual, predicted, confidence, is_suspect,
   *         is_duplicate, is_outlier (0 or 1), x, y (on the map; null: not on it)
   * @exception img_error.e_bad_parameter, e_bad_threshold; e_unknown_run where p_run_id is none, e_missing_argument where a
   *            condition on predictions stands without it
   *
   * exec :c := img_service.pictures(p_part => 'tank', p_run_id => 12, p_outcome => 'WRONG')
   */
  function pictures(
    p_source         in image_source.name%type default null,
    p_part           in varchar2 default null,
    p_quality        in varchar2 default null,
    p_category1      in varchar2 default null,
    p_category2      in varchar2 default null,
    p_run_id         in image_run.run_id%type default null,
    p_actual         in varchar2 default null,
    p_predicted      in varchar2 default null,
    p_outcome        in varchar2 default null,
    p_min_confidence in number default null,
    p_max_confidence in number default null,
    p_finding        in varchar2 default null,
    p_after          in image_demo1.image_id%type default 0,
    p_limit          in number default co_page,
    p_sample         in number default null
  ) return sys_refcursor;

  /**
   * One image with its label and its file.
   *
   * @return one row of image_id, part, quality, category1, category2, source_name, source_root, label_path, image_path,
   *         model, label (JSON text), has_embedding; none where there is no such image
   *
   * exec :c := img_service.picture(1)
   */
  function picture(p_image_id in image_demo1.image_id%type) return sys_refcursor;

  /**
   * Where the files of images are.
   *
   * @param p_image_ids JSON array of numbers
   * @return rows of image_id, source_root (the source's name where no load said its root), image_path, in order of
   *         image_id
   *
   * exec :c := img_service.files(json('[1, 2]'))
   */
  function files(p_image_ids in json) return sys_refcursor;

  /**
   * @return rows of source_name, source_root (null where no load said it), in order of source_name
   *
   * exec :c := img_service.roots
   */
  function roots return sys_refcursor;

  /**
   * The stored images that are nearest to a stored image, itself not among them, by cosine distance: by the vector index
   * where there is one, which may miss some (see img_index), else by exact search.
   *
   * @param p_within_part 1: of its own part; 0: of any
   * @return rows of place, image_id, part, class (of the target) and distance, in order; none where the image has no
   *         embedding
   * @exception img_error.e_bad_k, e_unknown_target, e_bad_parameter, e_unknown_part
   *
   * exec :c := img_service.neighbours(1, 3)
   */
  function neighbours(
    p_image_id    in image_demo1.image_id%type,
    p_k           in number default co_neighbours,
    p_target      in varchar2 default img_choice.co_target,
    p_within_part in number default 1
  ) return sys_refcursor;

  /**
   * What the latest runs said of an image.
   *
   * @return rows of run_id, actual, predicted, confidence, is_right (0, 1; null: not tested), the last run first
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_service.predictions(1)
   */
  function predictions(
    p_image_id in image_demo1.image_id%type,
    p_limit    in number default 5
  ) return sys_refcursor;

  /**
   * What images can be chosen by.
   *
   * @return rows of name (SOURCE, PART, QUALITY, CATEGORY1, CATEGORY2, FINDING), value, images, in order; of FINDING also
   *         FAILED, the labels that could not be loaded
   *
   * exec :c := img_service.choices
   */
  function choices return sys_refcursor;

  /**
   * Keep what a run says a person should look at, in place of what was kept before: labels that the neighbours
   * contradict (vw_label_suspect, disputed), pairs that are nearly the same (vw_near_duplicate) and images far from all
   * others (vw_outlier, from co_outlier_ratio on). An image that is stored no more is none.
   *
   * @exception img_error.e_unknown_run
   *
   * exec img_service.keep_findings(img_report.latest_run)
   */
  procedure keep_findings(p_run_id in image_run.run_id%type);

  /**
   * @return rows of kind, images, run_id: what keep_findings kept
   *
   * exec :c := img_service.findings
   */
  function findings return sys_refcursor;

  /**
   * How far the tested images of a run are from their nearest neighbours.
   *
   * @return one row of half, nine_tenths, all_but_one_in_100: so large a share of them is within that distance; nulls where
   *         nothing was tested
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_service.distances(12)
   */
  function distances(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * How a named transform was fitted, and what came since.
   *
   * @return one row of transform_id, kind, target, within_part, source_name, shrinkage, outputs, kernel_width, ridge, fitted_at
   *         (as text, UTC), stored_since_fit (images that it could be fitted on; null: not known); none where there is no
   *         transform of that name
   *
   * exec :c := img_service.named_fit('whitened')
   */
  function named_fit(p_name in image_transform.name%type) return sys_refcursor;

  /**
   * Images that two runs decide differently, those first that one of them has right.
   *
   * @param p_limit at most so many, 1 to co_most_rows
   * @return rows of image_id, part, actual, predicted_a, predicted_b, confidence_a, confidence_b
   * @exception img_error.e_unknown_run, e_bad_parameter
   *
   * exec :c := img_service.changed_decisions(12, 13)
   */
  function changed_decisions(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type,
    p_limit in number default co_page
  ) return sys_refcursor;

  /**
   * The latest loads, the last first.
   *
   * @return rows of run_id, source_name, model, started_at, finished_at (both as text; null: it runs, or was cut short),
   *         labels, new_labels, changed, unchanged, waiting (labels of the source whose image is not embedded yet), failed,
   *         stored (images that it embedded so far; null where it finished), is_running (1, 0: it finished, or stored
   *         nothing for co_silence_s)
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_service.loads(5)
   */
  function loads(p_limit in number default 20) return sys_refcursor;

  /**
   * @return rows of name, dimension, preprocessing (JSON text), registered_at (as text), images
   *
   * exec :c := img_service.models
   */
  function models return sys_refcursor;

  /**
   * @return rows of index_name, kind, state, dimension, target_accuracy, images_at_build, images_since, megabytes
   *
   * exec :c := img_service.vector_indexes
   */
  function vector_indexes return sys_refcursor;

  /**
   * @param p_limit  at most so many, 1 to co_most_rows
   * @param p_source only of this source; null: of any
   * @return rows of source_name, label_path, image_path, reason, changed_at (as text), image_id (of the picture that is
   *         stored still, of a label that changed and can not be read; null: none), the last first
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_service.failures(5)
   */
  function failures(
    p_limit  in number default co_page,
    p_source in image_source.name%type default null
  ) return sys_refcursor;

  /**
   * Who corrected the label of an image, and when; see view vw_image_correction.
   *
   * @return rows of correction_id, of_part, part, quality, part_was, quality_was, is_in_label, corrected_by, corrected_at
   *         (as text), undone_by, undone_at (as text), in_force, the last first
   *
   * exec :c := img_service.corrections(1)
   */
  function corrections(p_image_id in image_demo1.image_id%type) return sys_refcursor;

end img_service;
/
