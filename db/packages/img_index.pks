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
   * CREATE and DROP INDEX commit before they run and after (Concepts, Overview of Transaction Control), so
   * create_index, drop_index and rebuild end the transaction of whoever calls them, and keep what it changed
   * before. Nothing else here commits. They need the table to themselves for a moment: while another session has
   * changes of it that are not committed, a load for instance, they raise e_index_busy.
   *
   * An index that was made or dropped by SQL and not here has no parameters here, or those of the last one.
   */

  /** The index's name. */
  co_name constant varchar2(30 char) := 'IMAGE_DEMO1_EMBEDDING_VIX';

  /** What create_index takes where it is not told. */
  co_target_accuracy constant pls_integer := 95;
  co_neighbors       constant pls_integer := 16;
  co_ef_construction constant pls_integer := 200;
  co_parallel        constant pls_integer := 2;

  /**
   * Create the index. Of two sessions that try at once, one makes it, and the other gets e_index_exists or
   * e_index_busy.
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
   * @exception img_error.e_unknown_kind, e_bad_parameter, e_index_exists, e_no_images, e_mixed_models (more than
   *            one dimension), e_mixed_formats, e_index_busy, e_vector_memory
   *
   * exec img_index.create_index
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
   * Drop the index, and forget its parameters; where rebuild left these alone, they are all there is to forget.
   *
   * @exception img_error.e_no_index, e_index_busy
   *
   * exec img_index.drop_index
   */
  procedure drop_index;

  /**
   * Drop the index and create it with the same parameters: where there are many more images than when it was
   * built (see advise), or with another number of partitions where that followed from the number of images.
   * In between there is no index: search by it is refused (e_no_index), exact search goes on.
   *
   * What would keep the new one from being made is looked for before the old one is dropped. Should it fail all
   * the same (the vector memory is full, a load began), e_index_not_rebuilt says why; on Oracle Database the
   * index is gone then, its parameters are not, and the next rebuild creates it by them.
   *
   * Oracle's own rebuild is no way around this: ALTER INDEX ... REBUILD ONLINE is for IVF alone, takes a number
   * of partitions of its own, and is not in every release that has vector indexes; DBMS_VECTOR.REBUILD_INDEX
   * drops and creates as well (AI Vector Search User's Guide, Inverted File Flat ALTER INDEX; REBUILD_INDEX).
   * Two indexes side by side would need the vector memory twice.
   *
   * @exception img_error.e_no_index; e_unknown_index where CREATE VECTOR INDEX made it; e_no_images,
   *            e_mixed_models, e_mixed_formats, e_index_busy: the index is as it was; e_index_not_rebuilt
   *
   * exec img_index.rebuild
   */
  procedure rebuild;

  /**
   * @return 1 where the index is there, valid or not; else 0
   *
   * select img_index.is_created from dual;
   */
  function is_created return number;

  /**
   * The vector indexes on image_demo1, for vw_vector_index. A function, because USER_ views in a view are those of
   * whoever asks, and in a package with definer's rights those of its owner (PL/SQL Language Reference, Invoker's
   * Rights and Definer's Rights).
   *
   * bytes are those on disk. Oracle keeps an index in tables called VECTOR$name$... (AI Vector Search User's
   * Guide, Inverted File Flat Vector Indexes Partitioning Schemes), and a graph itself in memory.
   *
   * @return JSON array of index_name, state (VALID, UNUSABLE ...) and bytes; null where there is none
   *
   * select img_index.existing from dual;
   */
  function existing return json;

  /**
   * Raises where there is no index to search by, or a target accuracy can not be asked for.
   *
   * @param p_target_accuracy 1 to 100; null: the index's own
   * @exception img_error.e_bad_parameter, e_no_index
   *
   * exec img_index.check_usable(90)
   */
  procedure check_usable(p_target_accuracy in number default null);

  /**
   * Whether (1 or 0) a search is to go by the index; raises where it can not.
   *
   * @param p_approximate     by the index; a target accuracy says so as well
   * @param p_metric          COSINE alone is served
   * @param p_transform       where there is one, the index does not serve; likewise p_source
   * @param p_method          of an evaluation: LOO alone is served
   * @exception img_error.e_bad_parameter, e_not_approximate, e_no_index
   *
   * exec dbms_output.put_line(img_index.checked_use(true, 90, 'COSINE', null, null))
   */
  function checked_use(
    p_approximate     in boolean,
    p_target_accuracy in number,
    p_metric          in varchar2,
    p_transform       in varchar2,
    p_source          in varchar2,
    p_method          in varchar2 default img_choice.co_method
  ) return number;

  /**
   * The target accuracy of a search, which is the index's own where none is asked for.
   *
   * @exception img_error.e_bad_parameter
   *
   * select img_index.used_accuracy(90) from dual;
   */
  function used_accuracy(p_target_accuracy in number) return number;

  /**
   * The nearest images of an embedding: by the index, or exactly. Whether the embedding fits the stored ones is
   * checked by img_classify.classify, not here.
   *
   * @param p_embedding       of the stored embeddings' dimension and format
   * @param p_k               how many, 1 to 100,000
   * @param p_part            only images of this part; null: of any
   * @param p_target          only images that have a label of this: QUALITY, CATEGORY1, CATEGORY2 or PART
   * @param p_target_accuracy 1 to 100; null: the index's own. Not looked at by exact search
   * @param p_exact           1: exact search; 0: by the index. Null is neither, and refused
   * @param p_except          this image is not looked at
   * @param p_metric          COSINE; EUCLIDEAN and DOT by exact search. In either case, as the target
   * @param p_source          only images of this source, by exact search; null: of any
   * @return JSON array of item_id (1), place, image_id, part, class (the label of the target) and distance, in order; of
   *         equally near ones as img_search says. Fewer than p_k where there are no more, null where there is
   *         none. An index may miss some
   * @exception img_error.e_missing_argument, e_bad_parameter, e_unknown_target, e_unknown_metric,
   *            e_not_approximate, e_unknown_source
   *
   * select img_index.nearest(to_vector('[1, 0, 0]'), 3, p_part => 'tank') from dual;
   */
  function nearest(
    p_embedding       in vector,
    p_k               in number,
    p_part            in vw_image_label.part%type default null,
    p_target          in varchar2 default img_choice.co_target,
    p_target_accuracy in number default null,
    p_exact           in number default 0,
    p_except          in image_demo1.image_id%type default null,
    p_metric          in varchar2 default img_choice.co_metric,
    p_source          in varchar2 default null
  ) return json;

  /**
   * Measure the index against exact search on the stored images, for several target accuracies.
   *
   * Each of some images, chosen by a seeded shuffle, is looked for among the others of its part, exactly and
   * by the index. recall is the share of the true k neighbours that the index finds; another image at the
   * same distance counts as well. Times are those of one query, in milliseconds. What DBMS_VECTOR's
   * INDEX_ACCURACY_QUERY says of the first image, over all parts, is kept beside them. It writes rows, so that a
   * query can not call it (ORA-14551); it does not commit.
   *
   * @param p_samples how many images, 1 to 100,000; all, where there are fewer
   * @param p_k       how many neighbours, 1 to 100,000
   * @param p_seed    the same seed takes the same images
   * @return report_id, see vw_vector_accuracy
   * @exception img_error.e_no_index, e_bad_parameter
   *
   * exec dbms_output.put_line(img_index.accuracy_report(p_samples => 20))
   * select * from vw_vector_accuracy;
   */
  function accuracy_report(
    p_samples in number default 50,
    p_k       in number default 10,
    p_seed    in number default 1
  ) return number;

  /**
   * accuracy_report, printed.
   *
   * @exception img_error.e_no_index, e_bad_parameter
   *
   * exec img_index.measure
   */
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
   * @exception img_error.e_no_images, e_mixed_models, e_mixed_formats, e_bad_threshold
   *
   * set serveroutput on
   * exec img_index.advise(p_wanted_ms => 20)
   */
  procedure advise(
    p_wanted_ms        in number default 50,
    p_vector_memory_mb in number default null
  );

end img_index;
/
