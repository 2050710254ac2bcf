-- Removes everything that install.sql and the migration runner made, the images included.
--
--   sqlplus images/...@//host/service @uninstall.sql
--   python -m loader sql db/uninstall.sql

drop package if exists img_dump;
drop package if exists img_source;
drop package if exists img_threshold;
drop package if exists img_novelty;
drop package if exists img_review;
drop package if exists img_report;
drop package if exists img_transform;
drop package if exists img_calibrate;
drop package if exists img_classify;
drop package if exists img_evaluate;
drop package if exists img_vote;
drop package if exists img_search;
drop package if exists img_index;
drop package if exists img_comparable;
drop package if exists img_choice;
drop package if exists img_store;
drop package if exists img_run;
drop package if exists img_error;
drop package if exists img_history;

drop view if exists vw_dump_table;
drop view if exists vw_vector_accuracy;
drop view if exists vw_vector_index;
drop view if exists vw_confused_pair;
drop view if exists vw_outlier;
drop view if exists vw_near_duplicate;
drop view if exists vw_label_suspect;
drop view if exists vw_sweep;
drop view if exists vw_evaluation_source;
drop view if exists vw_evaluation_untested;
drop view if exists vw_evaluation_mistake;
drop view if exists vw_evaluation_coverage;
drop view if exists vw_evaluation_distance;
drop view if exists vw_evaluation_part;
drop view if exists vw_evaluation_confusion;
drop view if exists vw_evaluation_confidence;
drop view if exists vw_evaluation;
drop view if exists vw_evaluation_calibration;
drop view if exists vw_evaluation_interval;
drop view if exists vw_evaluation_class;
drop view if exists vw_evaluation_item;
drop view if exists vw_evaluation_run;
drop view if exists vw_tested_item;
drop view if exists vw_transformed_image;
drop view if exists vw_item_vector;
drop view if exists vw_image_source;
drop view if exists vw_image_path;
drop view if exists vw_image_gone;
drop view if exists vw_image_failure;
drop view if exists vw_image_class;
drop view if exists vw_image_label;
drop view if exists vw_image_order;
drop view if exists vw_image_demo1;

drop table if exists vector_accuracy_query cascade constraints purge;
drop table if exists vector_accuracy cascade constraints purge;
drop table if exists vector_index cascade constraints purge;
drop table if exists image_batch_item cascade constraints purge;
drop table if exists image_batch cascade constraints purge;
drop table if exists classification_setting cascade constraints purge;
drop table if exists classification_neighbour cascade constraints purge;
drop table if exists classification_item cascade constraints purge;
drop table if exists classification_run cascade constraints purge;
drop table if exists embedding_transform_row cascade constraints purge;
drop table if exists embedding_transform cascade constraints purge;
drop table if exists image_removed cascade constraints purge;
drop table if exists image_load cascade constraints purge;
drop table if exists image_load_run cascade constraints purge;
drop table if exists image_source cascade constraints purge;
drop table if exists image_demo1 cascade constraints purge;
drop sequence if exists image_demo1_adopted_seq;
drop table if exists embedding_model cascade constraints purge;
drop table if exists img_schema_lock cascade constraints purge;
drop table if exists img_schema_history cascade constraints purge;
