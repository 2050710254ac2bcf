-- Coverage against accuracy as the largest distance of rejection moves: of the tested images those are answered whose
-- nearest neighbour (or class, where classes are compared) is within it. The same by confidence: vw_evaluation_coverage.
create or replace view vw_evaluation_distance as
select run_id, nearest_distance as threshold, answered, answered / tested as coverage, correct / answered as accuracy
  from (select run_id, nearest_distance,
               sum(images) over (partition by run_id order by nearest_distance) as answered,
               sum(hits) over (partition by run_id order by nearest_distance) as correct,
               sum(images) over (partition by run_id) as tested
          from (select run_id, nearest_distance, count(*) as images,
                       count(case when predicted = actual then 1 end) as hits
                  from vw_evaluation_item
                 where predicted is not null
                   and actual is not null
                 group by run_id, nearest_distance));
