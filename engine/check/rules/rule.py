"""What a rule is, and the objects that the examples stand on."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "@@"

# What the examples find in the schema, in the order of its making.
SCHEMA = (
    "create table item (id number primary key, name varchar2(10), taken date, data json)",
    """create table picture (
  id number generated always as identity, item_id number, width number,
  area number generated always as (width * width) virtual, caption clob, embedding vector(3, float32)
)""",
    "create view item_names as select distinct name from item",
    "create sequence item_seq",
    """create package shop as
  co_limit constant number := 10;
  g_count  number;
  e_closed exception;
  type t_row is record (id number, name varchar2(10));
  type t_rows is table of t_row index by pls_integer;
  cursor c_items is select id, name from item;
  function price(p_id in number, p_factor in number default 1) return number;
  procedure count_items(p_from in number, p_count out number);
  procedure show(p_text in varchar2);
  procedure show(p_day in date);
end shop;""",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: Oracle's number, what it says, a text that breaks it and one that does not.

    `seen` tells that a page of Oracle's documentation states number and cause; where it is not so, the number is what
    is known of the compiler's behaviour, and is to be seen on an Oracle Database.
    """

    number: str
    says: str
    refused: str
    accepted: str
    seen: bool = True

    @property
    def page(self) -> str:
        """The page of Oracle's error help."""
        return f"https://docs.oracle.com/en/error-help/db/{self.number.lower()}/"
