"""SELECT and the statements that change rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.lexer import Kind, Token
from engine.words import LONGEST_NAME, SQL_RESERVED
from loader.embedded import best_rows, functions
from loader.embedded.best_rows import Best, BestRows
from loader.embedded.expressions import Expressions, Search, in_sql
from loader.embedded.fragment import Fragment, Value, join
from loader.embedded.names import Place
from loader.embedded.vectors import is_vector

_SET_OPERATORS = {"union": "union", "intersect": "intersect", "minus": "except", "except": "except"}
_JOINS = ("inner", "left", "right", "full", "join", "cross", "natural", "outer")
# What may follow a table and its alias, and no keyword of a join.
_TABLE_ENDS = ("where", "set", "on", "order", "group", "having", "connect", "start", "union", "intersect", "minus")
_TABLE_CLAUSES = ("partition", "sample", "pivot", "unpivot", "versions", "as", "match_recognize")


@dataclass(slots=True)
class _Block:
    """What has been seen of one query block.

    Its sources as (alias, table), its stars, what is known of its select list as (alias, value), and whether its rows
    can not be traced to rows of tables: `combined` by its own DISTINCT, GROUP BY or aggregate, `unmerged` by what it
    reads or numbers. `ordered` tells that an inline view of its sorts.
    """

    sources: list[tuple[str, str]] = field(default_factory=list)
    stars: list[tuple[str, Fragment, Token]] = field(default_factory=list)
    items: list[tuple[str, Value | None]] = field(default_factory=list)
    combined: bool = False
    unmerged: bool = False
    ordered: bool = False

    @property
    def aliases(self) -> dict[str, Value | None]:
        """The select list by alias."""
        return {alias: value for alias, value in self.items if alias}


class Queries(Expressions):
    """Reads a query or a DML statement."""

    # Whether a PL/SQL statement is being read, so that INTO is allowed.
    in_plsql: bool
    # The query block read last, and accuracy and count of the approximate limit read last.
    last_block: _Block
    approximation: Fragment | None
    # Whether the query read last can not be locked through (FOR UPDATE), and whether it sorts.
    unmerged: bool
    sorted: bool
    # The sources of the DML statement being read.
    dml_sources: list[tuple[str, str]]
    # The names of the WITH clauses that are open, innermost last: whether each can not be locked through.
    with_names: list[dict[str, bool]]
    # The joins of the query being read of which the best rows are kept.
    best_rows: BestRows

    def subquery(self) -> Fragment:
        """A query inside another statement."""
        return self.query()

    @in_sql
    def query(self, *, top: bool = False, into: bool = False) -> Fragment:
        """SELECT with its WITH clause, set operators, ORDER BY and row limits.

        `top` tells that its headings are shown to a person, `into` that INTO may stand in it.
        """
        first_doubt = len(self.doubts)
        if not self.with_names:
            self.best_rows = best_rows.find(self.tokens, self.index, self.variable_type)
        self.with_names.append({})
        result = self._query(top, into)
        self.with_names.pop()
        if self.sql_depth == 1:
            self.end_doubts(first_doubt)
        return result

    def _query(self, top: bool, into: bool) -> Fragment:
        first_doubt = len(self.doubts)
        result = Fragment()
        if self.at("with"):
            result.add(self._with())
        members = [self._member_query(top, into)]
        blocks = [self.last_block]
        operators = 0
        distinct = False
        result.add(members[0][0])
        while self.token.kind is Kind.WORD and self.token.value in _SET_OPERATORS:
            operator = self.take()
            result.add((_SET_OPERATORS[operator.value], operator))
            if self.accept("all"):
                result.add("all")
            else:
                distinct = True
            members.append(self._member_query(top, False))
            blocks.append(self.last_block)
            operators += 1
            result.add(members[-1][0])
        block = self.last_block = blocks[0]
        if distinct:
            for member in blocks:
                self._compare_rows(member)
        limited = members[0][1] if not operators else None
        sources = block.sources
        combined = bool(operators) or block.combined
        unmerged = block.unmerged
        if self.at("order", "siblings"):
            raise self.unsupported("ORDER SIBLINGS BY")
        start = self.index
        if self.at("order") and limited:
            raise self.unsupported("ROWNUM beside ORDER BY", limited, "use FETCH FIRST n ROWS ONLY")
        order = self.order_by() if self.at("order") else None
        self.settle_doubts(first_doubt, sources, block.aliases)
        self.approximation = None
        limit = self._row_limit(limited)
        if order is not None and self.approximation is not None:
            # Read again, now that the limit is known: the distance is put so that a vector index serves it.
            end, self.index = self.index, start
            self.search = Search(sources, self.approximation)
            order = self.order_by()
            self.search, self.index = None, end
        if order is not None:
            result.add(order)
        result.add(limit)
        if self.at("for", "update"):
            self._check_lock(combined, unmerged or bool(limit.pieces))
            result.add(self._for_update())
        self.unmerged = combined or unmerged or bool(limit.pieces) or limited is not None
        self.sorted = order is not None
        return result

    def _compare_rows(self, block: _Block) -> None:
        """The rows of a block are compared with one another, by DISTINCT or a set operator."""
        for _, value in block.items:
            kind = self.type_of(value, block.sources) if value is not None else None
            if value is not None and kind is not None and is_vector(kind):
                self.compared(Fragment().of(Value(value.token, kind)))

    def _check_lock(self, combined: bool, unmerged: bool) -> None:
        """FOR UPDATE stands here: Oracle locks rows of tables, and must know which."""
        if self.sql_depth > 1:
            raise self.refuse("ORA-00907", "missing right parenthesis: FOR UPDATE stands in the outermost query alone")
        if combined:
            raise self.refuse("ORA-01786", "FOR UPDATE of this query expression is not allowed")
        if unmerged:
            raise self.refuse("ORA-02014", "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")

    def _with(self) -> Fragment:
        token = self.expect("with")
        if self.at("function") or self.at("procedure"):
            raise self.unsupported("WITH FUNCTION", token)

        def element() -> Fragment:
            word = self.token.value.lower()
            kept = "materialized" if self.index in self.best_rows.kept else ""
            name = self.spelled(self.name(Place.TABLE))
            if self.accept_op("("):
                columns = join(self.listed(lambda: self.spelled(self.name())))
                self.expect_op(")")
                name = Fragment(name, "(", columns, ")")
            self.expect("as")
            self.expect_op("(")
            query = self.query()
            self.with_names[-1][word] = self.unmerged
            self.expect_op(")")
            if self.token.is_word("search", "cycle"):
                raise self.unsupported(self.token.value.upper())
            return Fragment(name, f"as {kept} (", query, ")")

        return Fragment(token, join(self.listed(element)))

    def _member_query(self, top: bool, into: bool) -> tuple[Fragment, Token | None]:
        if self.token.is_op("("):
            opener = self.take()
            inner = self.query(top=top)
            self.expect_op(")")
            return Fragment(opener, inner, ")"), None
        return self._block(top, into)

    def _block(self, top: bool, into: bool) -> tuple[Fragment, Token | None]:
        block = _Block()
        first_doubt = len(self.doubts)
        best = self.best_rows.joins.get(self.index)
        start = self.expect("select")
        distinct = self.accept("distinct") or self.accept("unique")
        self.accept("all")
        aggregates, windows = self.aggregates, self.windows
        outer = self.rownum_allowed, self.rownum_used
        self.rownum_allowed, self.rownum_used = True, False
        items = self.listed(lambda: self._select_item(block, top))
        numbered = self.rownum_used
        self.rownum_allowed, self.rownum_used = outer
        targets = self._into(into) if self.at("into") or self.at("bulk") else Fragment()
        where: Fragment | None = None
        limit: Fragment | None = None
        limit_at: Token | None = None
        sources = Fragment()
        if best is not None:
            return self._best_block(block, best, Fragment(start, join(items)), first_doubt), None
        if token := self.accept("from"):
            sources = Fragment(token, join(self.listed(lambda: self._joined(block))))
        for name, star, at in block.stars:
            self._name_star(block, name, at)
            self._expand_star(block, name, star, at)
        if distinct:
            self._compare_rows(block)
        result = Fragment(start, "distinct" if distinct else "", join(items), targets, sources)
        if token := self.accept("where"):
            where, limit, limit_at = self._where()
            if where is not None:
                result.add(token).add(where)
        for words in (("start", "with"), ("connect", "by")):
            if self.at(*words):
                raise self.unsupported("CONNECT BY", advice="use a subquery for each level")
        grouped = self.accept("group", "by")
        if grouped:
            result.add(("group by", grouped)).add(join(self.listed(self._grouping)))
        having = self.accept("having")
        if having:
            result.add(having).add(self.expression())
        self.settle_doubts(first_doubt, block.sources)
        block.combined = bool(distinct or grouped or having or self.aggregates > aggregates)
        block.unmerged = block.unmerged or self.windows > windows or (block.ordered and limit is not None)
        if self.token.is_word("model", "qualify", "window"):
            raise self.unsupported(self.token.value.upper())
        if (limit or numbered) and (distinct or grouped or self.aggregates > aggregates):
            raise self.unsupported(
                "ROWNUM beside DISTINCT, GROUP BY or an aggregate", limit_at or start, "put it into a subquery"
            )
        # Those of this block concern no other.
        self.aggregates, self.windows = aggregates, windows
        self.last_block = block
        if limit is not None:
            if self.at("order"):
                return result, limit_at
            result = Fragment("(", result, "limit", limit, ")")
        return result, limit_at

    def _best_block(self, block: _Block, best: Best, items: Fragment, first_doubt: int) -> Fragment:
        """A join whose select list has been read: of each row of its first table the best pairs."""
        token = self.expect("from")
        first = self._source(block)
        self.accept("inner") or self.accept("cross")
        self.expect("join")
        pairs = items.add(token).add(self._source(block))
        conditions = [self.expression() for word in ("on", "where") if self.accept(word)]
        self.settle_doubts(first_doubt, block.sources)
        self.last_block = block
        if conditions:
            pairs.add("where").add(join([Fragment("(", condition, ")") for condition in conditions], "and"))
        keys = join([Fragment(self.spell(key.value), how) for key, how in best.keys])
        most = best.most.value if best.most.kind is Kind.NUMBER else self.spell(best.most.value)
        # By itself, where no column of the tables hides a variable. LEAST, because a limit is a bigint; of a negative
        # number or NULL the condition outside lets nothing through.
        limit = f"( select ora.row_limit( least( {most} , 1e18 ) ) as most )"
        name = f"best_{token.start}"
        return Fragment(
            "select",
            f"{name}.* from {limit} as {name}_limit cross join",
            first,
            "cross join lateral (",
            pairs,
            "order by",
            keys,
            f"limit {name}_limit.most ) as {name}",
        )

    def _grouping(self) -> Fragment:
        for word in ("rollup", "cube"):
            if self.at(word) and self.ahead().is_op("("):
                token = self.take()
                self.take()
                inner = join(self.listed(self._compared))
                self.expect_op(")")
                return Fragment((f"{word} (", token), inner, ")")
        return self._compared()

    # the select list

    def _select_item(self, block: _Block, top: bool) -> Fragment:
        token = self.token
        if self.accept_op("*"):
            star = Fragment(token)
            block.stars.append(("", star, token))
            return star
        if self.at_name() and self.ahead().is_op(".") and self.ahead(2).is_op("*"):
            name = self.name(Place.EXPRESSION)
            self.index += 2
            star = Fragment(self.spelled(name), ". *")
            block.stars.append((name.value, star, token))
            return star
        first = self.index
        value = self.expression()
        last = self.index
        explicit = self.accept("as")
        if explicit or self._at_alias():
            alias = self.name(Place.ALIAS)
            block.items.append((alias.value, value.value))
            return Fragment(value, "as", self.spelled(alias))
        block.items.append(("", value.value))
        if top and not self._is_column(first, last):
            return Fragment(value, "as", self._heading(first, last))
        return value

    def _at_alias(self) -> bool:
        """Whether an alias without AS stands behind an item of a select list."""
        if self.at_name():
            return not self.at("bulk", "collect")
        # One of the grammar's words is an alias where the item ends behind it.
        ends = self.ahead().is_op(",", ")") or self.ahead().is_word("from", "into", "bulk")
        return ends and self.token.kind is Kind.WORD and not self.token.is_word("from", "into")

    def _at_table_alias(self) -> bool:
        """Whether an alias stands behind a table."""
        if self.at_name():
            return not self.token.is_word("returning", "return", "log")
        if self.token.kind is not Kind.WORD:
            return False
        following = self.ahead()
        if following.kind is Kind.END or following.is_op(",", ")", ";"):
            return True
        return following.is_word(*_TABLE_ENDS) and self.token.value not in SQL_RESERVED

    def _is_column(self, first: int, last: int) -> bool:
        tokens = self.tokens[first:last]
        if self.catalog.package(tokens[0].value) or tokens[0].is_word("rownum", *functions.CONSTANTS):
            return False
        return all(t.kind in (Kind.WORD, Kind.QUOTED) or t.is_op(".") for t in tokens)

    def _heading(self, first: int, last: int) -> str:
        """The heading Oracle gives an unnamed expression: its text, in capitals, without blanks."""
        text = ""
        for token in self.tokens[first:last]:
            piece = f"'{token.value}'" if token.kind is Kind.STRING else token.value.upper()
            piece = f":{piece}" if token.kind is Kind.BIND else piece
            both_words = text and (text[-1].isalnum() and piece[0].isalnum())
            text += (" " if both_words else "") + piece
        return self.spell(text.replace('"', "").encode()[:LONGEST_NAME].decode(errors="ignore"))

    def _name_star(self, block: _Block, name: str, token: Token) -> None:
        """SELECT *: what is known of the columns that it stands for."""
        for alias, table in block.sources:
            if name in ("", alias):
                columns = self.catalog.columns.get(table, {})
                block.items += [("", Value(token, kind)) for kind in columns.values()]

    def _expand_star(self, block: _Block, name: str, star: Fragment, token: Token) -> None:
        """SELECT * leaves out the columns that were declared INVISIBLE."""
        sources = [s for s in block.sources if not name or s[0] == name]
        if not any(table in self.catalog.invisible for _, table in sources):
            return
        if len(sources) > 1:
            raise self.unsupported("SELECT * over a join with invisible columns", token, "name the columns")
        alias, table = sources[0]
        hidden = self.catalog.invisible[table]
        shown = [column for column in self.catalog.columns.get(table, {}) if column not in hidden]
        text = ", ".join(f"{self.spell(alias)}.{self.spell(column)}" for column in shown)
        star.pieces = Fragment((text, token)).pieces

    def _into(self, allowed: bool) -> Fragment:
        token = self.token
        if self.at("bulk"):
            raise self.unsupported("BULK COLLECT", token, "use a cursor FOR loop or set-based SQL")
        self.expect("into")
        if not allowed:
            raise self.unsupported("INTO at this place", token)
        return Fragment(("into strict", token), self.targets())

    def targets(self) -> Fragment:
        """The variables behind INTO."""

        # They are PL/SQL's, though SQL stands around them.
        depth, self.sql_depth = self.sql_depth, 0

        def target() -> Fragment:
            name = self.name()
            if not self.is_variable(name.value):
                raise self.fail(f"the variable {name.value.upper()} is not declared", name)
            result = self.spelled(name)
            if self.accept_op("."):
                result = Fragment(result, ".", self.spelled(self.name()))
            return result

        result = join(self.listed(target))
        self.sql_depth = depth
        return result

    # FROM

    def _joined(self, block: _Block) -> Fragment:
        result = self._source(block)
        while self.token.kind is Kind.WORD and self.token.value in _JOINS:
            token = self.token
            if self.accept("cross", "apply"):
                result.add(("cross join lateral", token)).add(self._source(block, applied=True))
                continue
            if self.accept("outer", "apply"):
                result.add(("left join lateral", token)).add(self._source(block, applied=True)).add("on true")
                continue
            words: list[str] = []
            while not self.at("join"):
                word = self.take()
                if not word.is_word("inner", "left", "right", "full", "outer", "cross", "natural"):
                    raise self.fail(f"{word.describe()} found where JOIN is expected", word)
                if words and words[-1] != "natural" and word.value != "outer":
                    raise self.unsupported(f"{token.describe()} as a name before a join", token, "use another alias")
                words.append(word.value)
            self.expect("join")
            result.add((" ".join([*words, "join"]), token)).add(self._source(block))
            if on := self.accept("on"):
                result.add(on).add(self.expression())
            elif using := self.accept("using"):
                self.expect_op("(")
                columns = join(self.listed(lambda: self.spelled(self.name())))
                self.expect_op(")")
                result.add(using).add("(").add(columns).add(")")
            elif not {"cross", "natural"} & set(words):
                raise self.unexpected("ON or USING")
        return result

    def _source(self, block: _Block, *, applied: bool = False) -> Fragment:
        token = self.token
        lateral = self.accept("lateral")
        if self.accept_op("("):
            if self.at("select") or self.at("with"):
                inner = self.query()
                block.unmerged = block.unmerged or self.unmerged
                block.ordered = block.ordered or self.sorted
                self.expect_op(")")
                prefix = "lateral (" if lateral else "("
                return Fragment((prefix, token), inner, ")", self._alias(block, ""))
            if applied or lateral:
                raise self.unexpected("SELECT")
            inner = self._joined(block)
            self.expect_op(")")
            return Fragment(token, inner, ")")
        if self.at("json_table") and self.ahead().is_op("("):
            return self._json_table(block, applied)
        if self.token.is_word("table", "xmltable", "only", "containers", "graph_table"):
            raise self.unsupported(f"{self.token.value.upper()}(...) in FROM")
        name = self.name(Place.TABLE)
        result = self.spelled(name)
        table = name.value
        if self.accept_op("."):
            second = self.name()
            raise self.unsupported(f"the schema name {name.value.upper()}", second, "leave it out")
        if self.token.is_op("@"):
            raise self.unsupported("a database link")
        if self.token.is_op("("):
            raise self.unsupported(f"the table function {name.value.upper()}", name)
        named = next((names[table] for names in reversed(self.with_names) if table in names), None)
        if named is not None:
            block.unmerged = block.unmerged or named
            return Fragment(result, self._alias(block, table, known=False))
        self.effect(f"read:{table}")
        block.unmerged = block.unmerged or table in self.catalog.unmerged
        return Fragment(result, self._alias(block, table))

    def effect(self, effect: str) -> None:
        """Something that a routine does to the database stands here; PL/SQL keeps account of it."""

    def _alias(self, block: _Block, table: str, *, known: bool = True) -> Fragment:
        """The alias behind a source; `known` tells that the table is one of the catalog."""
        if self.token.is_word(*_TABLE_CLAUSES):
            following = self.ahead()
            if self.token.is_word("as") or following.is_op("(") or following.is_word("for", "between"):
                raise self.unsupported(f"{self.token.value.upper()} behind a table")
        if self._at_table_alias():
            alias = self.name(Place.TABLE_ALIAS)
            block.sources.append((alias.value, table if known else ""))
            return Fragment("as", self.spelled(alias))
        block.sources.append((table, table if known else ""))
        return Fragment()

    def _json_table(self, block: _Block, applied: bool) -> Fragment:
        token = self.take()
        self.expect_op("(")
        document = self.expression()
        self._format_json()
        path = Fragment("'$'")
        if self.accept_op(","):
            path = self.json_path()
        if self.at("error") or self.at("null"):
            raise self.unsupported("ON ERROR of a whole JSON_TABLE")
        names: list[tuple[str, bool]] = []
        columns = self._json_columns(names)
        self.expect_op(")")
        shown = ", ".join(
            f"nullif({self.spell(n)}, '') as {self.spell(n)}" if text else self.spell(n) for n, text in names
        )
        # JSON's "" is Oracle's NULL.
        opening = f"{'' if applied else 'lateral'} ( select {shown} from json_table("  # noqa: S608
        return Fragment(
            (opening, token),
            self._as_json(document),
            ",",
            path,
            columns,
            ") )",
            self._alias(block, "") if self.at_name() else Fragment(f"as json_table_{token.start}"),
        )

    def _json_columns(self, names: list[tuple[str, bool]]) -> Fragment:
        token = self.expect("columns")
        parenthesis = self.accept_op("(")
        columns = join(self.listed(lambda: self._json_column(names)))
        if parenthesis:
            self.expect_op(")")
        return Fragment((" columns (", token), columns, ")")

    def _json_column(self, names: list[tuple[str, bool]]) -> Fragment:
        if self.at("nested"):
            token = self.take()
            self.accept("path")
            path = self.json_path()
            return Fragment(("nested path", token), path, self._json_columns(names))
        name = self.name()
        if self.accept("for", "ordinality"):
            names.append((name.value, False))
            return Fragment(self.spelled(name), "for ordinality")
        if self.at("path") or self.at("exists"):
            raise self.unsupported("a JSON_TABLE column without a type", name, "add VARCHAR2(n CHAR) or NUMBER")
        target = self.data_type()
        exists = "exists" if self.accept("exists") else ""
        # FORMAT JSON keeps an object or array as JSON text; the type json has no need of it.
        if self._format_json() and target != "jsonb":
            target += " format json"
        if not self.at("path"):
            raise self.unsupported("a JSON_TABLE column without PATH", name)
        self.expect("path")
        path = self.json_path()
        names.append((name.value, target == "text" or ("varchar" in target and "json" not in target)))
        clauses = self._on_clauses("JSON_TABLE")
        return Fragment(self.spelled(name), f"{target} {exists} path", path, clauses)

    # WHERE with ROWNUM, row limits, locks

    def _where(self) -> tuple[Fragment | None, Fragment | None, Token | None]:
        conditions: list[Fragment] = []
        limit: Fragment | None = None
        at: Token | None = None
        while True:
            if self.at("rownum"):
                if limit is not None:
                    raise self.unsupported("two conditions on ROWNUM")
                at = self.take()
                limit = self._rownum_condition(at)
            else:
                conditions.append(self._negation())
            if not self.accept("and"):
                break
        where = None
        for condition in conditions:
            where = condition if where is None else Fragment("(", where, "and", condition, ")")
        while token := self.accept("or"):
            if limit is not None or where is None:
                raise self.unsupported("ROWNUM beside OR", at)
            where = Fragment("(", where, ("or", token), self._conjunction(), ")")
        return where, limit, at

    def _rownum_condition(self, at: Token) -> Fragment:
        operator = self.take()
        bound = self.operand()
        if operator.is_op("<="):
            return Fragment(("ora.row_limit(", at), bound, ")")
        if operator.is_op("<"):
            return Fragment(("ora.row_limit( ceil(", at), bound, ") - 1 )")
        if operator.is_op("=") and str(bound) == "1":
            return Fragment(("1", at))
        raise self.unsupported("this condition on ROWNUM", at, "use ROWNUM <= n")

    def _row_limit(self, rownum: Token | None) -> Fragment:
        result = Fragment()
        if token := self.accept("offset"):
            count = self.operand()
            if not (self.accept("rows") or self.accept("row")):
                raise self.unexpected("ROWS")
            result.add(Fragment(("offset ora.row_limit(", token), count, ") rows"))
        if not self.at("fetch"):
            return result
        token = self.take()
        if rownum:
            raise self.unsupported("ROWNUM beside FETCH FIRST", rownum)
        approximate = self.accept("approx") or self.accept("approximate")
        if not approximate:
            self.accept("exact")
        if not (self.accept("first") or self.accept("next")):
            raise self.unexpected("FIRST or NEXT")
        count = Fragment("1")
        if not self.token.is_word("row", "rows"):
            count = self.operand()
        if self.at("percent"):
            raise self.unsupported("FETCH FIRST n PERCENT")
        if not (self.accept("rows") or self.accept("row")):
            raise self.unexpected("ROWS")
        ties = "with ties" if self.accept("with", "ties") else "only"
        if ties == "only":
            self.expect("only")
        if approximate:
            accuracy = Fragment("null")
            if self.accept("with", "target", "accuracy"):
                if self.at("parameters"):
                    raise self.unsupported("WITH TARGET ACCURACY PARAMETERS")
                accuracy = self.operand()
                self.accept("percent")
            self.approximation = Fragment(accuracy, ",", count)
        return result.add(Fragment(("fetch first ( ora.row_limit(", token), count, f") ) rows {ties}"))

    def _for_update(self) -> Fragment:
        token = self.expect("for", "update")
        self.effect("lock:")
        if self.at("of"):
            raise self.unsupported("FOR UPDATE OF a column")
        if self.accept("skip", "locked"):
            return Fragment(("for update skip locked", token))
        if self.accept("nowait"):
            return Fragment(("for update nowait", token))
        if self.at("wait"):
            raise self.unsupported("FOR UPDATE WAIT n", advice="use NOWAIT or SKIP LOCKED")
        return Fragment(("for update", token))

    # DML

    @in_sql
    def dml(self) -> Fragment:
        """INSERT, UPDATE, DELETE or MERGE."""
        word = self.token.value
        first_doubt = len(self.doubts)
        self.dml_sources = []
        result: Fragment = getattr(self, f"_{word}")()
        self.settle_doubts(first_doubt, self.dml_sources)
        self.end_doubts(first_doubt)
        self.changed = None
        if self.at("log", "errors"):
            raise self.unsupported("LOG ERRORS")
        return result

    def _changed_table(self) -> tuple[Fragment, Token]:
        """The table that a DML statement changes."""
        table, name = self._table_name()
        self.changed = name.value
        self.effect(f"dml:{name.value}")
        return table, name

    def _table_name(self) -> tuple[Fragment, Token]:
        name = self.name(Place.TABLE)
        if self.token.is_op(".", "@"):
            raise self.unsupported("a schema name or a database link", name)
        return self.spelled(name), name

    def _insert(self) -> Fragment:
        result = Fragment(("insert into", self.expect("insert")))
        if self.at("all") or self.at("first"):
            raise self.unsupported("a multi-table INSERT")
        self.expect("into")
        result.add(self._changed_table()[0])
        if self.token.is_op("(") and not self.ahead().is_word("select", "with"):
            self.take()
            result.add("(").add(join(self.listed(lambda: self.spelled(self.name(Place.INSERTED))))).add(")")
            self.expect_op(")")
        if token := self.accept("values"):
            if not self.token.is_op("("):
                raise self.unsupported("INSERT of a record variable", token)
            self.changed = ""  # a row by itself: its functions may read the table
            result.add(token).add(join(self.listed(self._row)))
        else:
            result.add(self.query())
        return result.add(self._returning())

    def _row(self) -> Fragment:
        self.expect_op("(")
        values = join(self.listed(self._value_or_default))
        self.expect_op(")")
        return Fragment("(", values, ")")

    def _value_or_default(self) -> Fragment:
        if self.at("default"):
            return Fragment(self.take())
        return self.expression()

    def _update(self) -> Fragment:
        verb = self.expect("update")
        table, name = self._changed_table()
        result = Fragment(verb, table)
        alias = ""
        if self._at_table_alias():
            named = self.name(Place.TABLE_ALIAS)
            alias = named.value
            result.add("as").add(self.spelled(named))
        self.dml_sources = [(alias or name.value, name.value)]
        result.add(self.expect("set")).add(join(self.listed(lambda: self._assignment(alias))))
        if token := self.accept("where"):
            result.add(token).add(self.expression())
        return result.add(self._returning())

    def _assignment(self, alias: str) -> Fragment:
        if self.accept_op("("):
            columns = join(self.listed(lambda: self._target_column(alias)))
            self.expect_op(")")
            self.expect_op("=")
            return Fragment("(", columns, ") =", self._parenthesized_query())
        column = self._target_column(alias)
        self.expect_op("=")
        return Fragment(column, "=", self._value_or_default())

    def _target_column(self, alias: str) -> Fragment:
        """A column to be set; PostgreSQL does not take the alias in front of it."""
        name = self.name(Place.QUALIFIED)
        if self.accept_op("."):
            if name.value != alias:
                raise self.fail(f"{name.value.upper()} is not the alias of the table to be changed", name)
            name = self.name(Place.QUALIFIED)
        return self.spelled(name)

    def _delete(self) -> Fragment:
        token = self.expect("delete")
        self.accept("from")
        table, name = self._changed_table()
        alias = name
        result = Fragment(("delete from", token), table)
        if self._at_table_alias():
            alias = self.name(Place.TABLE_ALIAS)
            result.add("as").add(self.spelled(alias))
        self.dml_sources = [(alias.value, name.value)]
        if where := self.accept("where"):
            result.add(where).add(self.expression())
        return result.add(self._returning())

    def _merge(self) -> Fragment:
        token = self.expect("merge")
        self.expect("into")
        table, name = self._changed_table()
        alias = name
        result = Fragment(("merge into", token), table)
        if self.at_name():
            alias = self.name(Place.TABLE_ALIAS)
            result.add("as").add(self.spelled(alias))
        block = _Block()
        result.add(self.expect("using")).add(self._source(block))
        self.dml_sources = [(alias.value, name.value), *block.sources]
        result.add(self.expect("on"))
        self.expect_op("(")
        result.add("(").add(self.expression()).add(")")
        self.expect_op(")")
        while self.at("when"):
            result.add(self._merge_branch(alias.value))
        return result

    def _merge_branch(self, alias: str) -> Fragment:
        token = self.expect("when")
        if self.accept("matched"):
            self.expect("then", "update", "set")
            changes = join(self.listed(lambda: self._assignment(alias)))
            condition = Fragment("and", self.expression()) if self.accept("where") else Fragment()
            if self.at("delete"):
                raise self.unsupported("DELETE inside MERGE", advice="use a DELETE of its own")
            return Fragment(("when matched", token), condition, "then update set", changes)
        self.expect("not", "matched", "then", "insert")
        self.expect_op("(")
        columns = join(self.listed(lambda: self._target_column(alias)))
        self.expect_op(")")
        self.expect("values")
        row = self._row()
        condition = Fragment("and", self.expression()) if self.accept("where") else Fragment()
        return Fragment(("when not matched", token), condition, "then insert (", columns, ") values", row)

    def _returning(self) -> Fragment:
        token = self.accept("returning") or self.accept("return")
        if token is None:
            return Fragment()
        if not self.in_plsql:
            raise self.unsupported("RETURNING outside PL/SQL", token)
        values = join(self.listed(self.expression))
        self.expect("into")
        return Fragment(("returning", token), values, "into", self.targets())
