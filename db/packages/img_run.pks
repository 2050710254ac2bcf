create or replace package img_run authid definer as
  /**
   * Stored runs: removing them, and what they keep of images that are removed.
   *
   * Nothing here commits. What runs there are is shown by vw_evaluation_run.
   */

  /**
   * Remove an evaluation with its predictions, neighbours and settings.
   *
   * @exception img_error.e_unknown_run
   *
   * exec img_run.forget(12)
   */
  procedure forget(p_run_id in image_run.run_id%type);

  /**
   * Remove the evaluations that began more than so many days ago, and the batches of new images that were opened then.
   *
   * @param p_days 0 to 36,500; 0 removes all
   * @exception img_error.e_bad_parameter
   *
   * exec img_run.forget_older(30)
   */
  procedure forget_older(p_days in number);

  /**
   * The evaluations that forget_older would remove.
   *
   * @param p_days 0 to 36,500
   * @return rows of run_id, in their order
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_run.older(30)
   */
  function older(p_days in number) return sys_refcursor;

  /**
   * Before images are removed: keep the paths of those that a run names, so that vw_image_path has them still.
   *
   * @param p_image_ids JSON array of numbers; null: none
   *
   * exec img_run.keep_paths(json('[1, 2]'))
   */
  procedure keep_paths(p_image_ids in json);

end img_run;
/
