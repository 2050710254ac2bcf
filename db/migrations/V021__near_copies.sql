-- From which cosine distance on two pictures are no copies of one another is a matter of the model that embeds them.
alter table image_model add (near_distance number);

comment on column image_model.near_distance is
  'Up to this cosine distance two images are copies of one another; null: not measured, img_choice.co_near_distance';

update image_model
   set near_distance = 0.009
 where name = 'efficientnet-lite0';
