-- The schemas, and the extension whose vectors are Oracle's VECTOR of FLOAT32.
--
-- Run-time SQL is written for PostgreSQL and runs whenever a file of it changes, so that every statement can be repeated.
-- The schema ora stands before pg_catalog in the search path: an operator or a cast of it takes the place of
-- PostgreSQL's own. User objects live in the schema app.

create schema if not exists app;
create schema if not exists ora;
create schema if not exists dbms_output;
create schema if not exists dbms_utility;
create schema if not exists dbms_vector;
create extension if not exists vector schema public;
