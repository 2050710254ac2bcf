-- Graded fits, classes told apart by grades, and several fits whose answers are averaged; a run tells its fits' settings.
alter table image_transform drop constraint image_transform_kind_ck;
alter table image_transform add constraint image_transform_kind_ck
  check (kind in ('PLAIN', 'CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA', 'KERNEL', 'JOINT'));

alter table image_transform add (
  threshold       number,
  grades          varchar2(10 char),
  grade_threshold number,
  joint_id        number,
  constraint image_transform_joint_fk foreign key (joint_id)
    references image_transform (transform_id) on delete cascade
);

create index image_transform_joint_ix on image_transform (joint_id);

alter table image_transform drop constraint image_transform_owner_ck;
alter table image_transform add constraint image_transform_owner_ck
  check (name is not null or run_id is not null or joint_id is not null);

comment on column image_transform.threshold is
  'The labels are numbers, and so are the answers; those of at least this are one class; null: labels are classes';
comment on column image_transform.grades is
  'KERNEL: the target whose labels, as numbers, tell two classes apart; null: the classes themselves do';
comment on column image_transform.grade_threshold is 'What such a number is held against';
comment on column image_transform.joint_id is 'Of a member of a JOINT, whose probabilities are the mean of its members'': the JOINT';

alter table image_run add (
  shrinkage       number,
  outputs         number(6),
  kernel_width    number,
  ridge           number,
  grades          varchar2(10 char),
  grade_threshold number
);

comment on column image_run.shrinkage is 'With what the transform of each fold was fitted, as outputs, kernel_width, ridge and grades; see image_transform';

alter table image_batch_item add (predicted_value binary_double);

comment on column image_batch_item.predicted_value is 'The number that a graded transform answers with';
