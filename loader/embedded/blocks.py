"""PL/SQL blocks and statements."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Routine
from engine.lexer import Kind, Token
from loader.embedded import functions
from loader.embedded.fragment import Fragment, join
from loader.embedded.queries import Queries

_DML = ("insert", "update", "delete", "merge")
# SQLSTATE of an exception that no error number was given to: ORA-06510.
_USER_DEFINED = "OU{:03d}"
# The label of a block that a user typed, which RETURN leaves: what stands behind it still runs.
TYPED_BLOCK = "typed_block"


def application_sqlstate(number: int) -> str:
    """The SQLSTATE that stands for error -20000 to -20999 on the embedded engine."""
    return f"OR{-number - 20000:03d}"


@dataclass(frozen=True, slots=True)
class _Write:
    """A place where rows may change; `direct` is False for a call."""

    token: Token
    direct: bool
    in_loop: bool


class Blocks(Queries):
    """Reads a PL/SQL block."""

    in_plsql = False
    # The bind variables of the SQL client in the text, and whether a block that a user typed is being read.
    bound: dict[str, BoundVariable]
    in_typed_block: bool
    # Exceptions declared in scope, by name, with their SQLSTATEs.
    exceptions: list[dict[str, str]]
    # Cursors declared in scope: whether each takes parameters.
    cursors: list[dict[str, bool]]
    # The writes of the routine so far; a block looks at those between its BEGIN and EXCEPTION.
    writes: list[_Write]
    loop_depth: int
    user_exceptions: int
    is_function: bool

    # What the routine at hand does to the database itself, as Routine.effects says it.
    effects: list[str]

    def effect(self, effect: str) -> None:
        """Keep account of what the routine does."""
        if effect not in self.effects:
            self.effects.append(effect)

    def called(self, routines: list[Routine]) -> None:
        """A call that may write is a write."""
        for routine in routines:
            self.effect(f"call:{routine.package}.{routine.name}")
        effects = (effect for routine in routines for effect in self.catalog.effects(routine, self.package))
        if any(effect.startswith(("dml", "ddl", "unknown")) for effect in effects):
            self.writes.append(_Write(self.token, False, self.loop_depth > 0))

    # blocks

    def block(self, declarations: Fragment | None = None, *, outermost: bool = False) -> Fragment:
        """[DECLARE ...] BEGIN ... [EXCEPTION ...] END [name]; without what follows it.

        `declarations` are those of a routine, which stand before its BEGIN without DECLARE. The `outermost` block
        of a procedure or of what a user typed may end its statements by COMMIT.
        """
        self.scopes.append({}) if declarations is None else None
        self.exceptions.append({}) if declarations is None else None
        self.cursors.append({}) if declarations is None else None
        result = Fragment()
        if declarations is not None:
            result.add(declarations)
        elif token := self.accept("declare"):
            result.add(token).add(self.declarations())
        result.add(self.expect("begin"))
        first_write = len(self.writes)
        final = self._final_commit() if outermost else None
        if final is None or self.index < final:
            body, last_start = self._statements_until("end", "exception", before=final)
            result.add(body)
        else:
            last_start = self.index
        commit = self._commit() if final is not None else None
        if commit is not None:
            result.add(commit[1])
        if self.at("exception"):
            result.add(self._handlers(self.writes[first_write:], last_start))
        if commit is not None:
            self.writes.append(_Write(commit[0], True, False))
        result.add(self.expect("end"))
        if declarations is None:
            if self.at_name():
                self.name()
            self.scopes.pop()
            self.exceptions.pop()
            self.cursors.pop()
        return result

    def _final_commit(self) -> int | None:
        """Where the COMMIT stands that ends the statements of the block at hand, if one does.

        Only there can it be kept for the session to do when the outermost call has ended well.
        """
        depth = 0
        for at in range(self.index, len(self.tokens) - 2):
            token = self.tokens[at]
            if token.is_word("begin", "case", "if", "loop") and not self.tokens[at - 1].is_word("end"):
                depth += 1
            elif token.is_word("end"):
                depth -= 1
            if depth < 0 or (depth == 0 and token.is_word("exception") and self.tokens[at + 1].is_word("when")):
                return None
            if depth == 0 and token.is_word("commit") and (at == self.index or self.tokens[at - 1].is_op(";")):
                after = at + 2 if self.tokens[at + 1].is_word("work") else at + 1
                if self.tokens[after].is_op(";") and self.tokens[after + 1].is_word("end", "exception"):
                    return at
        return None

    def _commit(self) -> tuple[Token, Fragment]:
        """COMMIT [WORK] ; as a note to the session."""
        token = self.expect("commit")
        self.accept("work")
        self.expect_op(";")
        return token, Fragment(("perform ora.note_commit();", token))

    def declarations(self) -> Fragment:
        """The items of a declare section."""
        result = Fragment()
        while not self.at("begin"):
            result.add(self._declaration())
        return result

    def _declaration(self) -> Fragment:
        if self.at("pragma"):
            return self._pragma()
        if self.at("cursor"):
            return self._cursor()
        if self.at("type") or self.at("subtype"):
            raise self.unsupported("a local TYPE")
        if self.at("procedure") or self.at("function"):
            raise self.unsupported("a local subprogram", advice="make it a private member of the package")
        name = self.name()
        if self.accept("exception"):
            self.user_exceptions += 1
            self.exceptions[-1][name.value] = _USER_DEFINED.format(self.user_exceptions)
            self.expect_op(";")
            return Fragment()
        constant = "constant" if self.accept("constant") else ""
        target = self.data_type()
        not_null = "not null" if self.accept("not", "null") else ""
        result = Fragment(self.spelled(name), f"{constant} {target} {not_null}")
        if token := (self.accept_op(":=") or self.accept("default")):
            result.add((":=", token)).add(self.expression())
        elif constant or not_null:
            raise self.fail(f"{name.value.upper()} needs a value", name)
        self.scopes[-1][name.value] = target
        self.expect_op(";")
        return result.add(";")

    def _pragma(self) -> Fragment:
        token = self.expect("pragma")
        if not self.accept("exception_init"):
            raise self.unsupported(f"PRAGMA {self.token.value.upper()}", token)
        self.expect_op("(")
        name = self.name()
        if name.value not in self.exceptions[-1]:
            raise self.fail(f"the exception {name.value.upper()} is not declared here", name)
        self.expect_op(",")
        self.exceptions[-1][name.value] = self.error_state()
        self.expect_op(")")
        self.expect_op(";")
        return Fragment()

    def error_state(self) -> str:
        """The SQLSTATE of the error number that stands here: -20000 to -20999, or one of functions.ERRORS."""
        self.expect_op("-")
        number = -int(self._whole_number())
        if number in functions.ERRORS:
            return functions.ERRORS[number]
        if not -20999 <= number <= -20000:
            known = ", ".join(str(known) for known in functions.ERRORS)
            raise self.unsupported(f"EXCEPTION_INIT of {number}", advice=f"it knows -20000 to -20999 and {known}")
        return application_sqlstate(number)

    def _cursor(self) -> Fragment:
        self.expect("cursor")
        name = self.name()
        self.scopes.append({})
        parameters = Fragment()
        if self.accept_op("("):

            def parameter() -> Fragment:
                formal = self.name()
                self.accept("in")
                target = self.data_type(sized=False)
                self.scopes[-1][formal.value] = target
                if self.at("default") or self.token.is_op(":="):
                    raise self.unsupported("a default of a cursor's parameter")
                return Fragment(self.spelled(formal), target)

            parameters = Fragment("(", join(self.listed(parameter)), ")")
            self.expect_op(")")
        if self.at("return"):
            raise self.unsupported("a cursor with RETURN")
        self.expect("is")
        query = self.query()
        self.scopes.pop()
        self.expect_op(";")
        self.cursors[-1][name.value] = bool(parameters.pieces)
        return Fragment(self.spelled(name), "cursor", parameters, "for", query, ";")

    # exception handlers

    def _handlers(self, writes: list[_Write], last_start: int) -> Fragment:
        result = Fragment(self.expect("exception"))
        outer, self.in_handler = self.in_handler, True
        swallows = False
        while self.at("when"):
            result.add(self.take()).add(self._conditions()).add(self.expect("then"))
            body, final = self._statements_until("when", "end")
            result.add(body)
            last = self.tokens[final]
            swallows = swallows or not last.is_word("raise", "raise_application_error")
        self.in_handler = outer
        if swallows:
            self._check_undone(writes, last_start)
        return result

    def _check_undone(self, writes: list[_Write], last_start: int) -> None:
        """Refuse what a handler would undo here and would leave in place on Oracle.

        PL/pgSQL undoes everything a block changed before its handler runs; Oracle undoes only the
        statement that failed. The two agree where the one change is the block's last statement.
        """
        if not writes:
            return
        only = writes[0]
        if len(writes) == 1 and only.direct and not only.in_loop and only.token.start >= self._start(last_start):
            return
        raise self.unsupported(
            "an exception handler that goes on after a block which changed rows",
            only.token,
            "let the change be the block's last statement, alone, or end the handler with RAISE",
        )

    def _start(self, index: int) -> int:
        return self.tokens[index].start

    def _conditions(self) -> Fragment:
        result = self._condition()
        while token := self.accept("or"):
            result.add(token).add(self._condition())
        return result

    def _condition(self) -> Fragment:
        first = self.name()
        if self.accept_op("."):
            member = self.name()
            package = self.catalog.package(first.value)
            if package is None or member.value not in package.exceptions:
                raise self.fail(f"the exception {first.value}.{member.value} is not declared".upper(), first)
            return Fragment((f"sqlstate '{package.exceptions[member.value]}'", first))
        state = self._local_exception(first.value)
        if state:
            return Fragment((f"sqlstate '{state}'", first))
        if first.value in functions.CONDITIONS:
            return Fragment((functions.CONDITIONS[first.value], first))
        raise self.fail(f"the exception {first.value.upper()} is not declared", first)

    def _local_exception(self, name: str) -> str | None:
        for scope in reversed(self.exceptions):
            if name in scope:
                return scope[name]
        return self.package.exceptions.get(name) if self.package else None

    # statements

    def _statements_until(self, *words: str, before: int | None = None) -> tuple[Fragment, int]:
        """Statements up to one of these words, or the token `before`; also the index of the last one's first token."""
        result = Fragment()
        start = self.index
        if self.token.is_word(*words):
            raise self.fail(f"{self.token.describe()} found where a statement is expected")
        while not self.token.is_word(*words) and self.index != before:
            if self.token.kind is Kind.END:
                raise self.unexpected(" or ".join(word.upper() for word in words))
            start = self.index
            result.add(self.statement())
        return result, start

    def statement(self) -> Fragment:
        """One statement with its semicolon."""
        label = Fragment()
        label_name = ""
        if self.accept_op("<<"):
            token = self.name()
            label_name = token.value
            self.expect_op(">>")
            label = Fragment("<<", self.spelled(token), ">>")
        token = self.token
        if token.kind is Kind.QUOTED or self.ahead().is_op(":=", "."):
            # A keyword too may be the name of a variable or package.
            return Fragment(label, self._assignment_or_call())
        if token.kind is not Kind.WORD:
            raise self.unexpected("a statement")
        if token.value in ("begin", "declare"):
            result = self.block()
            self.expect_op(";")
            return Fragment(label, result, ";")
        if token.value in ("for", "while", "loop"):
            result = getattr(self, f"_{token.value}_statement")(label)
            if self.at_name():
                end = self.name()
                if end.value != label_name:
                    raise self.fail(f"the label {end.value.upper()} does not match", end)
            self.expect_op(";")
            return Fragment(result, ";")
        if label.pieces:
            raise self.unsupported("a label before this statement (GOTO)", token)
        if token.value in _DML:
            return self._dml_statement(token)
        if token.value in ("select", "with"):
            return self._select_statement()
        handler = getattr(self, f"_{token.value}_statement", None)
        if handler is not None:
            done: Fragment = handler()
            return done
        if token.is_word("commit", "rollback", "savepoint"):
            advice = "leave the transaction to the caller, or let COMMIT be a procedure's last statement"
            raise self.unsupported(f"{token.value.upper()} at this place in PL/SQL", token, advice)
        if token.is_word("goto", "forall", "fetch", "execute", "pipe", "lock"):
            name = "EXECUTE IMMEDIATE" if token.value == "execute" else token.value.upper()
            raise self.unsupported(name, token)
        return self._assignment_or_call()

    def _dml_statement(self, token: Token) -> Fragment:
        self.writes.append(_Write(token, True, self.loop_depth > 0))
        outer, self.in_plsql = self.in_plsql, True
        result = self.dml()
        self.in_plsql = outer
        self.expect_op(";")
        result.add(";")
        if self._counts_rows():
            result.add("get diagnostics sql_rowcount = row_count;")
        return result

    def _counts_rows(self) -> bool:
        """Whether SQL%ROWCOUNT or a relative of it stands anywhere in this text."""
        return any(
            token.is_word("sql") and self.tokens[index + 1].is_op("%") for index, token in enumerate(self.tokens[:-1])
        )

    def row_count_declaration(self) -> str:
        """The variable behind SQL%ROWCOUNT, where it is used."""
        return "sql_rowcount bigint;" if self._counts_rows() else ""

    def _select_statement(self) -> Fragment:
        token = self.token
        result = self.query(into=True)
        if not any(piece.text == "into strict" for piece in result.pieces):
            raise self.fail("a SELECT inside PL/SQL needs INTO", token)
        self.expect_op(";")
        return result.add(";")

    def _null_statement(self) -> Fragment:
        token = self.expect("null")
        self.expect_op(";")
        return Fragment(token, ";")

    def _if_statement(self) -> Fragment:
        result = Fragment(self.expect("if"), self.expression(), self.expect("then"))
        result.add(self._statements_until("elsif", "else", "end")[0])
        while token := self.accept("elsif"):
            result.add(token).add(self.expression()).add(self.expect("then"))
            result.add(self._statements_until("elsif", "else", "end")[0])
        if token := self.accept("else"):
            result.add(token).add(self._statements_until("end")[0])
        end = self.expect("end")
        self.expect("if")
        self.expect_op(";")
        return result.add(("end if;", end))

    def _case_statement(self) -> Fragment:
        result = Fragment(self.expect("case"))
        if not self.at("when"):
            result.add(self.expression())
        while token := self.accept("when"):
            result.add(token).add(self.expression()).add(self.expect("then"))
            result.add(self._statements_until("when", "else", "end")[0])
        if token := self.accept("else"):
            result.add(token).add(self._statements_until("end")[0])
        end = self.expect("end")
        self.expect("case")
        self.expect_op(";")
        return result.add(("end case;", end))

    def _loop_body(self) -> Fragment:
        token = self.expect("loop")
        self.loop_depth += 1
        body = self._statements_until("end")[0]
        self.loop_depth -= 1
        end = self.expect("end")
        self.expect("loop")
        return Fragment(token, body, ("end loop", end))

    def _loop_statement(self, label: Fragment) -> Fragment:
        return Fragment(label, self._loop_body())

    def _while_statement(self, label: Fragment) -> Fragment:
        token = self.expect("while")
        return Fragment(label, token, self.expression(), self._loop_body())

    def _for_statement(self, label: Fragment) -> Fragment:
        token = self.expect("for")
        name = self.name()
        self.expect("in")
        reverse = self.accept("reverse")
        if not reverse and (query := self._cursor_source()) is not None:
            # PL/pgSQL wants the loop's record declared; a block of its own keeps it local.
            self.scopes.append({name.value: "record"})
            body = self._loop_body()
            self.scopes.pop()
            spelled = self.spell(name.value)
            opening = Fragment((f"declare {spelled} record; begin", token), label)
            return Fragment(opening, f"for {spelled} in", query, body, "; end")
        first = self.operand()
        self.expect_op("..")
        last = self.operand()
        if self.token.is_word("by") or self.token.is_op(","):
            raise self.unsupported("a stepped FOR loop")
        if reverse:
            # PL/pgSQL counts down from its first bound, PL/SQL from its second.
            first, last = last, first
        self.scopes.append({name.value: "integer"})
        body = self._loop_body()
        self.scopes.pop()
        bounds = Fragment("reverse" if reverse else "", first, "..", last)
        return Fragment(label, token, self.spelled(name), "in", bounds, body)

    def _cursor_source(self) -> Fragment | None:
        """The query or the cursor that a FOR loop runs over, or None where it counts."""
        if self.token.is_op("(") and self.ahead().is_word("select", "with"):
            self.take()
            query = self.query()
            self.expect_op(")")
            return query
        if self.token.kind is Kind.WORD and any(self.token.value in scope for scope in self.cursors):
            name = self.name()
            result = self.spelled(name)
            if self.accept_op("("):
                result = Fragment(result, "(", join(self.listed(self.expression)), ")")
                self.expect_op(")")
            return result
        return None

    def _exit_statement(self) -> Fragment:
        return self._leave("exit")

    def _continue_statement(self) -> Fragment:
        return self._leave("continue")

    def _leave(self, word: str) -> Fragment:
        result = Fragment(self.expect(word))
        if self.at_name():
            result.add(self.spelled(self.name()))
        if token := self.accept("when"):
            result.add(token).add(self.expression())
        self.expect_op(";")
        return result.add(";")

    def _return_statement(self) -> Fragment:
        token = self.expect("return")
        result = Fragment((f"exit {TYPED_BLOCK}", token) if self.in_typed_block else token)
        if not self.token.is_op(";"):
            if not self.is_function:
                raise self.fail("a procedure returns no value")
            result.add(self.expression())
        self.expect_op(";")
        return result.add(";")

    def _raise_statement(self) -> Fragment:
        token = self.expect("raise")
        if self.accept_op(";"):
            if not self.in_handler:
                raise self.fail("RAISE without a name stands outside an exception handler", token)
            return Fragment(token, ";")
        first = self.name()
        state: str | None
        if self.accept_op("."):
            member = self.name()
            package = self.catalog.package(first.value)
            state = package.exceptions.get(member.value) if package else None
        else:
            state = self._local_exception(first.value) or functions.RAISED.get(first.value)
        if state is None:
            raise self.fail(f"the exception {first.value.upper()} is not declared", first)
        self.expect_op(";")
        return Fragment((f"raise exception using errcode = '{state}', message = ora.message_of('{state}');", token))

    def _raise_application_error_statement(self) -> Fragment:
        token = self.take()
        self.expect_op("(")
        number = self.expression()
        self.expect_op(",")
        message = self.expression()
        if self.accept_op(","):
            self.expression()  # whether to keep the error stack, which is not shown here
        self.expect_op(")")
        self.expect_op(";")
        return Fragment(
            ("raise exception using errcode = ora.application_sqlstate(", token),
            number,
            "), message = ora.application_message(",
            number,
            ",",
            message,
            ");",
        )

    def _open_statement(self) -> Fragment:
        token = self.expect("open")
        name = self.name()
        if not self.at("for"):
            raise self.unsupported("OPEN of a cursor", token, "use a cursor FOR loop")
        self.take()
        if not (self.at("select") or self.at("with")):
            raise self.unsupported("OPEN ... FOR a string", token)
        query = self.query()
        self.expect_op(";")
        return Fragment(token, self.spelled(name), "for", query, ";")

    def create_vector_index(self) -> Fragment:
        """CREATE VECTOR has been read; supplied by Definitions."""
        raise NotImplementedError

    def create_sequence(self) -> Fragment:
        """CREATE SEQUENCE has been read; supplied by Definitions."""
        raise NotImplementedError

    def alter_table(self) -> Fragment:
        """ALTER TABLE has been read; supplied by Definitions."""
        raise NotImplementedError

    def drop(self) -> tuple[str, str, Fragment]:
        """DROP has been read; supplied by Definitions."""
        raise NotImplementedError

    def marked(self) -> list[str]:
        """What has to run after a table was made or altered; supplied by the translator."""
        raise NotImplementedError

    def _execute_statement(self) -> Fragment:
        """EXECUTE IMMEDIATE of a statement whose only variable parts are checked values.

        They are DBMS_ASSERT.ENQUOTE_LITERAL(text) and TO_CHAR(number); each stands for its argument as a
        value. The statement is then known but for those, and is translated like any other: DML, a query
        with INTO, CREATE VECTOR INDEX, CREATE SEQUENCE, ALTER TABLE, DROP INDEX or DROP SEQUENCE.
        """
        token = self.expect("execute")
        self.expect("immediate")
        line = self.token.line
        text = ""
        binds: dict[str, Fragment] = {}
        while True:
            text += self._template_part(token, binds)
            if not self.accept_op("||"):
                break
        inner = type(self)(text, self.catalog, self.source, line)
        inner.package = None
        inner.long_names = self.long_names
        targets = self.targets() if self.accept("into") else None
        if self.accept("using"):
            values = self.listed(self.expression)
            names = [t.value for t in inner.tokens if t.kind is Kind.BIND and t.value not in binds]
            if len(names) != len(values):
                raise self.fail(f"{len(names)} bind variables and {len(values)} values", token)
            binds |= dict(zip(names, values, strict=True))
        inner.binds = binds
        self.expect_op(";")
        if inner.at("select") or inner.at("with"):
            if targets is None:
                raise self.unsupported("EXECUTE IMMEDIATE of a query without INTO", token)
            query = inner.query()
            statement = Fragment(("select * into strict", token), targets, "from (", query, ") as dynamic")
            if inner.search_call is not None:
                # Before the query is planned as well: how hard the search tries decides what it is thought to cost.
                statement = Fragment("perform", inner.search_call, ";", statement)
        elif targets is not None:
            raise self.unsupported("EXECUTE IMMEDIATE with INTO of another statement than a query", token)
        else:
            self.writes.append(_Write(token, True, self.loop_depth > 0))
            statement = self._dynamic_change(inner, token)
        for effect in inner.effects:
            self.effect(effect)
        inner.expect_end()
        return Fragment(statement, ";")

    def _template_part(self, token: Token, binds: dict[str, Fragment]) -> str:
        """A literal, or the name of a bind variable for what takes part in the statement as a value."""
        if self.token.kind is Kind.STRING:
            return self.take().value
        if self.at("dbms_assert") and self.ahead(2).is_word("enquote_literal"):
            self.index += 3
            cast = "::text"
        elif self.at("to_char") and self.ahead().is_op("("):
            self.take()
            cast = "::numeric"
        else:
            raise self.unsupported(
                "EXECUTE IMMEDIATE of a text that is not made of literals, DBMS_ASSERT.ENQUOTE_LITERAL and TO_CHAR",
                token,
            )
        self.expect_op("(")
        name = f"quoted__{len(binds)}"
        binds[name] = Fragment("(", self.expression(), f"){cast}")
        self.expect_op(")")
        return f":{name}"

    def _dynamic_change(self, inner: Blocks, token: Token) -> Fragment:
        if inner.token.value in _DML:
            return inner.dml()
        self.effect("ddl:")
        if inner.accept("create", "vector"):
            made = inner.create_vector_index()
        elif inner.accept("create", "sequence"):
            made = inner.create_sequence()
        elif inner.accept("alter", "table"):
            made = inner.alter_table()
            for statement in inner.marked():
                made.add(";").add(statement.replace("select", "perform", 1))
        elif inner.at("drop", "index") or inner.at("drop", "sequence"):
            inner.take()
            made = inner.drop()[2]
        else:
            raise self.unsupported(
                "EXECUTE IMMEDIATE of another statement than a query, DML, CREATE VECTOR INDEX, CREATE SEQUENCE, "
                "ALTER TABLE, DROP INDEX and DROP SEQUENCE",
                token,
            )
        # Where a function does it, PL/pgSQL passes over its result by PERFORM.
        made.pieces[0] = replace(made.pieces[0], text=made.pieces[0].text.replace("select", "perform", 1))
        return made.add("; perform ora.note_commit()")  # DDL commits

    def _close_statement(self) -> Fragment:
        result = Fragment(self.expect("close"), self.spelled(self.name()))
        self.expect_op(";")
        return result.add(";")

    def _assignment_or_call(self) -> Fragment:
        token = self.token
        following = self.ahead()
        field = following.is_op(".") and self.ahead(3).is_op(":=")
        if following.is_op(":=") or field:
            target = self.targets()
            operator = self.expect_op(":=")
            value = self.expression()
            self.expect_op(";")
            return Fragment(target, operator, value, ";")
        return self.call_statement(token)

    def call_statement(self, token: Token) -> Fragment:
        """A procedure call with its semicolon."""
        found = self.routine_here()
        if found is None:
            raise self.fail(f"the procedure {token.value.upper()} is not known", token)
        name, routines, _ = found
        procedures = [routine for routine in routines if not routine.is_function]
        if not procedures:
            raise self.fail(f"{token.value.upper()} is a function; its result must be used", token)
        call = self.stored_call(name, procedures, token)
        self.expect_op(";")
        return Fragment("call", call, ";")
