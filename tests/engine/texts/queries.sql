-- Queries of every form that the tree holds; test_round_trip.py parses them.
select 1 from dual;
select distinct a, b as c, d "E f", t.* from s.t t;
select unique a from t;
select all a from t;
select /*+ full(t) parallel(4) */ a from t where a is not null and b is null;
select a || 'x' || b || n'y' || q'[it's]', a + b * c - d / -e, +f, -(-g) from t;
select 1e5f, .5d, 1.5, 2e-3, 10 from dual;
select a x, b case, c type, d begin from t;
select case when a = 1 then 'x' when b <> 2 then 'y' else 'z' end, case a when 1 then 2 end from t;
select date '2024-01-01', timestamp '2024-01-01 00:00:00', interval '1' day, interval '1-2' year(4) to month,
  interval '1 2:3:4.5' day(2) to second(3), interval '5' second(2, 1) from dual;
select cast(a as number(9, 2)), cast(b as varchar2(10 char)), cast('x' as date default null on conversion error, 'YYYY'),
  cast(multiset(select 1 from dual) as t_list), treat(o as t_sub).name, validate_conversion('1' as number),
  cast(x as timestamp(3) with local time zone), cast(x as interval day(3) to second(2)),
  cast(x as double precision), cast(x as long raw), cast(v as vector(3, float32)), cast(v as vector(*, *)) from t;
select to_number('x' default 0 on conversion error, '999'), extract(year from d), extract(second from a - b) from t;
select trim(a), trim(leading '0' from a), trim(both from b), trim('x' from c), translate(a using nchar_cs) from t;
select sysdate, user, uid, rownum, rowid, t.rowid, level, s.nextval, pkg.f, pkg.f(1, p_b => 2), f@remote(1) from t;
select count(*), count(distinct a), sum(all b), max(unique c), f() from t;
select a.doc.name, a.doc.tags[0], a.doc.tags[0 to 2, 5][*].x.string() from t a;
select (a - b) day(9) to second(3), (a - b) year to month, x at time zone 'UTC', x at local, n collate binary_ci from t;
select t.a mod, prior a, connect_by_root b, new t_obj(1) from t;
select cursor(select 1 from dual), (select max(x) from u), exists (select 1 from u) from t;
select vec <=> :v, vec <-> v, vec <#> v, vector_distance(vec, v, cosine), to_vector('[1]', 3, float32, dense),
  to_vector(x, *, float64) from t;
select a from t where a = 1 or b < 2 and not c >= 3 or d <= 4 and e > 5 and f != 6 and g ^= 7;
select a from t where a = any (1, 2) and b > all (select 1 from u) and c <> some (3);
select a from t where a between 1 and 2 and b not between 3 and 4 and c in (1, 2) and d not in (select x from u);
select a from t where (a, b) in ((1, 2), (3, 4)) and (a, b) = (select 1, 2 from dual) and c in (1) and d in f;
select a from t where a like 'x%' escape '\' and b not like 'y' and c likec 'z' and d like2 'p' and e not like4 'q';
select a from t where a is nan and b is not infinite and c is empty and d is not a set and e is dangling and f is true;
select a from t where a is json and b is not json strict with unique keys and c is of (t1, only t2) and d is not of (t3);
select a from t where a member of b and c not member of d and e submultiset of f and (g, h) overlaps (i, j);
select a multiset union distinct b, a multiset intersect all c, a multiset except d from t;
select a from t, u, v where t.a = u.a(+) and u.b(+) = 1;
select a from t join u on t.a = u.a left join v using (b, c) right outer join w on 1 = 1 full join x on 2 = 2
  cross join y natural join z natural left join z2 inner join z3 on 3 = 3;
select a from t cross apply (select 1 b from dual) c outer apply f(t.a) d, lateral (select t.a from dual) e;
select a from t partition by (p, q) right join u on t.a = u.a;
select a from t left join u partition by (r) on t.a = u.a;
select a from (t join u on t.a = u.a) join v on 1 = 1;
select a from ((select 1 a from dual) union all (select 2 from dual)) x;
select a from ((select 1 a from dual)) x;
select a from (select 1 a from dual) x, (select 2 b from dual with read only) y;
select a from table(f(1)) t, table(select c from d) (+) u, the(select c from d) v, f(2) w;
select a from (values (1, 'a'), (2, 'b')) v (x, y);
with v (x, y) as (values (1, 2), (3, 4)) select x from v;
select a from only(v) t, t partition (p1) x, t subpartition for (1, 'x') y, t sample block (10) seed (3) z, t sample (1, 2);
select a from t as of scn 5 x, u as of timestamp systimestamp - 1, v versions between scn minvalue and maxvalue;
select a from t@remote.example.com x, s.t@remote;
select left.dummy from dual left where left.dummy = 'X';
select a from t where a = 1 start with a is null connect by nocycle prior a = b and level < 3 order siblings by c;
select level from dual connect by level <= 3 start with 1 = 1;
select a, count(*) from t group by a, rollup(b, (c, d)), cube(e), grouping sets ((a, b), rollup(c), ()) having count(*) > 1;
select count(*) from t having count(*) > 1 group by a;
select a from t order by a desc nulls last, 2 asc nulls first, b;
select a from t offset 2 rows fetch next 3 rows only;
select a from t fetch first row only;
select a from t fetch first 10 percent rows with ties;
select a from t offset 1 row;
select a from t order by vector_distance(v, :v) fetch approx first 5 rows only with target accuracy 90;
select a from t order by x fetch approx first 5 rows only with target accuracy parameters (efsearch 500);
select a from t order by x fetch exact first k rows only;
select a from t order by x fetch first 2 partitions by b, 3 rows only;
select a from t for update;
select a from t for update of t.a, b nowait;
select a from t order by a for update wait 5;
select a from t for update skip locked;
select a from t union select b from u union all select c from v intersect select d from w minus select e from x except all select f from y order by 1;
(select a from t) union (select b from u order by 1) order by 1;
select a from t where x in ((select 1 from dual) union all (select 2 from dual));
with c as (select 1 a from dual), d (x, y) as (select 1, 2 from c) select * from d;
with r (n) as (select 1 from dual union all select n + 1 from r where n < 3) search depth first by n desc set o
  cycle n set c to 'Y' default 'N' select * from r;
select row_number() over (partition by a, b order by c desc nulls last, d), sum(x) over (), sum(y) over w,
  avg(z) over (order by a rows between unbounded preceding and current row),
  max(z) over (order by a range between 1 preceding and interval '1' day following exclude current row),
  min(z) over (order by a groups unbounded preceding exclude no others) from t window w as (partition by a), w2 as (w order by b);
select first_value(a ignore nulls) over (order by b), lag(a) respect nulls over (order by b),
  nth_value(a, 2) from last ignore nulls over (order by b), last_value(a) ignore nulls over (order by b) from t;
select min(a) keep (dense_rank first order by b, c), max(a) keep (dense_rank last order by b) over (partition by c) from t;
select listagg(a, ', ') within group (order by a), listagg(a) over (partition by b),
  listagg(distinct a, ',' on overflow truncate '...' with count) within group (order by a),
  listagg(a, ',' on overflow error) within group (order by a), listagg(a, ',' on overflow truncate without count)
  within group (order by a), percentile_cont(0.5) within group (order by x desc) over (partition by y) from t;
select xmlagg(x order by y), collect(distinct a order by b) from t;
select a from t qualify row_number() over (order by a) = 1;
select json_value(d, '$.a'), json_value(d, '$.a' returning number null on error null on empty),
  json_value(d format json, '$.a' passing 1 as "x", b as y returning varchar2(10 char) truncate default 'x' on error error on empty),
  json_query(d, '$.a[*]' returning clob pretty with conditional array wrapper empty array on error),
  json_query(d, '$.a' with wrapper keep quotes null on empty), json_exists(d, '$.a?(@.b > $x)' passing 1 as "x" false on error),
  json_value(d, '$.a' returning number error on mismatch (type error, missing data)), json_value(d, '$' type (strict)) from t;
select json_object('a' value 1, key 'b' value c, 'd' : e, 'f' : 1, 'g' : h.i, j, t.k format json, * absent on null returning json strict with unique keys),
  json_object(), json_object(*), json_object(key value 1), json_array(1, b format json, null null on null returning clob),
  json_array(select a from t), json_array(), json_objectagg(a value b), json_objectagg(key a value b null on null),
  json_arrayagg(a order by b desc absent on null returning json), json_arrayagg(a) over (partition by b) from t;
select json_transform(d, set '$.a' = 1, remove '$.b', append '$.c' = json('[1]') format json create on missing,
  rename '$.d' with 'e', keep '$.f', '$.g', insert '$.h' = path '$.i' ignore on existing returning clob), json_transform(d, set '$.x' = :y
  null on error passing 1 as "z") from t;
select json_serialize(d returning varchar2(100) pretty ascii ordered error on error), json('{"a":1}' format json), json_scalar(x null on null) from t;
select j.a, k.* from t, json_table(t.d, '$[*]' columns (a number path '$.a' null on error null on empty, n for ordinality,
  x varchar2(10) exists path '$.x', q clob format json with wrapper path '$.q' empty on error, b,
  nested path '$.n[*]' columns (c path '$.c', nested '$.o' columns (e number default 1 on empty)))) (+) j,
  json_table(t.d format json, '$' passing 1 as "p" error on error columns (z varchar2(5) truncate path '$.z')) k;
select x.* from t, xmltable(xmlnamespaces('u' as "p", default 'd'), '/a/b' passing by value t.x, 1 as "y" returning sequence by ref columns
  c varchar2(10) path 'c' default 'x', n for ordinality, d xmltype path 'd') (+) x, xmltable('/a' passing t.x);
select * from t pivot (sum(a) as s, count(*) c for (b, d) in ((1, 2) as x, (3, 4) y)) p;
select * from t pivot xml (sum(a) for b in (1 as one, 'x')) where 1 = 1;
select * from t unpivot include nulls ((a, b) for c in ((d, e) as 'x', (f, g) as 'y'));
select * from t unpivot (a for c in (d as 'x', e)) u;
select * from (select 1 a from dual) pivot (max(a) for b in (1)), f(1) pivot (max(a) for b in (1)) p,
  (values (1)) v (a) pivot (max(a) for b in (1)), json_table(d, '$' type (strict) columns (a path '$')) pivot (max(a) for b in (1)),
  xmltable('/a' passing d) unpivot (a for c in (d));
select sum(a) over (order siblings by b), json_transform(d, set '$.a' = 1 null on error, remove '$.b' type (lax) error on error) from t;
select :a:b, :"Quoted" from t;
explain plan set statement_id = 'x' into s.p for select 1 from dual;
with function f(n number) return number is begin return n + 1; end; procedure p is begin null; end; c as (select 1 x from dual)
select f(x) from c
/
select set(cast(collect(a) as t_tab)), time_bucket(a, interval '1' day, b, start) from t group by set(c);
select vector_serialize(v returning clob format dense), from_vector(v returning varchar2(20) format sparse) from t;
