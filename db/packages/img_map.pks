create or replace package img_map authid definer as
  /**
   * The map: the stored images in two dimensions.
   *
   * The axes are the two directions in which the unit vectors of the embeddings vary most (principal components;
   * I. T. Jolliffe, Principal Component Analysis, 2nd ed., 2002). The loader computes them from the rows of
   * vectors, and puts the map in by begin_map and put_points, in one transaction. There is one map. It
   * is a picture of the moment when it was made: vw_image_map says how many images have no place on it.
   */

  /**
   * What a map is made of. An embedding of zeros has no direction, and is not among them.
   *
   * @return rows of image_id, embedding: the stored images that have a label, in order of image_id
   * @exception img_error.e_no_images, e_mixed_models, e_mixed_formats
   *
   * exec :c := img_map.vectors
   */
  function vectors return sys_refcursor;

  /**
   * Begin a map in place of the one that there is.
   *
   * @param p_share_x the share of the variance along x, 0 to 1; p_share_y along y; null where there is none
   * @exception img_error.e_bad_threshold
   *
   * exec img_map.begin_map(0.125, 0.0625)
   */
  procedure begin_map(
    p_share_x in image_map.share_x%type,
    p_share_y in image_map.share_y%type
  );

  /**
   * Put images on the map that was begun. One that is stored no more is passed over.
   *
   * @param p_points JSON array of image_id, place, x, y; place: an order of chance from 1 on
   *
   * exec img_map.put_points(json('[{"image_id": 1, "place": 1, "x": 0.5, "y": -0.25}]'))
   */
  procedure put_points(p_points in json);

  /**
   * @return one row of points, images_since, share_x, share_y, made_at (as text); none where no map was made
   *
   * exec :c := img_map.state
   */
  function state return sys_refcursor;

end img_map;
/
