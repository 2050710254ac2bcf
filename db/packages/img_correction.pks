create or replace package img_correction authid definer as
  /**
   * Corrections of labels. The loader writes them into a file beside the source's files, which is the original, and puts
   * them into the labels (loader/correcting.py); this package finds the labels, stores them corrected, and keeps a copy of
   * the file's lines (view vw_image_correction). Nothing here commits.
   */

  /**
   * The labels of images, locked until the transaction ends, so that two who correct one image do so one after the other.
   *
   * @param p_image_ids JSON array of numbers
   * @return rows of image_id, source_name, source_root (null where no load said it), label_path, image_path, own_label (what
   *         the label says without corrections, JSON text), label_correction, in order of image_id; none for an image that
   *         is not there, that no load put in, or whose label waits for a load
   *
   * exec :c := img_correction.labels(json('[1, 2]'))
   */
  function labels(p_image_ids in json) return sys_refcursor;

  /**
   * The images of a source's files.
   *
   * @param p_paths JSON array of paths below the source's root, of image files or label files
   * @return rows of path, image_id
   * @exception img_error.e_missing_argument, e_too_long, e_no_source
   *
   * exec :c := img_correction.images_at('/images', json('["a.png"]'))
   */
  function images_at(
    p_source in image_source.name%type,
    p_paths  in json
  ) return sys_refcursor;

  /**
   * Store corrected labels, as a load would that reads the same file of corrections.
   *
   * @param p_labels JSON array of objects: image_id; label; own, what the label says without corrections, and correction,
   *                 what is corrected in short (SHA-256, hexadecimal), both absent where nothing is
   * @exception img_error.e_not_correctable for an image of which labels gives no row; then nothing is stored
   *
   * exec img_correction.put_labels(json('[{"image_id": 1, "label": {"images": [{"file_name": "a.png"}], "annotations": [{"attributes": {"part": "tank", "quality": "good"}}]}}]'))
   */
  procedure put_labels(p_labels in json);

  /**
   * Keep a copy of lines of a source's file of corrections; one that is known gets its undo.
   *
   * @param p_corrections JSON array of objects: id, label (its path), of, part, quality, was (object of part and quality),
   *                      written (true: into the label file itself), by, at (ISO 8601), undone_by, undone_at; what is
   *                      not given may be absent
   * @exception img_error.e_missing_argument, e_too_long, e_no_source
   *
   * exec img_correction.note('/images', json('[{"id": "1f", "label": "a.json", "quality": "bad", "was": {"quality": "good"}, "by": "kim", "at": "2026-11-29T02:00:00Z"}]'))
   */
  procedure note(
    p_source      in image_source.name%type,
    p_corrections in json
  );

end img_correction;
/
