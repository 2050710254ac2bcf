-- Evaluations whose settings were chosen for each fold on its training side: the fits of such a run stay, as the record of
-- what was chosen.
alter table image_transform drop constraint image_transform_kind_ck;
alter table image_transform add constraint image_transform_kind_ck
  check (kind in ('PLAIN', 'CENTRE', 'PROTOTYPE', 'WHITEN', 'LDA', 'KERNEL'));

alter table image_transform add (
  k         number(6),
  weighting varchar2(10 char)
);

comment on column image_transform.kind is 'PLAIN: of a tuned run, a fold that is answered by embeddings as they are';
comment on column image_transform.k is 'Of a tuned run: how many neighbours vote in the fold; null: classes are compared with';
comment on column image_transform.weighting is 'Of a tuned run: how they vote in the fold';
