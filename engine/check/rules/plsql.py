"""The rules of PL/SQL, and of names and words."""

from __future__ import annotations

from engine.check.rules.rule import Rule

NAMES = (
    Rule(
        "PLS-00201",
        "A name must be declared before it is used.",
        "begin\n  @@l_one := 1;\nend;",
        "declare\n  l_one number;\nbegin\n  l_one := 1;\nend;",
    ),
    Rule(
        "PLS-00302",
        "A package, a record or a schema has what a name takes from it; what a package's body alone declares "
        "is private.",
        "begin\n  shop.@@hidden(1);\nend;",
        "begin\n  shop.show('x');\nend;",
    ),
    Rule(
        "PLS-00302",
        "A record has only its own fields.",
        "declare\n  l_row shop.t_row;\nbegin\n  l_row.@@price := 1;\nend;",
        "declare\n  l_row shop.t_row;\nbegin\n  l_row.name := 'x';\nend;",
    ),
    Rule(
        "PLS-00302",
        "A column of %TYPE exists.",
        "declare\n  l_one item.@@colour%type;\nbegin\n  null;\nend;",
        "declare\n  l_one item.name%type;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00313",
        "A routine is declared before it is called, by its body or a forward declaration.",
        "declare\n  procedure p is begin @@q; end;\n  procedure q is begin null; end;\nbegin\n  p;\nend;",
        "declare\n  procedure q;\n  procedure p is begin q; end;\n  procedure q is begin null; end;\nbegin\n  p;\nend;",
    ),
    Rule(
        "PLS-00320",
        "What is no routine is declared before anything refers to it.",
        "declare\n  l_one number := @@l_two;\n  l_two number := 2;\nbegin\n  null;\nend;",
        "declare\n  l_two number := 2;\n  l_one number := l_two;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00371",
        "A name that is referred to is declared once in its declarative part.",
        "declare\n  l_one number;\n  l_one date;\nbegin\n  @@l_one := null;\nend;",
        "declare\n  l_one number;\n  l_one date;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00410",
        "Fields of a record, and parameters, have different names.",
        "declare\n  type t_pair is record (a number, @@a number);\nbegin\n  null;\nend;",
        "declare\n  type t_pair is record (a number, b number);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00225",
        "What a routine declares can not be named outside of it.",
        "declare\n  procedure p is l_one number; begin l_one := 1; end;\n  l_two number := @@p.l_one;\n"
        "begin\n  null;\nend;",
        "declare\n  procedure p is l_one number; begin p.l_one := 1; end;\nbegin\n  p;\nend;",
    ),
    Rule(
        "PLS-00226",
        "A package is no value.",
        "declare\n  l_one number := @@shop;\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.g_count;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00330",
        "A type is no value.",
        "declare\n  subtype t_one is number;\n  l_one number := @@t_one;\nbegin\n  null;\nend;",
        "declare\n  subtype t_one is number;\n  l_one t_one := 1;\nbegin\n  null;\nend;",
        seen=False,
    ),
    Rule(
        "PLS-00357",
        "A table or a sequence is no value outside SQL.",
        "declare\n  l_one number := @@item.id;\nbegin\n  null;\nend;",
        "declare\n  l_one item.id%type := item_seq.nextval;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00487",
        "A value without parts has no components.",
        "declare\n  l_one number;\n  l_two number := l_one.@@two;\nbegin\n  null;\nend;",
        "declare\n  l_one shop.t_row;\n  l_two number := l_one.id;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00488",
        "The name behind a variable's is that of a type.",
        "declare\n  l_one number;\n  l_two @@l_one;\nbegin\n  null;\nend;",
        "declare\n  l_one number;\n  l_two l_one%type;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00206",
        "%TYPE follows a variable or a column, no type and no table.",
        "declare\n  l_one @@item%type;\nbegin\n  null;\nend;",
        "declare\n  l_one item%rowtype;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00310",
        "%ROWTYPE follows a table or a cursor.",
        "declare\n  l_one number;\n  l_two @@l_one%rowtype;\nbegin\n  null;\nend;",
        "declare\n  l_two shop.c_items%rowtype;\nbegin\n  null;\nend;",
    ),
)
DECLARATIONS = (
    Rule(
        "PLS-00103",
        "A parameter's type has no length, precision or dimension.",
        "create procedure p(p_one in varchar2@@(10)) as begin null; end;",
        "create procedure p(p_one in varchar2) as begin null; end;",
    ),
    Rule(
        "PLS-00103",
        "A function says what it returns.",
        "create function f @@as\nbegin\n  return 1;\nend;",
        "create function f return number as\nbegin\n  return 1;\nend;",
    ),
    Rule(
        "PLS-00215",
        "A string's length is stated, from 1 to 32767.",
        "declare\n  l_one varchar2(@@32768);\nbegin\n  null;\nend;",
        "declare\n  l_one varchar2(32767);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00215",
        "A variable of VARCHAR2 states its length.",
        "declare\n  l_one @@varchar2;\nbegin\n  null;\nend;",
        "declare\n  subtype t_text is varchar2;\n  l_one varchar2(1);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00216",
        "A number's precision is from 1 to 38.",
        "declare\n  l_one number(@@39);\nbegin\n  null;\nend;",
        "declare\n  l_one number(38);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00217",
        "A number's scale is from -84 to 127.",
        "declare\n  l_one number(10, @@-85);\nbegin\n  null;\nend;",
        "declare\n  l_one number(10, -84);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00218",
        "A variable that is NOT NULL has a value from the start.",
        "declare\n  @@l_one number not null;\nbegin\n  null;\nend;",
        "declare\n  l_one number not null := 1;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00366",
        "A subtype of one that is NOT NULL is NOT NULL.",
        "declare\n  subtype t_one is number not null;\n  subtype t_two is @@t_one;\nbegin\n  null;\nend;",
        "declare\n  subtype t_one is number not null;\n  subtype t_two is t_one not null;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00322",
        "A constant has a value.",
        "declare\n  @@co_one constant number;\nbegin\n  null;\nend;",
        "declare\n  co_one constant number default 1;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00230",
        "A parameter that gives a value back has no default.",
        "create procedure p(@@p_one out number default 1) as begin p_one := 1; end;",
        "create procedure p(p_one in number default 1) as begin null; end;",
    ),
    Rule(
        "PLS-00227",
        "A parameter's default does not use another parameter.",
        "create procedure p(p_one in number, p_two in number default @@p_one) as begin null; end;",
        "create procedure p(p_one in number, p_two in number default shop.co_limit) as begin null; end;",
    ),
    Rule(
        "PLS-00360",
        "A cursor without its query states what it returns.",
        "create package p as\n  @@cursor c;\nend;",
        "create package p as\n  cursor c return item%rowtype;\nend;",
    ),
    Rule(
        "PLS-00328",
        "A forward declaration is followed by its body.",
        "declare\n  procedure @@p;\nbegin\n  null;\nend;",
        "declare\n  procedure p;\n  procedure p is begin null; end;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00109",
        "EXCEPTION_INIT names an exception that is declared.",
        "declare\n  pragma exception_init(@@e_one, -20001);\nbegin\n  null;\nend;",
        "declare\n  e_one exception;\n  pragma exception_init(e_one, -20001);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00124",
        "EXCEPTION_INIT names nothing but an exception.",
        "declare\n  l_one number;\n  pragma exception_init(@@l_one, -20001);\nbegin\n  null;\nend;",
        "declare\n  e_one exception;\n  pragma exception_init(e_one, -1);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00700",
        "EXCEPTION_INIT stands in the declarative part of its exception.",
        "declare\n  e_one exception;\nbegin\n  declare\n    pragma exception_init(@@e_one, -20001);\n  begin\n"
        "    null;\n  end;\nend;",
        "begin\n  declare\n    e_one exception;\n    pragma exception_init(e_one, -20001);\n  begin\n"
        "    null;\n  end;\nend;",
    ),
    Rule(
        "PLS-00323",
        "A package's body defines what its specification declares, with the same parameters.",
        "create package body shop as\n"
        "  function price(p_key in number, p_factor in number default 1) return number is\n"
        "  begin\n    return p_key;\n  end;\nend shop;",
        "create package body shop as\n  function price(p_id in number, p_factor in number default 1) return number is\n"
        "  begin\n    return p_id;\n  end;\n  procedure count_items(p_from in number, p_count out number) is\n  begin\n"
        "    p_count := p_from;\n  end;\n  procedure show(p_text in varchar2) is\n  begin\n    null;\n  end;\n"
        "  procedure show(p_day in date) is\n  begin\n    null;\n  end;\nend shop;",
    ),
    Rule(
        "PLS-00593",
        "A default in the body is that of the specification.",
        "create package body shop as\n"
        "  function price(p_id in number, @@p_factor in number default 2) return number is\n"
        "  begin\n    return p_id;\n  end;\n  procedure count_items(p_from in number, p_count out number) is\n  begin\n"
        "    p_count := p_from;\n  end;\n  procedure show(p_text in varchar2) is begin null; end;\n"
        "  procedure show(p_day in date) is begin null; end;\nend shop;",
        "create package body shop as\n  function price(p_id in number, p_factor in number) return number is\n"
        "  begin\n    return p_id;\n  end;\n  procedure count_items(p_from in number, p_count out number) is\n  begin\n"
        "    p_count := p_from;\n  end;\n  procedure show(p_text in varchar2) is begin null; end;\n"
        "  procedure show(p_day in date) is begin null; end;\nend shop;",
        seen=False,
    ),
    Rule(
        "PLS-00304",
        "A package's body needs a specification.",
        "create package body @@store as\n  procedure p is begin null; end;\nend;",
        "create package store as\n  procedure p;\nend;",
    ),
    Rule(
        "PLS-00113",
        "The name behind END is that of the unit, or a label of the block or loop.",
        "create procedure p as\nbegin\n  null;\nend @@q;",
        "create procedure p as\nbegin\n  null;\nend p;",
    ),
)
CALLS = (
    Rule(
        "PLS-00306",
        "A call gives what the routine takes: number, names and types.",
        "begin\n  @@shop.count_items(1);\nend;",
        "declare\n  l_count number;\nbegin\n  shop.count_items(1, l_count);\nend;",
    ),
    Rule(
        "PLS-00306",
        "A name of an argument is that of a parameter.",
        "declare\n  l_one number := @@shop.price(p_key => 1);\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.price(p_factor => 2, p_id => 1);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00306",
        "A BOOLEAN is no argument for a parameter of another type.",
        "declare\n  l_one number := @@shop.price(true);\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.price('1');\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00307",
        "One of the overloaded routines fits a call better than all others.",
        "declare\n  procedure p(a number, b number default 1) is begin null; end;\n"
        "  procedure p(a number) is begin null; end;\n"
        "begin\n  @@p(1);\nend;",
        "declare\n  procedure p(a number, b number default 1) is begin null; end;\n"
        "  procedure p(a number) is begin null; end;\n"
        "begin\n  p(1, 2);\nend;",
    ),
    Rule(
        "PLS-00312",
        "No argument by position follows one by name.",
        "declare\n  l_one number := shop.price(p_id => 1, @@2);\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.price(1, p_factor => 2);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00703",
        "No argument is named twice.",
        "declare\n  l_one number := shop.price(p_id => 1, @@p_id => 2);\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.price(p_id => 1, p_factor => 2);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00221",
        "A function, or a variable, is no statement.",
        "begin\n  @@shop.price(1);\nend;",
        "begin\n  shop.show('x');\nend;",
    ),
    Rule(
        "PLS-00222",
        "A procedure has no value.",
        "declare\n  l_one number := @@shop.show('x');\nbegin\n  null;\nend;",
        "declare\n  l_one number := shop.price(1);\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00224",
        "Only functions and collections take arguments.",
        "declare\n  l_one number;\n  l_two number := @@l_one(1);\nbegin\n  null;\nend;",
        "declare\n  l_one shop.t_rows;\n  l_two number := l_one(1).id;\nbegin\n  null;\nend;",
    ),
)
VALUES = (
    Rule(
        "PLS-00363",
        "A constant is given no value.",
        "begin\n  @@shop.co_limit := 1;\nend;",
        "begin\n  shop.g_count := 1;\nend;",
    ),
    Rule(
        "PLS-00363",
        "A parameter IN is given no value.",
        "create procedure p(p_one in number) as\nbegin\n  @@p_one := 1;\nend;",
        "create procedure p(p_one in out number) as\nbegin\n  p_one := 1;\nend;",
    ),
    Rule(
        "PLS-00363",
        "The index of a loop is given no value.",
        "begin\n  for i in 1 .. 2 loop\n    @@i := 1;\n  end loop;\nend;",
        "begin\n  for i mutable in 1 .. 2 loop\n    i := 1;\n  end loop;\nend;",
    ),
    Rule(
        "PLS-00363",
        "A parameter OUT takes a variable.",
        "begin\n  shop.count_items(1, @@2);\nend;",
        "begin\n  shop.count_items(1, shop.g_count);\nend;",
    ),
    Rule(
        "PLS-00403",
        "INTO names variables.",
        "create procedure p(p_one in number) as\nbegin\n  select 1 into @@p_one from dual;\nend;",
        "create procedure p(p_one out number) as\nbegin\n  select 1 into p_one from dual;\nend;",
    ),
    Rule(
        "PLS-00382",
        "A value is of the type that its place asks for, or is converted to it.",
        "declare\n  l_one number := @@sysdate;\nbegin\n  null;\nend;",
        "declare\n  l_one varchar2(100) := sysdate;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00166",
        "A literal of DATE or TIMESTAMP is a point in time.",
        "declare\n  l_one date := @@date '2024-02-30';\nbegin\n  null;\nend;",
        "declare\n  l_one date := date '2024-02-29';\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00382",
        "A condition is BOOLEAN.",
        "declare\n  l_one number;\nbegin\n  if @@l_one then\n    null;\n  end if;\nend;",
        "declare\n  l_one boolean;\nbegin\n  if l_one then\n    null;\n  end if;\nend;",
    ),
    Rule(
        "PLS-00306",
        "A BOOLEAN is compared with nothing but a BOOLEAN.",
        "declare\n  l_one boolean := true;\n  l_two boolean := @@l_one = 1;\nbegin\n  null;\nend;",
        "declare\n  l_one boolean := true;\n  l_two boolean := l_one = true;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00306",
        "A BOOLEAN is no operand of arithmetic or of ||.",
        "declare\n  l_one varchar2(10) := @@'x' || true;\nbegin\n  null;\nend;",
        "declare\n  l_one varchar2(10) := 'x' || 1;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00705",
        "An exception is no value.",
        "declare\n  l_one number := @@shop.e_closed;\nbegin\n  null;\nend;",
        "begin\n  raise shop.e_closed;\nend;",
    ),
    Rule(
        "PLS-00405",
        "A query is no value outside SQL.",
        "declare\n  l_one number := @@(select 1 from dual);\nbegin\n  null;\nend;",
        "declare\n  l_one number;\nbegin\n  select (select 1 from dual) into l_one from dual;\nend;",
    ),
    Rule(
        "PLS-00382",
        "A record of one declared type is no value of another.",
        "declare type t_one is record (a number); type t_two is record (a number); l_one t_one; l_two t_two;"
        " begin l_one := @@l_two; end;",
        "declare type t_one is record (a number); l_one t_one; l_two t_one; begin l_one := l_two; end;",
    ),
    Rule(
        "PLS-00615",
        "A choice of CASE is compared with its selector.",
        "declare l_one number; begin case l_one when @@true then null; end case; end;",
        "declare l_one number; begin case l_one when '1' then null; end case; end;",
        seen=False,
    ),
    Rule(
        "PLS-00306",
        "A supplied function takes as many arguments as it has.",
        "declare l_one varchar2(9) := @@upper('a', 'b'); begin null; end;",
        "declare l_one varchar2(9) := upper('a'); begin null; end;",
    ),
    Rule(
        "PLS-00382",
        "The bounds of a loop are numbers.",
        "begin for i in 1 .. @@sysdate loop null; end loop; end;",
        "begin for i in 1 .. '3' loop null; end loop; end;",
    ),
    Rule(
        "PLS-00382",
        "An index of a collection is of its type.",
        "declare l_rows shop.t_rows; begin l_rows(@@true).id := 1; end;",
        "declare l_rows shop.t_rows; begin l_rows('1').id := 1; end;",
    ),
)
STATEMENTS = (
    Rule(
        "PLS-00428",
        "SELECT as a statement has INTO.",
        "begin\n  @@select id from item;\nend;",
        "declare\n  l_one number;\nbegin\n  select id into l_one from item;\nend;",
        seen=False,
    ),
    Rule(
        "ORA-00947",
        "INTO has a variable for each item of the list.",
        "declare\n  l_one number;\nbegin\n  select id, name into @@l_one from item;\nend;",
        "declare\n  l_one shop.t_row;\nbegin\n  select id, name into l_one from item;\nend;",
    ),
    Rule(
        "ORA-00913",
        "INTO has no more variables than the list has items.",
        "declare\n  l_one number;\n  l_two number;\nbegin\n  select id into @@l_one, l_two from item;\nend;",
        "declare\n  l_one number;\n  l_two number;\nbegin\n  select id, id into l_one, l_two from item;\nend;",
    ),
    Rule(
        "ORA-00947",
        "A record has a field for each column, as have those of BULK COLLECT.",
        "declare\n  l_rows shop.t_rows;\nbegin\n  select id, name, taken bulk collect into @@l_rows from item;\nend;",
        "declare\n  l_rows shop.t_rows;\nbegin\n  select id, name bulk collect into l_rows from item;\nend;",
    ),
    Rule(
        "ORA-00913",
        "It has no more fields.",
        "declare\n  l_row item%rowtype;\nbegin\n  select id, name into @@l_row from item;\nend;",
        "declare\n  l_row item%rowtype;\nbegin\n  select id, name, taken, data into l_row from item;\nend;",
    ),
    Rule(
        "PLS-00394",
        "FETCH has a variable for each column of the cursor.",
        "declare\n  l_one number;\nbegin\n  @@fetch shop.c_items into l_one;\nend;",
        "declare\n  l_one number;\n  l_two varchar2(10);\nbegin\n  fetch shop.c_items into l_one, l_two;\nend;",
    ),
    Rule(
        "PLS-00385",
        "A column of SELECT INTO can become a value of its variable's type.",
        "declare\n  l_one number;\nbegin\n  select taken into @@l_one from item;\nend;",
        "declare\n  l_one varchar2(100);\nbegin\n  select taken into l_one from item;\nend;",
    ),
    Rule(
        "PLS-00386",
        "A column of FETCH can become a value of its variable's type.",
        "declare\n  cursor c is select taken from item;\n  l_one number;\nbegin\n  fetch c into @@l_one;\nend;",
        "declare\n  cursor c is select taken from item;\n  l_one date;\nbegin\n  fetch c into l_one;\nend;",
    ),
    Rule(
        "PLS-00456",
        "OPEN, FETCH and CLOSE name a cursor.",
        "declare\n  l_one number;\nbegin\n  close @@l_one;\nend;",
        "declare\n  l_one sys_refcursor;\nbegin\n  close l_one;\nend;",
        seen=False,
    ),
    Rule(
        "PLS-00324",
        "%FOUND and its like belong to cursors.",
        "declare\n  l_one number;\n  l_two boolean := @@l_one%found;\nbegin\n  null;\nend;",
        "declare\n  l_two boolean := shop.c_items%found;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00372",
        "A procedure returns no value.",
        "create procedure p as\nbegin\n  @@return 1;\nend;",
        "create procedure p as\nbegin\n  return;\nend;",
    ),
    Rule(
        "PLS-00503",
        "A function returns a value.",
        "create function f return number as\nbegin\n  @@return;\nend;",
        "create function f return number as\nbegin\n  return 1;\nend;",
    ),
    Rule(
        "PLS-00367",
        "RAISE without a name stands in a handler.",
        "begin\n  @@raise;\nend;",
        "begin\n  null;\nexception\n  when others then\n    raise;\nend;",
    ),
    Rule(
        "PLS-00368",
        "RAISE names an exception.",
        "declare\n  l_one number;\nbegin\n  raise @@l_one;\nend;",
        "begin\n  raise no_data_found;\nend;",
    ),
    Rule(
        "PLS-00370",
        "The handler of OTHERS is the last.",
        "begin\n  null;\nexception\n  @@when others then\n    null;\n  when no_data_found then\n    null;\nend;",
        "begin\n  null;\nexception\n  when no_data_found then\n    null;\n  when others then\n    null;\nend;",
    ),
    Rule(
        "PLS-00483",
        "An exception has one handler in a block.",
        "begin\n  null;\nexception\n  when no_data_found then\n    null;\n  when @@no_data_found then\n    null;\nend;",
        "begin\n  null;\nexception\n  when no_data_found then\n    null;\n  when too_many_rows then\n    null;\nend;",
    ),
    Rule(
        "PLS-00485",
        "A handler names exceptions.",
        "declare\n  l_one number;\nbegin\n  null;\nexception\n  when @@l_one then\n    null;\nend;",
        "begin\n  null;\nexception\n  when shop.e_closed then\n    null;\nend;",
    ),
    Rule(
        "PLS-00376",
        "EXIT and CONTINUE stand in a loop.",
        "begin\n  @@exit;\nend;",
        "begin\n  loop\n    exit;\n  end loop;\nend;",
    ),
    Rule(
        "PLS-00373",
        "EXIT and CONTINUE name a loop.",
        "begin\n  <<b>>\n  begin\n    loop\n      exit @@b;\n    end loop;\n  end;\nend;",
        "begin\n  <<l>>\n  loop\n    begin\n      exit l;\n    end;\n  end loop;\nend;",
    ),
    Rule(
        "PLS-00375",
        "GOTO leads to a label of its own list of statements, or of one around it.",
        "begin\n  @@goto l;\n  if 1 = 1 then\n    <<l>>\n    null;\n  end if;\nend;",
        "begin\n  if 1 = 1 then\n    goto l;\n  end if;\n  <<l>>\n  null;\nend;",
    ),
    Rule(
        "PLS-00435",
        "The statement of FORALL takes an element of a collection by the index.",
        "begin forall i in 1 .. 2 @@delete from item where id = 1; end;",
        "declare l_rows shop.t_rows; begin forall i in 1 .. 2 delete from item where id = l_rows(i).id; end;",
    ),
)
SQL_IN_PLSQL = (
    Rule(
        "PLS-00231",
        "SQL calls no function that a package's body, a routine or a block keeps to itself.",
        "declare\n  function f return number is begin return 1; end;\n  l_one number;\nbegin\n"
        "  select @@f into l_one from dual;\nend;",
        "declare\n  l_one number;\nbegin\n  select shop.price(1) into l_one from dual;\nend;",
    ),
    Rule(
        "PLS-00231",
        "SQLCODE and SQLERRM are no functions of SQL.",
        "begin\n  insert into item (id) values (@@sqlcode);\nend;",
        "declare\n  l_code number := sqlcode;\nbegin\n  insert into item (id) values (l_code);\nend;",
    ),
    Rule(
        "PLS-00229",
        "A cursor's attribute is no value in SQL.",
        "begin\n  insert into item (id) values (@@sql%rowcount);\nend;",
        "declare\n  l_count number := sql%rowcount;\nbegin\n  insert into item (id) values (l_count);\nend;",
    ),
    Rule(
        "PLS-00204",
        "DECODE, aggregates and ROWNUM belong to SQL.",
        "declare\n  l_one number := @@decode(1, 1, 2);\nbegin\n  null;\nend;",
        "declare\n  l_one number;\nbegin\n  select decode(1, 1, 2) into l_one from dual;\nend;",
    ),
    Rule(
        "PLS-00404",
        "CURRENT OF names a cursor that is FOR UPDATE.",
        "declare\n  cursor c is select id from item;\nbegin\n  delete from item where current of @@c;\nend;",
        "declare\n  cursor c is select id from item for update;\nbegin\n  delete from item where current of c;\nend;",
    ),
    Rule(
        "ORA-00902",
        "A type of PL/SQL alone is none of SQL.",
        "create table box (id @@pls_integer)",
        "create table box (id integer)",
    ),
    Rule(
        "PLS-00172",
        "A literal of PL/SQL has at most 32767 bytes.",
        "declare\n  l_one clob := @@'" + "x" * 32768 + "';\nbegin\n  null;\nend;",
        "declare\n  l_one clob := '" + "x" * 32767 + "';\nbegin\n  null;\nend;",
        seen=False,
    ),
    Rule(
        "ORA-06553",
        "SQL alone can not read a package's constant or variable.",
        "select shop.@@co_limit from dual",
        "select shop.price(1) from dual",
        seen=False,
    ),
    Rule(
        "ORA-00904",
        "SQL alone has no SQLCODE.",
        "select @@sqlcode from dual",
        "select uid from dual",
        seen=False,
    ),
)
WORDS = (
    Rule(
        "ORA-00903",
        "A reserved word of SQL is no name, under a number for each place: here a table's.",
        "create table @@number (id number)",
        'create table "NUMBER" (id number)',
    ),
    Rule(
        "ORA-03050",
        "A reserved word of SQL is no column's name.",
        "create table box (@@size number)",
        "create table box (box_size number)",
    ),
    Rule(
        "PLS-00103",
        "A reserved word of PL/SQL is no name.",
        "declare\n  @@table number;\nbegin\n  null;\nend;",
        "declare\n  comment number;\nbegin\n  null;\nend;",
    ),
    Rule(
        "ORA-00972",
        "A name of SQL has at most 128 bytes.",
        "create table @@" + "n" * 129 + " (id number)",
        "create table " + "n" * 128 + " (id number)",
    ),
    Rule(
        "PLS-00114",
        "A name of PL/SQL has at most 128 bytes.",
        "declare\n  @@" + "n" * 129 + " number;\nbegin\n  null;\nend;",
        "declare\n  " + "n" * 128 + " number;\nbegin\n  null;\nend;",
    ),
    Rule(
        "PLS-00174",
        "The condition of $IF is a static expression of BOOLEAN.",
        "begin $if @@$$plsql_unit = 'P' $then null; $end null; end;",
        "begin $if $$debug $then no statement; $end null; end;",
        seen=False,
    ),
    Rule(
        "PLS-00179",
        "$ERROR refuses the unit with its text.",
        "begin $if true $then @@$error 'not here' $end $end null; end;",
        "begin $if false $then $error 'not here' $end $end null; end;",
    ),
)
