-- For each run, the labels of its source that are gone from disk: the run did not meet them, and no other run has
-- met them since it began. Of loads side by side none takes what another has just met for gone.
create or replace view vw_image_gone as
select r.run_id, l.source_id, l.load_id, l.label_path, l.image_id, l.image_path, l.image_size, l.image_hash,
       l.state
  from image_load_run r
  join image_load l on l.source_id = r.source_id
 where l.run_id <> r.run_id
   and l.met_at < r.started_at;
