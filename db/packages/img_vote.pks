create or replace package img_vote authid definer as
  /**
   * The vote of neighbours: what each one's vote weighs, which class wins, and what share of the votes each class got.
   *
   * Weights, of a neighbour at distance d, where d1 is the nearest one's:
   *
   *   MAJORITY  1
   *   INVERSE   1 / d (S. A. Dudani 1976, The distance-weighted k-nearest-neighbor rule); a distance below
   *             co_least_distance counts as that
   *   SOFTMAX   exp((d1 - d) / temperature); for cosine distance that is the rule of DINO's k-NN protocol,
   *             exp(similarity / 0.07) (M. Caron et al. 2021, arXiv 2104.14294), divided by its largest value
   *
   * The class with most votes wins; of two with as many, the one whose nearest vote is nearer; then the one that sorts
   * first. Where classes and not images are compared with (transforms PROTOTYPE, LDA and KERNEL), every class votes: by
   * MAJORITY the nearest class alone, and of LDA and KERNEL, whose distances are -ln of probabilities, by these probabilities.
   *
   * One statement in the body counts all votes: of an evaluation, of the settings of a sweep, and of new images. What
   * it gives are one row for each item, and one for each setting.
   */

  co_least_distance constant binary_double := 1e-12;

  /**
   * What one neighbour's vote weighs.
   *
   * @param p_nearest the distance of the nearest one
   *
   * select img_vote.weight(0.3, 0.1, 'SOFTMAX', 0.07) from dual;
   */
  function weight(
    p_distance    in binary_double,
    p_nearest     in binary_double,
    p_weighting   in varchar2,
    p_temperature in binary_double
  ) return binary_double;

  /**
   * Count the votes of neighbours that were found for new images.
   *
   * @param p_neighbours JSON array of item_id, place, class and distance
   * @param p_kind       of the transform in whose space they were found; null: none
   * @param p_temperature of SOFTMAX, of LDA and of KERNEL, see img_transform.vote_temperature
   * @return as text, JSON array of item_id, class, confidence (the winner's share of the votes) and distance (of the nearest
   *         neighbour), one for each item that has a neighbour
   *
   * select img_vote.decided('[{"item_id": 1, "place": 1, "class": "good", "distance": 0.25}]', null, 1, 'MAJORITY', 1)
   *   from dual;
   */
  function decided(
    p_neighbours  in json,
    p_kind        in varchar2,
    p_k           in number,
    p_weighting   in varchar2,
    p_temperature in number
  ) return clob;

  /**
   * Count the votes of an evaluation's neighbours, of a tuned one fold by fold: predicted, confidence, actual_share and nearest_distance of its
   * items.
   *
   * @param p_ks JSON array of numbers of neighbours: for a sweep, how often each of them would be right, by each
   *             weighting; null: none
   *
   * exec img_vote.decide_run(12)
   */
  procedure decide_run(
    p_run_id in image_run.run_id%type,
    p_ks     in json default null
  );

end img_vote;
/
