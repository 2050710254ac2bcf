-- What an evaluation's setting costs: bytes of its embeddings (of four bytes a number), milliseconds of the network for an
-- image (embed_ms, of the load before it) and of the database for a decision (decision_ms, of all images at once). Each is
-- null where it was not measured, or the run's model is not known.
create or replace view vw_run_cost as
select r.run_id, m.name as model, m.dimension, 4 * m.dimension * r.images as embedding_bytes, r.embed_ms, r.decision_ms
  from image_run r
  left join image_model m on m.model_id = r.model_id;
