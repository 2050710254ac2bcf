-- PL/SQL of every form that the tree holds.
begin
  null;
end;
/
<<outer>>
declare
  a number;
  b constant varchar2(10 char) := 'x';
  c pls_integer not null default 1;
  d t.c%type;
  e t%rowtype;
  f s.t.c%type := 2;
  g sys_refcursor;
  h boolean := true and not false;
  i interval day(2) to second(3);
  j timestamp with time zone;
  k pkg.t_list := pkg.t_list();
  l varchar2(10) character set any_cs;
  "M n" number(9, 2);
  type t_rec is record (a number, b varchar2(10) not null := 'x', c t_list default t_list(1));
  type t_tab is table of t_rec;
  type t_map is table of number not null index by varchar2(10);
  type t_arr is varray(10) of number;
  type t_arr2 is varray(5) of t%rowtype not null;
  type t_cur is ref cursor return t%rowtype;
  type t_weak is ref cursor;
  type t_enum is (red, green);
  subtype t_sub is pls_integer range 1 .. 9 not null;
  subtype t_name is varchar2(30);
  l_s t_name(20 char);
  e_x exception;
  pragma exception_init(e_x, -20001);
  pragma autonomous_transaction;
  cursor c1 is select 1 a from dual;
  cursor c2(p number, q in varchar2 default 'x') return t%rowtype is select * from t where a = p for update;
  cursor c3 return t%rowtype;
  procedure p1;
  procedure p1 is begin null; end;
  function f1(a in number, b out nocopy varchar2, c in out t.c%type, d number := 1) return varchar2
    deterministic parallel_enable result_cache
  is
    x number;
  begin
    return x;
  end f1;
begin
  a := 1;
  e.f := k(1).g(2);
  :b := :c + :1;
  p1;
  pkg.p1;
  pkg.p2(1, p_b => 2);
  k.delete;
  k(1).m.n(2);
  if a = 1 then null; elsif b then p1; else null; end if;
  if (a) then null; end if;
  case a when 1 then null; when 2, > 5 then p1; when in (7, 8) then p1; else null; end case;
  <<l4>> case when a = 1 then null; end case l4;
  <<l5>> loop null; end loop l5;
  <<l6>> for i in 1 .. 3 while i < 2 when i > 0 loop null; end loop l6;
  <<l7>> for r in (select 1 from dual) loop null; end loop l7;
  for i in reverse values of k while i < 3 loop null; end loop;
  for i in reverse x loop null; end loop;
  a := case a when 1 then 2 when < 3, is null then 4 else 5 end;
  a := b ** 2 mod 3 rem 4;
  loop exit; exit when a > 1; continue outer when b; continue; end loop;
  <<l1>> while a < 3 loop a := a + 1; exit l1; end loop l1;
  for i in 1 .. 3 loop null; end loop;
  for i in reverse a .. b loop null; end loop;
  for i number(5, 1) in 1 .. 3 by 0.5 loop null; end loop;
  for i mutable in 1 .. 3, reverse 7 .. 9, 11 while i < 20 when i > 1, repeat i * 2 while i < 99 loop null; end loop;
  for v in values of k loop null; end loop;
  for i, v in pairs of k loop null; end loop;
  for i in indices of k when i > 1 loop null; end loop;
  for r in c1 loop null; end loop;
  for r in c2(1, q => 'x') loop null; end loop;
  for r in (select 1 a from dual union all select 2 from dual) loop null; end loop;
  forall i in 1 .. k.count insert into t values (k(i));
  forall i in indices of k between 1 and 5 save exceptions update t set a = 1 where b = k(i);
  forall i in values of k delete from t where a = k(i);
  forall i in 1 .. 2 execute immediate 'x' using k(i);
  goto l2;
  <<l2>>
  <<l3>>
  null;
  raise;
  raise e_x;
  raise pkg.e_x;
  return;
  return a + 1;
  return (a);
  pipe row (t_rec(1));
  pragma inline(p1, 'YES');
  open c1;
  open c2(1, 'x');
  open g for select 1 from dual where a = b;
  open g for 'select ' || a using in b, out c, in out d, e;
  open :g for 'x';
  fetch c1 into a, b;
  fetch c1 bulk collect into k limit 100;
  close c1;
  execute immediate 'x';
  execute immediate 'x' into a, e.f using b, out c returning into d;
  execute immediate 'x' bulk collect into k;
  select a, b into c, d.e from t where f = g;
  select a bulk collect into k from t;
  insert into t values e;
  update t set row = e where current of c1;
  delete from t where current of c1 returning a bulk collect into k;
  merge into t using u on (t.a = u.a) when matched then update set b = 1;
  lock table t in exclusive mode;
  savepoint s;
  rollback to savepoint s;
  commit;
  set transaction read only;
  if c1%found or c1%notfound or sql%rowcount > 0 or not pkg.c%isopen or sql%bulk_rowcount(1) = 2 then null; end if;
  a := sql%bulk_exceptions(1).error_code + sql%bulk_exceptions.count;
  a := t_rec(a => 1, b => 2);
  a := t_map('x' => 1, 'y' | 'z' => 2);
  a := t_tab(1, 2, others => 3);
  a := t_map(for i in 1 .. 3 => i, for i in 4 .. 5 index i * 2 => i, for i in 6 .. 7 sequence => i);
  a := $$plsql_unit || $$plsql_line;
  $if dbms_db_version.version >= 23 and $$debug is null $then
  b := 1;
  $elsif $$debug $then
  b := 2;
  $else
  any words here;
  $end
  a := (self as t_super).f(1);
  (self as t_super).p;
  treat(a as t_sub).p;
  a := new t_obj(1).m();
  a := b is null and c is not null or d between 1 and 2 and e in (1, 2) and f like 'x' and not (g member of k);
  exit := 1;
  a := exit + merge;
  begin null; exception when no_data_found or pkg.e_x then null; when others then raise; end;
  <<inner>> declare x number; begin null; end inner;
end outer;
/
create or replace package s.p authid current_user accessible by (package q, function s.f, r) as
  c constant number := 1;
  v varchar2(10);
  function f(a in number default 1) return t_tab pipelined;
  function g return varchar2 sql_macro(scalar);
  procedure h(a in out nocopy number) accessible by (package q);
  function m(x number) return number deterministic result_cache relies_on (t);
  function agg(x number) return number aggregate using t_impl;
  cursor cc return t%rowtype;
  pragma restrict_references(f, wnds);
end p;
/
create package if not exists p as end;
/
create or replace editionable package body p as
  g number := 1;
  procedure h is begin null; end h;
  function java_f(a varchar2) return number as language java name 'A.b(java.lang.String) return int';
begin
  g := 2;
exception
  when others then raise;
end p;
/
create or replace package body p is procedure x is begin null; end; end;
/
create or replace procedure s.p (a number) authid definer is
  b number;
begin
  null;
end p;
/
create or replace function f return number as begin return 1; end;
/
create function if not exists f return number as begin return 1; end;
/
create or replace type t_obj force authid current_user as object (
  a number,
  b varchar2(10 char),
  c ref s.t_obj,
  member procedure p(self in out nocopy t_obj, x number),
  member function f return varchar2 deterministic,
  static function g(a number) return t_obj,
  map member function m return number,
  constructor function t_obj(self in out nocopy t_obj, a number) return self as result,
  not final not instantiable member procedure q,
  order member function o(x t_obj) return number
) not final not instantiable;
/
create or replace type t_sub under s.t_obj (d number, overriding member procedure q, final member procedure z) final;
/
create type t_list as table of varchar2(10) not null;
/
create type t_arr is varray(10) of t_obj;
/
create type t_fwd;
/
create type t_oid oid '0123' as object (a number);
/
create or replace type body t_obj as
  member procedure p(self in out nocopy t_obj, x number) is begin self.a := x; end;
  constructor function t_obj(self in out nocopy t_obj, a number) return self as result is
  begin
    self.a := a;
    return;
  end;
  overriding member procedure q is begin (self as t_super).q(); end q;
end t_obj;
/
create or replace trigger s.tr before insert or update of a, b or delete on s.t
  referencing old as o new as n parent as p for each row follows s.t1, t2 enable when (n.a > 1)
declare
  x number;
begin
  :n.a := :o.a + 1;
end tr;
/
create trigger tr instead of insert on nested table c of v begin null; end;
/
create trigger tr after logon on database call p(1)
/
create trigger tr after ddl on s.schema begin null; end;
/
create or replace trigger tr for update on t compound trigger
  g number;
  procedure x is begin null; end;
  before statement is begin g := 1; end before statement;
  after each row is y number; begin null; end after each row;
end tr;
/
create or replace function display_value(type varchar2) return varchar2 as
  type t_one is record (type number);
  l_one t_one;
begin
  l_one.type := 1;
  return case type when 'x' then type end;
end;
/
create type t_token as object (type varchar2(10));
/
