"""Packages, stored procedures and functions, and anonymous blocks."""

from __future__ import annotations

from dataclasses import replace

from engine.emit.bound import BoundVariable
from engine.emit.catalogue import Package, Parameter, Routine
from engine.lexer import Kind, Token
from engine.words import PLSQL_RESERVED
from loader.embedded.blocks import TYPED_BLOCK, Blocks
from loader.embedded.fragment import Fragment
from loader.embedded.names import Place


class Units(Blocks):
    """Reads a program unit and turns each routine of it into a PostgreSQL one.

    A package becomes a schema of its name, a constant a function without arguments, a private
    routine a function whose name carries a mark.
    """

    def anonymous_block(self) -> Fragment:
        """A block typed by a user, whose bind variables are variables of a block around it."""
        self.in_unit = True
        self.is_function = False
        self.in_typed_block = True
        variables = self._bound_variables()
        declared = "".join(f"{v.name} {v.type} := {v.value}; " for v in variables)
        label = Fragment("declare", self.row_count_declaration(), declared, f"begin <<{TYPED_BLOCK}>> begin")
        body = self.block(outermost=True)
        self.expect_op(";")
        self.expect_end()
        tag = self.dollar_tag()
        kept = "".join(f"perform set_config('{v.setting}', {v.name}::text, false); " for v in variables)
        return Fragment(f"do {tag} #variable_conflict use_column", label, body, f"; end; {kept} end {tag}")

    def _bound_variables(self) -> list[BoundVariable]:
        """The bind variables of the block at hand; each token of one becomes the name of a PL/SQL variable."""
        used = {token.value for token in self.tokens if token.kind is Kind.BIND and token.value in self.bound}
        variables = {name: self.bound[name] for name in sorted(used)}
        self.tokens = [
            token._replace(kind=Kind.WORD, value=variables[token.value].name)
            if token.kind is Kind.BIND and token.value in variables
            else token
            for token in self.tokens
        ]
        self.scopes.append({variable.name: variable.type for variable in variables.values()})
        return list(variables.values())

    def dollar_tag(self) -> str:
        """A dollar quote that does not stand in the text."""
        tag, count = "$plsql$", 0
        texts = [token.value for token in self.tokens]
        while any(tag in text for text in texts):
            count += 1
            tag = f"$plsql{count}$"
        return tag

    # parameters and headings

    def _unit_name(self) -> Token:
        """The name of a stored unit: SQL reads it, and then the PL/SQL compiler, which reads on from here."""
        token = self.token
        self.in_unit = False
        name = self.name(Place.UNIT)
        self.in_unit = True
        if token.is_word(*PLSQL_RESERVED):
            raise self.reserved(Place.UNIT, token)
        return name

    def _routine_heading(self, *, stored: bool = False) -> tuple[Routine, Fragment]:
        """FUNCTION or PROCEDURE with its name, parameters and result; the scope is filled.

        `stored` tells of a stand-alone one, whose name SQL reads.
        """
        kind = self.take()
        name = self._unit_name() if stored else self.name()
        parameters: list[Parameter] = []
        texts = Fragment()
        if self.accept_op("("):
            while True:
                parameter, text = self._parameter()
                parameters.append(parameter)
                texts.add("," if len(parameters) > 1 else "").add(text)
                if not self.accept_op(","):
                    break
            self.expect_op(")")
        returns, is_clob = None, False
        if kind.value == "function":
            if any(parameter.mode != "in" for parameter in parameters):
                raise self.unsupported("a function with OUT parameters", name, "make it a procedure")
            self.expect("return")
            returns, is_clob = self._formal_type()
        package = self.package.name if self.package else ""
        return Routine(name.value, tuple(parameters), returns, package=package, returns_clob=is_clob), texts

    def _formal_type(self) -> tuple[str, bool]:
        """The type of a parameter or result, and whether it is a CLOB."""
        start = self.index
        anchored = self.ahead().is_op("%", ".")
        target = self.data_type(sized=False)
        end, is_clob = self.index, self.tokens[start].is_word("clob")
        if anchored:
            self.index = start
            is_clob = self.data_type() == "text"
            self.index = end
        return target, is_clob

    def _parameter(self) -> tuple[Parameter, Fragment]:
        name = self.name()
        mode = "in" if self.accept("in") else ""
        if self.accept("out"):
            mode = "inout" if mode else "out"
            self.accept("nocopy")
        mode = mode or "in"
        target, is_clob = self._formal_type()
        self.scopes[-1][name.value] = target
        text = Fragment(mode, self.spelled(name), target)
        default = self.accept_op(":=") or self.accept("default")
        if default:
            text.add(("default", default)).add(self.expression())
        return Parameter(name.value, mode, target, default is not None, is_clob), text

    def _rights(self) -> str:
        if not self.accept("authid"):
            return "security definer"
        if self.accept("definer"):
            return "security definer"
        self.expect("current_user")
        return "security invoker"

    def _attributes(self) -> str:
        attributes = ""
        while True:
            if self.accept("deterministic"):
                attributes += " immutable"
            elif self.at("authid"):
                attributes += " " + self._rights()
            elif self.token.is_word("pipelined", "result_cache", "parallel_enable", "aggregate", "accessible"):
                raise self.unsupported(self.token.value.upper())
            else:
                return attributes

    def _routine_body(self, routine: Routine, parameters: Fragment, name: str, rights: str) -> Fragment:
        """IS or AS has been read: declarations, body and END of a routine."""
        self.is_function = routine.is_function
        self.exceptions.append({})
        self.cursors.append({})
        self.writes.clear()
        self.effects.clear()
        start = self.token
        declared = self.declarations()
        count = self.row_count_declaration()
        declarations = Fragment("declare", count, declared) if declared.pieces or count else Fragment()
        body = self.block(declarations, outermost=True)
        self.exceptions.pop()
        self.cursors.pop()
        if self.at_name():
            end = self.name()
            if end.value != routine.name:
                raise self.fail(f"END {end.value.upper()} closes {routine.name.upper()}", end)
        self.expect_op(";")
        tag = self.dollar_tag()
        if any(token.is_word("merge") for token in self.tokens[self.tokens.index(start) : self.index]):
            # A table that grows from empty has no statistics yet: few rows are guessed, and all of them would
            # be kept aside and looked through for each row that is merged.
            rights += " set enable_material = off"
        if self.hinted(start, "use_hash"):
            # Rows put in a moment ago have no statistics, and few rows are guessed: loops in loops.
            rights += " set enable_nestloop = off set enable_mergejoin = off"
        kind = "function" if routine.is_function else "procedure"
        returns = f"returns {routine.returns}" if routine.is_function else ""
        return Fragment(
            f"create or replace {kind} {name} (",
            parameters,
            f") {returns} language plpgsql {rights} as",
            (f"{tag} #variable_conflict use_column", start),
            body,
            f"; {tag}",
        )

    # stand-alone routines

    def stored_routine(self) -> tuple[Routine, Fragment]:
        """CREATE [OR REPLACE] has been read; a PROCEDURE or FUNCTION follows."""
        self.in_unit = True
        self.scopes.append({})
        routine, parameters = self._routine_heading(stored=True)
        attributes = self._attributes() or "security definer"
        if not (self.accept("is") or self.accept("as")):
            raise self.unexpected("IS or AS")
        body = self._routine_body(routine, parameters, self.spell(routine.name), attributes)
        self.expect_end()
        self.scopes.pop()
        return replace(routine, effects=tuple(self.effects)), body

    # packages

    def package_spec(self) -> tuple[Package, list[Fragment], str]:
        """CREATE [OR REPLACE] PACKAGE has been read: what the package declares.

        Gives the package, the statements that make its constants, and its rights.
        """
        name = self._unit_name()
        if self.token.is_op("."):
            raise self.unsupported("a schema name", name, "leave it out")
        rights = self._rights()
        if not (self.accept("is") or self.accept("as")):
            raise self.unexpected("IS or AS")
        package = Package(name.value)
        self.package = package
        constants: list[Fragment] = []
        while not self.at("end"):
            if self.at("procedure") or self.at("function"):
                self.scopes.append({})
                routine, _ = self._routine_heading()
                self._attributes()
                self.scopes.pop()
                package.routines.append(routine)
                self.expect_op(";")
            elif self.at("pragma"):
                self._package_pragma(package)
            else:
                self._package_item(package, constants)
        self._package_end(name)
        return package, constants, rights

    def _package_end(self, name: Token) -> None:
        self.expect("end")
        if self.at_name():
            end = self.name()
            if end.value != name.value:
                raise self.fail(f"END {end.value.upper()} closes {name.value.upper()}", end)
        self.expect_op(";")
        self.expect_end()

    def _package_pragma(self, package: Package) -> None:
        self.exceptions.append(package.exceptions)
        self._pragma()
        self.exceptions.pop()

    def _package_item(self, package: Package, constants: list[Fragment]) -> None:
        if self.token.is_word("type", "subtype", "cursor"):
            raise self.unsupported(f"a package's {self.token.value.upper()}")
        name = self.name()
        if self.accept("exception"):
            self.user_exceptions += 1
            package.exceptions[name.value] = f"OU{self.user_exceptions:03d}"
        elif self.accept("constant"):
            target = self.data_type()
            operator = self.accept_op(":=") or self.accept("default")
            if operator is None:
                raise self.unexpected("':='")
            value = self.expression()
            package.constants[name.value] = target
            constants.append(
                Fragment(
                    (f"create or replace function {self.spell(package.name)}.{self.spell(name.value)}()", name),
                    f"returns {target} language sql immutable parallel safe as",
                    ("$value$ select (", operator),
                    value,
                    f")::{target} $value$",
                )
            )
        else:
            raise self.unsupported("a package variable", name, "keep state in a table")
        self.expect_op(";")

    def package_rights(self, package: Package) -> str:
        """With whose rights a package runs, as PostgreSQL says it."""
        return self.catalog.rights.get(package.name, "security definer")

    def package_body(self) -> tuple[Package, list[tuple[str, Fragment]]]:
        """CREATE [OR REPLACE] PACKAGE BODY has been read.

        Gives the package with its private members and the statements that make its routines, each with the name
        that PostgreSQL knows the routine by, or none for a constant.
        """
        name = self._unit_name()
        if not (self.accept("is") or self.accept("as")):
            raise self.unexpected("IS or AS")
        spec = self.catalog.packages.get(name.value)
        if spec is None:
            raise self.fail(f"the package {name.value.upper()} has no specification", name)
        public = [routine for routine in spec.routines if not routine.private]
        package = Package(
            spec.name, [replace(r, effects=None) for r in public], dict(spec.constants), dict(spec.exceptions)
        )
        self.package = package
        rights = self.package_rights(package)
        constants: list[Fragment] = []
        statements: list[tuple[str, Fragment]] = []
        done: set[Routine] = set()
        while not self.at("end"):
            if self.at("begin"):
                raise self.unsupported("a package's initialization part")
            if self.at("pragma"):
                self._package_pragma(package)
            elif self.at("procedure") or self.at("function"):
                statement = self._package_routine(package, public, rights, done)
                if statement is not None:
                    statements.append(statement)
            else:
                self._package_item(package, constants)
        missing = [routine.name for routine in public if not any(_same(routine, other) for other in done)]
        if missing:
            raise self.fail(f"{package.name}.{missing[0]} is declared and has no body".upper(), name)
        self._package_end(name)
        return package, [("", fragment) for fragment in constants] + statements

    def _package_routine(
        self, package: Package, public: list[Routine], rights: str, done: set[Routine]
    ) -> tuple[str, Fragment] | None:
        start = self.token
        self.scopes.append({})
        routine, parameters = self._routine_heading()
        known = next((other for other in package.routines if _same(routine, other)), None)
        if not any(_same(routine, other) for other in public):
            routine = replace(routine, private=True)
            namesake = any(other.name == routine.name for other in public)
            if namesake:
                raise self.fail(f"{routine.name.upper()} does not match its declaration", start)
        if known is None:
            package.routines.append(routine)
            known = routine
        attributes = self._attributes()
        if self.accept_op(";"):  # a forward declaration
            self.scopes.pop()
            return None
        if not (self.accept("is") or self.accept("as")):
            raise self.unexpected("IS or AS")
        name = self.qualified(package.name, routine)
        body = self._routine_body(routine, parameters, name, rights + attributes)
        self.scopes.pop()
        package.routines[package.routines.index(known)] = replace(routine, effects=tuple(self.effects))
        done.add(routine)
        return self.member_name(routine), body


def _same(left: Routine, right: Routine) -> bool:
    """Whether a declaration and a body belong together."""
    return (
        left.name == right.name
        and left.returns == right.returns
        and [(p.name, p.mode, p.type) for p in left.parameters] == [(p.name, p.mode, p.type) for p in right.parameters]
    )
