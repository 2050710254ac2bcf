create or replace package img_clock authid definer as
  /**
   * How long something took.
   */

  /**
   * @return the milliseconds since a moment
   *
   * exec dbms_output.put_line(case when img_clock.since(systimestamp) >= 0 then 'some time' end)
   */
  function since(p_begun in timestamp with time zone) return number;

end img_clock;
/
