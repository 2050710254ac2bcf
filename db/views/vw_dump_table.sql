-- The tables that a dump holds, in an order in which they can be filled: how many rows each has, the highest number that
-- it has given or that is remembered of it (null where it gives none), whether its rows have a vector, and what it was
-- called before V015. A run outlives the images that it names, so their numbers are not given again.
create or replace view vw_dump_table as
select 1 as place, 'IMAGE_MODEL' as table_name, count(*) as row_count, nvl(max(model_id), 0) as highest_id,
       0 as has_vectors, 'EMBEDDING_MODEL' as earlier_name
  from image_model
union all
select 2, 'IMAGE_SOURCE', count(*),
       greatest(nvl(max(source_id), 0), nvl((select max(source_id) from image_removed), 0),
                nvl((select max(source_id) from image_run_item), 0)),
       0, null
  from image_source
union all
select 3, 'IMAGE_LOAD_RUN', count(*), nvl(max(run_id), 0), 0, null
  from image_load_run
union all
select 4, 'IMAGE_DEMO1', count(*),
       greatest(
         0,
         nvl(max(image_id), 0),
         nvl((select max(image_id) from image_run_item), 0),
         nvl((select max(image_id) from image_run_neighbour), 0),
         nvl((select max(image_id) from image_vector_accuracy_query), 0)
       ),
       1, null
  from image_demo1
union all
select 5, 'IMAGE_LOAD', count(*), nvl(max(load_id), 0), 0, null
  from image_load
union all
select 6, 'IMAGE_TRANSFORM', count(*), nvl(max(transform_id), 0), 0, 'EMBEDDING_TRANSFORM'
  from image_transform
union all
select 7, 'IMAGE_TRANSFORM_ROW', count(*), null, 1, 'EMBEDDING_TRANSFORM_ROW'
  from image_transform_row
union all
select 8, 'IMAGE_TRANSFORM_SUPPORT', count(*), null, 1, null
  from image_transform_support
union all
select 9, 'IMAGE_TRANSFORM_WEIGHT', count(*), null, 0, null
  from image_transform_weight
union all
select 10, 'IMAGE_RUN', count(*), nvl(max(run_id), 0), 0, 'CLASSIFICATION_RUN'
  from image_run
union all
select 11, 'IMAGE_RUN_ITEM', count(*), null, 0, 'CLASSIFICATION_ITEM'
  from image_run_item
union all
select 12, 'IMAGE_RUN_NEIGHBOUR', count(*), null, 0, 'CLASSIFICATION_NEIGHBOUR'
  from image_run_neighbour
union all
select 13, 'IMAGE_RUN_SETTING', count(*), null, 0, 'CLASSIFICATION_SETTING'
  from image_run_setting
union all
select 14, 'IMAGE_VECTOR_INDEX', count(*), null, 0, 'VECTOR_INDEX'
  from image_vector_index
union all
select 15, 'IMAGE_VECTOR_ACCURACY', count(*), nvl(max(report_id), 0), 0, 'VECTOR_ACCURACY'
  from image_vector_accuracy
union all
select 16, 'IMAGE_VECTOR_ACCURACY_QUERY', count(*), null, 0, 'VECTOR_ACCURACY_QUERY'
  from image_vector_accuracy_query
union all
select 17, 'IMAGE_REMOVED', count(*), null, 0, null
  from image_removed
union all
select 18, 'IMAGE_CALIBRATION', count(*), null, 0, null
  from image_calibration
union all
select 19, 'IMAGE_CORRECTION', count(*), null, 0, null
  from image_correction;
