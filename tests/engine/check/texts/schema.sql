-- The tables that the statements of statements.sql stand on.
create table regions (region_id number primary key, region_name varchar2(25));
create table locations (
  location_id number primary key, city varchar2(30) not null, country_id char(2), region_id number references regions
);
create table departments (
  department_id number primary key, department_name varchar2(30) not null, manager_id number, location_id number
);
create table employees (
  employee_id number primary key, first_name varchar2(20), last_name varchar2(25) not null, email varchar2(25),
  hire_date date not null, job_id varchar2(10), salary number(8, 2), commission_pct number(2, 2), manager_id number,
  department_id number references departments, resume clob, face vector(3, float32)
);
create table job_history (
  employee_id number, start_date date, end_date date, job_id varchar2(10), department_id number,
  primary key (employee_id, start_date), check (end_date > start_date)
);
create table bonuses (employee_id number, bonus number default 100);
create table bills (
  bill_id number generated always as identity, amount number, tax number generated always as (amount * 0.19) virtual
);
create sequence employees_seq;
create view rich as select employee_id, last_name, salary from employees where salary > 10000;
create view payroll (department_id, total) as select department_id, sum(salary) from employees group by department_id;
