-- Installs everything by SQL*Plus or SQLcl into the schema of the user who runs it: a fresh one.
--
--   sqlplus images/...@//host/service @install.sql
--
-- The user is made by create_user.sql. To upgrade a schema, use the migration runner, which knows
-- what is there: python -m loader install. It takes over from here as well.

whenever sqlerror exit failure rollback
whenever oserror exit failure rollback
set define off
set sqlblanklines on
set serveroutput on

prompt Checking the prerequisites
@@prerequisites.sql

prompt Installing

@@bootstrap/img_schema_history.sql
@@bootstrap/img_history.pks
@@bootstrap/img_history.pkb
@@migrations/V001__image_demo1.sql
@@migrations/V002__loading.sql
@@packages/img_error.pks
@@packages/img_store.pks
@@views/vw_image_demo1.sql
@@views/vw_image_failure.sql
@@views/vw_image_label.sql
@@packages/img_classify.pks
@@packages/img_classify.pkb
@@packages/img_error.pkb
@@packages/img_store.pkb

prompt Noting what was installed

exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_schema_history.sql')
exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_history.pks')
exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_history.pkb')
exec img_history.add_entry('VERSIONED', 'migrations/V001__image_demo1.sql', 1)
exec img_history.add_entry('VERSIONED', 'migrations/V002__loading.sql', 2)
exec img_history.add_entry('REPEATABLE', 'packages/img_error.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_store.pks')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_demo1.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_failure.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_label.sql')
exec img_history.add_entry('REPEATABLE', 'packages/img_classify.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_classify.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_error.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_store.pkb')

commit;

prompt Objects that do not compile (none is right):
select object_type, object_name from user_objects where status = 'INVALID';

prompt Done. Try: exec img_classify.validate_loo
