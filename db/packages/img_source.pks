create or replace package img_source authid definer as
  /**
   * Sources: what one holds, and forgetting it. What sources there are is shown by vw_image_source.
   *
   * Nothing here commits.
   */

  /**
   * @param p_source the name of a source
   * @return its source_id
   * @exception img_error.e_missing_argument, e_too_long, e_no_source
   *
   * select img_source.number_of('/images') from dual;
   */
  function number_of(p_source in image_source.name%type) return number;

  /**
   * What forget would remove, and what would stay.
   *
   * @param p_source its name
   * @return one row of labels, images, embeddings, failures (labels that could not be loaded), loads; and of what
   *         stays, runs (that cover images of it) and transforms (fitted on its images alone)
   * @exception img_error.e_missing_argument, e_too_long, e_no_source
   *
   * exec :c := img_source.holdings('/images')
   */
  function holdings(p_source in varchar2) return sys_refcursor;

  /**
   * Forget a source: its labels, images, embeddings, failures and loads. The files on disk stay as they are. Runs stay,
   * and vw_image_path says of their images where they were. Fitted transforms stay as well.
   *
   * It waits for loads of the source to commit; such a load then ends with e_unknown_run.
   *
   * @param p_source its name
   * @exception img_error.e_missing_argument, e_too_long, e_no_source
   *
   * exec img_source.forget('/images')
   */
  procedure forget(p_source in varchar2);

end img_source;
/
