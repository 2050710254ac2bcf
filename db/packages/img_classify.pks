create or replace package img_classify authid definer as
  /**
   * Classification by nearest neighbours among the images of image_demo1, and how often it is right.
   *
   * The parameters mean the same everywhere:
   *
   *   target       what is predicted: QUALITY, CATEGORY1, CATEGORY2 or PART
   *   k            how many neighbours vote, 1 or more; where there are fewer, those vote
   *   weighting    MAJORITY, INVERSE (not with DOT) or SOFTMAX, see img_vote. The temperature of SOFTMAX is 0.000001
   *                to 1000000
   *   metric       COSINE: 1 - a.b / (|a| |b|), 0 to 2. EUCLIDEAN. DOT: -(a.b)
   *   within_part  1: neighbours are of the item's own part; 0: of any. With target PART always 0.
   *   transform    see img_transform; none where null
   *
   *   source       only images of this source take part, by its name; null: those of all
   *
   * Which class wins: see img_vote. Which neighbours are nearest, also where distances are equal: see img_search.
   * Confidence is the winner's share of the votes, 0 to 1; see img_calibrate for what it is worth.
   *
   *   approximate  1: neighbours are looked for in the vector index (see img_index), which may miss some;
   *                0: exact search, the default. With cosine and without a transform only
   *   target_accuracy  1 to 100, per cent of the true neighbours that the index is to find; null: as it was
   *                created with. Where it is given, the search is approximate
   *
   * Names of targets, weightings and so on may be in either case. Nothing here commits.
   */

  /** What classify calls an image that it rejects. */
  co_unknown constant varchar2(10 char) := 'unknown';

  /**
   * Validate by leave-one-out: print whether each image has its nearest neighbour's quality.
   *
   * In order of image_id one line for each image, `12 and 40 are similar.` or
   * `**12 and 40 are different.`, where 40 is nearest to 12 by cosine distance among the other images
   * of the same part that have a quality (of two that are equally near, the first in the order of
   * vw_image_order); then the number of tests, of same and of different qualities, of images with no
   * neighbour to compare with, and the accuracy in per cent, cut after four decimals (217 of 218 are
   * 99.5412). Run it with set serveroutput on.
   *
   * Images without part or quality, and those whose embedding is all zeros, are no tests; they count among those
   * with no neighbour.
   *
   * It is evaluate with one neighbour. The run is removed again: nothing is left of it, and nothing is committed.
   *
   * @param p_part only images of this part; all parts where null
   * @exception img_error.e_no_images    no image has a label and an embedding
   * @exception img_error.e_unknown_part none of this part has
   * @exception img_error.e_mixed_models embeddings of more than one model
   * @exception img_error.e_mixed_formats embeddings stored in more than one format
   *
   * exec img_classify.validate_loo
   * exec img_classify.validate_loo('tank')
   */
  procedure validate_loo(p_part in vw_image_label.part%type default null);

  /**
   * Classify one embedding.
   *
   * @param p_embedding      FLOAT32, of the stored embeddings' dimension
   * @param p_part           its part; null where it is not known: then neighbours are of any part
   * @param p_min_confidence below it, 0 to 1, the class is co_unknown; null rejects none
   * @param p_max_distance   where the nearest neighbour is further, the class is co_unknown; refused of LDA and KERNEL, whose
   *                         distances are none
   * @param p_transform      the name of a stored transform
   * @param p_calibration    of a calibration of votes, see img_calibrate: the confidence is what it makes of them; null:
   *                         the winner's share. LDA has its own, which is kept with the transform
   * @param p_model_id       the model that made the embedding, see img_store.use_model; null: taken for the stored ones'
   * @return JSON: class, confidence (or of a graded transform value, the number), best (the class before rejection), k,
   *         part, and neighbours, an
   *         array of place, image_id, class, distance, part, source_name and image_path in order of place; and fit, of a
   *         transform what img_fitted.told says: how many images were stored since it was fitted, and which images decided
   * @exception img_error.e_missing_argument, e_wrong_dimension, e_zero_embedding, e_wrong_format, e_bad_k,
   *            e_unknown_target, e_unknown_weighting, e_unknown_metric, e_bad_temperature, e_bad_threshold,
   *            e_no_distance, e_no_confidence, e_no_images, e_unknown_part, e_mixed_models, e_mixed_formats, e_unknown_source,
   *            e_no_index, e_not_approximate, e_bad_parameter; of a transform e_unknown_transform, e_stale_transform,
   *            e_other_target, e_other_source;
   *            of a calibration e_no_calibration, e_other_settings; of it or of the embedding e_other_model
   *
   * select img_classify.classify(to_vector('[1, 0, 0]'), p_part => 'tank', p_k => 3) from dual;
   */
  function classify(
    p_embedding       in vector,
    p_part            in varchar2 default null,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_target          in varchar2 default img_choice.co_target,
    p_min_confidence  in number default null,
    p_max_distance    in number default null,
    p_transform       in varchar2 default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_calibration     in varchar2 default null,
    p_model_id        in image_model.model_id%type default null
  ) return json;

  /**
   * A decision as JSON, as classify gives it.
   *
   * @param p_class      the class that has won the vote; null: there was nothing to compare with
   * @param p_neighbours JSON array of place, image_id, part, class and distance
   * @param p_fit        see img_fitted.told; null: no transform
   * @param p_value      of a graded transform the number; p_confidence is null then
   *
   * select img_classify.answer('good', 0.6, 0.1, 0.7, null, 5, 'mono', json('[]')) from dual;
   */
  function answer(
    p_class          in varchar2,
    p_confidence     in binary_double,
    p_distance       in binary_double,
    p_min_confidence in number,
    p_max_distance   in number,
    p_k              in number,
    p_part           in varchar2,
    p_neighbours     in json,
    p_fit            in json default null,
    p_value          in binary_double default null
  ) return json;

  /**
   * Open a batch of new images to classify at once; add_item fills it, classify_batch runs it. It changes rows: call it
   * from PL/SQL, not from a query (ORA-14551).
   *
   * @param p_model_id the model of their embeddings; null where it is not known
   * @return the number of the batch, p_run_id of the others
   * @exception img_error.e_bad_k, e_unknown_target, e_unknown_weighting, e_unknown_metric, e_bad_temperature,
   *            e_no_images, e_unknown_part, e_mixed_models, e_mixed_formats, e_unknown_source, e_no_index,
   *            e_not_approximate, e_bad_parameter; e_no_confidence; e_other_model where the stored embeddings are of another model; of
   *            a transform e_unknown_transform, e_stale_transform, e_other_target, e_other_source; of a calibration
   *            e_no_calibration, e_other_settings
   *
   * exec dbms_output.put_line(img_classify.open_batch(p_k => 3))
   */
  function open_batch(
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_target          in varchar2 default img_choice.co_target,
    p_transform       in varchar2 default null,
    p_model_id        in image_model.model_id%type default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_calibration     in varchar2 default null
  ) return number;

  /**
   * Add an image to an open batch.
   *
   * @param p_name what the caller calls it, for example its path
   * @param p_part its part; null where it is not known
   * @exception img_error.e_unknown_run, e_missing_argument, e_wrong_dimension, e_wrong_format, e_zero_embedding,
   *            e_unknown_part, e_no_images, e_mixed_models
   *
   * exec img_classify.add_item(2, 'new.png', 'tank', to_vector('[1, 0, 0]'))
   */
  procedure add_item(
    p_run_id    in image_batch.batch_id%type,
    p_name      in image_batch_item.name%type,
    p_part      in varchar2,
    p_embedding in vector
  );

  /**
   * Classify the batch, set-based. Read it by decisions.
   *
   * @exception img_error.e_unknown_run; e_unknown_transform, e_stale_transform, e_other_target, e_other_source,
   *            e_unknown_source where that went or changed since open_batch, and e_no_calibration, e_other_settings,
   *            e_other_model;
   *            e_unknown_part where the transform was not fitted for a part
   *
   * exec img_classify.classify_batch(2)
   */
  procedure classify_batch(p_run_id in image_batch.batch_id%type);

  /**
   * The decisions of a batch as classify gives them.
   *
   * @return rows of name, and decision as JSON text, in the order of add_item
   * @exception img_error.e_unknown_run, e_bad_threshold, e_no_distance, e_no_confidence
   *
   * exec :c := img_classify.decisions(2, p_min_confidence => 0.6)
   */
  function decisions(
    p_run_id         in image_batch.batch_id%type,
    p_min_confidence in number default null,
    p_max_distance   in number default null
  ) return sys_refcursor;

  /**
   * img_evaluate.evaluate by the names of earlier releases: flags are the numbers 0 and 1, p_transform is a kind
   * (p_transform_kind there) and p_part restricts the run to a part (p_only_part).
   *
   * @return run_id; see the views vw_evaluation...
   * @exception as of img_evaluate.evaluate
   *
   * exec dbms_output.put_line(img_classify.evaluate(p_method => 'KFOLD', p_k => 3))
   */
  function evaluate(
    p_method          in varchar2 default img_choice.co_method,
    p_target          in varchar2 default img_choice.co_target,
    p_k               in number default img_choice.co_k,
    p_weighting       in varchar2 default img_choice.co_weighting,
    p_temperature     in number default img_choice.co_temperature,
    p_metric          in varchar2 default img_choice.co_metric,
    p_part            in varchar2 default null,
    p_within_part     in number default 1,
    p_folds           in number default img_choice.co_folds,
    p_seed            in number default img_choice.co_seed,
    p_group_path      in varchar2 default null,
    p_transform       in varchar2 default null,
    p_near_distance   in number default null,
    p_approximate     in number default 0,
    p_target_accuracy in number default null,
    p_source          in varchar2 default null,
    p_test_share      in number default img_choice.co_test_share,
    p_test_path       in varchar2 default null
  ) return number;

  /**
   * img_evaluate.sweep by the names of earlier releases, as evaluate.
   *
   * @return run_id of the first metric's run
   * @exception as of img_evaluate.sweep
   *
   * exec dbms_output.put_line(img_classify.sweep(p_ks => '1,3,5'))
   */
  function sweep(
    p_ks          in varchar2 default '1,3,5,7,9,11,15,21,31,51',
    p_metrics     in varchar2 default 'COSINE',
    p_method      in varchar2 default img_choice.co_method,
    p_target      in varchar2 default img_choice.co_target,
    p_temperature in number default img_choice.co_temperature,
    p_part        in varchar2 default null,
    p_within_part in number default 1,
    p_folds       in number default img_choice.co_folds,
    p_seed        in number default img_choice.co_seed,
    p_group_path  in varchar2 default null,
    p_source      in varchar2 default null,
    p_test_share  in number default img_choice.co_test_share,
    p_test_path   in varchar2 default null
  ) return number;

  /**
   * img_evaluate.mcnemar.
   *
   * @exception as of img_evaluate.mcnemar
   *
   * select img_classify.mcnemar(12, 13) from dual;
   */
  function mcnemar(
    p_run_a in image_run.run_id%type,
    p_run_b in image_run.run_id%type
  ) return json;

end img_classify;
/
