-- What a share of votes is worth: the confidence in its place, by steps. Of the answers of one setting alone.
create table image_calibration (
  name           varchar2(100 char) not null,
  target         varchar2(10 char) not null,
  k              number(6) not null,
  weighting      varchar2(10 char) not null,
  temperature    number not null,
  metric         varchar2(10 char) not null,
  transform_kind varchar2(10 char),
  source_name    varchar2(1000 char),
  model_id       number,
  images         number not null,
  steps          json not null,
  created_at     timestamp with time zone default systimestamp not null,
  constraint image_calibration_pk primary key (name),
  constraint image_calibration_model_fk foreign key (model_id) references image_model (model_id)
);

comment on table image_calibration is 'Calibrations of votes, by img_calibrate for img_classify';
comment on column image_calibration.images is 'Answers that it was made of';
comment on column image_calibration.steps is
  'JSON array of place, least (the least share of votes) and confidence (what it is worth), in order of place';

alter table image_batch add (calibration_name varchar2(100 char));
