-- For the owner of the images: lets another user read, classify and evaluate.
--
--   sqlplus images@//host/service @grants_reader.sql analyst
--
-- &1 is that user. The packages have definer's rights, so EXECUTE is all that is needed for what they do, and READ on
-- a view needs nothing on the tables below it (Database Security Guide, View Privileges). Fitted transforms and
-- evaluations are stored with the owner's rights. Vector indexes stay the owner's to create and drop.
--
-- The user then says whose images: PYTHON_SCHEMA=images, or in SQL
--   alter session set current_schema = images;
-- or by synonyms of its own (create synonym img_classify for images.img_classify).

whenever sqlerror exit failure rollback
set define on
set verify off

grant execute on img_calibrate to &1;
grant execute on img_choice to &1;
grant execute on img_classify to &1;
grant execute on img_compare to &1;
grant execute on img_error to &1;
grant execute on img_evaluate to &1;
grant execute on img_graded to &1;
grant execute on img_log to &1;
grant execute on img_map to &1;
grant execute on img_novelty to &1;
grant execute on img_report to &1;
grant execute on img_review to &1;
grant execute on img_service to &1;
grant execute on img_threshold to &1;
grant execute on img_transform to &1;

grant read on image_demo1 to &1;
grant read on vw_compared_item to &1;
grant read on vw_compared_run to &1;
grant read on vw_confused_pair to &1;
grant read on vw_decision to &1;
grant read on vw_decision_drift to &1;
grant read on vw_dump_table to &1;
grant read on vw_evaluation to &1;
grant read on vw_evaluation_calibration to &1;
grant read on vw_evaluation_class to &1;
grant read on vw_evaluation_changed to &1;
grant read on vw_evaluation_confidence to &1;
grant read on vw_evaluation_confusion to &1;
grant read on vw_evaluation_coverage to &1;
grant read on vw_evaluation_graded to &1;
grant read on vw_evaluation_interval to &1;
grant read on vw_evaluation_distance to &1;
grant read on vw_evaluation_item to &1;
grant read on vw_evaluation_mistake to &1;
grant read on vw_evaluation_part to &1;
grant read on vw_evaluation_run to &1;
grant read on vw_evaluation_source to &1;
grant read on vw_evaluation_untested to &1;
grant read on vw_image_class to &1;
grant read on vw_image_correction to &1;
grant read on vw_image_demo1 to &1;
grant read on vw_image_failure to &1;
grant read on vw_image_gone to &1;
grant read on vw_image_label to &1;
grant read on vw_image_map to &1;
grant read on vw_image_map_point to &1;
grant read on vw_image_order to &1;
grant read on vw_image_path to &1;
grant read on vw_image_source to &1;
grant read on vw_item_vector to &1;
grant read on vw_label_suspect to &1;
grant read on vw_near_duplicate to &1;
grant read on vw_outlier to &1;
grant read on vw_run_cost to &1;
grant read on vw_run_picture to &1;
grant read on vw_sweep to &1;
grant read on vw_tested_item to &1;
grant read on vw_transform_class to &1;
grant read on vw_transformed_image to &1;
grant read on vw_fold_fit to &1;
grant read on vw_tuned_fold to &1;
grant read on vw_vector_accuracy to &1;
grant read on vw_vector_index to &1;
