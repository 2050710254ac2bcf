-- The classes that each transform which compares with classes (PROTOTYPE, LDA, KERNEL, JOINT) can answer with; those of a
-- JOINT are its members'.
create or replace view vw_transform_class as
select nvl(t.joint_id, t.transform_id) as transform_id, r.part, r.class
  from image_transform_row r
  join image_transform t on t.transform_id = r.transform_id
 where r.class is not null
union
select nvl(t.joint_id, t.transform_id), w.part, w.class
  from image_transform_weight w
  join image_transform t on t.transform_id = w.transform_id;
