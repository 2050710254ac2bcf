-- Installs everything by SQL*Plus or SQLcl into the schema of the user who runs it: a fresh one.
--
--   sqlplus images@//host/service @install.sql
--
-- The user is made by create_user.sql. On the embedded engine, and to upgrade a schema, use the migration
-- runner, which knows what is there: python -m loader install. It takes over from here as well.

whenever sqlerror exit failure rollback
whenever oserror exit failure rollback
set define off
set sqlblanklines on
set serveroutput on

prompt Checking the prerequisites
@@prerequisites.sql

prompt Installing

@@bootstrap/adopt_image_demo1.sql
@@bootstrap/img_schema_history.sql
@@bootstrap/img_history.pks
@@bootstrap/img_history.pkb
@@migrations/V001__image_demo1.sql
@@migrations/V002__loading.sql
@@migrations/V003__classification.sql
@@migrations/V004__changed_images.sql
@@migrations/V005__vector_indexes.sql
@@migrations/V006__runs_and_keys.sql
@@migrations/V007__stored_labels.sql
@@migrations/V008__who_did_what.sql
@@migrations/V009__image_bits.sql
@@migrations/V010__file_stamps.sql
@@migrations/V011__honest_runs.sql
@@migrations/V012__batches.sql
@@migrations/V013__removed_images.sql
@@migrations/V014__gone_labels.sql
@@migrations/V015__one_prefix.sql
@@migrations/V016__kernel.sql
@@migrations/V017__tuning.sql
@@migrations/V018__graded.sql
@@migrations/V019__service.sql
@@migrations/V020__calibrations.sql
@@migrations/V021__near_copies.sql
@@migrations/V022__corrections.sql
@@migrations/V023__decisions.sql
@@migrations/V024__map.sql
@@migrations/V025__measured_runs.sql
@@migrations/V026__graded_fits.sql
@@packages/img_calibrate.pks
@@packages/img_choice.pks
@@packages/img_clock.pks
@@packages/img_comparable.pks
@@packages/img_compare.pks
@@packages/img_correction.pks
@@packages/img_dump.pks
@@packages/img_error.pks
@@packages/img_fitted.pks
@@packages/img_graded.pks
@@packages/img_interval.pks
@@packages/img_kernel.pks
@@packages/img_log.pks
@@packages/img_map.pks
@@packages/img_run.pks
@@packages/img_search.pks
@@packages/img_source.pks
@@packages/img_store.pks
@@packages/img_threshold.pks
@@packages/img_vote.pks
@@views/vw_decision.sql
@@views/vw_dump_table.sql
@@views/vw_evaluation_graded.sql
@@views/vw_evaluation_run.sql
@@views/vw_fold_fit.sql
@@views/vw_image_demo1.sql
@@views/vw_image_failure.sql
@@views/vw_image_gone.sql
@@views/vw_image_label.sql
@@views/vw_image_order.sql
@@views/vw_image_source.sql
@@views/vw_item_vector.sql
@@views/vw_run_cost.sql
@@views/vw_run_picture.sql
@@views/vw_tested_item.sql
@@views/vw_transform_class.sql
@@views/vw_vector_accuracy.sql
@@packages/img_classify.pks
@@packages/img_evaluate.pks
@@packages/img_index.pks
@@packages/img_novelty.pks
@@packages/img_report.pks
@@packages/img_review.pks
@@packages/img_service.pks
@@packages/img_transform.pks
@@views/vw_compared_item.sql
@@views/vw_decision_drift.sql
@@views/vw_evaluation_changed.sql
@@views/vw_evaluation_item.sql
@@views/vw_image_class.sql
@@views/vw_image_correction.sql
@@views/vw_image_map.sql
@@views/vw_image_map_point.sql
@@views/vw_image_path.sql
@@views/vw_sweep.sql
@@views/vw_transformed_image.sql
@@views/vw_tuned_fold.sql
@@views/vw_compared_run.sql
@@views/vw_evaluation_calibration.sql
@@views/vw_evaluation_class.sql
@@views/vw_evaluation_confidence.sql
@@views/vw_evaluation_confusion.sql
@@views/vw_evaluation_coverage.sql
@@views/vw_evaluation_distance.sql
@@views/vw_evaluation_interval.sql
@@views/vw_evaluation_mistake.sql
@@views/vw_evaluation_source.sql
@@views/vw_evaluation_untested.sql
@@views/vw_label_suspect.sql
@@views/vw_near_duplicate.sql
@@views/vw_outlier.sql
@@views/vw_vector_index.sql
@@views/vw_confused_pair.sql
@@views/vw_evaluation.sql
@@views/vw_evaluation_part.sql
@@packages/img_calibrate.pkb
@@packages/img_choice.pkb
@@packages/img_classify.pkb
@@packages/img_clock.pkb
@@packages/img_comparable.pkb
@@packages/img_compare.pkb
@@packages/img_correction.pkb
@@packages/img_dump.pkb
@@packages/img_error.pkb
@@packages/img_evaluate.pkb
@@packages/img_fitted.pkb
@@packages/img_graded.pkb
@@packages/img_index.pkb
@@packages/img_interval.pkb
@@packages/img_kernel.pkb
@@packages/img_log.pkb
@@packages/img_map.pkb
@@packages/img_novelty.pkb
@@packages/img_report.pkb
@@packages/img_review.pkb
@@packages/img_run.pkb
@@packages/img_search.pkb
@@packages/img_service.pkb
@@packages/img_source.pkb
@@packages/img_store.pkb
@@packages/img_threshold.pkb
@@packages/img_transform.pkb
@@packages/img_vote.pkb

prompt Looking for what does not compile

-- CREATE of a unit with errors is a warning in SQL*Plus, which WHENEVER does not stop at.
declare
  l_invalid number;
begin
  for r_error in (
    select type, name, line, position, text
      from user_errors
     where attribute = 'ERROR'
     order by type, name, sequence
  ) loop
    dbms_output.put_line(r_error.type || ' ' || r_error.name || ', line ' || r_error.line || ', column '
      || r_error.position || ': ' || r_error.text);
  end loop;
  select count(*)
    into l_invalid
    from user_objects
   where status = 'INVALID'
     and object_type in ('PACKAGE', 'PACKAGE BODY', 'VIEW');
  if l_invalid > 0 then
    raise_application_error(-20197, l_invalid || ' objects do not compile, see above');
  end if;
end;
/

prompt Noting what was installed

exec img_history.add_entry('BOOTSTRAP', 'bootstrap/adopt_image_demo1.sql')
exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_schema_history.sql')
exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_history.pks')
exec img_history.add_entry('BOOTSTRAP', 'bootstrap/img_history.pkb')
exec img_history.add_entry('VERSIONED', 'migrations/V001__image_demo1.sql', 1)
exec img_history.add_entry('VERSIONED', 'migrations/V002__loading.sql', 2)
exec img_history.add_entry('VERSIONED', 'migrations/V003__classification.sql', 3)
exec img_history.add_entry('VERSIONED', 'migrations/V004__changed_images.sql', 4)
exec img_history.add_entry('VERSIONED', 'migrations/V005__vector_indexes.sql', 5)
exec img_history.add_entry('VERSIONED', 'migrations/V006__runs_and_keys.sql', 6)
exec img_history.add_entry('VERSIONED', 'migrations/V007__stored_labels.sql', 7)
exec img_history.add_entry('VERSIONED', 'migrations/V008__who_did_what.sql', 8)
exec img_history.add_entry('VERSIONED', 'migrations/V009__image_bits.sql', 9)
exec img_history.add_entry('VERSIONED', 'migrations/V010__file_stamps.sql', 10)
exec img_history.add_entry('VERSIONED', 'migrations/V011__honest_runs.sql', 11)
exec img_history.add_entry('VERSIONED', 'migrations/V012__batches.sql', 12)
exec img_history.add_entry('VERSIONED', 'migrations/V013__removed_images.sql', 13)
exec img_history.add_entry('VERSIONED', 'migrations/V014__gone_labels.sql', 14)
exec img_history.add_entry('VERSIONED', 'migrations/V015__one_prefix.sql', 15)
exec img_history.add_entry('VERSIONED', 'migrations/V016__kernel.sql', 16)
exec img_history.add_entry('VERSIONED', 'migrations/V017__tuning.sql', 17)
exec img_history.add_entry('VERSIONED', 'migrations/V018__graded.sql', 18)
exec img_history.add_entry('VERSIONED', 'migrations/V019__service.sql', 19)
exec img_history.add_entry('VERSIONED', 'migrations/V020__calibrations.sql', 20)
exec img_history.add_entry('VERSIONED', 'migrations/V021__near_copies.sql', 21)
exec img_history.add_entry('VERSIONED', 'migrations/V022__corrections.sql', 22)
exec img_history.add_entry('VERSIONED', 'migrations/V023__decisions.sql', 23)
exec img_history.add_entry('VERSIONED', 'migrations/V024__map.sql', 24)
exec img_history.add_entry('VERSIONED', 'migrations/V025__measured_runs.sql', 25)
exec img_history.add_entry('VERSIONED', 'migrations/V026__graded_fits.sql', 26)
exec img_history.add_entry('REPEATABLE', 'packages/img_calibrate.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_choice.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_clock.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_comparable.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_compare.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_correction.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_dump.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_error.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_fitted.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_graded.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_interval.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_kernel.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_log.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_map.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_run.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_search.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_source.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_store.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_threshold.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_vote.pks')
exec img_history.add_entry('REPEATABLE', 'views/vw_decision.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_dump_table.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_graded.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_run.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_fold_fit.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_demo1.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_failure.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_gone.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_label.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_order.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_source.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_item_vector.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_run_cost.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_run_picture.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_tested_item.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_transform_class.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_vector_accuracy.sql')
exec img_history.add_entry('REPEATABLE', 'packages/img_classify.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_evaluate.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_index.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_novelty.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_report.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_review.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_service.pks')
exec img_history.add_entry('REPEATABLE', 'packages/img_transform.pks')
exec img_history.add_entry('REPEATABLE', 'views/vw_compared_item.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_decision_drift.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_changed.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_item.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_class.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_correction.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_map.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_map_point.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_image_path.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_sweep.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_transformed_image.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_tuned_fold.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_compared_run.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_calibration.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_class.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_confidence.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_confusion.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_coverage.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_distance.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_interval.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_mistake.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_source.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_untested.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_label_suspect.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_near_duplicate.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_outlier.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_vector_index.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_confused_pair.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation.sql')
exec img_history.add_entry('REPEATABLE', 'views/vw_evaluation_part.sql')
exec img_history.add_entry('REPEATABLE', 'packages/img_calibrate.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_choice.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_classify.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_clock.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_comparable.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_compare.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_correction.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_dump.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_error.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_evaluate.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_fitted.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_graded.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_index.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_interval.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_kernel.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_log.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_map.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_novelty.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_report.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_review.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_run.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_search.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_service.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_source.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_store.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_threshold.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_transform.pkb')
exec img_history.add_entry('REPEATABLE', 'packages/img_vote.pkb')

commit;

prompt Done. Try: exec img_classify.validate_loo
