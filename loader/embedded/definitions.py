"""Data definition: tables, indexes, views, comments and their removal."""

from __future__ import annotations

from collections.abc import Callable

from engine.lexer import Kind, Token
from loader.embedded.fragment import Fragment, Piece, join
from loader.embedded.names import Place
from loader.embedded.units import Units
from loader.embedded.vectors import is_vector

_DROPPED = {
    "table": Place.TABLE,
    "view": Place.VIEW,
    "index": Place.INDEX,
    "sequence": Place.TABLE,
    "package": Place.UNIT,
    "procedure": Place.UNIT,
    "function": Place.UNIT,
}
UNIQUE_ADVICE = "declare one of them NOT NULL, or use CREATE UNIQUE INDEX"


class Definitions(Units):
    """Reads CREATE TABLE and its like."""

    # Columns declared INVISIBLE, and VECTOR columns without a dimension, in the statement at hand.
    hidden: list[str]
    unsized_vectors: list[str]
    # The table that the statement at hand creates or alters.
    table: str
    # The columns of the statement at hand with their types, and its foreign keys as (columns, table, its columns).
    columns: dict[str, Fragment]
    types: dict[str, str]
    foreign_keys: list[tuple[list[str], str, list[Token]]]
    # Its UNIQUE constraints over several columns, its columns that can not be null; whether a DEFAULT is being read.
    unique_keys: list[tuple[Token, list[str]]]
    required: set[str]
    in_default: bool

    def create_table(self) -> Fragment:
        """CREATE TABLE has been read."""
        exists = "if not exists" if self.accept("if", "not", "exists") else ""
        table, named = self._table_name()
        self.table = named.value
        result = Fragment(f"create table {exists}", table)
        if self.at("as"):
            self.take()
            return result.add("as").add(self.query())
        self.expect_op("(")
        items = self._table_items(named.value)
        if self.token.kind is not Kind.END and not self.token.is_op(";"):
            raise self.unsupported(f"the table clause {self.token.describe()}")
        self._match_foreign_keys()
        for token, names in self.unique_keys:
            if not self.required & set(names):
                raise self.unsupported("UNIQUE over columns that may all be null", token, UNIQUE_ADVICE)
        return result.add("(").add(join(items)).add(")")

    def _table_items(self, table: str) -> list[Fragment]:
        """The columns and constraints in parentheses, the opening one taken."""
        self.types = dict(self.catalog.columns.get(table, {}))
        items = self.listed(self._table_item)
        self.expect_op(")")
        return items

    def _match_foreign_keys(self) -> None:
        """Give a NUMBER column that refers to an identity column that one's type.

        An identity column is a bigint here, and PostgreSQL wants both sides of a foreign key alike.
        """
        for columns, table, referred in self.foreign_keys:
            for name, other in zip(columns, referred, strict=False):
                column = self.columns.get(name)
                if column is not None and self.catalog.columns.get(table, {}).get(other.value) == "bigint":
                    column.pieces[1] = Piece(column.pieces[1].text.replace("numeric", "bigint", 1))

    def _table_item(self) -> Fragment:
        if self.token.is_word("constraint", "primary", "unique", "check", "foreign") and not (
            self.token.is_word("primary", "foreign") and not self.ahead().is_word("key")
        ):
            return self._table_constraint()
        return self._column()

    def _column(self) -> Fragment:
        name = self.name()
        if name.kind is Kind.QUOTED and name.value == "rowid":
            # The one name of a column that quotes do not allow.
            raise self.refuse("ORA-00904", '"ROWID": invalid identifier', name)
        if self.at("generated") or self.at("invisible"):
            raise self.unsupported("a column without a data type", name)
        target = self.data_type()
        if target in ("integer", "refcursor"):
            raise self.fail("a column can not have a PL/SQL type", name)
        if self.accept("invisible"):
            self.hidden.append(name.value)
        else:
            self.accept("visible")
        # In the row and never compressed: a distance must not have to fetch and unpack its vectors
        # (measured: 20 times slower). A page holds one, of up to 2,000 dimensions.
        self.types[name.value] = target
        storage = "storage plain" if target.startswith("vector") else ""
        if target == "vector":
            self.unsized_vectors.append(name.value)
        clauses = Fragment()
        if self.at("generated"):
            target, generated = self._generated(target)
            clauses.add(generated)
        elif self.at("as"):
            clauses.add(self._virtual(self.take()))
        elif token := self.accept("default"):
            if self.at("on", "null"):
                raise self.unsupported("DEFAULT ON NULL", token)
            if is_vector(target):
                raise self.fail("Oracle gives a column of type VECTOR no default value", token)
            clauses.add(token).add(self._default())
        while (constraint := self._column_constraint(name)) is not None:
            clauses.add(constraint)
        self.columns[name.value] = Fragment(self.spelled(name), f"{target} {storage}", clauses)
        return self.columns[name.value]

    def _default(self) -> Fragment:
        """DEFAULT has been read: its value, which may be a sequence's next number."""
        self.in_default = True
        value = self.operand()
        self.in_default = False
        return Fragment("(", value, ")")

    def _generated(self, target: str) -> tuple[str, Fragment]:
        token = self.expect("generated")
        if self.accept("always"):
            mode = "always"
            if self.at("as") and self.ahead().is_op("("):
                return target, self._virtual(self.take())
        else:
            self.expect("by", "default")
            mode = "by default"
            if self.at("on", "null"):
                raise self.unsupported("GENERATED BY DEFAULT ON NULL", token)
        self.expect("as", "identity")
        options = self._identity_options()
        if "limit" in options:
            raise self.fail("START WITH LIMIT VALUE stands in ALTER TABLE ... MODIFY alone", token)
        if not target.startswith("numeric"):
            raise self.fail("an identity column must be a NUMBER", token)
        result = Fragment((f"generated {mode} as identity", token))
        if options:
            result.add("(")
            for word, value in options.items():
                result.add(f"{word} with" if word == "start" else f"{word} by").add(value)
            result.add(")")
        return "bigint", result

    def _identity_options(self) -> dict[str, Fragment]:
        """The options of an identity column in parentheses, if any."""
        if not self.accept_op("("):
            return {}
        options = self._sequence_options(limit=True)
        self.expect_op(")")
        return options

    def _sequence_options(self, *, limit: bool = False) -> dict[str, Fragment]:
        """START WITH and INCREMENT BY of a sequence; `limit` tells that START WITH LIMIT VALUE may stand here.

        ORDER, NOORDER, CACHE and NOCACHE say how instances of a cluster share the numbers: there is one
        instance here, which gives them in order.
        """
        found: dict[str, Fragment] = {}
        while True:
            if limit and self.accept("start", "with", "limit"):
                self.expect("value")
                found["limit"] = Fragment("true")
            elif self.accept("start", "with"):
                found["start"] = self._sequence_number()
            elif self.accept("increment", "by"):
                found["increment"] = self._sequence_number()
            elif self.accept("cache"):
                self._whole_number()
            elif not any(self.accept(word) for word in ("order", "noorder", "nocache", "nocycle")):
                return found

    def _sequence_number(self) -> Fragment:
        """A whole number, or in EXECUTE IMMEDIATE a value that takes the place of one."""
        if self.token.kind is Kind.BIND:
            return self.operand()
        sign = "-" if self.accept_op("-") else ""
        return Fragment(sign + self._whole_number())

    def _virtual(self, token: Token) -> Fragment:
        self.expect_op("(")
        value = self.expression()
        self.expect_op(")")
        self.accept("virtual") or self.accept("materialized")
        return Fragment(("generated always as (", token), value, ") stored")

    def _column_constraint(self, column: Token) -> Fragment | None:
        prefix = Fragment()
        if token := self.accept("constraint"):
            prefix = Fragment(token, self.spelled(self.name(Place.CONSTRAINT)))
        if token := self.accept("not", "null"):
            self.required.add(column.value)
            return prefix.add(("not null", token))
        if token := self.accept("null"):
            return prefix.add(token)
        if token := self.accept("primary", "key"):
            self._check_key(column)
            self.required.add(column.value)
            return prefix.add(("primary key", token))
        if token := self.accept("unique"):
            self._check_key(column)
            return prefix.add(token)
        if token := self.accept("check"):
            return prefix.add(self._check(token))
        if self.at("references"):
            self._check_constrained(column)
            return prefix.add(self._references([column.value]))
        if prefix.pieces:
            raise self.unexpected("a constraint")
        return None

    def _check_key(self, column: Token) -> None:
        if is_vector(self.types.get(column.value, "")):
            raise self.refuse("ORA-02329", "Column of data type VECTOR cannot be unique or a primary key.", column)

    def _check_constrained(self, column: Token) -> None:
        if is_vector(self.types.get(column.value, "")):
            raise self.refuse("ORA-02331", "cannot create constraint on column of data type VECTOR", column)

    def _check(self, token: Token) -> Fragment:
        self.expect_op("(")
        first, start = len(self.doubts), self.index
        self.sql_depth += 1
        condition = self.expression()
        self.sql_depth -= 1
        for doubt in self.doubts[first:]:
            if is_vector(self.types.get(doubt.value.column, doubt.value.type)):
                raise self.compare_refused(doubt)
        del self.doubts[first:]
        for word in self.tokens[start : self.index]:
            if word.kind in (Kind.WORD, Kind.QUOTED):
                self._check_constrained(word)
        self.expect_op(")")
        return Fragment(token, "(", condition, ")")

    def _references(self, columns: list[str]) -> Fragment:
        token = self.expect("references")
        table, name = self._table_name()
        result = Fragment(token, table)
        if self.token.is_op("("):
            names = self._column_names()
            self.foreign_keys.append((columns, name.value, names))
            result.add(self._in_parentheses(names))
        if self.accept("on", "delete"):
            if self.accept("cascade"):
                result.add("on delete cascade")
            else:
                self.expect("set", "null")
                result.add("on delete set null")
        return result

    def _column_names(self, check: Callable[[Token], None] = lambda _: None) -> list[Token]:
        def column() -> Token:
            name = self.name()
            check(name)
            return name

        self.expect_op("(")
        names = self.listed(column)
        self.expect_op(")")
        return names

    def _in_parentheses(self, names: list[Token]) -> Fragment:
        return Fragment("(", join([self.spelled(name) for name in names]), ")")

    def _table_constraint(self) -> Fragment:
        prefix = Fragment()
        if token := self.accept("constraint"):
            prefix = Fragment(token, self.spelled(self.name(Place.CONSTRAINT)))
        if token := self.accept("primary", "key"):
            keys = self._column_names(self._check_key)
            self.required |= {key.value for key in keys}
            return prefix.add(("primary key", token)).add(self._in_parentheses(keys))
        if token := self.accept("unique"):
            keys = self._column_names(self._check_key)
            if len(keys) == 1:
                return prefix.add(token).add(self._in_parentheses(keys))
            # Oracle compares keys of which a part is null, and passes over those that are null as a whole.
            self.unique_keys.append((token, [key.value for key in keys]))
            return prefix.add(("unique nulls not distinct", token)).add(self._in_parentheses(keys))
        if token := self.accept("check"):
            return prefix.add(self._check(token))
        if token := self.accept("foreign", "key"):
            names = self._column_names(self._check_constrained)
            prefix.add(("foreign key", token)).add(self._in_parentheses(names))
            return prefix.add(self._references([name.value for name in names]))
        raise self.unexpected("a constraint")

    def alter_table(self) -> Fragment:
        """ALTER TABLE has been read: ADD of columns or a constraint, DROP of either, MODIFY, RENAME COLUMN."""
        table, named = self._table_name()
        self.table = named.value
        self.types = dict(self.catalog.columns.get(named.value, {}))
        result = Fragment("alter table", table)
        if self.accept("modify"):
            return self._modified(result, named)
        if token := self.accept("rename"):
            self.expect("column")
            result.add(("rename column", token)).add(self.spelled(self.name(Place.COLUMN)))
            return result.add(self.expect("to")).add(self.spelled(self.name(Place.COLUMN)))
        if self.accept("add"):
            items = self._table_items(named.value) if self.accept_op("(") else [self._table_item()]
            self._match_foreign_keys()
            return result.add(join([self._added(item) for item in items]))
        if token := self.accept("drop"):
            if not (self.at("column") or self.at("constraint")):
                raise self.unsupported(f"ALTER TABLE ... DROP {self.token.describe()}", token)
            what = self.take()
            place = Place.COLUMN if what.is_word("column") else Place.CONSTRAINT
            dropped = self.name(place)
            if place is Place.COLUMN:
                names = f"{self.name_literal(named.value)}, {self.name_literal(dropped.value)}"
                return Fragment((f"select ora.drop_column({names})", token))
            return result.add(token).add(what).add(self.spelled(dropped))
        raise self.unsupported(f"ALTER TABLE ... {self.token.describe()}")

    def _modified(self, result: Fragment, table: Token) -> Fragment:
        """MODIFY has been read: another default, NOT NULL or NULL, or other options of an identity column."""
        parenthesis = self.accept_op("(")
        column = self.name()
        if token := self.accept("generated"):
            result = self._modified_identity(token, table, column)
        else:
            changes: list[Fragment] = []
            while True:
                change = Fragment(("alter column", column), self.spelled(column))
                if self.accept("default"):
                    change.add("set default").add(self._default())
                elif self.accept("not", "null"):
                    change.add("set not null")
                elif self.accept("null"):
                    change.add("drop not null")
                else:
                    break
                changes.append(change)
            if not changes:
                raise self.unsupported(f"ALTER TABLE ... MODIFY of a column by {self.token.describe()}")
            result.add(join(changes))
        if parenthesis:
            self.expect_op(")")
        return result

    def _modified_identity(self, token: Token, table: Token, column: Token) -> Fragment:
        mode = "always"
        if not self.accept("always"):
            self.expect("by", "default")
            mode = "by default on null" if self.accept("on", "null") else "by default"
        self.expect("as", "identity")
        options = self._identity_options()
        values = [
            Fragment(self.name_literal(table.value)),
            Fragment(self.name_literal(column.value)),
            Fragment(self.literal(mode)),
            *(options.get(word, Fragment("null")) for word in ("start", "increment")),
            options.get("limit", Fragment("false")),
        ]
        return Fragment(("select ora.modify_identity(", token), join(values), ")")

    @staticmethod
    def _added(item: Fragment) -> Fragment:
        first = item.pieces[0].text
        return (
            Fragment("add", item)
            if first in ("constraint", "primary key", "unique", "unique nulls not distinct", "check", "foreign key")
            else Fragment("add column", item)
        )

    def create_index(self) -> Fragment:
        """CREATE has been read; [UNIQUE] INDEX follows."""
        unique = self.accept("unique")
        token = self.expect("index")
        exists = "if not exists" if self.accept("if", "not", "exists") else ""
        name = self.spelled(self.name(Place.INDEX))
        self.expect("on")
        table, named = self._table_name()
        self.expect_op("(")

        keys: list[Fragment] = []

        def item() -> Fragment:
            indexed = self.expression()
            kind = self.type_of(indexed.value, [(named.value, named.value)]) if indexed.value else None
            if indexed.value and is_vector(kind or ""):
                what = "cannot create index on expression with data type VECTOR"
                raise self.refuse("ORA-02327", what, indexed.value.token)
            keys.append(Fragment("(", indexed, ")"))
            direction = self.accept("asc") or self.accept("desc")
            return Fragment(keys[-1], direction) if direction else keys[-1]

        items = join(self.listed(item))
        self.expect_op(")")
        words = "create unique index" if unique else "create index"
        result = Fragment((f"{words} {exists}", token), name, "on", table, "(", items, ")")
        if unique and len(keys) > 1:
            # Oracle compares keys of which a part is null, and has no entry for those that are null as a whole.
            result.add("nulls not distinct where num_nonnulls(").add(join(keys)).add(") > 0")
        return result

    def create_sequence(self) -> Fragment:
        """CREATE SEQUENCE has been read."""
        exists = bool(self.accept("if", "not", "exists"))
        name = self.name()
        options = self._sequence_options()
        values = [options.get(word, Fragment("1")) for word in ("start", "increment")]
        literal = self.literal(name.value)
        return Fragment(("select ora.create_sequence(", name), literal, ",", join(values), f", {exists})")

    def create_vector_index(self) -> Fragment:
        """CREATE VECTOR has been read: a call that makes pgvector's index of the same kind."""
        token = self.expect("index")
        name = self.name(Place.INDEX)
        self.expect("on")
        _, table = self._table_name()
        self.expect_op("(")
        column = self.name()
        self.expect_op(")")
        if self.token.is_word("include", "global", "local"):
            raise self.unsupported(f"{self.token.value.upper()} of a vector index")
        self.expect("organization")
        if self.accept("inmemory"):
            self.accept("neighbor")
            self.expect("graph")
            kind = "hnsw"
        else:
            self.accept("neighbor")
            self.expect("partitions")
            kind = "ivf"
        metric = self.take().value if self.accept("distance") or self.accept("with", "distance") else "cosine"
        if metric not in ("cosine", "euclidean", "dot"):
            raise self.unsupported(f"a vector index by the metric {metric.upper()}", token)
        accuracy = Fragment("95")
        if self.accept("with", "target", "accuracy"):
            accuracy = self.operand()
            self.accept("percent")
        parameters = self._vector_parameters(kind) if self.accept("parameters") else {}
        parallel = self.operand() if self.accept("parallel") else Fragment("null")
        values = [
            Fragment(self.literal(kind)),
            *(Fragment(self.name_literal(token.value)) for token in (name, table, column)),
            Fragment(self.literal(metric)),
            accuracy,
            *(parameters.get(key, Fragment("null")) for key in ("neighbors", "efconstruction", "partitions")),
            parallel,
        ]
        return Fragment(("select ora.create_vector_index(", token), join(values), ")")

    def _vector_parameters(self, kind: str) -> dict[str, Fragment]:
        found: dict[str, Fragment] = {}

        def parameter() -> None:
            token = self.token
            if self.accept("type"):
                self.expect(kind)
            elif kind == "hnsw" and (self.accept("neighbors") or self.accept("efconstruction")):
                found[token.value] = self.operand()
            elif kind == "ivf" and self.accept("neighbor", "partitions"):
                found["partitions"] = self.operand()
            else:
                raise self.unsupported(f"the parameter {token.describe()} of a vector index", token)

        self.expect_op("(")
        self.listed(parameter)
        self.expect_op(")")
        return found

    def create_view(self) -> tuple[str, Fragment, str]:
        """CREATE [OR REPLACE] [FORCE] VIEW has been read: its name; name, columns and query; the query's own text."""
        exists = self.accept("if", "not", "exists")
        if exists:
            raise self.unsupported("CREATE VIEW IF NOT EXISTS", exists, "use CREATE OR REPLACE VIEW")
        name = self.name(Place.VIEW)
        result = self.spelled(name)
        if self.token.is_op("("):
            result.add(self._in_parentheses(self._column_names()))
        self.expect("as")
        text = self.text[self.token.start :].rstrip().removesuffix(";")
        result.add("as").add(self.query())
        if self.at("with"):
            raise self.unsupported("WITH READ ONLY and WITH CHECK OPTION")
        return name.value, result, text

    def comment(self) -> Fragment:
        """COMMENT has been read."""
        self.expect("on")
        kind = self.take()
        if not kind.is_word("table", "column"):
            raise self.unsupported(f"COMMENT ON {kind.describe()}", kind)
        name = self.name(Place.TABLE)
        target = self.spelled(name)
        word = kind.value
        if word == "column":
            self.expect_op(".")
            target.add(".").add(self.spelled(self.name(Place.QUALIFIED)))
        elif name.value in self.catalog.views:
            word = "view"
        token = self.expect("is")
        if self.token.kind is not Kind.STRING:
            raise self.unexpected("a string literal")
        text = self.take().value.replace("'", "''")
        return Fragment(f"comment on {word}", target, ("is", token), f"'{text}'")

    def drop(self) -> tuple[str, str, Fragment]:
        """DROP has been read: the kind of object, its name, and the statement."""
        kind = self.take()
        if not kind.is_word("table", "view", "index", "sequence", "package", "procedure", "function"):
            raise self.unsupported(f"DROP {kind.describe()}", kind)
        body = kind.value == "package" and self.accept("body")
        exists = bool(self.accept("if", "exists"))
        name = self.name(_DROPPED[kind.value])
        arguments = f"{self.name_literal(name.value)}, {exists}"
        if kind.value == "table":
            cascade = bool(self.accept("cascade", "constraints"))
            self.accept("purge")
            return "table", name.value, Fragment(f"select ora.drop_table({arguments}, {cascade})")
        if kind.value in ("view", "index"):
            return kind.value, name.value, Fragment(f"select ora.drop_{kind.value}({arguments})")
        if kind.value == "package":
            routine = "drop_package_body" if body else "drop_package"
            return "package", name.value, Fragment(f"select ora.{routine}({arguments})")
        words = f"drop {kind.value} {'if exists' if exists else ''}"
        return kind.value, name.value, Fragment(words, self.spelled(name))
