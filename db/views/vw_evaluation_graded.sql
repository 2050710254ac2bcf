-- How near the numbers of graded evaluations are to the labels, over the tested images: the root of the mean squared
-- difference, the mean absolute one, and C. Spearman's 1904 correlation of ranks (equal numbers share their mean rank).
-- threshold: where numbers become the classes that the other views count.
create or replace view vw_evaluation_graded as
select run_id, threshold, count(*) as tested,
       sqrt(avg((predicted_value - actual_value) * (predicted_value - actual_value))) as rmse,
       avg(abs(predicted_value - actual_value)) as mean_absolute_error,
       (avg(actual_rank * predicted_rank) - avg(actual_rank) * avg(predicted_rank))
       / nullif(sqrt((avg(actual_rank * actual_rank) - avg(actual_rank) * avg(actual_rank))
                     * (avg(predicted_rank * predicted_rank) - avg(predicted_rank) * avg(predicted_rank))), 0)
         as spearman
  from (select i.run_id, r.threshold, i.actual_value, i.predicted_value,
               rank() over (partition by i.run_id order by i.actual_value)
               + (count(*) over (partition by i.run_id, i.actual_value) - 1) / 2 as actual_rank,
               rank() over (partition by i.run_id order by i.predicted_value)
               + (count(*) over (partition by i.run_id, i.predicted_value) - 1) / 2 as predicted_rank
          from image_run_item i
          join image_run r on r.run_id = i.run_id
         where i.predicted_value is not null) ranked
 group by run_id, threshold;
