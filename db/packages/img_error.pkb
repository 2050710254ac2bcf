create or replace package body img_error as

  /** A text with its %1, %2 and %3 filled in. One pass, so that what is filled in may hold a %2 of its own. */
  function filled(
    p_text in varchar2,
    p_1    in varchar2,
    p_2    in varchar2,
    p_3    in varchar2
  ) return varchar2 is
    l_filled varchar2(32767 byte);
    l_from   pls_integer := 1;
    l_at     pls_integer := instr(p_text, '%');
  begin
    while l_at > 0 loop
      l_filled := l_filled || substr(p_text, l_from, l_at - l_from)
        || case substr(p_text, l_at + 1, 1)
             when '1' then nvl(p_1, '(null)')
             when '2' then nvl(p_2, '(null)')
             when '3' then nvl(p_3, '(null)')
             else substr(p_text, l_at, 2)
           end;
      l_from := l_at + 2;
      l_at := instr(p_text, '%', l_from);
    end loop;
    return l_filled || substr(p_text, l_from);
  end filled;

  function message(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  ) return varchar2 is
    l_text varchar2(32767 byte);
  begin
    l_text :=
      case p_code
        when co_mixed_models then
          'the embeddings were made by more than one model (%1) and can not be compared: load all images again '
          || 'with one of them, python -m loader ROOT --replace-model; those of the model unknown were put in by hand and '
          || 'no load replaces them: say which model made them (update image_demo1 set model_id = N where model_id is '
          || 'null, with N from image_model), or delete them'
        when co_other_model then
          'the stored embeddings were made by %1, not by %2: go on with that model, or have every image '
          || 'embedded anew by --replace-model'
        when co_unknown_run then 'there is no run %1'
        when co_unknown_item then 'there is no image to load with the number %1'
        when co_wrong_dimension then 'the embedding has %1 dimensions and must have %2'
        when co_zero_embedding then 'the embedding is all zeros: it has no direction, and so no cosine distance'
        when co_missing_argument then '%1 must not be null'
        when co_unknown_part then 'there is no image with an embedding of the part %1'
        when co_no_images then 'there is no image with a label and an embedding: load some first, python -m loader ROOT'
        when co_bad_k then
          'k must be a whole number from 1 to %2, not %1'
        when co_unknown_target then
          'unknown target %1: quality, category1, category2 or part'
        when co_unknown_weighting then
          'unknown weighting %1: majority, inverse (not with dot) or softmax'
        when co_unknown_metric then
          'unknown metric %1: cosine, euclidean or dot'
        when co_unknown_method then
          'unknown method %1: loo, kfold, logo, time or path'
        when co_bad_temperature then
          'the temperature must be from %2, not %1'
        when co_bad_folds then
          'the number of folds must be a whole number from 2 to %2, not %1'
        when co_bad_path then
          '%1 is no JSON path of names and positions such as $.images[0].item, of at most %2 characters'
        when co_unknown_transform then
          'unknown transform %1: centre, prototype, whiten, lda or kernel; or the name of one that was fitted'
        when co_needs_loader then
          '%1 needs linear algebra, which the loader does: python -m loader evaluate --transform %1, or fit'
        when co_needs_folds then
          'a transform is fitted on the training side of each fold: use kfold, logo, time or path, not loo'
        when co_bad_threshold then
          '%1 must be %3, not %2'
        when co_other_target then
          'one predicts %1, the other %2'
        when co_unknown_kind then
          'unknown kind of vector index %1: hnsw or ivf'
        when co_bad_parameter then
          '%1 must be a whole number from %3, not %2'
        when co_index_exists then
          'there is a vector index already: rebuild or drop it, exec img_index.rebuild or img_index.drop_index'
        when co_no_index then
          'there is no vector index: create one, exec img_index.create_index'
        when co_vector_memory then
          'the vector memory pool has no room for an HNSW index of about %1 MB: have vector_memory_size raised (alter '
          || 'system set vector_memory_size = %2M scope = spfile, and a restart), or create an IVF index, which lies on disk'
        when co_not_approximate then
          'the vector index serves cosine distance between embeddings as they are, and leave-one-out: %1 needs exact '
          || 'search'
        when co_index_dimension then
          'the vector index holds embeddings of %1 dimensions and the model gives %2: drop it first, '
          || 'exec img_index.drop_index'
        when co_unknown_index then
          'the vector index was not created by img_index, so its parameters are not known: drop it, '
          || 'exec img_index.drop_index, and create it anew'
        when co_index_busy then
          'another session is changing image_demo1 (a load that runs, changes that are not committed), or making or '
          || 'dropping its vector index: try again when it is done'
        when co_index_not_rebuilt then
          'the vector index could not be made again, and may be gone: %1. Its parameters are kept: mend that, then '
          || 'exec img_index.rebuild makes it'
        when co_mixed_formats then
          'the embeddings are stored in more than one format (%1) and can not be compared: make them one, for example '
          || 'update image_demo1 set embedding = to_vector(embedding, *, float32)'
        when co_wrong_format then
          'the embedding is %1 and the stored ones are %2: convert it, to_vector(embedding, *, %2)'
        when co_not_empty then
          'the database holds something already, in %1: a dump is restored where nothing was loaded yet. Name another '
          || 'database, or take out what is there and install anew: python -m loader sql db/uninstall.sql, then '
          || 'python -m loader install'
        when co_newer_dump then
          'the dump is of schema version %1 and this database has version %2: update these files (git pull) and run '
          || 'python -m loader install'
        when co_own_numbers then
          'image_demo1 was made by another script and numbers its rows in a way of its own: drop that table, and '
          || 'install anew: python -m loader sql db/uninstall.sql, then python -m loader install'
        when co_stale_transform then
          'the transform %1 was fitted on embeddings of %2, and the stored ones are of %3: fit it again, '
          || 'python -m loader fit, or exec img_transform.fit_named'
        when co_too_long then '%1 must have at most %3 characters, not %2'
        when co_unknown_source then 'there is no image with an embedding of the source %1'
        when co_bad_split then '%1: nothing is left to test, or nothing to compare with'
        when co_other_source then 'the transform %1 was fitted on the images of %2, not of %3: fit one on those'
        when co_not_calibrated then
          '%1 can not be calibrated: it takes an evaluation of classes with several folds (--method kfold), and of LDA and '
          || 'KERNEL a transform of the same kind'
        when co_many_pairs then
          '%1 images make %2 pairs: have a vector index made, by which pairs are found (exec img_index.create_index), or '
          || 'compare all pairs nevertheless: --all-pairs, p_all_pairs => 1'
        when co_no_good then
          'no image of the %1 %2 and the part %3 has a direction to compare with: name another class or part'
        when co_few_good then
          'a rate of false alarms of %1 needs at least %2 known good images, and there are %3: load more, or allow more '
          || 'false alarms'
        when co_one_wish then
          'wish for either an error rate or a coverage (--error-rate or --coverage), not for both and not for none'
        when co_unknown_class then
          'no tested image of the run %1 has the class %2'
        when co_no_distance then
          'by LDA and KERNEL no image is near or far, and p_max_distance can not be kept: its distance is -ln of a probability, and '
          || 'p_min_confidence says the same'
        when co_other_settings then
          'the calibration %1 was made of answers by %2, and these are by %3: classify by its settings, or calibrate an '
          || 'evaluation by these: python -m loader calibrate'
        when co_no_calibration then 'there is no calibration %1: python -m loader calibrate makes one of an evaluation'
        when co_few_answers then
          'run %1 has %2 answers outside of a fold, and a calibration needs %3: evaluate more images'
        when co_not_correctable then
          'the label of image %1 can not be corrected: there is no such image, no load put it in, or its label waits for a load '
          || '(python -m loader ROOT)'
        when co_not_graded then
          'numbers are predicted by centre, whiten, lda, kernel or no transform (not by %1), and told apart at a threshold '
          || 'between -1000000000 and 1000000000'
        when co_bad_grades then
          'grades beside classes are for the transforms kernel and joint (not for %1), and need a threshold that they are '
          || 'held against'
        when co_no_confidence then
          'the transform %1 answers with a number, which has no confidence: leave out the least confidence and the '
          || 'calibration'
        when co_no_common_image then
          'runs %1 and %2 tested no image both, with the same label: evaluate both on the same images'
        when co_no_source then 'there is no source %1'
        else 'unknown error ' || p_code
      end;
    return substrb(filled(l_text, p_1, p_2, p_3), 1, 2000);
  end message;

  procedure throw(
    p_code in pls_integer,
    p_1    in varchar2 default null,
    p_2    in varchar2 default null,
    p_3    in varchar2 default null
  ) is
  begin
    raise_application_error(p_code, message(p_code, p_1, p_2, p_3));
  end throw;

end img_error;
/
