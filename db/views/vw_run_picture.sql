-- The images of evaluations by what finds them again in another run, also where they were removed and loaded anew in
-- between: picture_key is of the picture (the SHA-256 of its file; of one that no load put in its image_id) and the part.
-- Of several alike with one label copy_no counts, in the order of ties.
create or replace view vw_run_picture as
select run_id, image_id, nvl(image_hash, 'image ' || image_id) || ' ' || part as picture_key,
       row_number() over (partition by run_id, image_hash, nvl2(image_hash, null, image_id), part, actual
                          order by item_no, image_id) as copy_no,
       part, actual, predicted, confidence
  from image_run_item;
