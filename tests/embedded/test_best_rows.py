"""Of ranked pairs the best of each row are found, and nothing but queries of that form is read in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.emit.catalogue import Catalog, Package, Parameter, Routine
from engine.session.compiling import compiled
from loader.database import Database, DatabaseError, connect
from loader.database.embedded import EmbeddedDatabase

pytestmark = pytest.mark.usefixtures("embedded_only")

QUERY = """select item, image, distance, place
  from (select item, image, distance, row_number() over (partition by item order by {keys}) as place
          from (select t.item, o.image, abs(o.x - t.x) as distance
                  from best_item t
                  {join}))
 where {where}"""
STACKED = """with other as (
  select image, x, fold
    from best_image
), pair as (
  select t.item, o.image, abs(o.x - t.x) as distance
    from best_item t
    {join}
), ranked as (
  select item, image, distance, row_number() over (partition by item order by {keys}) as place
    from pair
)
select item, image, distance, place
  from ranked r
 where {where}"""

# Few values, so that items, images, distances and folds are often equal.
number = st.one_of(st.none(), st.integers(0, 3))
rows = st.lists(st.tuples(number, number, number), max_size=7)
hows = st.sampled_from(["", " asc", " desc", " desc nulls last", " nulls first"])


@dataclass(frozen=True)
class Join:
    """A join in SQL, and what it tells of an item's and an image's fold."""

    text: str
    table: str

    def allows(self, item: int | None, image: int | None) -> bool:
        if "cross" in self.text:
            return True
        if item is None or image is None or item == image:
            return False
        return "where" not in self.text or item < 2


JOINS = [
    Join("cross join {table} o", "best_image"),
    Join("join {table} o on o.fold <> t.fold", "best_image"),
    Join("inner join {table} o on o.fold > t.fold or o.fold < t.fold where t.fold = 0 or t.fold = 1", "best_image"),
]


@pytest.fixture(scope="module")
def database(settings: Any) -> Iterator[Database]:
    with connect(settings) as found:
        found.execute("create table best_item (item number, x number, fold number)")
        found.execute("create table best_image (image number, x number, fold number)")
        found.commit()
        yield found
        found.rollback()
        found.execute("drop table best_item purge")
        found.execute("drop table best_image purge")
        found.commit()


ROUTINE = Routine("doubled", (Parameter("p_n", "in", "numeric"),), "numeric")
KNOWN = Catalog(routines=[ROUTINE], packages={"some_package": Package("some_package", [ROUTINE])})


def lateral(text: str) -> bool:
    """Whether a statement is read with the best pairs of each row."""
    return "cross join lateral" in compiled(text, KNOWN).main[0].text


def compared(keys: list[tuple[int, str]]) -> Any:
    """The order of ORDER BY for rows whose keys stand at these places."""

    def compare(left: tuple[Any, ...], right: tuple[Any, ...]) -> int:
        for at, how in keys:
            a, b = left[at], right[at]
            if a == b:
                continue
            down = "desc" in how
            nulls_first = "first" in how or (down and "last" not in how)
            if a is None or b is None:
                return -1 if (a is None) == nulls_first else 1
            return -1 if (a < b) != down else 1
        return 0

    return cmp_to_key(compare)


def best(
    items: list[tuple[Any, ...]], images: list[tuple[Any, ...]], join: Join, keys: list[tuple[int, str]], most: int
) -> list[tuple[Any, ...]]:
    """What Oracle gives, by its definition: all pairs, sorted within each partition."""
    parts = defaultdict(list)
    for item, x, fold in items:
        for image, y, other in images:
            if join.allows(fold, other):
                parts[item].append((item, image, None if x is None or y is None else abs(y - x)))
    ranked = [
        (*pair, place)
        for pairs in parts.values()
        for place, pair in enumerate(sorted(pairs, key=compared(keys)), 1)
        if place <= most
    ]
    return sorted(ranked, key=repr)


@settings(max_examples=150, deadline=None)
@given(
    items=rows,
    images=rows,
    join=st.sampled_from(JOINS),
    stacked=st.booleans(),
    hows=st.tuples(hows, hows),
    most=st.integers(0, 60),
)
def test_the_best_of_each_item_are_those_of_all_pairs_sorted(
    database: Database,
    items: list[tuple[Any, ...]],
    images: list[tuple[Any, ...]],
    join: Join,
    stacked: bool,
    hows: tuple[str, str],
    most: int,
) -> None:
    # Both columns of a pair that its item does not give are keys: equal rows are the same.
    keys = f"distance{hows[0]}, image{hows[1]}"
    text = (STACKED if stacked else QUERY).format(
        keys=keys, join=join.text.format(table="other" if stacked else "best_image"), where=f"place <= {most}"
    )
    assert lateral(text)
    for table, values in (("best_item", items), ("best_image", images)):
        for row in values:
            database.execute(f"insert into {table} values ({', '.join('null' if v is None else str(v) for v in row)})")
    found = [tuple(None if v is None else int(v) for v in row) for row in database.execute(text).rows]
    database.rollback()
    expected = best(items, images, join, [(2, hows[0]), (1, hows[1])], most)
    assert sorted(found, key=repr) == expected


SELF = """with own as (
  select item, x, fold
    from best_item
), pair as (
  select t.item, o.item as image, abs(o.x - t.x) as distance
    from own t
    {join}
), ranked as (
  select item, image, distance, row_number() over (partition by item order by {keys}) as place
    from pair
)
select item, image, distance, place
  from ranked
 where {where}"""


@settings(max_examples=100, deadline=None)
@given(items=rows, join=st.sampled_from(JOINS), hows=st.tuples(hows, hows), most=st.integers(0, 60))
def test_the_rows_of_a_query_joined_with_itself_are_held(
    database: Database, items: list[tuple[Any, ...]], join: Join, hows: tuple[str, str], most: int
) -> None:
    keys = f"distance{hows[0]}, image{hows[1]}"
    text = SELF.format(keys=keys, join=join.text.format(table="own"), where=f"place <= {most}")
    for row in items:
        database.execute(f"insert into best_item values ({', '.join('null' if v is None else str(v) for v in row)})")
    assert "unnest(" in compiled(text, stored(database)).main[0].text
    found = [tuple(None if v is None else int(v) for v in row) for row in database.execute(text).rows]
    database.rollback()
    expected = best(items, items, join, [(2, hows[0]), (1, hows[1])], most)
    assert sorted(found, key=repr) == expected


def stored(database: Database) -> Catalog:
    """What there is, as the translation sees it."""
    assert isinstance(database, EmbeddedDatabase)
    return database.session.stored.catalogue


def test_more_rows_than_are_held_are_read_all_the_same(database: Database) -> None:
    # Of each row 4,000 characters are read, of all 40 MB.
    database.execute("begin for i in 1 .. 10000 loop insert into best_item values (i, i, i); end loop; end;")
    text = SELF.format(
        keys="distance, image", join="join own o on o.wide <> t.wide and t.item <= 2", where="place <= 1"
    )
    text = text.replace("select item, x, fold", "select item, x, lpad(to_char(item), 4000, 'x') as wide")
    assert "unnest(" in compiled(text, stored(database)).main[0].text
    found = [tuple(map(int, row)) for row in database.execute(text).rows]
    database.rollback()
    assert sorted(found) == [(1, 2, 1, 1), (2, 1, 1, 1)]


def test_a_column_of_no_known_type_keeps_the_rows_from_being_held(database: Database) -> None:
    text = SELF.format(keys="distance, image", join="join own o on o.fold <> t.fold", where="place <= 1")
    unknown = text.replace("from best_item", "from nowhere", 1)
    assert "unnest(" in compiled(text, stored(database)).main[0].text
    assert "unnest(" not in compiled(unknown, stored(database)).main[0].text


@pytest.mark.parametrize(
    ("kind", "value", "count"),
    [
        ("pls_integer", "2", 4),
        ("number", "2.9", 4),
        ("number(3)", "100", 10),
        ("number", "1e30", 10),
        ("number", "0", 0),
        ("number", "-1", 0),
        ("number", "null", 0),
    ],
)
def test_a_variable_says_how_many(database: Database, kind: str, value: str, count: int) -> None:
    database.execute("insert into best_item values (1, 1, 1), (2, 2, 2)")
    database.execute("insert into best_image values (1, 1, 3), (2, 2, 3), (3, 3, 3), (4, 4, 3), (5, 5, 3)")
    query = QUERY.format(keys="distance, image", join="cross join best_image o", where="place <= x")
    # Columns of the name X are in both tables, and hide no variable outside.
    block = f"""declare x {kind} := {value}; l_rows number;
begin
  select count(*) into l_rows from ({query});
  dbms_output.put_line(l_rows);
end;"""
    assert lateral(block)
    lines: list[str] = []
    database.execute(block, output=lines.append)
    database.rollback()
    assert lines == [str(count)]


def test_what_is_wrong_in_such_a_join_is_named_at_its_place(database: Database) -> None:
    text = QUERY.format(keys="distance, image", join="cross join best_image o", where="place <= 1")
    text = text.replace("abs(o.x - t.x)", "abs(o.nothing - t.x)")
    with pytest.raises(DatabaseError) as caught:
        database.execute(text)
    column = text.splitlines()[2].index("o.nothing") + 1
    assert (caught.value.code, caught.value.line, caught.value.column) == (904, 3, column)


PLAIN = QUERY.format(keys="distance, image", join="join best_image o on o.fold <> t.fold", where="place <= 2")
PLAIN_STACKED = STACKED.format(keys="distance, image", join="join other o on o.fold <> t.fold", where="place <= 2")


@pytest.mark.parametrize("text", [PLAIN, PLAIN_STACKED])
def test_the_form_by_itself_is_known(text: str) -> None:
    assert lateral(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("place <= 2", "place >= 2"),
        ("place <= 2", "place <= 2 or item = 1"),
        ("place <= 2", "not place <= 2"),
        ("place <= 2", "case when item = 1 and place <= 2 then 1 end = 1"),
        ("place <= 2", "place <= item"),
        ("place <= 2", "place <= unknown"),
        ("place <= 2", "'place' <= 2"),
        ("place <= 2", "item <= 2"),
        ("where place <= 2", "cross join best_item where place <= 2"),
        ("row_number()", "rank()"),
        ("row_number()", "count(*) over () as pairs, row_number()"),
        ("partition by item", "partition by image"),
        ("partition by item order", "order"),
        ("order by distance", "order by distance + 1"),
        ("order by distance", "order by nothing"),
        ("select item, image, distance, row_number", "select distinct item, image, distance, row_number"),
        ("as place\n", "as place, item + 1 as next\n"),
        ("fold)", "fold) where distance > 1"),
        ("fold)", "fold) join best_item using (item)"),
        ("abs(o.x - t.x)", "(select abs(o.x - t.x) from dual)"),
        ("abs(o.x - t.x)", "max(abs(o.x - t.x))"),
        ("abs(o.x - t.x)", "doubled(o.x)"),
        ("abs(o.x - t.x)", "some_package.doubled(o.x)"),
        ("abs(o.x - t.x)", "abs(o.x - x)"),
        ("abs(o.x - t.x)", "rownum"),
        ("select t.item", "select distinct t.item"),
        ("select t.item", "select o.fold as item"),
        ("select t.item", "select t.item + 0 as item"),
        ("select t.item, o.image", "select t.*, o.image"),
        ("join best_image o", "left join best_image o"),
        ("join best_image o", "join best_image i on i.fold = t.fold join best_image o"),
        ("best_item t", "best_item t, best_item u"),
        ("o.fold <> t.fold", "o.fold <> t.fold and exists (select 1 from dual)"),
        ("o.fold <> t.fold", "o.fold <> t.fold group by t.item, o.image, o.x, t.x"),
        ("o.fold <> t.fold", "o.fold <> t.fold order by o.image fetch first 3 rows only"),
        ("o.fold <> t.fold", "o.fold <> t.fold union all select 1, 2, 3 from dual"),
        ("on o.fold <> t.fold", "using (fold)"),
    ],
)
def test_what_is_not_of_the_form_is_left_alone(old: str, new: str) -> None:
    assert old in PLAIN
    assert not lateral(PLAIN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("where place <= 2", "where place <= 2 union all select 1, 2, 3, 4 from ranked"),
        ("from ranked r", "from ranked r cross join best_item b"),
        ("place <= 2", 'place <= 2 and exists (select 1 from "PAIR")'),
        ("place <= 2", "place <= 2 and exists (select 1 from pair p where p.item = r.item)"),
        ("from pair\n", "from pair where distance > 1\n"),
        ("ranked as (", "ranked (item, image, distance, place) as ("),
    ],
)
def test_a_with_query_that_is_used_otherwise_too_is_left_alone(old: str, new: str) -> None:
    assert old in PLAIN_STACKED
    assert not lateral(PLAIN_STACKED.replace(old, new, 1))


def test_rows_numbered_before_they_are_ranked_are_left_alone() -> None:
    text = PLAIN.replace("select item, image, distance, row_number", "select item, rownum as image, row_number", 1)
    assert not lateral(text)
