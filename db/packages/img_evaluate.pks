create or replace package img_evaluate authid definer as
  /**
   * How often classification is right: labelled images predicted from others, in runs that are kept with every
   * prediction, and compared with one another.
   *
   * The parameters mean what they mean in img_classify. Nothing here commits.
   */

  /**
   * Evaluate: predict labelled images from others, and store the run with every prediction. It changes rows: call it
   * from PL/SQL, not from a query (ORA-14551); sweep likewise.
   *
   * Each image is an item of the run. One that can not be tested (no part, no label of the target, no
   * group, nothing to compare with) has untested_reason and no prediction. So has one on the training side of a
   * split by time or path.
   *
   * The same images and labels give the same folds, figures and fingerprint, in whatever order and from wherever they
   * were loaded: see vw_image_order. Images of a table of your own go by image_id.
   *
   * @param p_method     LOO: from all other images. KFOLD: stratified by part and target into p_folds, by
   *                     a seeded shuffle; from the other folds. LOGO: leave one group out, from images
   *                     of other groups, for several pictures of one physical item. TIME: the newest from the
   *                     older. PATH: those in a directory from all others
   * @param p_only_part  only images of this part
   * @param p_folds      of KFOLD, 2 to 999,999
   * @param p_seed       of KFOLD, of at most ten digits: the same seed gives the same folds, on either engine
   * @param p_group_path of LOGO: where the label names the group, a JSON path of names and positions
   *                     such as $.images[0].item, of at most 150 characters. Of TIME: where it names the time, as a
   *                     text that sorts (2024-05-31T08:00); null: when the image file was changed last
   * @param p_transform_kind CENTRE or PROTOTYPE, fitted on the training side of each fold, for all methods but
   *                     LOO; for WHITEN, LDA and KERNEL, which need linear algebra, run
   *                     python -m loader evaluate, which calls begin_run and finish_run
   * @param p_near_distance two images nearer than this are copies, see vw_near_duplicate: tested images of which a
   *                     copy is among those that they are compared with are counted, and the accuracy is told
   *                     without them as well (vw_evaluation). A cosine distance, 0 to 2; null: that of the model, see
   *                     img_comparable.near_distance
   * @param p_test_share of TIME: the share of the images that is tested, above 0 and below 1
   * @param p_test_path  of PATH: tested are the images whose label's path has this directory, such as test or
   *                     2024/june
   * @param p_threshold  the labels are numbers, predicted as numbers; those of at least this are one class: see img_graded
   *                     and vw_evaluation_graded; null: labels are classes
   * @return             run_id; see the views vw_evaluation...
   * @exception img_error.e_not_graded, e_bad_k, e_unknown_target, e_unknown_weighting, e_unknown_metric,
   *            e_unknown_method, e_bad_temperature, e_bad_threshold, e_bad_folds, e_bad_path, e_bad_split,
   *            e_missing_argument, e_too_long, e_unknown_transform, e_needs_loader, e_needs_folds, e_no_images,
   *            e_unknown_part, e_unknown_source, e_mixed_models, e_mixed_formats, e_no_index,
   *            e_not_approximate (approximate is for LOO), e_bad_parameter
   *
   * exec dbms_output.put_line(img_evaluate.evaluate(p_method => 'KFOLD', p_k => 3))
   */
  function evaluate(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_only_part       in varchar2 default null,
    p_within_part     in boolean default true,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform_kind  in varchar2 default null,
    p_near_distance   in number default null,
    p_approximate     in boolean default false,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null,
    p_threshold       in number default null
  ) return number;

  /**
   * The first half of evaluate: the run, its items and folds; a loader step may fit transforms then.
   *
   * @param p_transform_kind also TUNED: each fold has a transform of its own kind, with k and weighting of its own
   *                     (img_transform.begin_fit), chosen on its training side; p_k is the largest of these k
   * @param p_grades     of KERNEL and TUNED: the target whose labels are numbers, by which KERNEL tells two classes apart;
   *                     p_threshold is what they are held against then (img_graded)
   * @return             run_id
   * @exception img_error.e_bad_grades, e_not_graded, e_bad_k, e_unknown_target, e_unknown_weighting, e_unknown_metric,
   *            e_unknown_method, e_bad_temperature, e_bad_threshold, e_bad_folds, e_bad_path, e_bad_split,
   *            e_missing_argument, e_too_long, e_unknown_transform, e_needs_folds, e_no_images, e_unknown_part,
   *            e_unknown_source, e_mixed_models, e_mixed_formats, e_no_index, e_not_approximate, e_bad_parameter
   *
   * exec dbms_output.put_line(img_evaluate.begin_run(p_method => 'KFOLD', p_folds => 2, p_transform_kind => 'WHITEN'))
   */
  function begin_run(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_only_part       in varchar2 default null,
    p_within_part     in boolean default true,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform_kind  in varchar2 default null,
    p_near_distance   in number default null,
    p_approximate     in boolean default false,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null,
    p_threshold       in number default null,
    p_grades          in varchar2 default null
  ) return number;

  /**
   * The second half of evaluate: neighbours, votes, copies and counts.
   *
   * @param p_ks JSON array of numbers of neighbours that a sweep compares; null: none
   * @exception img_error.e_unknown_run, e_unknown_part
   *
   * exec img_evaluate.finish_run(12)
   */
  procedure finish_run(
    p_run_id in image_run.run_id%type,
    p_ks     in json default null
  );

  /**
   * Compare settings of k and weighting by one evaluation for each metric, whose neighbours are
   * computed once. See vw_sweep, best first.
   *
   * @param p_ks      values of k, separated by commas
   * @param p_metrics metrics, separated by commas
   * @return          run_id of the first metric's run; the runs of the others follow it
   * @exception as of evaluate, but e_needs_loader, e_needs_folds, e_unknown_transform, e_no_index, e_not_approximate, e_not_graded
   *
   * exec dbms_output.put_line(img_evaluate.sweep(p_ks => '1,3,5', p_metrics => 'COSINE,EUCLIDEAN'))
   */
  function sweep(
    p_ks          in varchar2 default '1,3,5,7,9,11,15,21,31,51',
    p_metrics     in varchar2 default 'COSINE',
    p_method      in varchar2 default img_choice.co_method,
    p_target      in varchar2 default img_choice.co_target,
    p_temperature in number default img_choice.co_temperature,
    p_only_part   in varchar2 default null,
    p_within_part in boolean default true,
    p_folds       in number default img_choice.co_folds,
    p_seed        in number default img_choice.co_seed,
    p_group_path  in varchar2 default null,
    p_source      in varchar2 default null,
    p_test_share  in number default img_choice.co_test_share,
    p_test_path   in varchar2 default null
  ) return number;

  /**
   * The accuracy of several runs together, such as those of one setting with several seeds.
   *
   * @param p_runs JSON array of run_id
   * @return JSON: runs, and the means of accuracy, accuracy_low and accuracy_high: runs of the same images do not add up, so
   *         that the interval is as wide as one run's
   * @exception img_error.e_unknown_run
   *
   * select img_evaluate.mean_accuracy(json('[12, 13]')) from dual;
   */
  function mean_accuracy(p_runs in json) return json;

  /**
   * McNemar's exact test of two runs over the images that both tested with the same label (vw_compared_item): is one right
   * more often? img_compare says more.
   *
   * @return JSON: both_right, only_a, only_b, both_wrong, p_value (img_compare.mcnemar_p)
   * @exception img_error.e_unknown_run, e_other_target where the runs predict different targets
   *
   * select img_evaluate.mcnemar(12, 13) from dual;
   */
  function mcnemar(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return json;

end img_evaluate;
/
