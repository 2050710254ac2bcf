-- The confusion matrix of a run: how many images of the class actual were taken for predicted.
create or replace view vw_evaluation_confusion as
select run_id, actual, predicted, count(*) as images
  from vw_evaluation_item
 where predicted is not null
   and actual is not null
 group by run_id, actual, predicted;
