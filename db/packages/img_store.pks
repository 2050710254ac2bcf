create or replace package img_store authid definer as
  /**
   * Labels and embeddings into image_demo1: what the loader calls.
   *
   * One load:
   *   1. start_load    which files, which model
   *   2. keep_labels   the label files by their stamps, some thousands at a time: those that are known need not be read
   *   3. put_labels    the others, some hundreds at a time; bad ones are noted, not raised
   *   4. put_files     the image files by their stamps: changed ones are to be embedded again
   *   5. stored_images what else may have another image file now, see find_again
   *   6. work_left     what there is to do; a root that has moved is seen here, see abandon_load
   *   7. claim         some of what waits for an embedding, locked for this transaction; then keep_embeddings,
   *      put_embedding or put_failure for each of it, and commit; and so on until nothing is left
   *   8. finish_load   and its summary, failures and contents
   * Nothing here commits. Any number of sessions, of one loader or of many on many hosts, claim side by
   * side: a claim is a row lock, so what a session that died had claimed is free again at once. A load
   * that was cut short is gone on with by the next: what waits is in image_load, and image_demo1 holds
   * whole rows only, label and embedding together.
   *
   * Loads of one source side by side: each counts what it did itself, so that the counts add up. A label belongs to
   * the run that met it first since the other began, an image to the run that stored it, a failure to the run that
   * met it. A label is gone from disk where the run did not meet it and no other run
   * has met it since this one began, by the database's clock and not by the runs' numbers: so no load takes away
   * what another has just found. Begin the run (start_load) before the directory is read: what appears later
   * is for the next run.
   *
   * Moving files is normal: a new label that names the image of a label that is gone gets its row of image_demo1, the
   * image_id with it, and the embedding where the content is the same.
   *
   * A stamp is a text of the loader's own: equal stamps of a path say that the file is as it was when it was read. It is
   * kept with the label's row and goes with it, so that no file is passed over whose label is not here.
   */

  /** The version of the img_ packages. */
  co_version constant varchar2(20 char) := '0.1.0';

  /**
   * @return co_version, for callers outside PL/SQL
   *
   * select img_store.version from dual;
   */
  function version return varchar2;

  /**
   * Make a model known, or find it.
   *
   * @param p_name          the model's name, for people
   * @param p_file_hash     SHA-256 of its ONNX file, hexadecimal
   * @param p_dimension     length of its embeddings
   * @param p_preprocessing what is done to an image before it, as JSON text
   * @param p_replace       1 lets images that another model embedded be embedded anew; while some
   *                        are left, nothing compares them (img_error.e_mixed_models)
   * @return                model_id
   * @exception img_error.e_other_model images were embedded by another model, and p_replace is 0
   * @exception img_error.e_index_dimension the vector index is of embeddings of another dimension
   *
   * exec dbms_output.put_line(img_store.use_model('mine', 'ab12', 3, '{}', p_replace => 1))
   */
  function use_model(
    p_name          in image_model.name%type,
    p_file_hash     in image_model.file_hash%type,
    p_dimension     in image_model.dimension%type,
    p_preprocessing in image_model.preprocessing%type,
    p_replace       in number default 0
  ) return number;

  /**
   * Whether the database's clock has gone back since the source was loaded; start_load puts right what was noted then.
   *
   * @param p_source as start_load takes it
   * @return         the latest time at which a label was met, where that is still to come; else null
   *
   * exec dbms_output.put_line(img_store.time_to_come('/images'))
   */
  function time_to_come(p_source in image_source.name%type) return varchar2;

  /**
   * Begin a load.
   *
   * @param p_source     where the files come from: a directory's absolute path, or a name for it
   * @param p_model_id   from use_model
   * @param p_new_source 1 loads the source although its labels are those of another one, now and later
   * @param p_root       the directory's absolute path, where pages look for the pictures; null: as it was
   * @return             run_id
   * @exception img_error.e_missing_argument p_source is null
   *
   * exec dbms_output.put_line(img_store.start_load('/images', 1))
   */
  function start_load(
    p_source     in image_source.name%type,
    p_model_id   in image_model.model_id%type,
    p_new_source in number default 0,
    p_root       in image_source.root%type default null
  ) return number;

  /**
   * Meet labels that are as they were, without their content.
   *
   * @param p_run_id from start_load
   * @param p_labels a JSON array of objects: path, stamp or hash, and correction, as in put_labels
   * @return         rows of label_path: those that put_labels is to take in. The others are stored, with their image, and
   *                 count as unchanged
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.keep_labels(3, json('[{"path": "labels/1.json", "hash": "h1"}]'))
   */
  function keep_labels(
    p_run_id in image_load_run.run_id%type,
    p_labels in json
  ) return sys_refcursor;

  /**
   * Take in label files.
   *
   * A label that is stored unchanged stays as it is; a changed one is put in place of the old, and
   * its image is embedded again only where the label now names another file. A label that can not
   * be used is kept with the reason, see failures; what an earlier load stored of it stays.
   *
   * A label may have several annotations, each of another part: vw_image_demo1 shows them all, and the first one is
   * what is classified (vw_image_label). Two qualities of one part refuse the label.
   *
   * @param p_run_id from start_load
   * @param p_labels a JSON array of objects: path (relative to the source, / between its parts),
   *                 hash (tells whether it changed), stamp (what keep_labels is to know it by; absent where it is to be
   *                 read again), and either label (its content) or problem (why it could not be read); of a label that
   *                 a person corrected (img_correction) also correction (what is corrected, in short; tells whether that
   *                 changed) and own (the content without it)
   * @exception img_error.e_unknown_run
   *
   * begin
   *   img_store.put_labels(3, json('[{"path": "labels/9.json", "hash": "h9", "label": {"images": [{"file_name": "9.png"}],
   *     "annotations": [{"attributes": {"part": "tank", "quality": "good"}}]}}]'));
   * end;
   * /
   */
  procedure put_labels(
    p_run_id in image_load_run.run_id%type,
    p_labels in json
  );

  /**
   * Tell what the image files are, so that what changed since it was embedded is embedded again.
   *
   * @param p_run_id from start_load
   * @param p_files  a JSON array of objects: path (relative to the source), size (bytes), mtime
   *                 (nanoseconds since 1970), bits (of a sample that are used, where the image has more than 8;
   *                 0 or missing: all), stamp (absent where the file is to be read again). An image is changed where
   *                 one of them differs
   * @return         rows of image_path: the files that are not stored as they are
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.put_files(3, json('[{"path": "images/1.png", "size": 100, "mtime": 17}]'))
   */
  function put_files(
    p_run_id in image_load_run.run_id%type,
    p_files  in json
  ) return sys_refcursor;

  /**
   * @param p_run_id from start_load
   * @return         how many images of its source are stored as they are
   * @exception img_error.e_unknown_run
   *
   * select img_store.stored_count(3) from dual;
   */
  function stored_count(p_run_id in image_load_run.run_id%type) return number;

  /**
   * The images that are stored as they are and whose label this run met itself, after all its put_labels and put_files.
   * What another run has met since is that run's to judge: the files may have changed since this one looked.
   *
   * @param p_run_id from start_load
   * @return         rows of load_id, label_path, file_name, image_path
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.stored_images(3)
   */
  function stored_images(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * Let images wait again whose file is not the one that their label means now: it moved, or one that lies nearer came.
   *
   * @param p_run_id   from start_load
   * @param p_load_ids a JSON array of numbers, from stored_images
   * @exception img_error.e_unknown_run
   *
   * exec img_store.find_again(3, json('[1, 2]'))
   */
  procedure find_again(
    p_run_id   in image_load_run.run_id%type,
    p_load_ids in json
  );

  /**
   * What there is to do, after all put_labels and put_files.
   *
   * @param p_run_id from start_load
   * @return         one row of pending: the images of this run's source that wait for an embedding (those never
   *                 embedded, those whose file or label changed, and those that another model embedded);
   *                 pending_gone: those whose label is gone from disk, not among pending; gone: labels that are gone from disk; moved_from: the source whose labels these are, where it
   *                 is not to be loaded anew (null else); moved_labels: how many of them. A source has moved where
   *                 it has no image yet, nine of ten of its labels have path and hash of a label of the other
   *                 source that has an image, and of the image files whose path another source knows at least
   *                 half have the size that it knows
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.work_left(3)
   */
  function work_left(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * Give up a load before its images: the labels that it alone has met, and that have no image, are forgotten, and so
   * is the run.
   *
   * @param p_run_id from start_load
   * @exception img_error.e_unknown_run
   *
   * exec img_store.abandon_load(3)
   */
  procedure abandon_load(p_run_id in image_load_run.run_id%type);

  /**
   * The images that wait and that no other session has claimed. Each row is locked as it is fetched,
   * until the end of the transaction: fetch as many as fit a batch, and close the cursor.
   *
   * @param p_run_id from start_load
   * @param p_gone   0: those whose label is there; 1, when all of these are done: those whose label is gone from
   *                 disk and whose image no other label has taken
   * @return         rows of load_id, label_path, file_name, image_size (of the image that was stored; null for none)
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.claim(3)
   */
  function claim(
    p_run_id in image_load_run.run_id%type,
    p_gone   in number default 0
  ) return sys_refcursor;

  /**
   * Keep the embeddings of images that this run's model has embedded already: the file was touched, renamed or moved,
   * or its label was, and its content is the same. Worth a call where the size is that of the claimed row or of
   * a label that is gone.
   *
   * @param p_run_id from start_load
   * @param p_images a JSON array of objects: load_id (from claim), path, size, mtime, bits and stamp (as in put_files),
   *                 hash (SHA-256 of the file, hexadecimal)
   * @return         rows of load_id: those that are stored now. The others are to be embedded
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.keep_embeddings(3, json('[{"load_id": 8, "path": "images/8.png", "size": 100, "hash": "f8"}]'))
   */
  function keep_embeddings(
    p_run_id in image_load_run.run_id%type,
    p_images in json
  ) return sys_refcursor;

  /**
   * Store an embedding, and with it the label that waited for it.
   *
   * Where another label of the source already has this image, the label is refused (see failures), unless that one
   * is gone from disk: then its row of image_demo1 becomes this label's. What was stored under that number
   * already is replaced.
   *
   * @param p_load_id     from claim
   * @param p_run_id      from start_load
   * @param p_embedding   FLOAT32, of the model's dimension
   * @param p_image_path  the image's path, relative to the source; not null
   * @param p_image_size  its bytes, as put_files tells them
   * @param p_image_mtime its time of change, likewise
   * @param p_image_hash  its SHA-256, hexadecimal
   * @param p_image_bits  the bits of a sample that were used, likewise
   * @param p_image_stamp what put_files is to know it by
   * @exception img_error.e_missing_argument p_embedding or p_image_path is null
   * @exception img_error.e_unknown_run
   * @exception img_error.e_unknown_item   nothing waits or is stored under that number
   * @exception img_error.e_wrong_dimension
   * @exception img_error.e_zero_embedding
   *
   * exec img_store.put_embedding(8, 3, to_vector('[1, 0, 0]'), 'images/8.png', p_image_size => 100, p_image_hash => 'f8')
   */
  procedure put_embedding(
    p_load_id     in image_load.load_id%type,
    p_run_id      in image_load_run.run_id%type,
    p_embedding   in vector,
    p_image_path  in image_load.image_path%type,
    p_image_size  in image_load.image_size%type default null,
    p_image_mtime in image_load.image_mtime%type default null,
    p_image_hash  in image_load.image_hash%type default null,
    p_image_bits  in image_load.image_bits%type default 0,
    p_image_stamp in image_load.image_stamp%type default null
  );

  /**
   * Note that an image can not be loaded. What an earlier load stored of it stays.
   *
   * @param p_load_id    from claim
   * @param p_run_id     from start_load: the run that met it
   * @param p_reason     why, for people; cut at 1000 characters
   * @param p_image_path the image's path where one was found
   * @exception img_error.e_unknown_item nothing waits or is stored under that number
   *
   * exec img_store.put_failure(8, 3, 'the image is cut off', 'images/8.png')
   */
  procedure put_failure(
    p_load_id    in image_load.load_id%type,
    p_run_id     in image_load_run.run_id%type,
    p_reason     in varchar2,
    p_image_path in image_load.image_path%type default null
  );

  /**
   * End a load: failures of files that are gone (see gone) are forgotten, and those that this run met are its own to
   * report, also beside runs that go on. Read summary and failures in the same transaction.
   *
   * @param p_run_id   from start_load
   * @param p_embed_ms milliseconds of the network for an image, mean of those that were embedded; null: there were none
   * @exception img_error.e_unknown_run
   *
   * exec img_store.finish_load(3)
   */
  procedure finish_load(
    p_run_id   in image_load_run.run_id%type,
    p_embed_ms in image_load_run.embed_ms%type default null
  );

  /**
   * What a load did itself.
   *
   * @param p_run_id from start_load
   * @return         one row of labels (that it met), new_labels, changed, unchanged (those that another run has met
   *                 since this one began among them), retried, stored (embeddings), failed, without_categories
   *                 (images of the source whose label names no category); none for a run that there is not
   *
   * exec :c := img_store.summary(3)
   */
  function summary(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * What a load could not take in.
   *
   * @param p_run_id from start_load
   * @return         rows of label_path, image_path, reason, in order of label_path, of the failures that this run
   *                 met; none for a run that there is not
   *
   * exec :c := img_store.failures(3)
   */
  function failures(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * What this run's source holds now, and what is doubtful about it.
   *
   * @param p_run_id from start_load
   * @return         rows of kind, part, quality, images, in this order. CLASS: images of a part and quality, the 20
   *                 largest; MORE: how many further pairs (part) and their images; UNLABELLED: images without
   *                 part or quality; IDENTICAL: images whose file is the same as one of another source (part
   *                 is its name)
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.contents(3)
   */
  function contents(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * Labels that are gone from disk: this run did not meet them, and no other has met them since it began.
   *
   * @param p_run_id from start_load, after all its put_labels
   * @return         rows of label_path, image_id and image_size (null where none was stored), in order of label_path
   * @exception img_error.e_unknown_run
   *
   * exec :c := img_store.gone(3)
   */
  function gone(p_run_id in image_load_run.run_id%type) return sys_refcursor;

  /**
   * Remove what is gone, the images and their embeddings included. Images that no load stored stay.
   *
   * @param p_run_id from start_load, after all its put_labels
   * @return         how many labels
   * @exception img_error.e_unknown_run
   *
   * exec dbms_output.put_line(img_store.prune(3))
   */
  function prune(p_run_id in image_load_run.run_id%type) return number;

  /**
   * @return one row of images, embedded (those with an embedding), failed (labels not loaded)
   *
   * exec :c := img_store.status
   */
  function status return sys_refcursor;

  /**
   * What could not be loaded, of all sources.
   *
   * @return rows of source_name, label_path, reason, changed_at as text, in order of source and path
   *
   * exec :c := img_store.all_failures
   */
  function all_failures return sys_refcursor;

end img_store;
/
