"""FOR over the indexes, the values or the pairs of both of a collection."""

from __future__ import annotations

from engine.emit import collections
from engine.emit.context import Context, Variable
from engine.emit.dispatch import reads
from engine.emit.fragment import Fragment
from engine.tree import expressions as tree
from engine.tree.base import Name

# The index of the next round, which is known before the statements run: CONTINUE may skip their end.
_NEXT = '"next index"'


@reads(tree.Collection, "kind expression", reverse="REVERSE of a collection", while_="WHILE in FOR", when="WHEN in FOR")
def collection_loop(
    node: tree.Collection, context: Context, names: tuple[Name, ...]
) -> tuple[Fragment, Fragment, Context]:
    """What stands before the loop's statements without its label, what each round begins with, and what holds there."""
    match node.expression:
        case tree.Reference(parts=(name,)):
            array = collections.array_of(name, context)
        case _:
            array = None
    if array is None or len(names) != (2 if node.kind == "PAIRS OF" else 1):
        raise context.not_supported(f"a FOR loop over {node.kind} of this", node)
    kind = collections.type_of_array(array)
    text = collections.text_of(name, array, context)
    index = "text" if kind.keyed else "integer"
    value_type = collections.Element(name, text, kind, Fragment()).value_type
    variables: dict[str, Variable] = {}
    index_name, value_name = Fragment('"this index"'), None
    if node.kind != "VALUES OF":
        index_name = context.spelled(names[0])
        variables[context.known(names[0])] = Variable(index)
    if node.kind != "INDICES OF":
        value_name = context.spelled(names[-1])
        variables[context.known(names[-1])] = Variable(value_type.type, defined=value_type)
    declared = Fragment(
        ("declare", node),
        f"{_NEXT} {index} := ora.first_element(",
        text,
        ");",
        index_name,
        f"{index};",
        *((value_name, f"{value_type.type};") if value_name is not None else ()),
        "begin",
    )
    element = collections.Element(name, text, kind, index_name).emit(node)
    begun = Fragment(
        *(index_name, f":= {_NEXT}; {_NEXT} := ora.next_element(", text, ",", index_name, ");"),
        *((value_name, ":=", element, ";") if value_name is not None else ()),
    )
    return declared, begun, context.with_variables(variables)


def has_next() -> str:
    """What a round is run for."""
    return f"while {_NEXT} is not null"
