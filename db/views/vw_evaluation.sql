-- The evaluations with their figures, over the tested images:
-- accuracy_low, accuracy_high: 95 % interval, see vw_evaluation_interval.
-- balanced_accuracy: mean recall of the classes that occur (K. H. Brodersen et al. 2010).
-- macro_...: mean over classes; weighted_...: mean weighted by support (as in scikit-learn).
-- expected_calibration_error: over 15 bins of confidence, see vw_evaluation_calibration.
-- majority_share: how many would be right if all were taken for the commonest class; chance_share: if each were taken
-- for a class at random, as often as it occurs (the sum of the squared shares).
-- copies: tested images of which a copy was among those that they were compared with (the same file, or nearer than
-- near_distance); accuracy_without_copies: over the others. Both are null for runs before copies were looked for.
create or replace view vw_evaluation as
select r.run_id, r.method, r.target, r.k, r.weighting, r.temperature, r.metric, r.within_part, r.only_part, r.folds,
       r.seed, r.group_path, r.test_share, r.test_path, r.source_name, r.near_distance, r.transform_kind,
       r.shrinkage, r.outputs, r.kernel_width, r.ridge, r.grades, r.grade_threshold, r.threshold, r.approximate,
       r.target_accuracy, m.name as model, r.fingerprint,
       r.images, r.tested, r.images - r.tested as untested, r.correct, r.started_at, r.finished_at, r.started_by,
       p.accuracy, p.accuracy_low, p.accuracy_high,
       c.majority_share, c.chance_share, u.copies, u.accuracy_without_copies,
       c.balanced_accuracy, c.macro_precision, c.macro_recall, c.macro_f1,
       c.weighted_precision, c.weighted_recall, c.weighted_f1,
       e.expected_calibration_error
  from vw_evaluation_run r
  left join image_model m on m.model_id = r.model_id
  left join vw_evaluation_interval p on p.run_id = r.run_id and p.scope = 'RUN'
  left join (select run_id,
                    max(support) / sum(support) as majority_share,
                    sum(support * support) / (sum(support) * sum(support)) as chance_share,
                    avg(case when support > 0 then recall end) as balanced_accuracy,
                    avg(precision_share) as macro_precision, avg(recall) as macro_recall, avg(f1) as macro_f1,
                    sum(support * precision_share) / sum(support) as weighted_precision,
                    sum(support * recall) / sum(support) as weighted_recall,
                    sum(support * f1) / sum(support) as weighted_f1
               from vw_evaluation_class
              group by run_id) c on c.run_id = r.run_id
  left join (select run_id, sum(has_copy) as copies,
                    sum(case when has_copy = 0 and predicted = actual then 1 else 0 end)
                    / nullif(sum(1 - has_copy), 0) as accuracy_without_copies
               from vw_evaluation_item
              where predicted is not null
              group by run_id) u on u.run_id = r.run_id
  left join (select run_id, sum(images * abs(accuracy - confidence)) / sum(images) as expected_calibration_error
               from vw_evaluation_calibration
              group by run_id) e on e.run_id = r.run_id;
