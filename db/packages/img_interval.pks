create or replace package img_interval authid definer as
  /**
   * 95 % intervals of shares, and of the difference of two shares of the same images (z = 1.959964).
   */

  /**
   * The score interval of E. B. Wilson 1927 (Probable inference, the law of succession, and statistical inference).
   *
   * @param p_hits  how many of p_tested are right
   * @return        its lower end, 0 to 1; null where p_tested is 0
   *
   * select img_interval.share_low(8, 10) from dual;
   */
  function share_low(
    p_hits   in number,
    p_tested in number
  ) return number;

  /**
   * @return the upper end of the interval of share_low
   *
   * select img_interval.share_high(8, 10) from dual;
   */
  function share_high(
    p_hits   in number,
    p_tested in number
  ) return number;

  /**
   * How much more often B is right than A, of the same images: the interval of D. G. Bonett, R. M. Price 2012 (Adjusted
   * Wald confidence interval for a difference of binomial proportions based on paired data), which counts one more image
   * that A alone has right, and one that B alone has.
   *
   * @param p_only_a images that A alone has right; p_only_b likewise
   * @param p_images all images that both tested
   * @return         its lower end, -1 to 1; null where p_images is 0
   *
   * select img_interval.difference_low(3, 9, 100) from dual;
   */
  function difference_low(
    p_only_a in number,
    p_only_b in number,
    p_images in number
  ) return number;

  /**
   * @return the upper end of the interval of difference_low
   *
   * select img_interval.difference_high(3, 9, 100) from dual;
   */
  function difference_high(
    p_only_a in number,
    p_only_b in number,
    p_images in number
  ) return number;

end img_interval;
/
