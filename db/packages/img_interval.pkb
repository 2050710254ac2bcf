create or replace package body img_interval as

  -- The quantile of the normal distribution that 2.5 % are beyond.
  co_z constant number := 1.959964;

  /** An end of Wilson's interval: p_side is -1 for the lower, 1 for the upper. */
  function share_end(
    p_hits   in number,
    p_tested in number,
    p_side   in number
  ) return number is
  begin
    if p_tested = 0 then
      return null;
    end if;
    return (p_hits + co_z * co_z / 2
            + p_side * co_z * sqrt(p_hits * (p_tested - p_hits) / p_tested + co_z * co_z / 4))
           / (p_tested + co_z * co_z);
  end share_end;

  /** An end of the interval of a difference, of shares with an image more for each side. */
  function difference_end(
    p_only_a in number,
    p_only_b in number,
    p_images in number,
    p_side   in number
  ) return number is
    l_images constant number := p_images + 2;
    l_mean   constant number := (p_only_b - p_only_a) / l_images;
  begin
    if p_images = 0 then
      return null;
    end if;
    return greatest(-1, least(1,
      l_mean + p_side * co_z * sqrt(((p_only_a + p_only_b + 2) / l_images - l_mean * l_mean) / l_images)));
  end difference_end;

  function share_low(
    p_hits   in number,
    p_tested in number
  ) return number is
  begin
    return share_end(p_hits, p_tested, -1);
  end share_low;

  function share_high(
    p_hits   in number,
    p_tested in number
  ) return number is
  begin
    return share_end(p_hits, p_tested, 1);
  end share_high;

  function difference_low(
    p_only_a in number,
    p_only_b in number,
    p_images in number
  ) return number is
  begin
    return difference_end(p_only_a, p_only_b, p_images, -1);
  end difference_low;

  function difference_high(
    p_only_a in number,
    p_only_b in number,
    p_images in number
  ) return number is
  begin
    return difference_end(p_only_a, p_only_b, p_images, 1);
  end difference_high;

end img_interval;
/
