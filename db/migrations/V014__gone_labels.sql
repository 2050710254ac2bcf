-- Whether a run has labels to look for that are gone from disk is counted once, not asked for each image.
alter table image_load_run add (gone_labels number);

comment on column image_load_run.gone_labels is
  'Labels that were gone from disk when the run had met all that are there; null before. They only become fewer';

-- image_demo1_models_ix leads to the images of a model, those without one included.
drop index image_demo1_model_ix;
