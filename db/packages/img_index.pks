create or replace package img_index authid definer as
  /**
   * The vector index on image_demo1.embedding: made, dropped, rebuilt, measured and advised about.
   *
   * There is one at a time, called co_name, by cosine distance, which classification compares by:
   *
   *   HNSW  INMEMORY NEIGHBOR GRAPH: a graph in memory, fast and accurate. On Oracle it lives in the vector
   *         memory pool (vector_memory_size), of about 1.3 x images x dimensions x 4 bytes (AI Vector
   *         Search User's Guide, Size the Vector Pool)
   *   IVF   NEIGHBOR PARTITIONS: clusters on disk, of which the nearest are searched. Built faster, needs no
   *         memory of its own, less accurate for the same time
   *
   * An index makes search approximate: classify and evaluate use it only where they are told to, by
   * p_approximate or p_target_accuracy. Without one, and for some thousands of images, exact search is
   * right; advise says from when on an index pays.
   *
   * A query that the index serves, as the User's Guide asks for it (Approximate Search Using HNSW, ... Using
   * IVF): order by vector_distance by the index's metric, fetch approx first k rows only, and conditions on
   * columns of the table: label_part, not JSON. The optimizer decides whether they are applied before,
   * within or after the search of the index (Optimizer Plans for Vector Indexes).
   *
   * CREATE and DROP INDEX commit on Oracle, and so do create_index, drop_index and rebuild; nothing else here.
   */

  /** The index's name. */
  co_name constant varchar2(30 char) := 'IMAGE_DEMO1_EMBEDDING_VIX';

  /** What create_index takes where it is not told. */
  co_target_accuracy constant pls_integer := 95;
  co_neighbors       constant pls_integer := 16;
  co_ef_construction constant pls_integer := 200;
  co_parallel        constant pls_integer := 2;

  /**
   * Create the index.
   *
   * On the embedded engine it is pgvector's hnsw (m is p_neighbors up to 100, ef_construction likewise, up to
   * 1,000) or ivfflat (lists are p_partitions).
   *
   * @param p_kind            HNSW or IVF, in either case
   * @param p_target_accuracy 1 to 100, per cent of the true neighbours that a query is to find unless it says
   *                          otherwise itself
   * @param p_neighbors       HNSW: the most edges of a vector in a layer, 2 to 2,048
   * @param p_ef_construction HNSW: candidates looked at when one is added, 1 to 65,535
   * @param p_partitions      IVF: clusters, 1 to 10,000,000; null: the square root of the number of images
   * @param p_parallel        processes that build it, 1 to 64
   * @exception img_error.e_unknown_kind, e_bad_parameter, e_index_exists, e_no_images, e_mixed_models,
   *            e_vector_memory
   *
   * exec img_index.create_index
   * exec img_index.create_index('IVF', p_partitions => 200)
   */
  procedure create_index(
    p_kind            in varchar2 default 'HNSW',
    p_target_accuracy in number default co_target_accuracy,
    p_neighbors       in number default co_neighbors,
    p_ef_construction in number default co_ef_construction,
    p_partitions      in number default null,
    p_parallel        in number default co_parallel
  );

  /**
   * Drop the index.
   *
   * @exception img_error.e_no_index
   */
  procedure drop_index;

  /**
   * Drop the index and create it with the same parameters: where there are many more images than when it was
   * built (see advise), or with another number of partitions where that followed from the number of images.
   * Search is exact in between.
   *
   * @exception as of create_index; img_error.e_no_index; e_unknown_index where CREATE VECTOR INDEX made it
   */
  procedure rebuild;

  /** @return 1 where the index is there, valid or not; else 0 */
  function is_created return number;

  /**
   * Raises where there is no index to search by, or a target accuracy can not be asked for.
   *
   * @param p_target_accuracy 1 to 100; null: the index's own
   * @exception img_error.e_bad_parameter, e_no_index
   */
  procedure check_usable(p_target_accuracy in number default null);

  /**
   * The nearest images of an embedding: by the index, or exactly. No parameter is checked but numbers; classify is
   * what checks them.
   *
   * @param p_embedding       FLOAT32, of the stored embeddings' dimension
   * @param p_k               how many, 1 or more
   * @param p_part            only images of this part; null: of any
   * @param p_target          only images that have a label of this: QUALITY, CATEGORY1, CATEGORY2 or PART
   * @param p_target_accuracy 1 to 100; null: the index's own
   * @param p_exact           1: exact search
   * @param p_except          this image is not looked at
   * @param p_metric          COSINE; EUCLIDEAN and DOT by exact search
   * @return JSON array of image_id, part, class (the label of the target) and distance, the nearest first; of
   *         equally near ones that with the smaller image_id. Fewer than p_k where there are no more, null
   *         where there is none. An index may miss some
   */
  function nearest(
    p_embedding       in vector,
    p_k               in number,
    p_part            in vw_image_label.part%type default null,
    p_target          in varchar2 default 'QUALITY',
    p_target_accuracy in number default null,
    p_exact           in number default 0,
    p_except          in image_demo1.image_id%type default null,
    p_metric          in varchar2 default 'COSINE'
  ) return json;

  /**
   * Measure the index against exact search on the stored images, for several target accuracies.
   *
   * Each of some images, chosen by a seeded shuffle, is looked for among the others of its part, exactly and
   * by the index. recall is the share of the true k neighbours that the index finds; another image at the
   * same distance counts as well. Times are those of one query, in milliseconds. What DBMS_VECTOR's
   * INDEX_ACCURACY_QUERY says of the first image, over all parts, is kept beside them.
   *
   * @param p_samples how many images, 1 or more
   * @param p_k       how many neighbours
   * @param p_seed    the same seed takes the same images
   * @return report_id, see vw_vector_accuracy
   * @exception img_error.e_no_index, e_bad_parameter
   *
   * select * from vw_vector_accuracy
   */
  function accuracy_report(
    p_samples in number default 50,
    p_k       in number default 10,
    p_seed    in number default 1
  ) return number;

  /** accuracy_report, printed: exec img_index.measure */
  procedure measure(
    p_samples in number default 50,
    p_k       in number default 10,
    p_seed    in number default 1
  );

  /**
   * Print whether an index pays now, which, what it needs, and how to create it; of one that is there, whether
   * to rebuild it. Run it with set serveroutput on.
   *
   * It times exact search in the largest part. An index pays where that takes longer than p_wanted_ms.
   * HNSW is advised where its memory fits p_vector_memory_mb, or that is null; else IVF. A rebuild is advised
   * where more than a fifth of the images have come since the index was built: neither graph nor clusters
   * are made anew for them.
   *
   * @param p_wanted_ms        what one search may take, in milliseconds
   * @param p_vector_memory_mb size of the vector memory pool (show parameter vector_memory_size)
   * @exception img_error.e_no_images, e_mixed_models, e_bad_threshold
   */
  procedure advise(
    p_wanted_ms        in number default 50,
    p_vector_memory_mb in number default null
  );

end img_index;
/
