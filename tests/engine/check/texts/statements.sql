-- Statements that Oracle compiles on the tables of schema.sql: forms of each chapter of the SQL Language Reference.
select department_id, job_id, count(*), avg(salary) as mean from employees group by department_id, job_id;
select department_id, max(salary) - min(salary) from employees group by department_id having count(*) > 1 order by department_id;
select d.department_name, e.job_id, sum(e.salary) from employees e join departments d on d.department_id = e.department_id
 group by d.department_name, e.job_id order by 1, sum(e.salary) desc;
select extract(year from hire_date) as y, count(*) from employees group by extract(year from hire_date) order by y;
select upper(substr(last_name, 1, 1)) as letter, count(*) from employees group by letter having letter <> 'A';
select department_id, job_id, grouping(department_id), grouping_id(department_id, job_id), sum(salary)
  from employees group by rollup (department_id, job_id);
select department_id, job_id, sum(salary) from employees group by grouping sets ((department_id), (job_id), ());
select e.department_id, (e.salary + 1) * 2, count(*) from employees e group by e.department_id, e.salary;
select case when salary > 1000 then 'high' else 'low' end as band, count(*) from employees
 group by case when salary > 1000 then 'high' else 'low' end;
select department_id, listagg(last_name, ', ') within group (order by hire_date) from employees group by department_id;
select department_id, max(salary) keep (dense_rank first order by hire_date) from employees group by department_id;
select department_id, sum(sum(salary)) over (order by department_id) from employees group by department_id;
select max(avg(salary)) from employees group by department_id;
select count(*), sysdate, user, 'x', (select max(salary) from employees) from dual;
select count(*) from employees;
select avg(salary) from employees where hire_date > date '2005-01-01';
select last_name, salary, rank() over (partition by department_id order by salary desc) as place from employees;
select last_name, row_number() over (order by hire_date) as n from employees order by n;
select last_name, lag(salary, 1, 0) over (order by hire_date), avg(salary) over (partition by job_id) from employees;
select last_name from employees where salary > (select avg(salary) from employees) and job_id is not null;
select e.last_name from employees e where e.salary > (select avg(x.salary) from employees x where x.department_id = e.department_id);
select last_name from employees where department_id in (select department_id from departments where location_id = 1700);
select last_name from employees where (department_id, salary) in (select department_id, max(salary) from employees group by department_id);
select d.department_name, (select count(*) from employees e where e.department_id = d.department_id) as n from departments d;
select distinct job_id, department_id from employees order by department_id, job_id;
select distinct upper(last_name) as name from employees order by name;
select last_name, salary from employees where department_id = 50 order by hire_date;
select e.last_name, d.department_name from employees e left join departments d on d.department_id = e.department_id
 where e.salary > 1000 order by e.last_name;
select e.last_name, m.last_name as boss from employees e, employees m where m.employee_id = e.manager_id(+);
select department_id, last_name, department_name from employees e join departments d using (department_id) where salary > 1;
select city, region_name from locations natural join regions where city is not null;
select location_id, d.department_name, l.city from departments d join locations l using (location_id);
select employee_id, job_id from employees union select employee_id, job_id from job_history;
select employee_id, hire_date from employees minus select employee_id, start_date from job_history order by 1;
select last_name, salary, null from employees union all select department_name, null, manager_id from departments;
select employee_id from employees intersect (select employee_id from job_history union select manager_id from employees);
with total as (select department_id, sum(salary) as amount from employees group by department_id)
select d.department_name, t.amount from total t join departments d on d.department_id = t.department_id where t.amount > 1;
with tree (id, boss, depth) as (
  select employee_id, manager_id, 1 from employees where manager_id is null
  union all select e.employee_id, e.manager_id, t.depth + 1 from employees e join tree t on t.id = e.manager_id
)
select id, depth from tree order by depth, id;
select last_name, level, sys_connect_by_path(last_name, '/') from employees
 start with manager_id is null connect by prior employee_id = manager_id order siblings by last_name;
select level as n, connect_by_root last_name from employees connect by level <= 3;
select employees_seq.nextval, last_name from employees;
select last_name from employees where rownum <= 5 order by last_name;
select last_name from employees order by salary desc fetch first 5 rows with ties;
select v.n, v.m from (select count(*) as n, max(salary) as m from employees) v;
select e.last_name, v.n from employees e, lateral (select count(*) as n from job_history h where h.employee_id = e.employee_id) v;
select last_name from employees e where exists (select 1 from job_history h where h.employee_id = e.employee_id);
select employee_id, salary from employees where job_id = 'CLERK' for update of salary nowait;
select last_name from rich where salary < 20000 for update;
select last_name from employees order by vector_distance(face, to_vector('[1, 2, 3]'), cosine) fetch first 3 rows only;
select e.employee_id, dbms_lob.getlength(e.resume) from employees e where e.resume is not null;
select json_arrayagg(last_name order by last_name) from employees group by department_id;
select department_id, total from payroll where total > 1000 order by total;
select to_char(hire_date, 'YYYY-MM-DD') as day, decode(department_id, 50, 'a', 'b'), nvl(commission_pct, 0) from employees;
select j.name, e.last_name from employees e, json_table(e.resume, '$' columns (name varchar2(20) path '$.name')) j;
insert into departments (department_id, department_name, manager_id) values (300, 'Search', null);
insert into job_history values (1, date '2024-01-01', date '2024-02-01', 'CLERK', 50);
insert into bonuses (employee_id) select employee_id from employees where salary < 5000;
insert into employees (employee_id, last_name, hire_date) select employees_seq.nextval, last_name, sysdate from employees;
insert into bills (amount, bill_id, tax) values (10, default, default);
insert all when salary > 1000 then into bonuses (employee_id, bonus) values (employee_id, salary)
 select employee_id, salary from employees;
update employees set salary = salary * 1.1, commission_pct = default where department_id = 50;
update employees e set (salary, commission_pct) = (select avg(x.salary), max(x.commission_pct) from employees x) where e.job_id = 'X';
update bills set amount = 3 where tax > 1;
delete from job_history h where h.employee_id not in (select employee_id from employees);
merge into bonuses b using (select employee_id, salary from employees where department_id = 80) s on (b.employee_id = s.employee_id)
 when matched then update set b.bonus = b.bonus + s.salary * 0.01 delete where s.salary > 8000
 when not matched then insert (b.employee_id, b.bonus) values (s.employee_id, s.salary * 0.01) where s.salary <= 8000;
create table box (id number primary key, name varchar2(10) not null, size_cm number(9, 2) check (size_cm > 0), unique (name));
create table shelf (id number generated always as identity, box_id number default 1 references bills, total as (id * 2), check (id > box_id));
create table copy as select employee_id, upper(last_name) as name from employees;
create view names as select employee_id, first_name || ' ' || last_name as name from employees;
create or replace view sums (job_id, total) as select job_id, sum(salary) from employees group by job_id;
create index employees_ix on employees (upper(last_name), department_id);
alter table employees add (grade number(1), constraint employees_email_uk unique (email));
alter table employees modify (email varchar2(50));
select last_name from employees where (department_id, salary) = ((select 1, 2 from dual)) or (job_id, salary) in ((select 'X', 1 from dual));
select sum(first_name) from employees union all select 1 from dual;
create table words (id number, length number default 1, name varchar2(9) check (length(name) > 0), upper varchar2(9) default upper('x'));
select e.last_name from employees e join departments d on d.department_id = e.department_id, employees x where x.manager_id = e.employee_id;
select last_name as salary, count(*) from employees group by last_name order by salary;
select trunc(hire_date, 'MM') as month, max(salary) over (partition by trunc(hire_date, 'MM')) from employees order by 1, last_name;
select first_name || ' ' || last_name || '!', count(*) from employees group by first_name || ' ' || last_name;
select d.department_id, count(e.employee_id) from departments d left join employees e on e.department_id = d.department_id group by d.department_id;
select count(distinct department_id) from employees having count(*) > (select count(*) from departments);
select department_id, count(*) from employees e group by department_id having exists (select 1 from departments d where d.department_id = e.department_id);
