"""Finds queries that rank the pairs of a join and keep the best of each row, so that no more are sorted.

They are of the form

    select item_id, image_id, place
      from (select item_id, image_id, row_number() over (partition by item_id order by distance, image_id) as place
              from (select t.item_id, o.image_id, abs(o.x - t.x) as distance
                      from item t
                      join image o on o.fold <> t.fold))
     where place <= l_k

with either inline view as a WITH query too, where it is used once. Oracle keeps the best k of each partition while it
sorts (WINDOW SORT PUSHED RANK in its plans); PostgreSQL sorts all pairs. So the join becomes a lateral one that gives
the best k pairs of each row of its first table, by the keys of the window. The best k of a partition are among the
best k of each of its rows, whether the partition is one row or many, so the rest of the query stays as it is.

All is told by the tokens alone, before the statement is translated. What is not clearly of the form is left alone: a
third table, an outer join, a condition on the rows before they are ranked, a second analytic function; within the join
a subquery, a routine of PL/SQL, or a column without its table's alias, whose meaning the lateral join could change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.lexer import Kind, Token
from loader.embedded import functions

_WINDOW = ("row_number", "(", ")", "over", "(", "partition", "by")
# What ends the conditions of a block, beside a closing parenthesis.
_ENDS = """group having order connect start union intersect minus except fetch offset for model qualify window into
    bulk returning loop""".split()
_JOINS = ("inner", "cross", "left", "right", "full", "outer", "natural", "join", "on", "using", "where")
# The words of expressions that are no names, and the functions of which nothing but their arguments matters.
_WORDS = frozenset("and or not in on when then else case end where between like is null as true false".split())
_PURE = (
    frozenset(("vector_distance", "nvl", "nvl2", "decode"))
    | functions.SAME
    | functions.COMPATIBLE
    | (functions.RENAMED.keys() - functions.AGGREGATES)
)


@dataclass(frozen=True, slots=True)
class Best:
    """The pairs to keep of each row of a join's first table: by which columns they are ordered, and how many.

    A key is a column of the join's select list with ASC, DESC, NULLS FIRST or NULLS LAST behind it; `most` is the
    number or variable that says how many.
    """

    keys: tuple[tuple[Token, str], ...]
    most: Token


@dataclass(slots=True)
class BestRows:
    """What was found in one statement, by the indexes of tokens.

    `joins` are the joins to change, by their SELECT. `kept` are the names in WITH of second tables that would be
    computed anew for each row of the first.
    """

    joins: dict[int, Best] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Block:
    """A query block: where its SELECT, FROM and WHERE (or its end) stand, and what is behind it."""

    select: int
    source: int
    where: int
    end: int


class _Finder:
    """Looks through the tokens of one statement."""

    def __init__(self, tokens: list[Token], start: int, variable_type: Callable[[str], str]) -> None:
        self.tokens = tokens
        self.start = start
        self.end = self._statement_end()
        self.variable_type = variable_type

    def _statement_end(self) -> int:
        depth, index = 0, self.start
        while depth >= 0 and self.tokens[index].kind is not Kind.END and not self.tokens[index].is_op(";"):
            depth += self._step(index)
            index += 1
        return index

    def _step(self, index: int) -> int:
        token = self.tokens[index]
        return token.is_op("(") - token.is_op(")")

    def find(self) -> BestRows:
        """All joins of the form."""
        found = BestRows()
        for index in range(self.start, self.end):
            if self.tokens[index].is_word("row_number") and self._texts(index, index + 7) == list(_WINDOW):
                self._ranked(index, found)
        return found

    def _ranked(self, window: int, found: BestRows) -> None:
        """ROW_NUMBER stands here: note the join that it ranks, if all is of the form."""
        opener = self._opener(window)
        ranked = self._block(opener + 1) if opener is not None else None
        if opener is None or ranked is None or not self._is_view(ranked) or ranked.where != ranked.end:
            return
        item = next((i for i in self._items(ranked) if i[0] == window), (0, 0))
        # row_number() over (partition by ... order by ...) [as] place
        closer = self._closer(window + 4)
        alias = self._texts(closer + 1, item[1])
        if len(alias) not in (1, 2) or (len(alias) == 2 and alias[0] != "as"):
            return
        others = [i for i in self._items(ranked) if i != item]
        names = [self._column(i)[1] for i in others]
        order = next((i for i in range(window, closer) if self.tokens[i].is_word("order")), closer)
        if (
            not all(map(self._is_column, others))
            or alias[-1] in names
            or self._texts(order, order + 2) != ["order", "by"]
        ):
            return
        most = self._most(opener, alias[-1], names)
        view = self._view_of(ranked)
        join = self._block(view) if view is not None else None
        if most is None or join is None or not self._is_view(join):
            return
        tables = self._joined(join)
        if tables is None or not self._is_plain(join, tables):
            return
        columns = [self._column(i) for i in self._items(join)]
        keys = [self._key(i) for i in self._split(order + 2, closer)]
        parts = [self._texts(*i)[-1] for i in self._split(window + 7, order)]
        of_first = {name for qualifier, name in columns if qualifier == tables[0][1]}
        if set(parts) <= of_first and all(key and key[0].value in {n for _, n in columns} for key in keys):
            found.joins[join.select] = Best(tuple(key for key in keys if key), most)
            definition = self._definition(tables[1][0])
            if definition is not None:
                found.kept.add(definition)

    # tokens and ranges of them

    def _texts(self, first: int, end: int) -> list[str]:
        """The words and operators of a range; strings and quoted names are like none of them."""
        quoted = (Kind.STRING, Kind.QUOTED)
        return [f"'{t.value}" if t.kind in quoted else t.value for t in self.tokens[first : min(end, self.end)]]

    def _is_name(self, index: int) -> bool:
        return self.tokens[index].kind is Kind.WORD

    def _opener(self, index: int) -> int | None:
        """The parenthesis that is open here."""
        depth = 0
        while index > self.start:
            index -= 1
            depth -= self._step(index)
            if depth < 0:
                return index
        return None

    def _closer(self, opener: int) -> int:
        """The parenthesis that closes this one; the statement's end where there is none."""
        depth = 0
        for index in range(opener, self.end):
            depth += self._step(index)
            if depth == 0:
                return index
        return self.end

    def _split(self, first: int, end: int, word: str = ",") -> list[tuple[int, int]]:
        """The ranges between the commas, or other such tokens, that stand in no parentheses."""
        ranges, depth, begun = [], 0, first
        for index in range(first, end):
            depth += self._step(index)
            if (
                depth == 0
                and self.tokens[index].value == word
                and self.tokens[index].kind in (Kind.WORD, Kind.OPERATOR)
            ):
                ranges.append((begun, index))
                begun = index + 1
        return [*ranges, (begun, end)]

    # blocks

    def _block(self, select: int) -> _Block | None:
        """The query block that begins here, if one does and it reads something."""
        if not self.tokens[select].is_word("select"):
            return None
        depth, clauses, index = 0, dict[str, int](), select
        while index < self.end:
            depth += self._step(index)
            token = self.tokens[index]
            if depth < 0 or (depth == 0 and token.is_word(*_ENDS)):
                break
            if depth == 0 and token.is_word("from", "where"):
                clauses.setdefault(token.value, index)
            index += 1
        if "from" not in clauses:
            return None
        return _Block(select, clauses["from"], clauses.get("where", index), index)

    def _is_view(self, block: _Block) -> bool:
        """Whether it is all of an inline view or WITH query, and keeps each of its rows."""
        first = self.tokens[block.select + 1]
        return self.tokens[block.end].is_op(")") and not first.is_word("distinct", "unique", "all")

    def _items(self, block: _Block) -> list[tuple[int, int]]:
        return self._split(block.select + 1, block.source)

    def _without_alias(self, item: tuple[int, int]) -> tuple[int, int]:
        first, end = item
        return (first, end - 2) if end - first > 2 and self.tokens[end - 2].is_word("as") else item

    def _is_column(self, item: tuple[int, int]) -> bool:
        """Whether an item of a select list is a column, with or without the alias of its table."""
        first, end = self._without_alias(item)
        if end - first == 3 and self.tokens[first + 1].is_op("."):
            return self._is_name(first) and self._is_name(first + 2)
        return end - first == 1 and self._is_name(first) and not self.tokens[first].is_word("rownum")

    def _column(self, item: tuple[int, int]) -> tuple[str, str]:
        """The alias of the table of an item of a select list, where it is a column with one, and the item's name."""
        first, _ = item
        bare = self._without_alias(item)
        qualifier = self.tokens[first].value if self._is_column(item) and bare[1] - first == 3 else ""
        named = bare != item or self._is_column(item)
        return qualifier, self.tokens[item[1] - 1].value if named else ""

    def _key(self, item: tuple[int, int]) -> tuple[Token, str] | None:
        """A key of ORDER BY: the column, and how it is sorted."""
        first, end = item
        if self.tokens[first + 1].is_op("."):
            first += 2
        how = self._texts(first + 1, end)
        if not self._is_name(first) or not set(how) <= {"asc", "desc", "nulls", "first", "last"}:
            return None
        return self.tokens[first], " ".join(how)

    # WITH queries and inline views

    def _uses(self, name: str) -> list[int]:
        names = (Kind.WORD, Kind.QUOTED)
        tokens = enumerate(self.tokens[self.start : self.end], self.start)
        return [index for index, token in tokens if token.kind in names and token.value.lower() == name]

    def _definition(self, name: str) -> int | None:
        """Where WITH names a query that is used once in the statement."""
        uses = self._uses(name)
        if len(uses) == 2 and self._texts(uses[0] + 1, uses[0] + 3) == ["as", "("]:
            return uses[0] if self.tokens[uses[0] - 1].value in ("with", ",") else None
        return None

    def _view_of(self, block: _Block) -> int | None:
        """The SELECT of the one inline view or WITH query that a block reads."""
        first = block.source + 1
        last = self._closer(first) if self.tokens[first].is_op("(") else first
        # An alias may follow, and nothing else.
        if block.where - last > 2 or not all(self._is_name(i) for i in range(last + 1, block.where)):
            return None
        if last > first:
            return first + 1
        definition = self._definition(self.tokens[first].value)
        return definition + 3 if definition is not None else None

    def _most(self, opener: int, place: str, names: list[str]) -> Token | None:
        """How many rows of each partition are kept by the block that reads the ranked ones in this parenthesis."""
        source = opener - 1
        if self.tokens[source].is_word("as"):
            name = self._definition(self.tokens[opener - 2].value)
            if name is None or name != opener - 2:
                return None
            source = self._uses(self.tokens[name].value)[1] - 1
        if not self.tokens[source].is_word("from"):
            return None
        outer = self._block(self._select_of(source))
        if outer is None or outer.source != source or self._view_of(outer) != opener + 1:
            return None
        if {"or", "case"} & set(self._texts(outer.where, outer.end)):
            return None
        for first, end in self._split(outer.where + 1, outer.end, "and"):
            texts = self._texts(first, end)
            most = self.tokens[end - 1]
            if texts[1:2] == ["."]:
                texts = texts[2:]
            if texts[:-1] == [place, "<="] and self._is_number(most, names):
                return most
        return None

    def _is_number(self, token: Token, columns: list[str]) -> bool:
        """Whether it is a whole number, or a variable of numbers that no column hides."""
        if token.kind is Kind.NUMBER:
            return token.value.isdigit()
        kind = self.variable_type(token.value).partition("(")[0] if token.kind is Kind.WORD else ""
        return token.value not in columns and kind in ("smallint", "integer", "bigint", "numeric")

    def _select_of(self, index: int) -> int:
        """The SELECT of the block whose FROM stands here."""
        depth = 0
        while index > self.start and not (depth == 0 and self.tokens[index].is_word("select")):
            depth += self._step(index)
            index -= 1
        return index

    # the join

    def _joined(self, block: _Block) -> tuple[tuple[str, str], tuple[str, str]] | None:
        """The two tables of an inner or cross join, each with its alias."""
        tables: list[tuple[str, str]] = []
        index = block.source + 1
        for _ in range(2):
            name = self.tokens[index]
            alias = self.tokens[index + 1]
            if name.kind is not Kind.WORD or name.is_word(*_JOINS):
                return None
            aliased = index + 1 < block.where and alias.kind is Kind.WORD and not alias.is_word(*_JOINS)
            tables.append((name.value, alias.value if aliased else name.value))
            index += 2 if aliased else 1
            if len(tables) == 1:
                crossed = self.tokens[index].is_word("cross")
                index += self.tokens[index].is_word("inner", "cross")
                if not self.tokens[index].is_word("join"):
                    return None
                index += 1
        if crossed:
            return (tables[0], tables[1]) if index == block.where else None
        rest = self._texts(index + 1, block.where)
        if not self.tokens[index].is_word("on") or set(_JOINS) & set(rest) or len(self._split(index, block.where)) > 1:
            return None
        return tables[0], tables[1]

    def _is_plain(self, block: _Block, tables: tuple[tuple[str, str], tuple[str, str]]) -> bool:
        """Whether a join computes its rows one by one from columns with aliases, variables and pure functions."""
        aliases = {alias for _, alias in tables}
        if len(aliases) < 2 or any(self.tokens[end - 1].is_op("*") for _, end in self._items(block)):
            return False
        conditions = next((i for i in range(block.source, block.where) if self.tokens[i].is_word("on")), block.where)
        return all(
            self._is_plain_word(index, aliases)
            for first, end in ((block.select + 1, block.source), (conditions, block.end))
            for index in range(first, end)
            if self.tokens[index].kind not in (Kind.NUMBER, Kind.STRING, Kind.OPERATOR)
        )

    def _is_plain_word(self, index: int, aliases: set[str]) -> bool:
        word, before, following = self.tokens[index], self.tokens[index - 1], self.tokens[index + 1]
        if word.kind is not Kind.WORD:
            return False
        if following.is_op("."):
            return word.value in aliases and not before.is_op(".")
        if before.is_op("."):
            return not following.is_op("(")
        if word.value in _WORDS or before.is_word("as"):
            return True
        if following.is_op("("):
            return word.value in _PURE
        return word.value in functions.METRICS or self.variable_type(word.value) != ""


def find(tokens: list[Token], start: int, variable_type: Callable[[str], str]) -> BestRows:
    """The joins of the form in the query that begins at `start`.

    `variable_type` gives PostgreSQL's type of a PL/SQL variable, and nothing for another name.
    """
    return _Finder(tokens, start, variable_type).find()
