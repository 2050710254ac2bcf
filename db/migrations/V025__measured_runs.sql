-- What a run and a load took, so that two runs can be compared by their pace as well.
alter table image_load_run add (embed_ms number);

comment on column image_load_run.embed_ms is
  'Milliseconds of the network for an image, mean of those that the load embedded; null: it embedded none';

-- The first is of the load, which may be forgotten before the run.
alter table image_run add (
  embed_ms    number,
  decision_ms number
);

comment on column image_run.embed_ms is
  'That of the last load before the run that embedded images by its model; null: there was none, or it was not measured';
comment on column image_run.decision_ms is
  'Milliseconds of the database for a tested image: what it is compared with and the vote, all at once; null: not measured';
