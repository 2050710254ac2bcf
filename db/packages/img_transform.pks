create or replace package img_transform authid definer as
  /**
   * Linear transforms of embeddings that make neighbours of a class nearer, with no network trained.
   *
   *   CENTRE     x - m: m is the mean of the part. Pure SQL.
   *   PROTOTYPE  the image is compared with the mean of each class, not with images (nearest class mean:
   *              T. Mensink et al. 2013, Distance-based image classification). Pure SQL.
   *   WHITEN     principal components of x / |x|, each divided by its standard deviation; the covariance
   *              is shrunk towards the identity
   *   LDA        linear discriminant analysis of x / |x| with a covariance shrunk towards the identity
   *              (O. Ledoit, M. Wolf 2004 for the form; J. H. Friedman 1989): a score for each class,
   *              its log prior included. Its distance is -ln of the class's posterior probability, and the votes
   *              are those probabilities, whatever the weighting.
   *
   *   KERNEL     every image that it was fitted on votes for and against each class, see img_kernel, in the space of WHITEN:
   *              a score for each class, and a distance, as of LDA
   *   JOINT      several KERNELs, its members, in spaces that are whitened in different ways: the mean of their distances, which
   *              are -ln of probabilities, made a probability again (the logarithmic opinion pool: C. Genest, J. V. Zidek
   *              1986, Combining probability distributions)
   *
   * WHITEN, LDA and KERNEL need the eigenvectors or the inverse of a matrix of dimension x dimension (1,024 or more).
   * Neither engine has linear algebra in SQL, and sums over rows can not replace it: so one small step of
   * the loader, loader/linear.py and loader/kernel.py, computes the coefficients. Applying them is SQL again.
   *
   * A transform of an evaluation is fitted on the training side of each fold alone. A named one is
   * fitted on all labelled images, for classify.
   */

  /**
   * @return 1 where this kind is fitted by the loader, 0 where SQL does it
   *
   * select img_transform.needs_loader('LDA') from dual;
   */
  function needs_loader(p_kind in varchar2) return number;

  /**
   * @return 1 where images are compared with classes and not with images: PROTOTYPE, LDA, KERNEL, JOINT; 0 for others and null
   *
   * select img_transform.compares_classes('LDA') from dual;
   */
  function compares_classes(p_kind in varchar2) return number;

  /**
   * @return 1 where distances are -ln of probabilities of classes: LDA, KERNEL, JOINT; 0 for others and null
   *
   * select img_transform.gives_probabilities('LDA') from dual;
   */
  function gives_probabilities(p_kind in varchar2) return number;

  /**
   * Which rows of a transform belong to a part: those of the part where it was fitted within parts, else those of all.
   *
   * @return the part; '*' for all, for no part and for no transform
   *
   * select img_transform.scope_of(4, 'tank') from dual;
   */
  function scope_of(
    p_transform_id in image_transform.transform_id%type,
    p_part         in varchar2
  ) return varchar2;

  /**
   * An embedding in the space of CENTRE, WHITEN or KERNEL; as it is for the other kinds and for no transform.
   *
   * @exception img_error.e_unknown_part where the transform was not fitted for the part
   *
   * select img_transform.applied(4, 'tank', to_vector('[1, 0, 0]')) from dual;
   */
  function applied(
    p_transform_id in image_transform.transform_id%type,
    p_part         in image_transform_row.part%type,
    p_embedding    in vector
  ) return vector;

  /**
   * Fit CENTRE or PROTOTYPE, for an evaluation (p_run_id) on the training side of every fold.
   *
   * @exception img_error.e_unknown_transform, e_needs_loader
   *
   * exec img_transform.fit_run(12, 'CENTRE')
   */
  procedure fit_run(
    p_run_id in image_run.run_id%type,
    p_kind   in varchar2
  );

  /**
   * Fit CENTRE or PROTOTYPE, which begin_fit has begun for a fold of an evaluation, on its training side.
   *
   * exec img_transform.fit_fold(img_transform.begin_fit('PROTOTYPE', 'QUALITY', 0, 8, null, p_run_id => 12, p_fold => 1))
   */
  procedure fit_fold(p_transform_id in image_transform.transform_id%type);

  /**
   * The transform that was fitted under a name, for a target.
   *
   * @param p_source only images of this source are compared with; null: of any
   * @return    transform_id; null for null
   * @exception img_error.e_unknown_transform; e_stale_transform where it was fitted on embeddings of another model;
   *            e_other_target where it tells classes of another target apart, e_other_source those of another source;
   *            e_unknown_target
   *
   * select img_transform.named('centred', 'QUALITY') from dual;
   */
  function named(
    p_name   in varchar2,
    p_target in varchar2,
    p_source in varchar2 default null
  ) return number;

  /**
   * What distances are divided by before they become votes by SOFTMAX: the temperature that is asked for, but where
   * distances are -ln of probabilities (LDA, KERNEL), 1, or what img_calibrate has found.
   *
   * select img_transform.vote_temperature(null, 0.07) from dual;
   */
  function vote_temperature(
    p_transform_id in image_transform.transform_id%type,
    p_temperature  in number
  ) return number;

  /**
   * Fit CENTRE or PROTOTYPE on all labelled images, under a name; one of that name is replaced.
   *
   * @param p_name   at most 100 characters
   * @param p_source only images of this source; null: of all
   * @param p_threshold of CENTRE: the labels are numbers, and so are the answers; see img_graded
   * @exception img_error.e_unknown_transform, e_needs_loader, e_unknown_target, e_missing_argument, e_too_long,
   *            e_bad_parameter, e_no_images, e_mixed_models, e_mixed_formats, e_unknown_source, e_not_graded
   *
   * exec img_transform.fit_named('centred', 'CENTRE')
   */
  procedure fit_named(
    p_name        in varchar2,
    p_kind        in varchar2,
    p_target      in varchar2 default img_choice.co_target,
    p_within_part in number default 1,
    p_source      in varchar2 default null,
    p_threshold   in number default null
  );

  /**
   * Begin a transform that the loader fits; rows follow by put_row.
   *
   * @param p_run_id     of an evaluation, with p_fold; else p_name
   * @param p_name       under which classify finds it, at most 100 characters; one of that name is replaced
   * @param p_source     fitted on images of this source alone; null: on those of all
   * @param p_outputs    of WHITEN and KERNEL: at most so many principal components
   * @param p_kernel_width of KERNEL, and p_ridge: see img_kernel
   * @param p_last_image_id of a named one: the largest image_id that it was fitted on
   * @param p_k          of a fold of a tuned evaluation, where neighbours vote, and p_weighting
   * @param p_threshold  the labels are numbers, and so are the answers; with p_grades what those are held against
   * @param p_grades     of KERNEL: the target whose labels, as numbers, tell two classes apart (img_graded)
   * @param p_joint_id   of a member of a JOINT: the JOINT, begun before
   * @return             transform_id
   * @exception img_error.e_unknown_transform, e_unknown_target, e_bad_parameter, e_not_graded, e_bad_grades; of a named
   *            one e_missing_argument, e_too_long, e_no_images, e_mixed_models, e_mixed_formats
   *
   * exec dbms_output.put_line(img_transform.begin_fit('WHITEN', 'QUALITY', 0, 8, 0.2, p_name => 'whitened'))
   */
  function begin_fit(
    p_kind        in varchar2,
    p_target      in varchar2,
    p_within_part in number,
    p_images      in number,
    p_shrinkage   in number,
    p_run_id      in image_run.run_id%type default null,
    p_fold        in number default null,
    p_name        in varchar2 default null,
    p_source      in varchar2 default null,
    p_outputs     in number default null,
    p_kernel_width in number default null,
    p_ridge       in number default null,
    p_last_image_id in image_demo1.image_id%type default null,
    p_k           in number default null,
    p_weighting   in varchar2 default null,
    p_threshold   in number default null,
    p_grades      in varchar2 default null,
    p_joint_id    in image_transform.transform_id%type default null
  ) return number;

  /**
   * Drop the coefficients and weights of an evaluation's fits, and keep with what they were fitted (vw_tuned_fold).
   *
   * exec img_transform.keep_choices(13)
   */
  procedure keep_choices(p_run_id in image_run.run_id%type);

  /**
   * Add a row of coefficients; see image_transform_row.
   *
   * exec img_transform.put_row(4, 'mast', 1, null, to_vector('[1, 0, 0]'), 0)
   */
  procedure put_row(
    p_transform_id in image_transform.transform_id%type,
    p_part         in image_transform_row.part%type,
    p_row_no       in number,
    p_class        in image_transform_row.class%type,
    p_coefficients in vector,
    p_intercept    in number
  );

  /**
   * @return rows of fold, part ('*' where the run compares across parts): the fits an evaluation needs
   *
   * exec :c := img_transform.groups(12)
   */
  function groups(p_run_id in image_run.run_id%type) return sys_refcursor;

  /**
   * The items that an evaluation's fits are made of, in the order of the run's items: a fold's fit is made of those of
   * all other folds.
   *
   * @param p_part a part, or '*' for all, as groups gives it
   * @return rows of fold, image_id, class, value (of a graded run the label's number less the threshold, by grades the
   *         grade less its own), embedding
   *
   * exec :c := img_transform.fold_rows(12, 'tank')
   */
  function fold_rows(
    p_run_id in image_run.run_id%type,
    p_part   in varchar2
  ) return sys_refcursor;

  /**
   * The fits that a named transform needs.
   *
   * @return    rows of part ('*' where p_within_part is 0)
   * @exception img_error.e_bad_parameter, e_unknown_source
   *
   * exec :c := img_transform.named_groups(1)
   */
  function named_groups(
    p_within_part in number,
    p_source      in varchar2 default null
  ) return sys_refcursor;

  /**
   * All labelled images of a part, for a named transform, in the order of vw_image_order.
   *
   * @param p_grades    the target whose labels are numbers beside the classes; null: the labels themselves are
   * @param p_threshold what the numbers are held against; null: there are none
   * @return    rows of image_id, class, value (the number less the threshold), embedding
   * @exception img_error.e_unknown_target, e_unknown_source
   *
   * exec :c := img_transform.named_rows('QUALITY', 'tank')
   */
  function named_rows(
    p_target    in varchar2,
    p_part      in varchar2,
    p_source    in varchar2 default null,
    p_grades    in varchar2 default null,
    p_threshold in number default null
  ) return sys_refcursor;

end img_transform;
/
