-- Confidence against accuracy, in 15 bins of equal width: bin n holds (n-1)/15 < confidence <= n/15
-- (C. Guo et al. 2017, On calibration of modern neural networks, arXiv 1706.04599, section 2).
create or replace view vw_evaluation_calibration as
select run_id, bin, count(*) as images, avg(confidence) as confidence, sum(hit) / count(*) as accuracy
  from (select run_id, confidence, cast(least(15, greatest(1, ceil(confidence * 15))) as number) as bin,
               case when predicted = actual then 1 else 0 end as hit
          from vw_evaluation_item
         where predicted is not null
           and actual is not null)
 group by run_id, bin;
