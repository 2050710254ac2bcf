"""Data types and expressions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from engine.emit.catalogue import Package, Routine
from engine.emit.names import PRIVATE_MARK
from engine.errors import SourceError
from engine.lexer import Kind, Token
from loader.embedded import functions
from loader.embedded.fragment import Fragment, Value, join
from loader.embedded.names import Place
from loader.embedded.vectors import FLOAT64, Vectors

_JSON_PATH = re.compile(r'\$(\.(\w+|"[^"\\]*"|\*)|\[(\d+|\*)\])*')
_BYTE_VARCHAR = re.compile(r"(?:ora\.)?varchar_\d+_byte")
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


# Reserved by SQL, and values there.
_PSEUDO_COLUMNS = ("level", "rowid", "rownum", "sysdate", "uid", "user")
# The largest number and the largest of each binary format, as powers of ten and as themselves.
_NUMBER_EXPONENT = 125
_LARGEST = {"f": 3.40282346638528860e38, "d": 1.7976931348623157e308}

P = ParamSpec("P")
T = TypeVar("T")


def in_sql(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], T]:
    """What the method reads is SQL, also inside a PL/SQL unit: SQL's rules hold in it."""

    @wraps(method)
    def read(self: Any, *args: P.args, **kwargs: P.kwargs) -> T:
        self.sql_depth += 1
        result = method(self, *args, **kwargs)
        self.sql_depth -= 1
        return result

    return cast(Callable[Concatenate[Any, P], T], read)


@dataclass(frozen=True, slots=True)
class Search:
    """An approximate search being read: its sources as (alias, table), and target accuracy and row count."""

    sources: list[tuple[str, str]]
    approximation: Fragment


class Expressions(Vectors):
    """Reads a type or an expression and gives it back as PostgreSQL text.

    Every operator application is put in parentheses: the two languages rank `||` and comparisons
    differently.
    """

    # Local variables in scope, innermost last, each with its PostgreSQL type.
    scopes: list[dict[str, str]]
    # The package whose body is being translated, and whether an exception handler is.
    package: Package | None
    in_handler: bool
    # Whether ROWNUM may stand here as a value (in a select list), and whether it did.
    in_default: bool
    rownum_allowed: bool
    rownum_used: bool
    # What the bind variables of EXECUTE IMMEDIATE stand for.
    binds: dict[str, Fragment]
    # The table that the DML statement being read changes: None in a query, empty in an INSERT of single rows.
    changed: str | None
    # Aggregates and analytic functions met so far in the query block at hand.
    aggregates: int
    windows: int
    # The approximate search whose ORDER BY is being read, and the call that tells pgvector how hard to try.
    search: Search | None
    search_call: Fragment | None

    def subquery(self) -> Fragment:
        """A SELECT in parentheses has been opened; supplied by Queries."""
        raise NotImplementedError

    # types

    def data_type(self, *, sized: bool = True) -> str:
        """PostgreSQL's name of the type that stands here.

        `sized` tells that a VARCHAR2 must give its length, as Oracle asks of columns and
        variables, but not of parameters and results, which do not take over the length, precision or scale of what
        they are anchored to either (PL/SQL Language Reference, Formal Parameters of Constrained Subtypes).
        """
        token = self.token
        if token.kind in (Kind.WORD, Kind.QUOTED) and self.ahead().is_op("%", "."):
            anchored = self._anchored_type()
            return anchored if sized else _unconstrained(anchored)
        if token.kind is not Kind.WORD:
            raise self.unexpected("a data type")
        self.take()
        match token.value:
            case "number" | "decimal" | "numeric" | "dec":
                return "numeric" + self._precision()
            case "integer" | "int" | "smallint":
                return "numeric(38, 0)"
            case "pls_integer" | "binary_integer":
                return "integer"
            case "binary_float":
                return "real"
            case "binary_double" | "float":
                if token.value == "float" and self.token.is_op("("):
                    raise self.unsupported("FLOAT with a precision", token, "use NUMBER or BINARY_DOUBLE")
                return "double precision"
            case "varchar2" | "nvarchar2" | "varchar":
                return self._character_type(token, sized)
            case "clob":
                return "text"
            case "json":
                return "jsonb"
            case "boolean":
                return "boolean"
            case "sys_refcursor":
                return "refcursor"
            case "timestamp":
                return self._timestamp_type(token)
            case "interval":
                self.expect("day", "to", "second")
                return "interval"
            case "vector":
                return self._vector_type()
        raise self.unsupported(f"the data type {token.value.upper()}", token)

    def _precision(self) -> str:
        if not self.accept_op("("):
            return ""
        precision = "38" if self.accept_op("*") else self._whole_number()
        scale = "0"
        if self.accept_op(","):
            sign = "-" if self.accept_op("-") else ""
            scale = sign + self._whole_number()
        self.expect_op(")")
        return f"({precision}, {scale})"

    def _whole_number(self) -> str:
        if self.token.kind is not Kind.NUMBER or not self.token.value.isdigit():
            raise self.unexpected("a whole number")
        return self.take().value

    def _character_type(self, token: Token, sized: bool) -> str:
        if not self.accept_op("("):
            if sized:
                raise self.fail(f"{token.value.upper()} needs a length here", token)
            return "text"
        size = self._whole_number()
        unit = "char" if token.value == "nvarchar2" else "byte"
        if self.accept("char"):
            unit = "char"
        else:
            self.accept("byte")
        self.expect_op(")")
        if unit == "char":
            return f"varchar({size})"
        # A length without CHAR counts bytes; PostgreSQL's counts characters.
        self.prerequisites.append(f"select ora.make_byte_varchar({size})")
        return f"ora.varchar_{size}_byte"

    def _timestamp_type(self, token: Token) -> str:
        precision = "6"
        if self.accept_op("("):
            precision = self._whole_number()
            self.expect_op(")")
            if int(precision) > 6:
                raise self.unsupported("a TIMESTAMP finer than microseconds", token)
        if self.accept("with", "time", "zone"):
            return f"timestamp({precision}) with time zone"
        if self.at("with"):
            raise self.unsupported("TIMESTAMP WITH LOCAL TIME ZONE", token, "use TIMESTAMP WITH TIME ZONE")
        return f"timestamp({precision})"

    def _vector_type(self) -> str:
        if not self.accept_op("("):
            return "vector"
        dimension = "" if self.accept_op("*") else f"({self._whole_number()})"
        if self.accept_op(",") and not self.accept_op("*"):
            form = self.token
            if not self.accept("float32"):
                raise self.unsupported(f"a vector of {form.describe()}", form, "use FLOAT32")
        if self.accept_op(","):
            form = self.token
            if not (self.accept("dense") or self.accept_op("*")):
                raise self.unsupported("a SPARSE vector", form)
        self.expect_op(")")
        return "vector" + dimension

    def _anchored_type(self) -> str:
        first = self.name(Place.TABLE)
        if self.accept_op("%"):
            if self.accept("type"):
                for scope in reversed(self.scopes):
                    if first.value in scope:
                        return scope[first.value]
                raise self.fail(f"the variable {first.value.upper()} is not declared", first)
            self.expect("rowtype")
            if first.value in self.catalog.invisible:
                raise self.unsupported("%ROWTYPE of a table with invisible columns", first, "anchor by %TYPE")
            if first.value in self.catalog.columns:
                return "app." + self.spell(first.value)
            return "record"
        self.expect_op(".")
        column = self.name()
        self.expect_op("%")
        self.expect("type")
        columns = self.catalog.columns.get(first.value)
        if columns is None or column.value not in columns:
            raise self.fail(f"the column {first.value.upper()}.{column.value.upper()} is not known", first)
        return columns[column.value]

    # expressions, from the weakest operator to the strongest

    def expression(self) -> Fragment:
        """Any expression, conditions included."""
        left = self._conjunction()
        while token := self.accept("or"):
            left = Fragment("(", left, ("or", token), self._conjunction(), ")")
        return left

    def _conjunction(self) -> Fragment:
        left = self._negation()
        while token := self.accept("and"):
            left = Fragment("(", left, ("and", token), self._negation(), ")")
        return left

    def _negation(self) -> Fragment:
        if token := self.accept("not"):
            return Fragment("(", ("not", token), self._negation(), ")")
        return self._comparison()

    def _comparison(self) -> Fragment:
        left = self.operand()
        while True:
            token = self.token
            if token.kind is Kind.OPERATOR and token.value in _COMPARISONS:
                self.take()
                operator = (_COMPARISONS[token.value], token)
                if quantifier := (self.accept("any") or self.accept("some") or self.accept("all")):
                    left = Fragment("(", self.compared(left), operator, quantifier, self._parenthesized_query(), ")")
                else:
                    left = Fragment("(", self.compared(left), operator, self.compared(self.operand()), ")")
            elif self.at("is"):
                left = self._is(left)
            elif self.at("not", "between") or self.at("between"):
                negated = "not" if self.accept("not") else ""
                self.take()
                self.compared(left)
                low = self.compared(self.operand())
                middle = self.expect("and")
                left = Fragment("(", left, f"{negated} between", low, middle, self.compared(self.operand()), ")")
            elif self.at("not", "like") or self.at("like"):
                left = self._like(left)
            elif self.at("not", "in") or self.at("in"):
                left = self._in(left)
            else:
                return left

    def _is(self, left: Fragment) -> Fragment:
        token = self.expect("is")
        negated = "not " if self.accept("not") else ""
        for word in ("null", "true", "false"):
            if self.accept(word):
                return Fragment("(", left, (f"is {negated}{word}", token), ")")
        if self.accept("json"):
            return Fragment("(", left, (f"is {negated}json", token), ")")
        if self.accept("nan"):
            operator = "<>" if negated else "="
            return Fragment("(", left, (f"{operator} 'NaN'::double precision", token), ")")
        raise self.unsupported(f"the condition IS {negated.upper()}{self.token.describe()}", token)

    def _like(self, left: Fragment) -> Fragment:
        negated = "not" if self.accept("not") else ""
        token = self.expect("like")
        pattern = self.operand()
        # Without ESCAPE, Oracle's LIKE has no escape character, PostgreSQL's has the backslash.
        escape = Fragment("''")
        if self.accept("escape"):
            if self.token.kind is not Kind.STRING or len(self.token.value) != 1:
                raise self.unsupported("an escape character that is no literal of one character")
            escape = Fragment((self.literal(self.token.value), self.take()))
        return Fragment("(", left, (f"{negated} like", token), pattern, "escape", escape, ")")

    def _in(self, left: Fragment) -> Fragment:
        negated = "not" if self.accept("not") else ""
        token = self.expect("in")
        self.compared(left)
        self.expect_op("(")
        inner = self.subquery() if self.at("select") or self.at("with") else join(self.listed(self._compared))
        self.expect_op(")")
        return Fragment("(", left, (f"{negated} in (", token), inner, ") )")

    def _compared(self) -> Fragment:
        """An expression that is compared with others."""
        return self.compared(self.expression())

    def _parenthesized_query(self) -> Fragment:
        self.expect_op("(")
        if not (self.at("select") or self.at("with")):
            raise self.unsupported("ANY, SOME or ALL of a list", advice="use IN, or a subquery")
        inner = self.subquery()
        self.expect_op(")")
        return Fragment("(", inner, ")")

    def operand(self) -> Fragment:
        """An expression of + - || (one rank in Oracle) and the vector distance operators."""
        left = self._term()
        while self.token.is_op("+", "-", "||", "<=>", "<->", "<#>"):
            operator = self.take()
            right = self._term()
            vector = (left.value or right.value) if operator.is_op("+", "-") else None
            left = Fragment("(", left, operator, right, ")").of(vector)
        return left

    def _term(self) -> Fragment:
        left = self._factor()
        while self.token.is_op("*", "/"):
            operator = self.take()
            right = self._factor()
            vector = (left.value or right.value) if operator.is_op("*") else None
            left = Fragment("(", left, operator, right, ")").of(vector)
        return left

    def _factor(self) -> Fragment:
        if self.token.is_op("-", "+"):
            sign = self.take()
            return Fragment("(", sign, self._factor(), ")")
        base = self._primary()
        if operator := self.accept_op("**"):
            return Fragment(("ora.power(", operator), base, ",", self._factor(), ")")
        return base

    def _primary(self) -> Fragment:
        token = self.token
        match token.kind:
            case Kind.NUMBER:
                self.take()
                self._check_range(token)
                return Fragment((self._number(token), token))
            case Kind.STRING:
                self.take()
                return Fragment((self.literal(token.value), token))
            case Kind.BIND:
                if token.value in self.binds:
                    self.take()
                    return Fragment("(", self.binds[token.value], ")")
                raise self.unsupported(f"the bind variable :{token.value}", token)
            case Kind.QUOTED:
                return self._reference()
        if self.accept_op("("):
            return self._parenthesis(token)
        if token.kind is not Kind.WORD:
            raise self.unexpected("an expression")
        if token.value in ("null", "true", "false"):
            return Fragment(self.take())
        if token.value == "case" and not (self.in_sql and self._ends_name()):
            return self._case()
        if token.value == "exists" and self.ahead().is_op("("):
            self.take()
            return Fragment("(", token, self._parenthesized_query(), ")")
        if token.value == "cast" and self.ahead().is_op("("):
            return self._cast()
        if token.value == "cursor" or token.value in ("prior", "connect_by_root"):
            raise self.unsupported(token.value.upper(), token)
        if token.value in ("timestamp", "date", "interval") and self.ahead().kind is Kind.STRING:
            raise self.unsupported(f"a {token.value.upper()} literal", token)
        if self.is_reserved(token) and token.value not in _PSEUDO_COLUMNS and not self.at_cursor_attribute():
            raise self.reserved(Place.EXPRESSION, token)
        return self._reference()

    def _ends_name(self) -> bool:
        """Whether what follows can only stand behind a name, and begins no expression."""
        following = self.ahead()
        if following.kind is Kind.OPERATOR:
            return not following.is_op("(", "+", "-", ":")
        return following.kind is Kind.END or following.is_word("from", "as", "is", "in", "and", "or", "asc", "desc")

    def at_cursor_attribute(self) -> bool:
        """Whether SQL%ROWCOUNT or a relative of it stands here."""
        return self.at("sql") and self.ahead().is_op("%")

    def _check_range(self, token: Token) -> None:
        digits, suffix = token.value.rstrip("fd"), token.value[-1]
        largest = _LARGEST.get(suffix)
        if Decimal(digits).adjusted() > _NUMBER_EXPONENT if largest is None else float(digits) > largest:
            if self.in_sql:
                raise self.refuse("ORA-01426", "numeric overflow", token)
            raise self.refuse("PLS-00569", "numeric overflow or underflow", token)

    @staticmethod
    def _number(token: Token) -> str:
        value = token.value
        if value.endswith(("f", "d")):
            return f"{value[:-1]}::{'real' if value.endswith('f') else 'double precision'}"
        return f"{value}::numeric" if "e" in value.lower() else value

    def _parenthesis(self, opener: Token) -> Fragment:
        query = self.at("select") or self.at("with")
        items = [self.subquery()] if query else self.listed(self.expression)
        self.expect_op(")")
        return Fragment(opener, join(items), ")").of(items[0].value if len(items) == 1 else None)

    def _case(self) -> Fragment:
        result = Fragment(self.expect("case"))
        if not self.at("when"):
            result.add(self._compared())
        value: Value | None = None
        while token := self.accept("when"):
            result.add(token).add(self.expression()).add(self.expect("then"))
            chosen = self.expression()
            value = value or chosen.value
            result.add(chosen)
        if token := self.accept("else"):
            result.add(token).add(self.expression())
        result.of(value)
        return result.add(self.expect("end"))

    def _cast(self) -> Fragment:
        token = self.expect("cast")
        self.expect_op("(")
        value = self.expression()
        self.expect("as")
        target = self.data_type()
        self.expect_op(")")
        return Fragment(("cast (", token), value, f"as {target} )")

    # names and calls

    def is_variable(self, name: str) -> bool:
        """Whether a PL/SQL variable, parameter or loop index of this name is in scope."""
        return any(name in scope for scope in self.scopes)

    def variable_type(self, name: str) -> str:
        """PostgreSQL's type of the variable of this name in scope; empty where there is none."""
        return next((scope[name] for scope in reversed(self.scopes) if name in scope), "")

    def _reference(self) -> Fragment:
        """A column, a variable, a pseudo-column, or a call."""
        first = self.token
        word = first.value if first.kind is Kind.WORD else ""
        if word and self.ahead().is_op("("):
            return self._call_expression()
        if self.ahead().is_op("%"):
            return self._attribute()
        if word and not self.ahead().is_op(".") and not self.is_variable(word):
            if word in functions.CONSTANTS:
                self.take()
                return Fragment((functions.CONSTANTS[word], first))
            if word in ("sqlcode", "sqlerrm"):
                return self._error_value()
            if word == "rownum" and self.rownum_allowed:
                self.rownum_used = True
                self.take()
                return Fragment(("row_number() over ()", first))
            if word in ("sysdate", "rowid", "level", "rownum", "uid", "ora_rowscn"):
                raise self.unsupported(f"{word.upper()} at this place", first)
            if self.package and any(r.is_function for r in self.package.find(word)):
                return self._call_expression()
            if self.package and word in self.package.constants:
                self.take()
                return Fragment((f"{self.spell(self.package.name)}.{self.spell(word)}()", first))
            if any(routine.name == word and routine.is_function for routine in self.catalog.routines):
                return self._call_expression()
        if word and self.ahead().is_op(".") and not self.is_variable(word):
            package = self.catalog.package(word)
            if package is not None:
                return self._member(package)
        named = self.name(Place.EXPRESSION)
        result = self.spelled(named).of(Value(named, self.variable_type(named.value), column=named.value))
        while self.token.is_op(".") and not self.ahead().is_op("*"):
            self.take()
            if self.in_default and self.token.is_word("nextval"):
                self.take()
                return Fragment((f"nextval({self.literal(self.spell(first.value))}::regclass)", first))
            result.value = Value(named, qualifier=named.value, column=self.token.value.lower())
            if self.token.is_word("nextval", "currval") or self.ahead().is_op("("):
                raise self.unsupported("a sequence or a qualified call", first)
            if self.in_sql and self.token.is_word("rowid", "ora_rowscn"):
                raise self.unsupported(f"{self.token.value.upper()} at this place")
            result.add(".").add(self.spelled(self.name(Place.QUALIFIED)))
        if self.token.is_op("("):
            if self.ahead().is_op("+"):
                raise self.unsupported("the outer join operator (+)", advice="use LEFT JOIN")
            raise self.unsupported("a collection element or a qualified call", first)
        return result

    def _attribute(self) -> Fragment:
        name = self.take()
        percent = self.expect_op("%")
        if name.value == "sql" and self.token.is_word("rowcount", "found", "notfound"):
            attribute = self.take().value
            text = {
                "rowcount": "sql_rowcount",
                "found": "(sql_rowcount > 0)",
                "notfound": "(sql_rowcount = 0)",
            }
            return Fragment((text[attribute], name))
        raise self.unsupported(f"the attribute %{self.token.describe()}", percent)

    def _error_value(self) -> Fragment:
        token = self.take()
        if not self.in_handler:
            raise self.unsupported(f"{token.value.upper()} outside an exception handler", token)
        if self.token.is_op("("):
            raise self.unsupported("SQLERRM with an argument", token)
        text = "ora.sqlcode(sqlstate)" if token.value == "sqlcode" else "ora.sqlerrm(sqlstate, sqlerrm)"
        return Fragment((text, token))

    def _member(self, package: Package) -> Fragment:
        """package.member as an expression: a constant or a function."""
        first, member = self.token, self.ahead(2)
        if member.value in package.constants:
            self.index += 3
            return Fragment((f"{self.spell(package.name)}.{self.spell(member.value)}()", first))
        routines = package.find(member.value)
        if any(routine.is_function and not routine.private for routine in routines):
            return self._call_expression()
        if member.value in package.exceptions or routines:
            raise self.fail(f"{package.name.upper()}.{member.value.upper()} has no value", member)
        raise self.fail(f"the package {package.name.upper()} has no member {member.value.upper()}", member)

    def routine_here(self) -> tuple[str, list[Routine], Token] | None:
        """The stored routine that a name here means, and its PostgreSQL name; takes the name."""
        first = self.token
        if self.ahead().is_op("."):
            package = self.catalog.package(first.value)
            if self.package and first.value == self.package.name:
                package = self.package
            if package is None:
                return None
            member = self.ahead(2)
            routines = package.find(member.value)
            if not self.package or package.name != self.package.name:
                routines = [routine for routine in routines if not routine.private]
            if not routines:
                raise self.fail(f"the package {package.name.upper()} has no member {member.value.upper()}", member)
            self.index += 3
            return self.qualified(package.name, routines[0]), routines, first
        if self.package and (routines := self.package.find(first.value)):
            self.take()
            return self.qualified(self.package.name, routines[0]), routines, first
        routines = [routine for routine in self.catalog.routines if routine.name == first.value]
        if routines:
            self.take()
            return self.spell(first.value), routines, first
        return None

    def qualified(self, package: str, routine: Routine) -> str:
        """The PostgreSQL name of a package's routine; a private one has a mark that SQL cannot spell."""
        return f"{self.spell(package)}.{self.spell(_marked(routine))}"

    def member_name(self, routine: Routine) -> str:
        """The name that PostgreSQL knows a package's routine by, inside its schema."""
        return self.stored(_marked(routine))

    def _call_expression(self) -> Fragment:
        first = self.token
        special = getattr(self, f"_function_{first.value}", None) if not self.ahead().is_op(".") else None
        if special is not None and self.ahead().is_op("("):
            self.take()
            self.take()
            result: Fragment = special(first)
            return result
        found = self.routine_here()
        if found is not None:
            name, routines, token = found
            candidates = [routine for routine in routines if routine.is_function]
            if not candidates:
                raise self.fail(f"{token.value.upper()} is a procedure, not a function", token)
            if self.in_sql and candidates[0].private:
                # SQL runs outside the package, and sees what its specification declares.
                raise self.refuse("PLS-00231", f"function '{candidates[0].name.upper()}' may not be used in SQL", token)
            return self.stored_call(name, candidates, token)
        return self._builtin()

    def stored_call(self, name: str, routines: list[Routine], token: Token) -> Fragment:
        """The argument list of a stored routine, each argument cast to its parameter's type."""
        arguments: list[tuple[str, Fragment]] = []
        if self.accept_op("(") and not self.accept_op(")"):
            arguments = self.listed(self._argument)
            self.expect_op(")")
        positional = sum(1 for label, _ in arguments if not label)
        if any(not label for label, _ in arguments[positional:]):
            raise self.fail("a positional argument follows a named one", token)
        named = {label for label, _ in arguments if label}
        fitting = [routine for routine in routines if routine.accepts(positional, named)]
        if not fitting:
            raise self.fail(f"wrong number or names of arguments in the call of {token.value.upper()}", token)
        self.called(fitting)
        if self.sql_depth:
            self._check_side_effects(fitting, token)
        single = fitting[0] if len(fitting) == 1 else None
        parts: list[Fragment] = []
        for index, (label, value) in enumerate(arguments):
            if single:
                parameter = next(p for p in single.parameters if p.name == label) if label else single.parameters[index]
                if parameter.mode == "in" and parameter.type:
                    value = Fragment("(", value, f")::{parameter.type}")
            parts.append(Fragment(f"{self.spell(label)} =>", value) if label else value)
        return Fragment((f"{name} (", token), join(parts), ")")

    def called(self, routines: list[Routine]) -> None:
        """A stored routine is called here; PL/SQL keeps count of those that write."""

    def _check_side_effects(self, routines: list[Routine], token: Token) -> None:
        """Refuse a function in SQL for what it does to the database, as far as its text tells.

        PL/SQL Language Reference, "PL/SQL Functions that SQL Statements Can Invoke". Oracle sees it when the
        function runs; here it is seen before.
        """
        found = [self._violation(routine) for routine in routines]
        if all(found):
            number, message = found[0] or (0, "")
            raise SourceError(f"ORA-{number:05d}: {message}", token.line, token.column, self.source, number)

    def _violation(self, routine: Routine) -> tuple[int, str] | None:
        for effect in self.catalog.effects(routine, self.package):
            kind, _, table = effect.partition(":")
            if kind == "ddl":
                return 14552, "cannot perform a DDL, commit or rollback inside a query or DML"
            if self.changed is None and kind in ("dml", "lock"):
                return 14551, "cannot perform a DML operation inside a query"
            if self.changed and table == self.changed:
                return 4091, f"table {table.upper()} is mutating, trigger or function may not see it"
        return None

    def _argument(self) -> tuple[str, Fragment]:
        label = ""
        if self.ahead().is_op("=>"):
            label = self.name().value
            self.take()
        return label, self.expression()

    def _builtin(self) -> Fragment:
        token = self.take()
        name = token.value
        self.expect_op("(")
        if name in functions.AGGREGATES or name in functions.WINDOW:
            return self._aggregate(token)
        known = name in functions.SAME or name in functions.COMPATIBLE or name in functions.RENAMED
        if not known:
            raise self.unsupported(f"the function {name.upper()}", token)
        listed = self._compared if name == "nullif" else self.expression
        arguments = [] if self.token.is_op(")") else self.listed(listed)
        if name in ("greatest", "least"):
            for argument in arguments:
                self.compared(argument, function=True)
        if self.token.is_op("=>"):
            raise self.unsupported("a named argument of a SQL function")
        self.expect_op(")")
        if name in functions.RENAMED:
            count, template = functions.RENAMED[name]
            if len(arguments) != count:
                raise self.unsupported(f"{name.upper()} with {len(arguments)} arguments", token)
            return self._fill(template, arguments, token)
        if name in ("greatest", "least"):
            return Fragment((f"ora.{name}(variadic array[", token), join(arguments), "])")
        prefix = "ora." if name in functions.COMPATIBLE else "pg_catalog."
        if name in ("coalesce", "nullif", "vector_norm"):
            prefix = ""  # part of PostgreSQL's grammar, or of two schemas by the type of the vector
        call = Fragment((f"{prefix}{name}(", token), join(arguments), ")")
        if name == "coalesce":
            call.of(arguments[0].value)
        if name in ("regexp_substr",):
            return Fragment("nullif(", call, ", '')")
        return call

    @staticmethod
    def _fill(template: str, arguments: list[Fragment], token: Token) -> Fragment:
        result = Fragment()
        for index, part in enumerate(re.split(r"\{(\d)\}", template)):
            if index % 2:
                result.add(arguments[int(part)])
            elif part:
                result.add((part, token))
        return result

    def _aggregate(self, token: Token) -> Fragment:
        name = token.value
        value: Value | None = None
        if name == "count" and self.accept_op("*"):
            arguments = Fragment("*")
        elif name in functions.WINDOW and self.token.is_op(")"):
            arguments = Fragment()
        else:
            distinct = "distinct" if (self.accept("distinct") or self.accept("unique")) else ""
            self.accept("all")
            items = self.listed(self.expression)
            if distinct:
                self.compared(items[0])
            elif name in functions.ORDERED:
                self.compared(items[0], function=True)
            arguments = Fragment(distinct, join(items))
            if name in ("avg", "sum"):
                value = items[0].value
        if self.at("ignore") or self.at("respect"):
            raise self.unsupported("IGNORE NULLS and RESPECT NULLS")
        overflow = self._overflow() if name == "listagg" and self.accept("on", "overflow") else None
        self.expect_op(")")
        if name == "listagg":
            return self._listagg(token, arguments, overflow)
        if name == "median":
            result = self._fill(functions.RENAMED["median"][1], [arguments], token)
        else:
            result = Fragment((f"{name} (", token), arguments, ")")
        result.of(value)
        if self.at("over"):
            self.windows += 1
        else:
            self.aggregates += 1
        if self.at("keep"):
            return self._keep(token, arguments)
        if name.startswith("percentile"):
            self.expect("within", "group")
            self.expect_op("(")
            result.add("within group (").add(self.order_by()).add(")")
            self.expect_op(")")
        if self.at("within"):
            raise self.unsupported(f"{name.upper()} WITHIN GROUP")
        if self.accept("over"):
            result.add(self._window())
        elif name in functions.WINDOW:
            raise self.unexpected("OVER")
        return result

    def _keep(self, token: Token, value: Fragment) -> Fragment:
        """MIN(value) KEEP (DENSE_RANK FIRST ORDER BY keys), over numbers.

        The least array [keys, value] has the value at its end: arrays compare element by element,
        NULL last, as the keys and, among equal keys, MIN do.
        """
        keep = self.expect("keep")
        if token.value != "min":
            raise self.unsupported(f"{token.value.upper()} ... KEEP", token, "use MIN ... KEEP, or ROW_NUMBER()")
        self.expect_op("(")
        self.expect("dense_rank")
        if not self.at("first"):
            raise self.unsupported("KEEP (DENSE_RANK LAST ...)", keep, "use FIRST with the opposite order")
        self.take()
        self.expect("order", "by")
        elements = self.listed(self.expression)
        if str(elements[-1]) != str(value):
            elements.append(value)
        if self.token.is_word("asc", "desc", "nulls"):
            raise self.unsupported(f"{self.token.value.upper()} inside KEEP")
        self.expect_op(")")
        if self.at("over"):
            raise self.unsupported("KEEP as an analytic function", keep)
        keys = join([Fragment("ora.exact_double(", element, ")") for element in elements])
        return Fragment(("( min(array[", token), keys, f"]) )[{len(elements)}]::numeric")

    def _overflow(self) -> Fragment | None:
        """ON OVERFLOW has been read: what stands for the values left out, and whether they are counted."""
        if self.accept("error"):
            return None
        self.expect("truncate")
        indicator = self.literal("...")
        if self.token.kind is Kind.STRING:
            indicator = self.literal(self.take().value)
        counted = True
        if self.accept("without"):
            counted = False
            self.expect("count")
        elif self.accept("with"):
            self.expect("count")
        return Fragment(", ", indicator, f", {counted}")

    def _listagg(self, token: Token, arguments: Fragment, overflow: Fragment | None) -> Fragment:
        self.expect("within", "group")
        self.expect_op("(")
        order = self.order_by()
        self.expect_op(")")
        pieces = str(arguments)
        if "," not in pieces:
            raise self.unsupported("LISTAGG without a separator", token)
        if self.at("over"):
            raise self.unsupported("LISTAGG as an analytic function", token)
        if overflow is not None:
            return Fragment(("ora.listagg_truncated(", token), arguments, overflow, order, ")")
        return Fragment(("ora.listagg(", token), arguments, order, ")")

    def _window(self) -> Fragment:
        self.expect_op("(")
        result = Fragment("over (")
        if token := self.accept("partition", "by"):
            result.add(("partition by", token)).add(join(self.listed(self._compared)))
        if self.at("order"):
            result.add(self.order_by())
        if frame := (self.accept("rows") or self.accept("range")):
            result.add(frame)
            if token := self.accept("between"):
                result.add(token).add(self._frame_bound()).add(self.expect("and"))
            result.add(self._frame_bound())
        self.expect_op(")")
        return result.add(")")

    def _frame_bound(self) -> Fragment:
        for words in (("unbounded", "preceding"), ("unbounded", "following"), ("current", "row")):
            if token := self.accept(*words):
                return Fragment((" ".join(words), token))
        value = self.operand()
        if token := (self.accept("preceding") or self.accept("following")):
            return Fragment(value, token)
        raise self.unexpected("PRECEDING or FOLLOWING")

    def order_by(self) -> Fragment:
        """ORDER BY and its items; NULLs sort last in both languages unless it says otherwise."""
        token = self.expect("order", "by")
        return Fragment(("order by", token), join(self.listed(self._order_item)))

    def _order_item(self) -> Fragment:
        result = Fragment(self._compared())
        if token := (self.accept("asc") or self.accept("desc")):
            result.add(token)
        if token := self.accept("nulls"):
            place = self.accept("first") or self.accept("last")
            if place is None:
                raise self.unexpected("FIRST or LAST")
            result.add(token).add(place)
        return result

    # functions with a grammar of their own; each is entered behind its opening parenthesis

    def _function_nvl(self, token: Token) -> Fragment:
        value = self.expression()
        self.expect_op(",")
        other = self.expression()
        self.expect_op(")")
        return Fragment(("coalesce(", token), value, ",", other, ")").of(value.value)

    def _function_nvl2(self, token: Token) -> Fragment:
        value, present, absent = self._three()
        return Fragment(("case when", token), value, "is not null then", present, "else", absent, "end")

    def _three(self) -> tuple[Fragment, Fragment, Fragment]:
        first = self.expression()
        self.expect_op(",")
        second = self.expression()
        self.expect_op(",")
        third = self.expression()
        self.expect_op(")")
        return first, second, third

    def _function_decode(self, token: Token) -> Fragment:
        # In DECODE, and nowhere else, NULL equals NULL.
        value, *rest = self.listed(self.expression)
        self.compared(value)
        self.expect_op(")")
        if len(rest) < 2:
            raise self.fail("DECODE needs at least three arguments", token)
        result = Fragment(("case", token))
        for search, found in zip(rest[0::2], rest[1::2], strict=False):
            result.add(Fragment("when", value, "is not distinct from", search, "then", found))
        if len(rest) % 2:
            result.add(Fragment("else", rest[-1]))
        return result.add("end")

    def _function_trim(self, token: Token) -> Fragment:
        if self.at("leading") or self.at("trailing") or self.at("both"):
            raise self.unsupported("TRIM with LEADING, TRAILING or BOTH", token, "use LTRIM or RTRIM")
        value = self.expression()
        if self.at("from"):
            raise self.unsupported("TRIM with a character", token, "use LTRIM and RTRIM")
        self.expect_op(")")
        return Fragment(("ora.trim(", token), value, ")")

    def _function_to_vector(self, token: Token) -> Fragment:
        """TO_VECTOR(value [, dimension | * [, format | * [, DENSE]]]); the format is that of the result."""
        value = self.expression()
        dimension: Fragment | None = None
        function, result = "to_vector", "vector"
        if self.accept_op(","):
            dimension = None if self.accept_op("*") else self.operand()
        if self.accept_op(","):
            form = self.token
            if self.accept_op("*") or self.accept("float32"):
                function = "to_float32_vector"
            elif self.accept("float64"):
                function, result = "to_float64_vector", FLOAT64
            else:
                raise self.unsupported(f"a vector of {form.describe()}", form, "use FLOAT32")
            if self.accept_op(",") and not (self.accept("dense") or self.accept_op("*")):
                raise self.unsupported("a SPARSE vector")
        self.expect_op(")")
        made = Fragment((f"ora.{function}(", token), value, ")")
        if dimension is not None:
            made = Fragment(("ora.of_dimension(", token), made, ",", dimension, ")")
        return made.of(Value(token, result))

    _function_vector = _function_to_vector

    def _function_vector_distance(self, token: Token) -> Fragment:
        left = self.expression()
        self.expect_op(",")
        right = self.expression()
        template = functions.METRICS["cosine"]
        if self.accept_op(","):
            metric = self.take()
            if metric.kind is not Kind.WORD or metric.value not in functions.METRICS:
                raise self.unsupported(f"the distance metric {metric.describe()}", metric)
            template = functions.METRICS[metric.value]
        self.expect_op(")")
        if self.search is not None:
            if self._searched(right) is not None:
                left, right = right, left
            if (searched := self._searched(left)) is not None:
                table, column = searched
                sized = self.catalog.columns[table][column] != "vector"
                cast = self.spell(f"{self.stored(table)}.{self.stored(column)}")
                indexed = left if sized else Fragment(f"ora.{cast} (", left, ")")
                names = f"{self.name_literal(table)}, {self.name_literal(column)},"
                self.search_call = Fragment(f"ora.approximately( {names} null,", self.search.approximation, ")")
                right = Fragment(f"( select ora.approximately( {names}", right, ",", self.search.approximation, ") )")
                left = indexed
        return self._fill(template, [left, right], token)

    def _searched(self, value: Fragment) -> tuple[str, str] | None:
        """The table and its vector column that an expression is, where an approximate search orders by it."""
        alias, _, found = str(value).replace('"', "").rpartition(" . ")
        for name, table in self.search.sources if self.search else ():
            if alias not in ("", self.stored(name)) or table in self.catalog.views:
                continue
            for column, kind in self.catalog.columns.get(table, {}).items():
                if kind.startswith("vector") and self.stored(column) == found:
                    return table, column
        return None

    def _function_sys_context(self, token: Token) -> Fragment:
        known = {"current_schema": "'APP'::text", "session_user": "ora.session_user_name()"}
        words = [self.token.value.lower(), self.ahead(2).value.lower()]
        if words[0] != "userenv" or not self.ahead().is_op(",") or words[1] not in known:
            raise self.unsupported("SYS_CONTEXT of another value", token, "it knows CURRENT_SCHEMA and SESSION_USER")
        self.index += 3
        self.expect_op(")")
        return Fragment((known[words[1]], token))

    def _function_nlssort(self, token: Token) -> Fragment:
        """A string as bytes that sort in binary order, which is the order of code points in UTF-8."""
        value = self.expression()
        self.expect_op(",")
        order = self.token
        if order.kind is not Kind.STRING or order.value.replace(" ", "").upper() != "NLS_SORT=BINARY":
            raise self.unsupported("NLSSORT by another order than 'NLS_SORT=BINARY'", order)
        self.take()
        self.expect_op(")")
        return Fragment(("convert_to(", token), value, ", 'UTF8')")

    def _function_extract(self, token: Token) -> Fragment:
        """EXTRACT from the difference of two timestamps."""
        field = self.take()
        if not field.is_word("day", "hour", "minute", "second"):
            raise self.unsupported(f"EXTRACT of {field.describe()}", field)
        self.expect("from")
        value = self.expression()
        self.expect_op(")")
        return Fragment((f"extract ({field.value} from", token), value, ")")

    def json_path(self) -> Fragment:
        """A JSON path literal: members, array positions and `*` only."""
        token = self.token
        if token.kind is Kind.BIND and token.value in self.binds:
            self.take()
            return Fragment("(", self.binds[token.value], ")::jsonpath")
        if token.kind is not Kind.STRING:
            raise self.unsupported("a JSON path that is not a literal")
        if not _JSON_PATH.fullmatch(token.value):
            raise self.unsupported(
                f"the JSON path {token.value!r}", token, 'it knows $, .name, ."name", .*, [n] and [*]'
            )
        self.take()
        return Fragment(("'" + token.value.replace("'", "''") + "'", token))

    def _on_clauses(self, function: str) -> str:
        """NULL ON ERROR, ERROR ON EMPTY and the like, in PostgreSQL's order: empty, then error."""
        found: dict[str, str] = {}
        while self.at("null", "on") or self.at("error", "on"):
            behaviour = self.take().value
            self.expect("on")
            event = self.take()
            if not event.is_word("empty", "error", "mismatch") or event.value == "mismatch":
                raise self.unsupported(f"{behaviour.upper()} ON {event.describe()}", event)
            found[event.value] = f"{behaviour} on {event.value}"
        if self.at("default"):
            raise self.unsupported(f"DEFAULT in {function}", advice="use NVL or COALESCE")
        return " ".join(found[event] for event in ("empty", "error") if event in found)

    def _function_json_value(self, token: Token) -> Fragment:
        document = self.expression()
        self._format_json()
        self.expect_op(",")
        path = self.json_path()
        target = self.data_type(sized=False) if self.accept("returning") else "text"
        clauses = self._on_clauses("JSON_VALUE")
        self.expect_op(")")
        result = Fragment(("json_value(", token), self._as_json(document), ",", path, f"returning {target} {clauses} )")
        if target == "text" or "varchar" in target:
            return Fragment("nullif(", result, ", '')")
        return result

    @staticmethod
    def _as_json(document: Fragment) -> Fragment:
        return Fragment("(", document, ")::jsonb")

    def _format_json(self) -> bool:
        return self.accept("format", "json") is not None

    def _function_json_query(self, token: Token) -> Fragment:
        document = self.expression()
        self._format_json()
        self.expect_op(",")
        path = self.json_path()
        target = self.data_type(sized=False) if self.accept("returning") else "text"
        wrapper = ""
        if self.accept("with"):
            conditional = "conditional " if self.accept("conditional") else ""
            self.accept("array")
            self.expect("wrapper")
            wrapper = f"with {conditional}wrapper"
        elif self.accept("without"):
            self.accept("array")
            self.expect("wrapper")
            wrapper = "without wrapper"
        clauses = self._on_clauses("JSON_QUERY")
        self.expect_op(")")
        return Fragment(
            ("json_query(", token),
            self._as_json(document),
            ",",
            path,
            f"returning {target} {wrapper} {clauses} )",
        )

    def _function_json_exists(self, token: Token) -> Fragment:
        document = self.expression()
        self._format_json()
        self.expect_op(",")
        path = self.json_path()
        self.expect_op(")")
        return Fragment(("json_exists(", token), self._as_json(document), ",", path, ")")

    def _function_json(self, token: Token) -> Fragment:
        value = self.expression()
        self.expect_op(")")
        return Fragment(("(", token), value, ")::jsonb")

    def _function_json_serialize(self, token: Token) -> Fragment:
        value = self.expression()
        if self.accept("returning"):
            self.data_type(sized=False)
        if self.at("pretty"):
            raise self.unsupported("JSON_SERIALIZE with PRETTY")
        self.expect_op(")")
        return Fragment(("(", token), value, ")::text")

    def _json_returning(self) -> str:
        target = "jsonb"
        null = ""
        while True:
            if self.accept("absent", "on", "null"):
                null = "absent on null"
            elif self.accept("null", "on", "null"):
                null = "null on null"
            elif self.accept("returning"):
                target = self.data_type(sized=False)
            elif self.at("strict") or self.at("with", "unique"):
                raise self.unsupported(self.token.value.upper())
            else:
                return f"{null} returning {target}"

    def _json_item(self) -> Fragment:
        value = self.expression()
        if self.accept("format", "json"):
            return self._as_json(value)
        return value

    def _function_json_object(self, token: Token) -> Fragment:
        def member() -> Fragment:
            self.accept("key")
            key = self.operand()
            if not self.accept("value") and not self.accept("is") and not self.accept_op(":"):
                raise self.unexpected("VALUE")
            return Fragment("(", key, ") value", self._json_item())

        members = join(self.listed(member)) if not self.token.is_op(")") else Fragment()
        returning = self._json_returning()
        self.expect_op(")")
        return Fragment(("json_object(", token), members, f"{returning} )")

    def _function_json_array(self, token: Token) -> Fragment:
        members = join(self.listed(self._json_item)) if not self.token.is_op(")") else Fragment()
        returning = self._json_returning()
        self.expect_op(")")
        return Fragment(("json_array(", token), members, f"{returning} )")

    def _function_json_arrayagg(self, token: Token) -> Fragment:
        value = self._json_item()
        order = self.order_by() if self.at("order") else Fragment()
        returning = self._json_returning()
        self.expect_op(")")
        return Fragment(("json_arrayagg(", token), value, order, f"{returning} )")

    def _function_json_transform(self, token: Token) -> Fragment:
        result = self.expression()
        while self.accept_op(","):
            operation = self.token
            if not self.accept("set"):
                raise self.unsupported(f"the operation {operation.describe()} of JSON_TRANSFORM", operation)
            path = self.json_path()
            self.expect_op("=")
            value = self._json_item()
            if self.token.is_word("create", "replace", "error", "ignore", "null", "returning", "remove"):
                raise self.unsupported(f"{self.token.describe()} in JSON_TRANSFORM")
            result = Fragment(("ora.json_transform_set(", operation), result, ",", path, ", to_jsonb(", value, ") )")
        self.expect_op(")")
        return Fragment(("(", token), result, ")")


def _unconstrained(kind: str) -> str:
    """A type of PostgreSQL without the length or precision that it was given."""
    if _BYTE_VARCHAR.fullmatch(kind):
        return "text"
    base, _, rest = kind.partition("(")
    return base if rest and base in ("character varying", "varchar", "numeric") else kind


def _marked(routine: Routine) -> str:
    return routine.name + PRIVATE_MARK if routine.private else routine.name
