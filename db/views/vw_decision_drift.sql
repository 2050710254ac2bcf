-- How far the pictures of each day (UTC) were from their nearest neighbours: where these distances grow, what the camera
-- sees has moved away from what is stored. By model and transform, since distances of two of them can not be compared.
create or replace view vw_decision_drift as
select decided_on, model_name, transform_name, count(*) as decisions, sum(is_rejected) as rejected,
       avg(confidence) as mean_confidence,
       percentile_cont(0.5) within group (order by nearest_distance) as distance_p50,
       percentile_cont(0.9) within group (order by nearest_distance) as distance_p90,
       percentile_cont(0.99) within group (order by nearest_distance) as distance_p99
  from vw_decision
 group by decided_on, model_name, transform_name;
