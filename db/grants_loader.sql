-- For the owner of the images: lets another user load labels and images, and do all that a reader may.
--
--   sqlplus images@//host/service @grants_loader.sql camera
--
-- &1 is that user; it then sets PYTHON_SCHEMA=images. It may correct labels, prune, forget
-- sources and remove runs as well.

whenever sqlerror exit failure rollback
set define on
set verify off

@@grants_reader.sql &1

grant execute on img_correction to &1;
grant execute on img_run to &1;
grant execute on img_source to &1;
grant execute on img_store to &1;
