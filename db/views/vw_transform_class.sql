-- The classes that each transform which compares with classes (PROTOTYPE, LDA, KERNEL) can answer with.
create or replace view vw_transform_class as
select transform_id, part, class
  from image_transform_row
 where class is not null
union
select transform_id, part, class
  from image_transform_weight;
