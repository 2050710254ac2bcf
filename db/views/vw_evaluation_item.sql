-- The items of evaluations, each with what its run calls a copy. told_confidence: what classify would tell, the calibrated
-- one where the run was calibrated (img_calibrate).
create or replace view vw_evaluation_item as
select i.run_id, i.item_id, i.item_no, i.image_id, i.image_hash, i.source_id, i.part, i.group_key, i.fold, i.actual,
       i.predicted, i.confidence, i.actual_share, i.nearest_distance, i.has_copy, i.calibrated_confidence,
       nvl(i.calibrated_confidence, i.confidence) as told_confidence,
       i.calibrated_actual_share, i.untested_reason, r.near_distance
  from image_run_item i
  join vw_evaluation_run r on r.run_id = i.run_id;
