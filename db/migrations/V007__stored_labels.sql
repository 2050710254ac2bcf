-- The labels as stored columns: a virtual column is computed at each access, and so each search read the JSON of
-- every image that it looked at. A materialized one is computed when the label changes (since release 23.7). Oracle
-- can not turn the one into the other, so the columns are made anew. What JSON_VALUE does with an error or
-- without a value is stated, since the session's JSON_BEHAVIOR decides it otherwise.
drop index image_demo1_part_ix;

alter table image_demo1 drop column label_part;
alter table image_demo1 drop column label_quality;
alter table image_demo1 drop column label_category1;
alter table image_demo1 drop column label_category2;

alter table image_demo1 add (
  label_part      varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.part'
                      returning varchar2(100 char) null on error null on empty)) materialized,
  label_quality   varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.quality'
                      returning varchar2(100 char) null on error null on empty)) materialized,
  label_category1 varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.categories[0]'
                      returning varchar2(100 char) null on error null on empty)) materialized,
  label_category2 varchar2(100 char) invisible generated always as (
                    json_value(metadata, '$.annotations[0].attributes.categories[1]'
                      returning varchar2(100 char) null on error null on empty)) materialized
);

-- Computed for the images that are there already, whatever ALTER TABLE did with them.
update image_demo1
   set metadata = metadata
 where metadata is not null;

create index image_demo1_part_ix on image_demo1 (label_part);
