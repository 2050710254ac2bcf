create or replace package img_kernel authid definer as
  /**
   * Kernel votes (transform KERNEL): every image that it was fitted on votes, for and against each class, by a weight of
   * its own and by how near it is.
   *
   *   score of class c = sum over images i of weight(i, c) * exp(-g * d(i)^2)
   *
   * d is the distance of the two directions in the whitened space, so d^2 is twice their cosine distance; g is the
   * kernel width. The weights are those of kernel ridge regression on +1 for the images of a class and -1 for the others
   * (C. Saunders, A. Gammerman, V. Vovk 1998, Ridge regression learning algorithm in dual variables; R. Rifkin, G. Yeo,
   * T. Poggio 2003, Regularized least-squares classification), times one number that makes the softmax of the scores a
   * probability: see loader/kernel.py, which solves the linear system.
   */

  /**
   * Add an image to a fit.
   *
   * @param p_part      the part that is fitted, or '*'
   * @param p_class     the image's own class
   * @param p_embedding the image in the transform's space
   * @param p_weights   JSON array of class and weight, one for each class
   */
  procedure put_support(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_image_id     in image_transform_support.image_id%type,
    p_class        in image_transform_support.class%type,
    p_embedding    in vector,
    p_weights      in json
  );

  /**
   * The images whose votes were worth most in a decision: the p_most largest for a class, and the p_most largest against it.
   *
   * @param p_part the part that was fitted, or '*'
   * @return JSON: share, of the sum of all votes without their signs what those told make up, 0 to 1; and votes, an
   *         array of image_id, class (the image's own), vote (above 0 for p_class, below against it), source_name and
   *         image_path (null of an image that is stored no more), those for the class first, each kind by size
   * @exception img_error.e_unknown_part where the transform was not fitted for the part
   *
   * select img_kernel.explained(7, 'mono', (select embedding from image_demo1 where image_id = 5), 'good', 3) from dual;
   */
  function explained(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_embedding    in vector,
    p_class        in image_transform_weight.class%type,
    p_most         in number
  ) return json;

end img_kernel;
/
