-- For the DBA: makes the user who owns the images, with no more privileges than it needs.
--
--   sqlplus system/...@//host/pdb @create_user.sql images users
--
-- &1 is the user's name, &2 its tablespace (with automatic segment space management, as VECTOR and
-- JSON need it). The password is asked for and not shown.

whenever sqlerror exit failure rollback
set verify off

accept image_password char prompt 'Password of the new user: ' hide

create user &1 identified by "&image_password"
  default tablespace &2
  quota unlimited on &2;

-- Sequences stand behind identity columns. Vector indexes need CREATE TABLE alone.
grant create session, create table, create view, create procedure, create sequence to &1;

undefine image_password

-- Whoever is to classify and not to own anything gets no more than
--   grant execute on &1..img_classify to ...;
--   grant read on &1..vw_image_demo1 to ...;
-- An HNSW vector index lives in the vector memory pool: alter system set vector_memory_size = 1G scope = spfile;
