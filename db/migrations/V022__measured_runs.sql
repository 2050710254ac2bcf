-- What a run and a load took, so that two runs can be compared by their pace as well.
alter table image_run add (decision_ms number);

comment on column image_run.decision_ms is
  'Milliseconds of the database for a tested image: what it is compared with and the vote, all at once; null: not measured';

alter table image_load_run add (embed_ms number);

comment on column image_load_run.embed_ms is
  'Milliseconds of the network for an image, mean of those that the load embedded; null: it embedded none';
