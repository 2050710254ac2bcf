"""The statements inside EXECUTE IMMEDIATE and OPEN FOR a text, read before the emitter sees them.

A text that is made of literals, DBMS_ASSERT.ENQUOTE_LITERAL(text) and TO_CHAR(number) is known before it runs, but for
those values. In the statement that is parsed a bind variable stands for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import NotSupported, SourceError
from engine.tree.base import Expression, Node, Place, Statement
from engine.tree.expressions import Argument, Bind, Call, Operation, Parenthesised, Reference, TextLiteral
from engine.tree.plsql import ExecuteImmediate, OpenFor
from engine.tree.walk import descendants

_OTHER_TEXT = "a text that is not made of literals, DBMS_ASSERT.ENQUOTE_LITERAL and TO_CHAR"
# The functions whose argument takes part in the text as a value, and the type of that value.
_VALUES = {("DBMS_ASSERT", "ENQUOTE_LITERAL"): "text", ("TO_CHAR",): "number"}


@dataclass(frozen=True, slots=True)
class Value:
    """What a bind variable of a template stands for; `kind` is text or number, or empty for an argument of USING."""

    expression: Expression
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A statement of dynamic SQL, and its bind variables by name."""

    statement: Statement
    values: Mapping[str, Value]


Templates = Mapping[Place, Template]


def templates(statement: Statement, parse: Callable[[str, int], Statement], source: str | None = None) -> Templates:
    """The templates of a statement by the places of its EXECUTE IMMEDIATEs and OPEN FORs.

    `parse` reads a text that begins on a line. Raises NotSupported where a text is not known before it runs, and what
    `parse` raises.
    """
    found: dict[Place, Template] = {}
    for node in descendants(statement):
        match node:
            case ExecuteImmediate(text=text):
                found[node.place] = _template("EXECUTE IMMEDIATE", node, text, parse, source)
            case OpenFor(source=Expression() as text):
                found[node.place] = _template("OPEN FOR", node, text, parse, source)
    return found


def _template(
    word: str,
    node: ExecuteImmediate | OpenFor,
    written: Expression,
    parse: Callable[[str, int], Statement],
    source: str | None,
) -> Template:
    text = ""
    values: dict[str, Value] = {}
    for part in _parts(written):
        if isinstance(part, TextLiteral):
            text += part.value
            continue
        value = _value(part)
        if value is None:
            raise _refused(f"{word} of {_OTHER_TEXT}", node, source)
        name = f"quoted__{len(values)}"
        values[name] = value
        text += f":{name}"
    inner = _parsed(text, node, parse, source)
    binds = sorted((n for n in descendants(inner) if isinstance(n, Bind)), key=lambda bind: bind.place.offset)
    names = [bind.name for bind in binds if bind.name not in values]
    if len(names) != len(node.using):
        raise _refused(f"{word} of {len(names)} bind variables with {len(node.using)} values", node, source)
    for name, argument in zip(names, node.using, strict=True):
        if argument.mode not in ("", "IN"):
            raise _refused(f"{word} USING {argument.mode}", argument, source)
        if values.setdefault(name, Value(argument.value)) != Value(argument.value):
            raise _refused(f"{word} with two values of the bind variable :{name}", argument, source)
    return Template(inner, values)


def _parsed(text: str, node: Node, parse: Callable[[str, int], Statement], source: str | None) -> Statement:
    """The tree of a text; what is wrong with it is said of the statement around it."""
    try:
        return parse(text, node.place.line)
    except NotSupported as error:
        raise _refused(error.construct, node, source) from error
    except SourceError as error:
        raise SourceError(error.message, node.place.line, node.place.column, source, error.code) from error


def _parts(text: Expression) -> list[Expression]:
    """The operands of a concatenation, from left to right."""
    match text:
        case Parenthesised(inner=inner):
            return _parts(inner)
        case Operation(operators=operators, operands=operands) if set(operators) == {"||"}:
            return [part for operand in operands for part in _parts(operand)]
    return [text]


def _value(part: Expression) -> Value | None:
    match part:
        case Call(function=Reference(parts=names), arguments=(Argument(name=None, value=value),)):
            kind = _VALUES.get(tuple(name.value for name in names))
            return Value(value, kind) if kind is not None else None
    return None


def _refused(construct: str, node: Node, source: str | None) -> NotSupported:
    return NotSupported(construct, node.place.line, node.place.column, source)
