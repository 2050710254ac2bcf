create or replace package body img_clock as

  function since(p_begun in timestamp with time zone) return number is
    l_taken constant interval day to second := systimestamp - p_begun;
  begin
    return 1000 * (extract(second from l_taken)
                   + 60 * (extract(minute from l_taken)
                           + 60 * (extract(hour from l_taken) + 24 * extract(day from l_taken))));
  end since;

end img_clock;
/
