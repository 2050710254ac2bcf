-- Corrections of labels: what a person changed after the label was written. They lie in a file beside the source's
-- files, which is the original (docs/load.md); here is a copy of its lines, so that SQL sees who changed what, and when.
create table image_correction (
  source_id     number not null,
  correction_id varchar2(32 char) not null,
  label_path    varchar2(1000 char) not null,
  of_part       varchar2(100 char),
  part          varchar2(100 char),
  quality       varchar2(100 char),
  part_was      varchar2(100 char),
  quality_was   varchar2(100 char),
  is_in_label   number(1) default 0 not null,
  corrected_by  varchar2(100 char) not null,
  corrected_at  timestamp with time zone not null,
  undone_by     varchar2(100 char),
  undone_at     timestamp with time zone,
  constraint image_correction_pk primary key (source_id, correction_id),
  constraint image_correction_source_fk foreign key (source_id) references image_source (source_id) on delete cascade,
  constraint image_correction_in_label_ck check (is_in_label in (0, 1))
);

create index image_correction_label_ix on image_correction (source_id, label_path);

comment on table image_correction is 'The lines of the sources'' files of corrections, each with its undo';
comment on column image_correction.of_part is 'Of a label with several parts the one that was corrected; null for a label with one';
comment on column image_correction.part is 'The new part; null: it was not changed';
comment on column image_correction.part_was is 'What the label itself said';
comment on column image_correction.is_in_label is '1: the label file itself was written; 0: the correction lies beside it';

-- A label that is corrected: what is corrected in it, in short, so that a load sees whether that changed, and what the
-- label itself says.
alter table image_load add (
  label_correction varchar2(64 char),
  own_label        json
);

comment on column image_load.label_correction is 'SHA-256 of what is corrected in the label, hexadecimal; null: nothing';
comment on column image_load.own_label is 'What a corrected label says without its corrections';
