-- Where a source's files lie on the host that loaded them last: a source may be called by a name of its own, and the
-- pages show its pictures.
alter table image_source add (root varchar2(1000 char));

comment on column image_source.root is 'The directory that was loaded last by this name; null before the first load that said so';

-- What a person should look at, taken from a run and kept, so that a page needs not compute it. place: the most
-- doubtful first, within a kind. score: of SUSPECT the share of the votes that the label got, of DUPLICATE the
-- distance of the two, of OUTLIER the distance over the part's median.
create table image_finding (
  kind           varchar2(10 char) not null,
  place          number not null,
  image_id       number not null,
  other_image_id number,
  run_id         number not null,
  score          number not null,
  constraint image_finding_pk primary key (kind, place),
  constraint image_finding_image_fk foreign key (image_id) references image_demo1 (image_id) on delete cascade,
  constraint image_finding_other_fk foreign key (other_image_id) references image_demo1 (image_id) on delete cascade,
  constraint image_finding_run_fk foreign key (run_id) references image_run (run_id) on delete cascade,
  constraint image_finding_kind_ck check (kind in ('SUSPECT', 'DUPLICATE', 'OUTLIER'))
);

create index image_finding_image_ix on image_finding (image_id, kind);
create index image_finding_other_ix on image_finding (other_image_id, kind);
create index image_finding_run_ix on image_finding (run_id);

comment on table image_finding is 'Images that a person should look at, taken from a run by img_service.keep_findings';
