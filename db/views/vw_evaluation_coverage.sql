-- Coverage against accuracy as the threshold of rejection moves: of the tested images those with at
-- least this told confidence are answered (R. El-Yaniv, Y. Wiener 2010, selective classification).
create or replace view vw_evaluation_coverage as
select run_id, told_confidence as threshold, answered, answered / tested as coverage, correct / answered as accuracy
  from (select run_id, told_confidence,
               sum(images) over (partition by run_id order by told_confidence desc) as answered,
               sum(hits) over (partition by run_id order by told_confidence desc) as correct,
               sum(images) over (partition by run_id) as tested
          from (select run_id, told_confidence, count(*) as images, count(case when predicted = actual then 1 end) as hits
                  from vw_evaluation_item
                 where predicted is not null
                   and actual is not null
                 group by run_id, told_confidence));
