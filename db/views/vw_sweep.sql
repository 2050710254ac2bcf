-- The settings of sweeps, ranked: among the runs of one target, method and data the most accurate first; of
-- two as accurate the one with the better balanced accuracy, then the smaller k.
create or replace view vw_sweep as
select s.run_id, r.method, r.target, r.only_part, r.fingerprint, r.metric, s.weighting, s.k, s.tested, s.correct,
       s.correct / s.tested as accuracy, s.balanced_accuracy,
       row_number() over (
         partition by r.method, r.target, r.only_part, r.within_part, r.folds, r.seed, r.group_path, r.test_share, r.test_path,
                      r.fingerprint
         order by s.correct / s.tested desc, s.balanced_accuracy desc, s.k, s.weighting, r.metric, s.run_id) as place
  from image_run_setting s
  join vw_evaluation_run r on r.run_id = s.run_id
 where s.tested > 0;
