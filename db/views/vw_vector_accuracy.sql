-- What img_index.accuracy_report measured, a row for each target accuracy. recall: share of the true k nearest
-- that the index found. Times in milliseconds, of one query, median and 95th percentile. speedup: of the medians,
-- null where the index took no time that the clock shows.
create or replace view vw_vector_accuracy as
select r.report_id, r.kind, r.k, r.samples, r.images, q.target_accuracy, q.recall, q.exact_ms_p50, q.exact_ms_p95,
       q.approximate_ms_p50, q.approximate_ms_p95, q.exact_ms_p50 / nullif(q.approximate_ms_p50, 0) as speedup,
       q.index_accuracy, r.taken_at
  from image_vector_accuracy r
  join (select report_id, target_accuracy, sum(found) / nullif(sum(expected), 0) as recall,
               percentile_cont(0.5) within group (order by exact_ms) as exact_ms_p50,
               percentile_cont(0.95) within group (order by exact_ms) as exact_ms_p95,
               percentile_cont(0.5) within group (order by approximate_ms) as approximate_ms_p50,
               percentile_cont(0.95) within group (order by approximate_ms) as approximate_ms_p95,
               max(index_accuracy) as index_accuracy
          from image_vector_accuracy_query
         group by report_id, target_accuracy) q on q.report_id = r.report_id;
