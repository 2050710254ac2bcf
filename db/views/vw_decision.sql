-- The decisions that the service has logged.
create or replace view vw_decision as
select decision_id, decided_at, trunc(sys_extract_utc(decided_at)) as decided_on, origin, image_name,
       image_hash, part, model_name, transform_name, label_state, answer, best, confidence, nearest_distance,
       case answer when best then 0 else 1 end as is_rejected
  from image_decision;
