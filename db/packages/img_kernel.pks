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
   * What a vote is multiplied by for each unit of cosine distance, which is half of d^2: exp(-2 g). The kernel is this to
   * the power of the distance.
   *
   * @return null for a transform of another kind
   *
   * select img_kernel.base(8) from dual;
   */
  function base(p_transform_id in image_transform_support.transform_id%type) return binary_double;

  /**
   * Add an image to a fit; its weights follow by put_weights.
   *
   * @param p_part      the part that is fitted, or '*'
   * @param p_class     the image's own class
   * @param p_embedding the image in the transform's space
   *
   * exec img_kernel.put_support(8, 'mast', 1, 'good', to_vector('[1, 0, 0]'))
   */
  procedure put_support(
    p_transform_id in image_transform_support.transform_id%type,
    p_part         in image_transform_support.part%type,
    p_image_id     in image_transform_support.image_id%type,
    p_class        in image_transform_support.class%type,
    p_embedding    in vector
  );

  /**
   * Add weights of images of a fit.
   *
   * @param p_weights JSON array of image_id, class and weight
   *
   * exec img_kernel.put_weights(8, 'tank', json('[{"image_id": 1, "class": "fair", "weight": 0.5}]'))
   */
  procedure put_weights(
    p_transform_id in image_transform_weight.transform_id%type,
    p_part         in image_transform_weight.part%type,
    p_weights      in json
  );

end img_kernel;
/
