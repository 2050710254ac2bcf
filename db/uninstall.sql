-- Removes everything that install.sql and the migration runner made, the images included.
--
--   sqlplus images/...@//host/service @uninstall.sql
--   python -m loader sql db/uninstall.sql

drop package if exists img_classify;
drop package if exists img_store;
drop package if exists img_error;
drop package if exists img_history;

drop view if exists vw_image_failure;
drop view if exists vw_image_label;
drop view if exists vw_image_demo1;

drop table if exists image_load cascade constraints purge;
drop table if exists image_load_run cascade constraints purge;
drop table if exists image_source cascade constraints purge;
drop table if exists image_demo1 cascade constraints purge;
drop table if exists embedding_model cascade constraints purge;
drop table if exists img_schema_lock cascade constraints purge;
drop table if exists img_schema_history cascade constraints purge;
