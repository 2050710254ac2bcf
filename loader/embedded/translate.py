"""One Oracle statement into what PostgreSQL is to run for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.emit import Translation, emit
from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Catalog, Package, Routine
from engine.emit.fragment import Rendered
from engine.errors import SourceError
from engine.lexer import Token
from engine.parser import parse
from engine.tree import dml, queries
from loader.embedded.best_rows import BestRows
from loader.embedded.definitions import Definitions
from loader.embedded.fragment import Fragment, render

# The statements that the engine emits from their trees; the others are translated here while they are read.
_EMITTED = (queries.Query, dml.Insert, dml.Update, dml.Delete, dml.Merge, dml.Commit, dml.Rollback)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class Translator(Definitions):
    """Translates one statement; make a new one for the next.

    Raises SourceError where the text is wrong by Oracle's own rules as far as they are known here,
    and Unsupported where it is outside the subset that loader/embedded/SUBSET.md lists.
    """

    def __init__(
        self,
        text: str,
        catalog: Catalog,
        source: str | None = None,
        line: int = 1,
        bound: Mapping[str, BoundVariable] | None = None,
    ) -> None:
        super().__init__(text, catalog, source, line)
        self.bound = dict(bound or {})
        self.scopes = []
        self.exceptions = []
        self.cursors = []
        self.writes = []
        self.hidden = []
        self.columns = {}
        self.types = {}
        self.foreign_keys = []
        self.table = ""
        self.unique_keys = []
        self.required = set()
        self.in_default = False
        self.package = None
        self.binds = {name: Fragment(variable.value) for name, variable in self.bound.items()}
        self.in_typed_block = False
        self.in_handler = False
        self.is_function = False
        self.rownum_allowed = False
        self.rownum_used = False
        self.aggregates = 0
        self.windows = 0
        self.sql_depth = 0
        self.doubts = []
        self.search = None
        self.search_call = None
        self.unmerged = False
        self.sorted = False
        self.with_names = []
        self.best_rows = BestRows()
        self.changed = None
        self.effects = []
        self.approximation = None
        self.unsized_vectors = []
        self.loop_depth = 0
        self.user_exceptions = 0

    def translate(self) -> Translation:
        """The translation of the whole text."""
        token = self.token
        result = self._dispatch(token)
        result.before[:0] = self.prerequisites
        if result.ddl:
            result.before[:0] = [f"select ora.keep_name({_quote(name)})" for name in self.long_names.values()]
            result.after.append("select ora.revive_views()")
        result.long_names = self.long_names
        return result

    def _rendered(self, fragment: Fragment, token: Token) -> Rendered:
        return render(fragment, token.line)

    def _dispatch(self, token: Token) -> Translation:
        match token.value:
            case "select" | "with" | "(":
                fragment = self.query(top=True)
                self.expect_end()
                return Translation([self._rendered(fragment, token)], query=True)
            case "insert" | "update" | "delete" | "merge":
                fragment = self.dml()
                self.expect_end()
                verb = {"insert": "created", "update": "updated", "delete": "deleted", "merge": "merged"}
                done = "{count} " + verb[token.value] + "."
                return Translation([self._rendered(fragment, token)], done=done)
            case "begin" | "declare" | "<<":
                fragment = self.anonymous_block()
                done = "PL/SQL procedure successfully completed."
                return Translation([self._rendered(fragment, token)], block=True, done=done)
            case "commit" | "rollback":
                return self._transaction(token)
            case "create":
                return self._create(token)
            case "alter":
                self.take()
                if self.accept("session"):
                    raise self.unsupported("ALTER SESSION", token)
                self.expect("table")
                fragment = self.alter_table()
                self.expect_end()
                return Translation(
                    [self._rendered(fragment, token)], after=self.marked(), ddl=True, done="Table altered."
                )
            case "comment":
                self.take()
                fragment = self.comment()
                self.expect_end()
                return Translation([self._rendered(fragment, token)], ddl=True, done="Comment created.")
            case "truncate":
                self.take()
                self.expect("table")
                fragment = Fragment(("truncate table", token), self._table_name()[0])
                self.expect_end()
                return Translation([self._rendered(fragment, token)], ddl=True, done="Table truncated.")
            case "drop":
                self.take()
                kind, _, fragment = self.drop()
                self.expect_end()
                return Translation([self._rendered(fragment, token)], ddl=True, done=f"{kind.capitalize()} dropped.")
            case "call":
                self.take()
                fragment = self.call_statement_of_sql()
                return Translation([self._rendered(fragment, token)], done="Call completed.")
        raise self.unsupported(f"a statement that begins with {token.describe()}", token)

    def call_statement_of_sql(self) -> Fragment:
        """CALL has been read: a procedure call without its semicolon."""
        found = self.routine_here()
        if found is None:
            raise self.fail(f"the procedure {self.token.value.upper()} is not known")
        name, routines, token = found
        result = Fragment("call", self.stored_call(name, [r for r in routines if not r.is_function], token))
        self.expect_end()
        return result

    def _transaction(self, token: Token) -> Translation:
        self.take()
        self.accept("work")
        self.expect_end()
        done = {"commit": "Commit complete.", "rollback": "Rollback complete."}[token.value]
        return Translation([], transaction=token.value, done=done)

    def marked(self) -> list[str]:
        """What has to run after the table was made or altered."""
        table = self.name_literal(self.table)
        hidden = [f"select ora.hide_column({table}, {self.name_literal(column)})" for column in self.hidden]
        vectors = [
            f"select ora.prepare_vector_column({table}, {self.name_literal(column)}, null)"
            for column in self.unsized_vectors
        ]
        unique = [f"select ora.check_unique({table})"] if self.unique_keys else []
        return hidden + vectors + unique

    # CREATE

    def _create(self, token: Token) -> Translation:
        self.take()
        replace = bool(self.accept("or", "replace"))
        self.accept("editionable") or self.accept("noneditionable")
        if self.at("package"):
            text = self.text[self.token.start :]
            self.take()
            return self._create_package_body(token, text) if self.accept("body") else self._create_package(token, text)
        if self.at("procedure") or self.at("function"):
            return self._create_routine(token)
        self.accept("force") or self.accept("noforce")
        if self.accept("view"):
            return self._create_view(token, replace)
        if replace:
            raise self.unsupported(f"CREATE OR REPLACE {self.token.describe()}", token)
        if self.accept("table"):
            fragment = self.create_table()
            self.expect_end()
            return Translation([self._rendered(fragment, token)], after=self.marked(), ddl=True, done="Table created.")
        if self.accept("sequence"):
            fragment = self.create_sequence()
            self.expect_end()
            return Translation([self._rendered(fragment, token)], ddl=True, done="Sequence created.")
        if self.accept("vector"):
            fragment = self.create_vector_index()
            self.expect_end()
            return Translation([self._rendered(fragment, token)], ddl=True, done="Vector index created.")
        if self.at("index") or self.at("unique", "index"):
            fragment = self.create_index()
            self.expect_end()
            return Translation([self._rendered(fragment, token)], ddl=True, done="Index created.")
        raise self.unsupported(f"CREATE {self.token.describe()}")

    def _create_view(self, token: Token, replace: bool) -> Translation:
        name, fragment, text = self.create_view()
        self.expect_end()
        opening = "create or replace view" if replace else "create view"
        result = Translation(
            [self._rendered(Fragment((opening, token), fragment), token)],
            before=[f"select ora.begin_view({self.name_literal(name)})"] if replace else [],
            after=[
                f"select ora.register_view({self.name_literal(name)}, {self.unmerged})",
                self._kept_text("VIEW", name, text),
            ],
            ddl=True,
            done="View created.",
        )
        if replace:
            steps = [
                Fragment(f"select ora.drop_view({self.name_literal(name)}, false)"),
                Fragment(("create view", token), fragment),
            ]
            result.retry = [self._rendered(step, token) for step in steps]
        return result

    def _create_routine(self, token: Token) -> Translation:
        kind, start = self.token.value, self.token.start
        routine, fragment = self.stored_routine()
        definition = Package("", [routine]).to_json()["routines"][0]
        return Translation(
            [self._rendered(fragment, token)],
            before=[f"select ora.drop_routine({self.name_literal(routine.name)})"],
            after=[
                f"select ora.register_routine({self.name_literal(routine.name)}, {_quote(json.dumps(definition))})",
                self._source_of("app", self.stored(routine.name), fragment),
                self._kept_text(kind.upper(), routine.name, self.text[start:]),
            ],
            ddl=True,
            done=f"{kind.capitalize()} created.",
        )

    def _create_package(self, token: Token, text: str) -> Translation:
        package, constants, rights = self.package_spec()
        definition = package.to_json() | {"rights": rights}
        known = self.catalog.packages.get(package.name)
        if known is not None:
            # The body stays until it is replaced; keep what is known of it.
            definition["routines"] += [r for r in known.to_json()["routines"] if r["private"]]
        return Translation(
            [self._rendered(fragment, token) for fragment in constants],
            before=[
                f"select ora.begin_package({self.name_literal(package.name)}, {_quote(json.dumps(package.constants))})"
            ],
            after=[self._registered(package.name, definition), self._kept_text("PACKAGE", package.name, text)],
            ddl=True,
            done="Package created.",
        )

    def _create_package_body(self, token: Token, text: str) -> Translation:
        package, statements = self.package_body()
        spec = self.catalog.packages[package.name]
        rights = self.package_rights(package)
        package.constants = dict(spec.constants)
        package.exceptions = dict(spec.exceptions)
        definition = package.to_json() | {"rights": rights}
        sources = [
            self._source_of(self.stored(package.name), routine, fragment) for routine, fragment in statements if routine
        ]
        return Translation(
            [self._rendered(fragment, token) for _, fragment in statements],
            before=[f"select ora.begin_package_body({self.name_literal(package.name)})"],
            after=[
                self._registered(package.name, definition),
                *sources,
                self._kept_text("PACKAGE BODY", package.name, text),
            ],
            ddl=True,
            done="Package body created.",
        )

    def _registered(self, package: str, definition: dict[str, Any]) -> str:
        return f"select ora.register_package({self.name_literal(package)}, {_quote(json.dumps(definition))})"

    def _kept_text(self, kind: str, name: str, text: str) -> str:
        """What keeps the Oracle text of a stored unit or view for the dictionary."""
        return f"select ora.keep_text({_quote(kind)}, {self.name_literal(name)}, {_quote(text)})"

    def _source_of(self, schema: str, routine: str, fragment: Fragment) -> str:
        """Where a routine stands in its file: the line before its body's first."""
        opening = next(piece for piece in fragment.pieces if piece.text.endswith("#variable_conflict use_column"))
        return (
            f"select ora.register_source({_quote(schema)}, {_quote(routine)}, "
            f"{_quote(self.source or '')}, {opening.line - 1})"
        )


def translate(
    text: str,
    catalog: Catalog,
    source: str | None = None,
    line: int = 1,
    bound: Mapping[str, BoundVariable] | None = None,
) -> Translation:
    """Translate one statement (without its `;` or `/`) of an Oracle script.

    `source` and `line` tell where it stands, for messages. `bound` are its bind variables. Raises SourceError.
    """
    try:
        statement = parse(text, source, line)
    except SourceError:
        statement = None
    if isinstance(statement, _EMITTED):
        return emit(statement, catalog, text, source, bound)
    return Translator(text, catalog, source, line, bound).translate()


__all__ = ["Catalog", "Routine", "Translation", "translate"]
