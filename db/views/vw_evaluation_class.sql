-- Precision, recall and F1 of each class of a run, over the tested images. A ratio whose denominator is
-- zero is 0. support: images of the class; predicted: images taken for it.
-- miss_rate: images of the class that were taken for another, 1 - recall; false_alarm_rate: images of other classes that
-- were taken for it. Both are null where there is no such image.
-- Definitions: C. J. van Rijsbergen 1979, Information Retrieval, ch. 7; as in scikit-learn.
create or replace view vw_evaluation_class as
select c.run_id, c.class, c.support, c.predicted, c.hits,
       case when c.predicted > 0 then c.hits / c.predicted else 0 end as precision_share,
       case when c.support > 0 then c.hits / c.support else 0 end as recall,
       case when c.support + c.predicted > 0 then 2 * c.hits / (c.support + c.predicted) else 0 end as f1,
       (c.support - c.hits) / nullif(c.support, 0) as miss_rate,
       (c.predicted - c.hits) / nullif(sum(c.support) over (partition by c.run_id) - c.support, 0) as false_alarm_rate
  from (select m.run_id, m.class, sum(m.support) as support, sum(m.predicted) as predicted, sum(m.hit) as hits
          from (select run_id, actual as class, 1 as support, 0 as predicted,
                       case when actual = predicted then 1 else 0 end as hit
                  from vw_evaluation_item
                 where predicted is not null
                   and actual is not null
                union all
                select run_id, predicted, 0, 1, 0
                  from vw_evaluation_item
                 where predicted is not null
                   and actual is not null) m
         group by m.run_id, m.class) c;
