comment on table classification_run is 'Evaluations, and batches of new images, which method NEW tells apart';
