-- The data dictionary of all objects that a user may see: what ALL_ adds to USER_ is the owner.

create or replace view ora.all_objects as select 'APP'::text as owner, o.* from ora.user_objects o;
create or replace view ora.all_tab_columns as select 'APP'::text as owner, c.* from ora.user_tab_columns c;
create or replace view ora.all_procedures as select 'APP'::text as owner, p.* from ora.user_procedures p;
create or replace view ora.all_arguments as select 'APP'::text as owner, a.* from ora.user_arguments a;
create or replace view ora.all_errors as select 'APP'::text as owner, e.* from ora.user_errors e;
create or replace view ora.all_tables as select 'APP'::text as owner, t.* from ora.user_tables t;
create or replace view ora.all_views as select 'APP'::text as owner, v.* from ora.user_views v;
create or replace view ora.all_source as select 'APP'::text as owner, s.* from ora.user_source s;
create or replace view ora.all_indexes as select 'APP'::text as owner, i.* from ora.user_indexes i;
create or replace view ora.all_ind_columns as
select 'APP'::text as index_owner, 'APP'::text as table_owner, c.* from ora.user_ind_columns c;
create or replace view ora.all_constraints as select c.* from ora.user_constraints c;
create or replace view ora.all_cons_columns as select c.* from ora.user_cons_columns c;
create or replace view ora.all_sequences as select 'APP'::text as sequence_owner, s.* from ora.user_sequences s;
create or replace view ora.all_tab_comments as select 'APP'::text as owner, c.* from ora.user_tab_comments c;
create or replace view ora.all_col_comments as select 'APP'::text as owner, c.* from ora.user_col_comments c;
create or replace view ora.all_tab_identity_cols as select 'APP'::text as owner, c.* from ora.user_tab_identity_cols c;
create or replace view ora.all_synonyms as
select null::text as owner, null::text as synonym_name, null::text as table_owner, null::text as table_name
 where false;
