-- Whether the confidence of a run's answers can be trusted: as it was given (calibrated 0), and as img_calibrate made it
-- (calibrated 1). Over the tested images:
-- expected_calibration_error: mean difference of confidence and accuracy over 15 bins of as many images each, in the order
-- of confidence (M. Naeini et al. 2015, Obtaining well calibrated probabilities using Bayesian binning; bins of equal
-- count: A. Nguyen, B. O'Connor 2015).
-- brier_score: mean squared difference of confidence and outcome, 1 for right and 0 for wrong (G. W. Brier 1950).
-- log_loss: mean of -ln(share of the votes for the true class), a share below 1e-15 counted as that.
create or replace view vw_evaluation_confidence as
select b.run_id, b.calibrated, sum(b.images) as images,
       sum(b.images * abs(b.accuracy - b.confidence)) / sum(b.images) as expected_calibration_error,
       sum(b.squares) / sum(b.images) as brier_score, sum(b.loss) / sum(b.images) as log_loss
  from (select o.run_id, o.calibrated, o.bin, count(*) as images, avg(o.confidence) as confidence,
               avg(o.hit) as accuracy, sum((o.confidence - o.hit) * (o.confidence - o.hit)) as squares,
               sum(-ln(greatest(o.actual_share, 1e-15))) as loss
          from (select run_id, calibrated, confidence, actual_share, hit,
                       ntile(15) over (partition by run_id, calibrated order by confidence, item_no) as bin
                  from (select run_id, item_no, 0 as calibrated, confidence, actual_share,
                               case when predicted = actual then 1 else 0 end as hit
                          from vw_evaluation_item
                         where predicted is not null
                           and actual_share is not null
                        union all
                        select run_id, item_no, 1, calibrated_confidence, calibrated_actual_share,
                               case when predicted = actual then 1 else 0 end
                          from vw_evaluation_item
                         where calibrated_confidence is not null)) o
         group by o.run_id, o.calibrated, o.bin) b
 group by b.run_id, b.calibrated;
