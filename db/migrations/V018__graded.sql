-- Graded targets: labels that are numbers, predicted as numbers, and told apart at a threshold.
alter table image_run add (threshold number);

comment on column image_run.threshold is 'The labels are numbers, and those of at least this are one class; null: labels are classes';

alter table image_run_item add (
  actual_value    binary_double,
  predicted_value binary_double
);
