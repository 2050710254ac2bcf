-- The evaluations, without the batches of new images.
create or replace view vw_evaluation_run as
select run_id, method, target, k, weighting, temperature, metric, within_part, part, folds, seed, group_path, test_share,
       test_path, source_name, transform, near_distance, model_id, approximate, target_accuracy, fingerprint, images,
       tested, correct, started_at, finished_at, started_by
  from classification_run
 where method <> 'NEW';
