create or replace package img_comparable authid definer as
  /**
   * Whether embeddings can be compared: those that are stored with one another, and a new one or a fitted transform
   * with those.
   */

  /**
   * @return the model of the stored embeddings; null where those were put in by hand, or there are none
   *
   * select img_comparable.stored_model from dual;
   */
  function stored_model return number;

  /**
   * @return a model's name for people; that of null is unknown
   *
   * select img_comparable.model_name(1) from dual;
   */
  function model_name(p_model_id in image_model.model_id%type) return varchar2;

  /**
   * Raises where there is nothing to compare with, or what is there is of more than one model. Asked for each image
   * that is classified: it reads one row, and the ends of an index.
   *
   * @param p_part images of this part; null: of any
   * @exception img_error.e_no_images, e_unknown_part, e_mixed_models
   *
   * exec img_comparable.check_stored('tank')
   */
  procedure check_stored(p_part in varchar2 default null);

  /**
   * Raises where the stored vectors are of more than one format. It reads all that have no model, so it is asked once
   * for a run and not for each image that is classified: there Oracle refuses the distance itself (ORA-51812).
   *
   * @exception img_error.e_mixed_formats
   *
   * exec img_comparable.check_formats
   */
  procedure check_formats;

  /**
   * Raises where an embedding can not be compared with those that are stored.
   *
   * @exception img_error.e_missing_argument, e_wrong_dimension, e_wrong_format, e_zero_embedding
   *
   * exec img_comparable.check_embedding(to_vector('[1, 0, 0]'))
   */
  procedure check_embedding(p_embedding in vector);

  /**
   * @param p_source the name of a source; null: all images, those that no load put in as well
   * @return its source_id; null for null
   * @exception img_error.e_unknown_source where it has no image with an embedding
   *
   * select img_comparable.checked_source('/images') from dual;
   */
  function checked_source(p_source in varchar2) return number;

  /**
   * Up to which cosine distance two stored images are copies: what is asked for, else what image_model says of the model
   * that embedded them, else img_choice.measured_near_distance, else img_choice.co_near_distance.
   *
   * @exception img_error.e_bad_threshold
   *
   * select img_comparable.near_distance(null) from dual;
   */
  function near_distance(p_near_distance in number) return number;

end img_comparable;
/
