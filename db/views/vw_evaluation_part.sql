-- The figures of a run for each part, with the interval of vw_evaluation_interval.
create or replace view vw_evaluation_part as
select run_id, part, images, tested, images - tested as untested, correct, accuracy, accuracy_low, accuracy_high
  from vw_evaluation_interval
 where scope = 'PART';
