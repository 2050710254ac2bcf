create or replace package img_log authid definer as
  /**
   * The decision log: what the service said of new pictures, on which labels, and how far they were from what is stored.
   *
   * The service writes it where it is asked to (serve --log-decisions). Nothing here commits. vw_decision has the
   * decisions, vw_decision_drift their distances by day.
   */

  /** Decisions of one listing, and at most. */
  co_page      constant pls_integer := 60;
  co_most_rows constant pls_integer := 1000;

  /**
   * Which labels a decision that is made now rests on: the number of the last load, and the largest image_id.
   *
   * @return such as 'load 17, image 2651'; 'load 0, image 0' where nothing was loaded
   *
   * select img_log.label_state from dual;
   */
  function label_state return varchar2;

  /**
   * Add decisions.
   *
   * @param p_decisions JSON array of decided_at (ISO 8601, with its zone), origin (SENT or WATCHED), image_name, image_hash,
   *                    part, model_name, transform_name, label_state, answer, best, confidence, nearest_distance
   *
   * exec img_log.put(json('[{"decided_at": "2026-01-31T12:00:00.000000Z", "origin": "SENT", "model_name": "m", "label_state": "load 1, image 12", "answer": "good"}]'))
   */
  procedure put(p_decisions in json);

  /**
   * Remove the decisions that were made more than so many days ago.
   *
   * @param p_days 0 to 36,500; 0 removes all
   * @exception img_error.e_bad_parameter
   *
   * exec img_log.purge(30)
   */
  procedure purge(p_days in number);

  /**
   * The decisions, the last first.
   *
   * @param p_before only those before this decision_id: the last of the page before; null: from the last one on
   * @param p_limit  at most so many, 1 to co_most_rows
   * @return rows of decision_id, decided_at (as text, UTC), origin, image_name, image_hash, part, model_name, transform_name,
   *         label_state, answer, best, confidence, nearest_distance
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_log.decisions(p_limit => 5)
   */
  function decisions(
    p_before in image_decision.decision_id%type default null,
    p_limit  in number default co_page
  ) return sys_refcursor;

  /**
   * Nearest distances by day, the last day first.
   *
   * @param p_limit at most so many rows, 1 to co_most_rows
   * @return rows of day (as text, UTC), model_name, transform_name, decisions, rejected, mean_confidence, distance_p50,
   *         distance_p90, distance_p99
   * @exception img_error.e_bad_parameter
   *
   * exec :c := img_log.drift(p_limit => 5)
   */
  function drift(p_limit in number default co_page) return sys_refcursor;

end img_log;
/
