-- The sources, and what each holds. waiting: labels whose image is not embedded yet; failed: labels that could not be
-- loaded. loads: how often it was loaded.
create or replace view vw_image_source as
select s.source_id, s.name as source_name, nvl(l.labels, 0) as labels, nvl(l.images, 0) as images,
       nvl(l.waiting, 0) as waiting, nvl(l.failed, 0) as failed, nvl(r.loads, 0) as loads, r.last_load_at
  from image_source s
  left join (select source_id, count(*) as labels, count(image_id) as images,
                    count(case when state = 'PENDING' then 1 end) as waiting,
                    count(case when state = 'FAILED' then 1 end) as failed
               from image_load
              group by source_id) l on l.source_id = s.source_id
  left join (select source_id, count(*) as loads, max(started_at) as last_load_at
               from image_load_run
              group by source_id) r on r.source_id = s.source_id;
