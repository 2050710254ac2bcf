-- The evaluations.
create or replace view vw_evaluation_run as
select run_id, method, target, k, weighting, temperature, metric, within_part, only_part, folds, seed, group_path, test_share,
       test_path, source_name, transform_kind, shrinkage, outputs, kernel_width,
       ridge, grades, grade_threshold, threshold, near_distance, model_id, approximate, target_accuracy, fingerprint, images,
       tested, correct, started_at, finished_at, started_by
  from image_run;
