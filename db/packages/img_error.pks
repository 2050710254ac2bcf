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

  e_mixed_models       exception;
  e_other_model        exception;
  e_unknown_run        exception;
  e_unknown_item       exception;
  e_wrong_dimension    exception;
  e_zero_embedding     exception;
  e_missing_argument   exception;
  e_unknown_part       exception;
  e_no_images          exception;

  pragma exception_init(e_mixed_models, -20100);
  pragma exception_init(e_other_model, -20101);
  pragma exception_init(e_unknown_run, -20102);
  pragma exception_init(e_unknown_item, -20103);
  pragma exception_init(e_wrong_dimension, -20104);
  pragma exception_init(e_zero_embedding, -20105);
  pragma exception_init(e_missing_argument, -20106);
  pragma exception_init(e_unknown_part, -20107);
  pragma exception_init(e_no_images, -20108);

  /**
   * The text of an error.
   *
   * @param p_code one of the constants above
   * @param p_1    what the text's %1 stands for; p_2 and p_3 likewise
   * @return       the text, at most 2000 characters
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
   */
  procedure throw(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  );

end img_error;
/
