create or replace package img_error authid definer as
  /**
   * The errors of the img_ packages: every number, name and text in one place.
   *
   * Numbers are -20100 to -20199. A caller handles them by name:
   *
   *   exception
   *     when img_error.e_mixed_models then ...
   */

  co_mixed_models      constant pls_integer := -20100;
  co_other_model       constant pls_integer := -20101;
  co_unknown_run       constant pls_integer := -20102;
  co_unknown_item      constant pls_integer := -20103;
  co_wrong_dimension   constant pls_integer := -20104;
  co_zero_embedding    constant pls_integer := -20105;
  co_missing_argument  constant pls_integer := -20106;
  co_unknown_part      constant pls_integer := -20107;
  co_no_images         constant pls_integer := -20108;
  co_bad_k             constant pls_integer := -20109;
  co_unknown_target    constant pls_integer := -20110;
  co_unknown_weighting constant pls_integer := -20111;
  co_unknown_metric    constant pls_integer := -20112;
  co_unknown_method    constant pls_integer := -20113;
  co_bad_temperature   constant pls_integer := -20114;
  co_bad_folds         constant pls_integer := -20115;
  co_bad_path          constant pls_integer := -20116;
  co_unknown_transform constant pls_integer := -20117;
  co_needs_loader      constant pls_integer := -20118;
  co_needs_folds       constant pls_integer := -20119;
  co_bad_threshold     constant pls_integer := -20120;
  co_other_target      constant pls_integer := -20121;
  co_unknown_kind      constant pls_integer := -20123;
  co_bad_parameter     constant pls_integer := -20124;
  co_index_exists      constant pls_integer := -20125;
  co_no_index          constant pls_integer := -20126;
  co_vector_memory     constant pls_integer := -20127;
  co_not_approximate   constant pls_integer := -20128;
  co_index_dimension   constant pls_integer := -20129;
  co_unknown_index     constant pls_integer := -20130;
  co_index_busy        constant pls_integer := -20131;
  co_index_not_rebuilt constant pls_integer := -20132;
  co_mixed_formats     constant pls_integer := -20133;
  co_wrong_format      constant pls_integer := -20134;
  co_not_empty         constant pls_integer := -20138;
  co_newer_dump        constant pls_integer := -20139;
  co_own_numbers       constant pls_integer := -20140;
  co_stale_transform   constant pls_integer := -20147;
  co_too_long          constant pls_integer := -20148;
  co_unknown_source    constant pls_integer := -20149;
  co_bad_split         constant pls_integer := -20150;
  co_other_source      constant pls_integer := -20151;
  co_not_calibrated    constant pls_integer := -20152;
  co_not_graded        constant pls_integer := -20180;
  co_bad_grades        constant pls_integer := -20183;
  co_no_confidence     constant pls_integer := -20184;
  co_no_source         constant pls_integer := -20160;
  co_many_pairs        constant pls_integer := -20161;
  co_no_good           constant pls_integer := -20162;
  co_few_good          constant pls_integer := -20163;
  co_one_wish          constant pls_integer := -20164;
  co_unknown_class     constant pls_integer := -20165;
  co_no_distance       constant pls_integer := -20170;
  co_other_settings    constant pls_integer := -20171;
  co_no_calibration    constant pls_integer := -20172;
  co_few_answers       constant pls_integer := -20173;
  co_no_common_image   constant pls_integer := -20185;
  co_not_correctable   constant pls_integer := -20174;

  e_mixed_models       exception;
  e_other_model        exception;
  e_unknown_run        exception;
  e_unknown_item       exception;
  e_wrong_dimension    exception;
  e_zero_embedding     exception;
  e_missing_argument   exception;
  e_unknown_part       exception;
  e_no_images          exception;
  e_bad_k              exception;
  e_unknown_target     exception;
  e_unknown_weighting  exception;
  e_unknown_metric     exception;
  e_unknown_method     exception;
  e_bad_temperature    exception;
  e_bad_folds          exception;
  e_bad_path           exception;
  e_unknown_transform  exception;
  e_needs_loader       exception;
  e_needs_folds        exception;
  e_bad_threshold      exception;
  e_other_target       exception;
  e_unknown_kind       exception;
  e_bad_parameter      exception;
  e_index_exists       exception;
  e_no_index           exception;
  e_vector_memory      exception;
  e_not_approximate    exception;
  e_index_dimension    exception;
  e_unknown_index      exception;
  e_index_busy         exception;
  e_index_not_rebuilt  exception;
  e_mixed_formats      exception;
  e_wrong_format       exception;
  e_not_empty          exception;
  e_newer_dump         exception;
  e_own_numbers        exception;
  e_stale_transform    exception;
  e_too_long           exception;
  e_unknown_source     exception;
  e_bad_split          exception;
  e_other_source       exception;
  e_not_calibrated     exception;
  e_not_graded         exception;
  e_bad_grades         exception;
  e_no_confidence      exception;
  e_no_source          exception;
  e_many_pairs         exception;
  e_no_good            exception;
  e_few_good           exception;
  e_one_wish           exception;
  e_unknown_class      exception;
  e_no_distance        exception;
  e_other_settings     exception;
  e_no_calibration     exception;
  e_few_answers        exception;
  e_no_common_image    exception;
  e_not_correctable    exception;

  pragma exception_init(e_mixed_models, -20100);
  pragma exception_init(e_other_model, -20101);
  pragma exception_init(e_unknown_run, -20102);
  pragma exception_init(e_unknown_item, -20103);
  pragma exception_init(e_wrong_dimension, -20104);
  pragma exception_init(e_zero_embedding, -20105);
  pragma exception_init(e_missing_argument, -20106);
  pragma exception_init(e_unknown_part, -20107);
  pragma exception_init(e_no_images, -20108);
  pragma exception_init(e_bad_k, -20109);
  pragma exception_init(e_unknown_target, -20110);
  pragma exception_init(e_unknown_weighting, -20111);
  pragma exception_init(e_unknown_metric, -20112);
  pragma exception_init(e_unknown_method, -20113);
  pragma exception_init(e_bad_temperature, -20114);
  pragma exception_init(e_bad_folds, -20115);
  pragma exception_init(e_bad_path, -20116);
  pragma exception_init(e_unknown_transform, -20117);
  pragma exception_init(e_needs_loader, -20118);
  pragma exception_init(e_needs_folds, -20119);
  pragma exception_init(e_bad_threshold, -20120);
  pragma exception_init(e_other_target, -20121);
  pragma exception_init(e_unknown_kind, -20123);
  pragma exception_init(e_bad_parameter, -20124);
  pragma exception_init(e_index_exists, -20125);
  pragma exception_init(e_no_index, -20126);
  pragma exception_init(e_vector_memory, -20127);
  pragma exception_init(e_not_approximate, -20128);
  pragma exception_init(e_index_dimension, -20129);
  pragma exception_init(e_unknown_index, -20130);
  pragma exception_init(e_index_busy, -20131);
  pragma exception_init(e_index_not_rebuilt, -20132);
  pragma exception_init(e_mixed_formats, -20133);
  pragma exception_init(e_wrong_format, -20134);
  pragma exception_init(e_not_empty, -20138);
  pragma exception_init(e_newer_dump, -20139);
  pragma exception_init(e_own_numbers, -20140);
  pragma exception_init(e_stale_transform, -20147);
  pragma exception_init(e_too_long, -20148);
  pragma exception_init(e_unknown_source, -20149);
  pragma exception_init(e_bad_split, -20150);
  pragma exception_init(e_other_source, -20151);
  pragma exception_init(e_not_calibrated, -20152);
  pragma exception_init(e_not_graded, -20180);
  pragma exception_init(e_bad_grades, -20183);
  pragma exception_init(e_no_confidence, -20184);
  pragma exception_init(e_no_source, -20160);
  pragma exception_init(e_many_pairs, -20161);
  pragma exception_init(e_no_good, -20162);
  pragma exception_init(e_few_good, -20163);
  pragma exception_init(e_one_wish, -20164);
  pragma exception_init(e_unknown_class, -20165);
  pragma exception_init(e_no_distance, -20170);
  pragma exception_init(e_other_settings, -20171);
  pragma exception_init(e_no_calibration, -20172);
  pragma exception_init(e_few_answers, -20173);
  pragma exception_init(e_no_common_image, -20185);
  pragma exception_init(e_not_correctable, -20174);

  /**
   * The text of an error.
   *
   * @param p_code one of the constants above
   * @param p_1    what the text's %1 stands for; p_2 and p_3 likewise
   * @return       the text, at most 2000 bytes, of which raise_application_error takes 2048
   *
   * select img_error.message(-20107, 'tank') from dual;
   */
  function message(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  ) return varchar2;

  /**
   * Raise an error with its text.
   *
   * @param p_code one of the constants above
   * @param p_1    what the text's %1 stands for; p_2 and p_3 likewise
   * @exception    the error of that number, always
   *
   * begin
   *   img_error.throw(img_error.co_unknown_part, 'tank');
   * exception
   *   when img_error.e_unknown_part then
   *     dbms_output.put_line(sqlerrm);
   * end;
   * /
   */
  procedure throw(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  );

end img_error;
/
