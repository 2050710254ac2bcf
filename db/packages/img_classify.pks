create or replace package img_classify authid definer as
  /**
   * Classification by nearest neighbours among the images of image_demo1, and how often it is right.
   *
   * Distance is cosine distance, 1 - a.b / (|a| |b|), between 0 (same direction) and 2. Images are
   * compared within their part only, and only where one and the same model made all embeddings.
   */

  /**
   * Validate by leave-one-out: print whether each image has its nearest neighbour's quality.
   *
   * In order of image_id one line for each image, `12 and 40 are similar.` or
   * `**12 and 40 are different.`, where 40 is nearest to 12 among the other images of the same part
   * that have a quality (of two that are equally near, the one with the smaller image_id); then the
   * number of tests, of same and of different qualities, of images with no neighbour to compare
   * with, and the accuracy in per cent, cut after four decimals (217 of 218 are 99.5412). Run it with set serveroutput on.
   *
   * Images without part or quality are no tests; they count among those with no neighbour.
   *
   * @param p_part only images of this part; all parts where null
   * @exception img_error.e_no_images    no image has a label and an embedding
   * @exception img_error.e_unknown_part none of this part has
   * @exception img_error.e_mixed_models embeddings of more than one model
   *
   * exec img_classify.validate_loo
   * exec img_classify.validate_loo('tank')
   */
  procedure validate_loo(p_part in vw_image_label.part%type default null);

end img_classify;
/
