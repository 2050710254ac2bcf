"""Operators that change a valid program, each with what Oracle's compiler says of the change.

An operator gives the edits that it can make to a text: what to put where. Its outcome is the number of the first
complaint, several where that hangs on the place, or EQUIVALENT where the changed program is as valid as the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from engine.tree import expressions as values
from engine.tree import plsql, queries
from engine.tree.base import Node, Statement
from engine.tree.types import BuiltinType
from engine.tree.walk import descendants

EQUIVALENT = "equivalent"
N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to `end` give way to `text`."""

    start: int
    end: int
    text: str

    def apply(self, text: str) -> str:
        """The text after the edit."""
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Operator:
    """A kind of change, and its outcome."""

    name: str
    outcome: tuple[str, ...]
    edits: Callable[[str, Statement], Iterator[Edit]]


OPERATORS: list[Operator] = []


def operator(*outcome: str) -> Callable[[Callable[[str, Statement], Iterator[Edit]]], None]:
    """Register an operator under its function's name."""

    def register(edits: Callable[[str, Statement], Iterator[Edit]]) -> None:
        OPERATORS.append(Operator(edits.__name__.replace("_", " "), outcome, edits))

    return register


# what operators look for


def _all(tree: Statement, kind: type[N]) -> Iterator[N]:
    for node in descendants(tree):
        if isinstance(node, kind):
            yield node


def _routines(tree: Statement, kind: str = "") -> Iterator[plsql.Routine]:
    for routine in _all(tree, plsql.Routine):
        if routine.body is not None and routine.body.statements and kind in ("", routine.kind):
            yield routine


def _first_statement(routine: plsql.Routine) -> int:
    assert routine.body is not None
    assert routine.body.statements
    return routine.body.statements[0].place.offset


def _insert(offset: int, text: str) -> Edit:
    return Edit(offset, offset, text)


def _word_end(text: str, start: int) -> int:
    found = re.compile(r"[\w$#]+").match(text, start)
    assert found
    return found.end()


def _respell(text: str, start: int) -> Edit:
    end = _word_end(text, start)
    return Edit(end, end, "_misspelt")


def _own_calls(tree: Statement) -> Iterator[values.Call]:
    """Calls of the project's own routines in packages."""
    for call in _all(tree, values.Call):
        function = call.function
        if not isinstance(function, values.Reference) or len(function.parts) != 2 or not call.arguments:
            continue
        if function.parts[0].value.startswith("IMG_"):
            yield call


# names


@operator("PLS-00201")
def misspell_the_target_of_an_assignment(text: str, tree: Statement) -> Iterator[Edit]:
    for assignment in _all(tree, plsql.Assign):
        target = assignment.target
        if isinstance(target, values.Reference) and len(target.parts) == 1:
            yield _respell(text, target.place.offset)


@operator("PLS-00302")
def misspell_a_routine_of_a_package(text: str, tree: Statement) -> Iterator[Edit]:
    for statement in _all(tree, plsql.ProcedureCall):
        call = statement.call
        function = call.function if isinstance(call, values.Call) else call
        if isinstance(function, values.Reference) and function.parts[0].value.startswith("IMG_"):
            yield _respell(text, function.parts[1].place.offset)


@operator("ORA-00942")
def misspell_a_table(text: str, tree: Statement) -> Iterator[Edit]:
    for block in _all(tree, queries.Select):
        for item in block.sources:
            source = item.source
            if isinstance(source, queries.TableSource) and source.name.name.value.startswith(("IMAGE_", "IMG_")):
                yield _respell(text, source.name.place.offset)


@operator("ORA-00904")
def misspell_a_column_behind_its_source(text: str, tree: Statement) -> Iterator[Edit]:
    for block in _all(tree, queries.Select):
        tables = {
            item.source.alias.value
            for item in block.sources
            if isinstance(item.source, queries.TableSource) and item.source.alias is not None
        }
        for item in block.items:
            column = item.expression
            if isinstance(column, values.Reference) and column.parts[0].value in tables and len(column.parts) == 2:
                yield _respell(text, column.parts[1].place.offset)


@operator("PLS-00371", "PLS-00382", "ORA-00904")
def declare_a_variable_twice(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        assigned = {
            node.target.parts[0].value
            for node in descendants(routine.body)
            if isinstance(node, plsql.Assign) and isinstance(node.target, values.Reference)
        }
        for item in routine.body.declarations:
            if isinstance(item, plsql.Variable) and item.name.value in assigned:
                yield _insert(item.place.offset, f"{item.name.written} number; ")


@operator(EQUIVALENT)
def declare_a_variable_that_nothing_names(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        for item in routine.body.declarations[:1]:
            yield _insert(item.place.offset, "l_not_named number; ")


@operator(EQUIVALENT)
def shadow_a_variable_in_a_block_of_its_own(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters[:1]:
            name = parameter.name.written
            yield _insert(_first_statement(routine), f"declare {name} number; begin {name} := 1; end; ")


# values and types


@operator("PLS-00363")
def assign_to_a_parameter_in(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        for parameter in routine.parameters:
            if parameter.mode in ("", "IN"):
                yield _insert(_first_statement(routine), f"{parameter.name.written} := null; ")


@operator("PLS-00363")
def assign_to_a_constant_of_a_package(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "img_error.co_mixed_models := 1; ")


@operator("PLS-00363")
def assign_to_the_index_of_a_loop(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "for i in 1 .. 2 loop i := 1; end loop; ")


@operator("PLS-00382")
def take_a_number_for_a_condition(_text: str, tree: Statement) -> Iterator[Edit]:
    for branch in _all(tree, plsql.Branch):
        yield _insert(branch.condition.place.offset, "1 and ")


@operator("PLS-00382")
def give_a_number_a_truth_value(_text: str, tree: Statement) -> Iterator[Edit]:
    for item in _all(tree, plsql.Variable):
        number = isinstance(item.datatype, BuiltinType) and item.datatype.name in ("NUMBER", "PLS_INTEGER")
        if number and isinstance(item.default, values.NumberLiteral):
            start = item.default.place.offset
            yield Edit(start, start + len(item.default.text), "true")


@operator(EQUIVALENT)
def put_a_condition_into_parentheses(text: str, tree: Statement) -> Iterator[Edit]:
    for branch in _all(tree, plsql.Branch):
        start = branch.condition.place.offset
        end = text.index("then", start)
        yield Edit(start, end, f"({text[start:end]}) ")


# declarations


@operator("PLS-00218")
def forbid_null_without_a_default(text: str, tree: Statement) -> Iterator[Edit]:
    for item in _all(tree, plsql.Variable):
        if item.default is None and not item.not_null:
            yield _insert(text.index(";", item.place.offset), " not null")


@operator("PLS-00322")
def drop_the_value_of_a_constant(text: str, tree: Statement) -> Iterator[Edit]:
    for item in _all(tree, plsql.Variable):
        if item.constant and isinstance(item.default, values.NumberLiteral):
            yield Edit(text.index(":=", item.place.offset), text.index(";", item.default.place.offset), "")


@operator("PLS-00103")
def state_the_length_of_a_parameter(text: str, tree: Statement) -> Iterator[Edit]:
    for parameter in _all(tree, plsql.Parameter):
        kind = parameter.datatype
        if isinstance(kind, BuiltinType) and kind.name in ("NUMBER", "VARCHAR2"):
            yield _insert(_word_end(text, kind.place.offset), "(9)")


@operator("PLS-00323")
def add_a_parameter_to_the_body_alone(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        if routine.name.name.value == "VERSION":
            yield _insert(_word_end(text, routine.name.place.offset), "(p_more in number)")


@operator("PLS-00113")
def change_the_name_behind_end(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        if routine.body.end_label is not None:
            yield _respell(text, routine.body.end_label.place.offset)


@operator("PLS-00320")
def move_a_declaration_behind_its_use(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        assert routine.body is not None
        for item in routine.body.declarations[:1]:
            yield _insert(item.place.offset, "l_early number := l_late; l_late number := 1; ")


@operator("PLS-00313")
def call_a_routine_before_its_declaration(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "procedure early is begin late; end early; procedure late is begin null; end late; "
        yield _insert(routine.place.offset, text)


@operator(EQUIVALENT)
def announce_a_routine_before_its_call(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = "procedure late; procedure early is begin late; end early; procedure late is begin null; end late; "
        yield _insert(routine.place.offset, text)


# calls


@operator("PLS-00306")
def give_too_many_arguments(_text: str, tree: Statement) -> Iterator[Edit]:
    for call in _own_calls(tree):
        if all(isinstance(argument, values.Argument) and argument.name is None for argument in call.arguments):
            yield _insert(call.arguments[0].place.offset, "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ")


@operator("PLS-00306")
def misspell_the_name_of_an_argument(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "img_error.throw(p_cods => 1); ")


@operator("PLS-00306")
def give_a_truth_value_for_a_number(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "img_error.throw(true); ")


@operator("PLS-00312")
def put_an_argument_by_position_behind_a_name(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "img_error.throw(p_code => 1, 'x'); ")


@operator("PLS-00703")
def name_an_argument_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "img_error.throw(p_code => 1, p_code => 2); ")


# statements


@operator("PLS-00428")
def drop_into(text: str, tree: Statement) -> Iterator[Edit]:
    for block in _all(tree, queries.Select):
        if block.into is not None:
            start = block.into.place.offset
            yield Edit(start, text.index("from", start), "")


@operator("ORA-00913")
def add_a_variable_to_into(_text: str, tree: Statement) -> Iterator[Edit]:
    for block in _all(tree, queries.Select):
        into = block.into
        if into is not None and isinstance(into.targets[0], values.Reference) and not into.bulk:
            name = into.targets[0].parts[0].written
            if len(into.targets[0].parts) == 1 and len(block.items) == len(into.targets):
                yield _insert(into.targets[0].place.offset, f"{name}, ")


@operator("PLS-00370")
def put_others_first(_text: str, tree: Statement) -> Iterator[Edit]:
    for handler in _all(tree, plsql.Handler):
        if not handler.others:
            yield _insert(handler.place.offset, "when others then null; ")


@operator("PLS-00483")
def handle_an_exception_twice(_text: str, tree: Statement) -> Iterator[Edit]:
    for handler in _all(tree, plsql.Handler):
        if not handler.others:
            written = ".".join(part.written for part in handler.exceptions[0].parts)
            yield _insert(handler.place.offset, f"when {written} then null; ")


@operator("PLS-00367")
def raise_again_outside_a_handler(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "raise; ")


@operator("PLS-00376")
def exit_outside_a_loop(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "exit; ")


@operator("PLS-00375")
def go_to_no_label(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "goto nowhere; ")


@operator("PLS-00503")
def drop_the_value_of_a_function(text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "FUNCTION"):
        assert routine.body is not None
        for statement in routine.body.statements or ():
            if isinstance(statement, plsql.Return) and statement.value is not None:
                start = statement.value.place.offset
                yield Edit(start, text.index(";", start), "")


@operator("PLS-00372")
def return_a_value_from_a_procedure(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree, "PROCEDURE"):
        yield _insert(_first_statement(routine), "return 1; ")


@operator("PLS-00231")
def call_a_nested_function_in_sql(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        text = (
            "declare l_one number; function nested return number is begin return 1; end nested; "
            "begin select nested into l_one from dual; end; "
        )
        yield _insert(_first_statement(routine), text)


@operator("PLS-00204")
def use_decode_outside_sql(_text: str, tree: Statement) -> Iterator[Edit]:
    for routine in _routines(tree):
        yield _insert(_first_statement(routine), "declare l_one number := decode(1, 1, 2); begin null; end; ")
