"""The tree as text again, so that a test can show that nothing of a statement is lost on the way to the tree.

A table holds for each class what it prints: texts, nodes and lists of them. Pieces are joined by blanks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.tree import ddl, dml, plsql, queries, types, units
from engine.tree import expressions as e
from engine.tree.base import Expression, Name, Node, ObjectName

Pieces = Any  # a text, a node, None, or a list of these


def text_of(node: Node) -> str:
    """A node as text that parses to the same node."""
    found: list[str] = []
    stack: list[Pieces] = [node]
    while stack:
        piece = stack.pop()
        if piece is None or piece == "":
            continue
        if isinstance(piece, str):
            found.append(piece)
        elif isinstance(piece, Node):
            stack.append(PRINT[type(piece)](piece))
        else:
            stack.extend(reversed(piece))
    return " ".join(found)


# building blocks


def commas(items: Iterable[Pieces]) -> Pieces:
    found: list[Pieces] = []
    for item in items:
        found += [",", item] if found else [item]
    return found


def parentheses(items: Iterable[Pieces]) -> Pieces:
    return ["(", commas(items), ")"]


def optional(items: Any, *before: str) -> Pieces:
    """Items in parentheses behind some words, where there are any."""
    return [*before, parentheses(items)] if items else None


def after(word: str, piece: Pieces) -> Pieces:
    """A piece behind a word, where there is one."""
    return [word, piece] if piece is not None and piece != () else None


def listed(word: str, items: Any) -> Pieces:
    return [word, commas(items)] if items else None


def word(condition: bool, text: str) -> Pieces:
    return text if condition else None


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def dotted(names: Iterable[Name]) -> Pieces:
    found: list[Pieces] = []
    for name in names:
        found += [".", name] if found else [name]
    return found


def link(names: tuple[Name, ...]) -> Pieces:
    return ["@", dotted(names)] if names else None


def interval(n: Any) -> Pieces:
    return [n.leading, precision(n.leading_precision), after("to", n.trailing or None), precision(n.trailing_precision)]


def precision(n: Any) -> Pieces:
    return n if n is None or isinstance(n, e.Row) else ["(", n, ")"]


def sized(n: Any) -> Pieces:
    return ["(", commas(n.sizes), n.unit, ")"] if n.sizes else None


def choices(n: Any) -> Pieces:
    return ["when", commas(n.choices), "then"]


def order(keys: Any, siblings: bool = False) -> Pieces:
    return ["order", word(siblings, "siblings"), "by", commas(keys)] if keys else None


def json_tail(n: Any) -> Pieces:
    return [n.returning, list(n.options), list(n.handlers)]


def passing(n: Any) -> Pieces:
    return listed("passing", n.passing)


def controls(n: Any) -> Pieces:
    return [after("while", n.while_), after("when", n.when)]


def body(statements: Any) -> Pieces:
    return [[statement, ";"] for statement in statements]


def closed(n: Any, *words: Pieces) -> Pieces:
    """A loop or CASE with its labels and the label at its end."""
    return [list(n.labels), *words, n.end_label]


def loop(n: Any) -> Pieces:
    return ["loop", body(n.statements), "end", "loop"]


def modified(n: Any, verb: str, *rest: Pieces) -> Pieces:
    return [verb, word(bool(n.hints), f"/*+ {n.hints} */"), *rest, n.returning, n.log]


def creation(n: Any, *kind: Pieces) -> Pieces:
    how = n.creation
    return ["create", word(how.replace, "or replace"), how.editionable, *kind, exists(how.if_not_exists)]


def exists(condition: bool) -> Pieces:
    return word(condition, "if not exists")


def constraint(n: Any, *rest: Pieces) -> Pieces:
    return [after("constraint", n.name), *rest, n.state]


def declared(items: Any) -> Pieces:
    """Declarations; all but a pragma, which is a statement too, print their semicolon."""
    return [[item, word(isinstance(item, plsql.Pragma), ";")] for item in items]


def block_body(n: Any) -> Pieces:
    """A block from its declarations on."""
    run = None
    if n.statements is not None:
        run = ["begin", body(n.statements), word(bool(n.handlers), "exception"), list(n.handlers)]
    return [declared(n.declarations), run, "end", n.end_label]


def assignments(items: Any) -> Pieces:
    return ["set", commas(items)]


def sources(n: Any) -> Pieces:
    return [listed("from", n.sources), after("where", n.where)]


def aliased(n: Any, *rest: Pieces) -> Pieces:
    return [*rest, n.pivot if n.alias is None else [n.alias, n.pivot]]


def wait(n: Any) -> Pieces:
    return [n.wait, n.seconds]


# each class

PRINT: dict[type[Node], Callable[[Any], Pieces]] = {
    Name: lambda n: n.written,
    ObjectName: lambda n: [dotted(n.parts), link(n.link)],
    # types
    types.BuiltinType: lambda n: _builtin(n),
    types.IntervalType: lambda n: ["interval", interval(n)],
    types.VectorType: lambda n: ["vector", optional([p for p in (n.dimension, n.format, n.storage) if p])],
    types.NamedType: lambda n: [word(n.is_reference, "ref"), n.name, sized(n)],
    types.AnchoredType: lambda n: [n.name, "%", n.attribute],
    # values
    e.NumberLiteral: lambda n: n.text,
    e.TextLiteral: lambda n: ("n" if n.national else "") + quote(n.value),
    e.NullLiteral: lambda _: "null",
    e.BooleanLiteral: lambda n: "true" if n.value else "false",
    e.DateTimeLiteral: lambda n: [n.kind, quote(n.text)],
    e.IntervalLiteral: lambda n: ["interval", quote(n.text), interval(n)],
    e.Default: lambda _: "default",
    e.Star: lambda n: [dotted(n.qualifier), word(bool(n.qualifier), "."), "*"],
    e.Keyword: lambda n: n.word,
    # names
    e.Reference: lambda n: [dotted(n.parts), link(n.link)],
    e.OuterColumn: lambda n: [n.column, "(+)"],
    e.Bind: lambda n: [_bind(n.name), _bind(n.indicator)],
    e.Attribute: lambda n: [n.target, ".", n.name],
    e.CursorAttribute: lambda n: [n.cursor, "%", n.attribute],
    e.Subscript: lambda n: [n.target, "[", commas(n.steps), "]"],
    e.SubscriptStep: lambda n: [n.first, after("to", n.last)],
    # calls
    e.Argument: lambda n: [n.name, word(n.name is not None, "=>"), n.value],
    e.Association: lambda n: [_bars(n.keys), "=>", n.value],
    e.IteratorAssociation: lambda n: ["for", n.iterator, n.kind, n.key, "=>", n.value],
    e.SortKey: lambda n: [n.expression, n.direction, after("nulls", n.nulls or None)],
    e.FrameBound: lambda n: [n.value, n.kind],
    e.Frame: lambda n: [n.unit, _frame(n), after("exclude", n.exclusion or None)],
    e.Window: lambda n: [
        "(", n.base, listed("partition by", n.partition_by), order(n.order_by, n.siblings), n.frame, ")",
    ],
    e.Keep: lambda n: ["keep", "(", "dense_rank", n.which, order(n.order_by), ")"],
    e.Overflow: lambda n: ["on overflow", n.action, n.indicator, n.count],
    e.Call: lambda n: _call(n),
    e.New: lambda n: ["new", n.call],
    # functions
    e.Cast: lambda n: [
        n.function, "(", n.operand, "as", n.datatype, _conversion(n.default), [[",", f] for f in n.formats], ")",
    ],
    e.ConversionDefault: lambda n: [n.operand, _conversion(n.default)],
    e.Multiset: lambda n: ["multiset", "(", n.query, ")"],
    e.Extract: lambda n: ["extract", "(", n.field, "from", n.source, ")"],
    e.Trim: lambda n: ["trim", "(", n.side, n.character, word(bool(n.side or n.character), "from"), n.source, ")"],
    e.Translate: lambda n: ["translate", "(", n.operand, "using", n.charset, ")"],
    e.VectorText: lambda n: [n.function, "(", n.operand, n.returning, after("format", n.format or None), ")"],
    e.JsonHandler: lambda n: [n.action, n.value, "on", n.event, optional(n.details)],
    e.Passing: lambda n: [n.value, "as", n.name],
    e.Returning: lambda n: ["returning", n.datatype, list(n.options)],
    e.JsonInput: lambda n: [n.operand, "format json"],
    e.JsonPathValue: lambda n: ["path", n.path],
    e.JsonPathCall: lambda n: [n.function, "(", n.operand, ",", n.path, passing(n), json_tail(n), ")"],
    e.JsonSerialize: lambda n: [n.function, "(", n.operand, json_tail(n), ")"],
    e.JsonEntry: lambda n: _entry(n),
    e.JsonConstructor: lambda n: [
        n.function, "(", n.query, commas(n.entries), order(n.order_by), n.nulls, n.returning, list(n.options), ")",
        after("over", n.over),
    ],
    e.JsonOperation: lambda n: [
        n.verb, commas(n.paths), after("with" if n.verb == "RENAME" else "=", n.value), list(n.handlers),
    ],
    e.JsonTransform: lambda n: [
        "json_transform", "(", n.operand, [[",", o] for o in n.operations], json_tail(n), passing(n), ")",
    ],
    # operators
    e.Parenthesised: lambda n: ["(", n.inner, ")"],
    e.Generalised: lambda n: ["(", n.operand, "as", n.supertype, ")"],
    e.Unary: lambda n: [n.operator, n.operand],
    e.Operation: lambda n: [n.operands[0], [[o, x] for o, x in zip(n.operators, n.operands[1:], strict=True)]],
    e.AtTimeZone: lambda n: [n.operand, "at local" if n.zone is None else ["at time zone", n.zone]],
    e.IntervalDifference: lambda n: [n.operand, interval(n)],
    e.Collate: lambda n: [n.operand, "collate", n.collation],
    e.When: lambda n: [choices(n), n.result],
    e.Case: lambda n: ["case", n.selector, list(n.whens), after("else", n.otherwise), "end"],
    e.Selector: lambda _: None,
    e.Subquery: lambda n: ["(", n.query, ")"],
    e.CursorExpression: lambda n: ["cursor", "(", n.query, ")"],
    e.Row: lambda n: parentheses(n.items),
    # conditions
    e.Comparison: lambda n: [n.left, n.operator, n.right],
    e.Quantified: lambda n: [n.quantifier, _items(n.items)],
    e.And: lambda n: _joined("and", n.conditions),
    e.Or: lambda n: _joined("or", n.conditions),
    e.Not: lambda n: ["not", n.condition],
    e.Between: lambda n: [n.operand, word(n.negated, "not"), "between", n.low, "and", n.high],
    e.In: lambda n: [n.operand, word(n.negated, "not"), "in", _items(n.items) if n.parenthesised else n.items[0]],
    e.Like: lambda n: [n.operand, word(n.negated, "not"), n.kind, n.pattern, after("escape", n.escape)],
    e.Is: lambda n: [n.operand, "is", word(n.negated, "not"), n.what],
    e.IsJson: lambda n: [n.operand, "is", word(n.negated, "not"), "json", list(n.options)],
    e.IsOfType: lambda n: [n.operand, "is", word(n.negated, "not"), "of", parentheses(n.types)],
    e.NamedObjectType: lambda n: [word(n.only, "only"), n.name],
    e.Membership: lambda n: [n.operand, word(n.negated, "not"), n.kind, "of", n.collection],
    e.Overlaps: lambda n: [n.left, "overlaps", n.right],
    e.Exists: lambda n: ["exists", "(", n.query, ")"],
    e.CurrentOf: lambda n: ["current of", n.cursor],
    # iterators
    e.IterandDeclaration: lambda n: [n.name, n.mutability, n.datatype],
    e.Iterator: lambda n: [commas(n.variables), "in", commas(n.controls)],
    e.Stepped: lambda n: [word(n.reverse, "reverse"), n.low, "..", n.high, after("by", n.step), controls(n)],
    e.Single: lambda n: [word(n.reverse, "reverse"), word(n.repeat, "repeat"), n.expression, controls(n)],
    e.Collection: lambda n: [word(n.reverse, "reverse"), n.kind, n.expression, controls(n)],
    # queries
    queries.Query: lambda n: [n.with_, n.body, order(n.order_by, n.order_siblings), n.limit, n.for_update],
    queries.With: lambda n: ["with", declared(n.declarations), commas(n.queries)],
    queries.CommonTable: lambda n: [n.name, optional(n.columns), "as", "(", n.query, ")", n.search, n.cycle],
    queries.Search: lambda n: ["search", n.kind, "first by", commas(n.order_by), "set", n.column],
    queries.Cycle: lambda n: [
        "cycle", commas(n.columns), "set", n.mark, "to", n.value, "default", n.default,
    ],
    queries.SetOperator: lambda n: [n.word, n.quantifier],
    queries.Compound: lambda n: [n.operands[0], [[o, x] for o, x in zip(n.operators, n.operands[1:], strict=True)]],
    queries.ParenthesisedQuery: lambda n: ["(", n.query, ")"],
    queries.Values: lambda n: ["values", commas(n.rows)],
    queries.Select: lambda n: _select(n),
    queries.SelectItem: lambda n: [n.expression, after("as", n.alias)],
    queries.Into: lambda n: [word(n.bulk, "bulk collect"), "into", commas(n.targets), after("limit", n.limit)],
    queries.Hierarchy: lambda n: _hierarchy(n),
    queries.GroupBy: lambda n: ["group by", commas(n.elements)],
    queries.GroupingSet: lambda n: [n.kind, parentheses(n.elements)],
    queries.NamedWindow: lambda n: [n.name, "as", n.window],
    queries.RowLimit: lambda n: _limit(n),
    queries.PartitionLimit: lambda n: [n.count, "partitions by", n.expression, ","],
    queries.TargetAccuracy: lambda n: ["with target accuracy", n.percent, optional(n.parameters, "parameters")],
    queries.VectorParameter: lambda n: [n.name, n.value],
    queries.ForUpdate: lambda n: ["for update", listed("of", n.columns), wait(n)],
    queries.FromItem: lambda n: [n.source, list(n.joins)],
    queries.Join: lambda n: _join(n),
    queries.TableSource: lambda n: aliased(n, _only(n), n.partition, n.flashback, n.sample),
    queries.PartitionChoice: lambda n: [n.kind, ["(", n.name, ")"] if n.name else ["for", parentheses(n.values)]],
    queries.Sample: lambda n: [
        "sample", word(n.block, "block"), parentheses(n.percent), optional([n.seed] if n.seed else [], "seed"),
    ],
    queries.Flashback: lambda n: (
        ["as of", n.unit, n.start] if n.end is None else ["versions between", n.unit, n.start, "and", n.end]
    ),
    queries.QuerySource: lambda n: aliased(n, word(n.lateral, "lateral"), "(", n.query, n.restriction, ")"),
    queries.CollectionSource: lambda n: aliased(
        n, [n.keyword, "(", _bare(n.expression), ")"] if n.keyword else n.expression, word(n.outer, "(+)")
    ),
    queries.ValuesSource: lambda n: ["(", n.values, ")", n.alias, optional(n.columns), n.pivot],
    queries.JoinedSource: lambda n: ["(", n.item, ")"],
    queries.JsonTable: lambda n: aliased(
        n, "json_table", "(", n.operand, after(",", n.path), passing(n), list(n.options), list(n.handlers),
        optional(n.columns, "columns"), ")", word(n.outer, "(+)"),
    ),
    queries.JsonTableColumn: lambda n: _json_column(n),
    queries.NestedColumns: lambda n: ["nested path", n.path, optional(n.columns, "columns")],
    queries.XmlTable: lambda n: aliased(
        n, "xmltable", "(", [optional(n.namespaces, "xmlnamespaces"), ","] if n.namespaces else None, n.query,
        _xml_passing(n), listed("columns", n.columns), ")", word(n.outer, "(+)"),
    ),
    queries.XmlNamespace: lambda n: [n.uri, "as", n.name] if n.name else ["default", n.uri],
    queries.XmlPassing: lambda n: [n.value, after("as", n.name)],
    queries.XmlTableColumn: lambda n: [
        n.name, n.datatype, word(n.ordinality, "for ordinality"), after("path", n.path), after("default", n.default),
    ],
    queries.Pivot: lambda n: [
        "pivot", word(n.xml, "xml"), "(", commas(n.aggregates), "for", _columns(n.columns), "in", parentheses(n.values),
        ")", n.alias,
    ],
    queries.Unpivot: lambda n: [
        "unpivot", after(n.nulls, "nulls") if n.nulls else None, "(", _columns(n.columns), "for", _columns(n.names),
        "in", parentheses(n.sets), ")", n.alias,
    ],
    queries.UnpivotSet: lambda n: [_columns(n.columns), after("as", _values(n.values)) if n.values else None],
    # DML
    dml.Target: lambda n: [_target(n), n.partition, n.alias],
    dml.ReturningInto: lambda n: ["returning", commas(n.items), n.into],
    dml.ReturnedItem: lambda n: [n.version, n.expression],
    dml.ErrorLog: lambda n: [
        "log errors", after("into", n.table), ["(", n.tag, ")"] if n.tag else None, after("reject limit", n.limit),
    ],
    dml.SetColumns: lambda n: [parentheses(n.columns) if n.parenthesised else n.columns[0], "=", n.value],
    dml.SetRow: lambda n: [["value", "(", n.alias, ")"] if n.alias else "row", "=", n.value],
    dml.InsertValues: lambda n: ["values", commas(n.rows)],
    dml.Insert: lambda n: modified(n, "insert", "into", n.target, optional(n.columns), _insert_source(n.source)),
    dml.InsertBranch: lambda n: ["into", n.target, optional(n.columns), n.values, n.log],
    dml.InsertWhen: lambda n: [after("when", n.condition), word(n.condition is not None, "then"), list(n.branches)],
    dml.InsertMany: lambda n: [
        "insert", word(bool(n.hints), f"/*+ {n.hints} */"), n.kind, _whens(n), n.query,
    ],
    dml.Update: lambda n: modified(n, "update", n.target, assignments(n.assignments), sources(n)),
    dml.Delete: lambda n: modified(n, "delete", "from", n.target, sources(n)),
    dml.MergeUpdate: lambda n: [
        "when matched then update", assignments(n.assignments), after("where", n.where),
        after("delete where", n.delete_where),
    ],
    dml.MergeInsert: lambda n: [
        "when not matched then insert", optional(n.columns), "values", parentheses(n.values), after("where", n.where),
    ],
    dml.Merge: lambda n: modified(n, "merge", "into", n.target, "using", n.source, "on", n.on, list(n.branches)),
    dml.LockTable: lambda n: ["lock table", commas(n.tables), "in", n.mode, "mode", wait(n)],
    dml.ExplainPlan: lambda n: [
        "explain plan", after("set statement_id =", n.identifier), after("into", n.table), "for", n.statement,
    ],
    dml.Commit: lambda n: ["commit", after("comment", n.comment), n.write],
    dml.Rollback: lambda n: ["rollback", after("to savepoint", n.savepoint)],
    dml.Savepoint: lambda n: ["savepoint", n.name],
    dml.SetTransaction: lambda n: ["set transaction", n.mode, after("name", n.name)],
    dml.SetConstraints: lambda n: ["set constraints", commas(n.names) if n.names else "all", n.state],
    dml.CallStatement: lambda n: ["call", n.call, after("into", n.into)],
    # declarations
    plsql.Variable: lambda n: [
        n.name, word(n.constant, "constant"), n.datatype, word(n.not_null, "not null"), after(":=", n.default), ";",
    ],
    plsql.ExceptionDeclaration: lambda n: [n.name, "exception", ";"],
    plsql.Pragma: lambda n: ["pragma", n.name, optional(n.arguments)],
    plsql.Subtype: lambda n: [
        "subtype", n.name, "is", n.datatype, ["range", n.low, "..", n.high] if n.low else None,
        word(n.not_null, "not null"), ";",
    ],
    plsql.RecordType: lambda n: ["record", parentheses(n.fields)],
    plsql.Field: lambda n: [n.name, n.datatype, word(n.not_null, "not null"), after(":=", n.default)],
    plsql.NestedTable: lambda n: ["table of", n.element, word(n.not_null, "not null")],
    plsql.AssociativeArray: lambda n: ["table of", n.element, word(n.not_null, "not null"), "index by", n.index],
    plsql.Varray: lambda n: ["varray", "(", n.limit, ")", "of", n.element, word(n.not_null, "not null")],
    plsql.RefCursor: lambda n: ["ref cursor", after("return", n.result)],
    plsql.Enumeration: lambda n: parentheses(n.names),
    plsql.TypeDeclaration: lambda n: ["type", n.name, "is", n.definition, ";"],
    plsql.Parameter: lambda n: [
        n.name, n.mode, word(n.nocopy, "nocopy"), n.datatype, after(":=", n.default),
    ],
    plsql.CursorDeclaration: lambda n: [
        "cursor", n.name, optional(n.parameters), after("return", n.result), after("is", n.query), ";",
    ],
    plsql.RoutineOption: lambda n: _option(n),
    plsql.Accessor: lambda n: [n.kind, n.name],
    plsql.Routine: lambda n: [_routine(n), ";"],
    # statements
    plsql.Block: lambda n: [list(n.labels), word(n.declare, "declare"), block_body(n)],
    plsql.Label: lambda n: ["<<", n.name, ">>"],
    plsql.Handler: lambda n: [
        "when", "others" if n.others else _joined("or", n.exceptions), "then", body(n.statements),
    ],
    plsql.Labelled: lambda n: [list(n.labels), n.statement],
    plsql.Assign: lambda n: [n.target, ":=", n.value],
    plsql.ProcedureCall: lambda n: n.call,
    plsql.Branch: lambda n: [n.condition, "then", body(n.statements)],
    plsql.If: lambda n: [
        "if", _with_separator("elsif", n.branches), _otherwise(n), "end if",
    ],
    plsql.CaseBranch: lambda n: [choices(n), body(n.statements)],
    plsql.CaseStatement: lambda n: closed(n, "case", n.selector, list(n.branches), _otherwise(n), "end case"),
    plsql.Loop: lambda n: closed(n, loop(n)),
    plsql.While: lambda n: closed(n, "while", n.condition, loop(n)),
    plsql.For: lambda n: closed(n, "for", n.iterator, loop(n)),
    plsql.QueryFor: lambda n: closed(n, "for", n.variable, "in", "(", n.query, ")", loop(n)),
    plsql.ForAll: lambda n: _forall(n),
    plsql.Exit: lambda n: ["exit", n.label, after("when", n.when)],
    plsql.Continue: lambda n: ["continue", n.label, after("when", n.when)],
    plsql.GoTo: lambda n: ["goto", n.label],
    plsql.Raise: lambda n: ["raise", n.exception],
    plsql.Return: lambda n: ["return", n.value],
    plsql.Null: lambda _: "null",
    plsql.PipeRow: lambda n: ["pipe row", "(", n.value, ")"],
    plsql.UsingArgument: lambda n: [n.mode, n.value],
    plsql.Open: lambda n: ["open", n.cursor],
    plsql.OpenFor: lambda n: ["open", n.cursor, "for", n.source, listed("using", n.using)],
    plsql.Fetch: lambda n: ["fetch", n.cursor, n.into],
    plsql.Close: lambda n: ["close", n.cursor],
    plsql.ExecuteImmediate: lambda n: [
        "execute immediate", n.text, n.into, listed("using", n.using), after("returning", n.returning),
    ],
    # units
    units.AnonymousBlock: lambda n: [n.block, ";"],
    units.CreatePackage: lambda n: [
        creation(n, "package"), n.name, list(n.options), "as", declared(n.declarations), "end", n.end_name, ";",
    ],
    units.CreatePackageBody: lambda n: [creation(n, "package body"), n.name, "as", block_body(n.block), ";"],
    units.CreateRoutine: lambda n: [creation(n, n.routine.kind), _routine(n.routine, ""), ";"],
    units.ObjectAttribute: lambda n: [n.name, n.datatype],
    units.Method: lambda n: [list(n.modifiers), n.routine.role, _routine(n.routine)],
    units.ObjectType: lambda n: [
        after("under", n.supertype) or "as object", optional(n.members), list(n.modifiers),
    ],
    units.CreateType: lambda n: [
        creation(n, "type"), n.name, word(n.force, "force"), after("oid", n.oid), list(n.options),
        word(isinstance(n.definition, plsql.NestedTable | plsql.Varray), "as"), n.definition, ";",
    ],
    units.CreateTypeBody: lambda n: [
        creation(n, "type body"), n.name, "as", [[m, ";"] for m in n.methods], "end", n.end_name, ";",
    ],
    units.TriggerEvent: lambda n: [n.name, listed("of", n.columns)],
    units.Referencing: lambda n: [n.what, "as", n.name],
    units.TimingPoint: lambda n: [n.timing, "is", _timed(n), ";"],
    units.CompoundTrigger: lambda n: [
        "compound trigger", declared(n.declarations), list(n.points), "end", n.end_name,
    ],
    units.CreateTrigger: lambda n: [
        creation(n, "trigger"), n.name, n.timing, _joined("or", n.events), "on",
        ["nested table", n.nested_column, "of"] if n.nested_column else None, n.target,
        ["referencing", list(n.referencing)] if n.referencing else None, word(n.for_each_row, "for each row"),
        list(n.order), n.state, ["when", "(", n.when, ")"] if n.when else None,
        word(isinstance(n.body, Expression), "call"), n.body, ";",
    ],
    # DDL
    ddl.Option: lambda n: list(n.words),
    ddl.ConstraintState: lambda n: [list(n.words), n.using_index, after("exceptions into", n.exceptions_into)],
    ddl.UsingIndex: lambda n: ["using index", n.name, ["(", n.create, ")"] if n.create else None, list(n.options)],
    ddl.NotNull: lambda n: constraint(n, word(not n.nullable, "not"), "null"),
    ddl.Unique: lambda n: constraint(n, "primary key" if n.primary else "unique", optional(n.columns)),
    ddl.ForeignKey: lambda n: constraint(
        n, optional(n.columns, "foreign key"), "references", n.table, optional(n.referenced),
        after("on delete", n.on_delete or None),
    ),
    ddl.Check: lambda n: constraint(n, "check", "(", n.condition, ")"),
    ddl.Identity: lambda n: ["generated", n.generation, "as identity", _in_parentheses(n.options)],
    ddl.Generated: lambda n: [word(n.always, "generated always"), "as", "(", n.expression, ")", n.storage],
    ddl.ColumnDefault: lambda n: ["default", n.on_null, n.value],
    ddl.Column: lambda n: [
        n.name, n.datatype, after("collate", n.collation), n.visibility, n.default, list(n.options),
        list(n.constraints),
    ],
    ddl.Partition: lambda n: _partition(n, "partition"),
    ddl.Partitioning: lambda n: _partitioning(n, "partition"),
    ddl.CreateTable: lambda n: [
        creation(n, n.kind, "table"), n.name, after("of", n.object_type), optional(n.items), list(n.options),
        n.partitioning, list(n.trailing), after("as", n.query),
    ],
    ddl.IndexKey: lambda n: [n.expression, n.direction],
    ddl.CreateIndex: lambda n: [
        creation(n, n.kind, "index"), n.name, "on", n.table, n.alias, parentheses(n.keys), list(n.options),
        n.partitioning, after("indextype is", n.indextype),
        ["parameters", "(", n.parameters, ")"] if n.parameters else None,
    ],
    ddl.CreateVectorIndex: lambda n: [
        creation(n, "vector index"), n.name, "on", n.table, parentheses(n.columns), optional(n.include, "include"),
        after("organization", n.organization or None), after("distance", n.distance), n.accuracy,
        optional(n.parameters, "parameters"), after("parallel", n.parallel), list(n.options),
    ],
    ddl.ViewColumn: lambda n: [n.name, n.visibility, list(n.constraints)],
    ddl.CreateView: lambda n: [
        creation(n, n.force, "view"), n.name, optional(n.columns), list(n.options), "as", n.query, n.restriction,
        after("constraint", n.constraint),
    ],
    ddl.SequenceOption: lambda n: [n.name, n.value],
    ddl.CreateSequence: lambda n: [creation(n, "sequence"), n.name, list(n.options)],
    ddl.CreateSynonym: lambda n: [creation(n, word(n.public, "public"), "synonym"), n.name, "for", n.target],
    ddl.CreateContext: lambda n: [creation(n, "context"), n.name, "using", n.package, list(n.options)],
    ddl.CreateDirectory: lambda n: [creation(n, "directory"), n.name, "as", n.path],
    ddl.CreateUser: lambda n: [creation(n, "user"), n.name, list(n.words)],
    ddl.AddItems: lambda n: ["add", parentheses(n.items) if n.parenthesised else n.items[0]],
    ddl.ModifyColumns: lambda n: ["modify", parentheses(n.columns) if n.parenthesised else n.columns[0]],
    ddl.ModifyConstraint: lambda n: ["modify", n.constraint, n.state],
    ddl.ConstraintChoice: lambda n: [n.kind, n.name, optional(n.columns)],
    ddl.EnableConstraint: lambda n: [n.verb, n.constraint, word(n.cascade, "cascade"), n.state],
    ddl.DropColumns: lambda n: [
        n.verb, "columns" if not n.columns else parentheses(n.columns) if n.parenthesised else ["column", n.columns[0]],
        list(n.words),
    ],
    ddl.DropConstraint: lambda n: ["drop", _dropped(n), list(n.words)],
    ddl.RenameItem: lambda n: ["rename", n.kind, n.old, "to", n.new],
    ddl.AlterPartition: lambda n: _alter_partition(n),
    ddl.SetOptions: lambda n: list(n.options),
    ddl.AlterTable: lambda n: ["alter table", _if_exists(n), n.name, list(n.actions)],
    ddl.AlterIndex: lambda n: ["alter index", _if_exists(n), n.name, after("rename to", n.new_name), list(n.options)],
    ddl.AlterSequence: lambda n: ["alter sequence", _if_exists(n), n.name, list(n.options)],
    ddl.AlterUnit: lambda n: ["alter", n.kind, _if_exists(n), n.name, list(n.words)],
    ddl.AlterSession: lambda n: ["alter session", list(n.words)],
    ddl.Drop: lambda n: ["drop", n.kind, _if_exists(n), n.name, list(n.words)],
    ddl.Truncate: lambda n: ["truncate table", n.name, list(n.words)],
    ddl.Rename: lambda n: ["rename", n.old, "to", n.new],
    ddl.Comment: lambda n: ["comment on", n.kind, n.name, "is", n.text],
    ddl.Privilege: lambda n: [n.name, optional(n.columns)],
    ddl.Grant: lambda n: [
        n.verb, commas(n.privileges), ["on", n.object_kind, n.object] if n.object else None,
        "to" if n.verb == "GRANT" else "from", commas(n.grantees), list(n.words),
    ],
    ddl.Grantee: lambda n: [n.kind, n.name, after("identified by", n.password or None)],
    ddl.Purge: lambda n: ["purge", n.kind, n.name],
}  # fmt: skip


# what is too long for the table


def _builtin(n: types.BuiltinType) -> Pieces:
    name, zone = n.name, ""
    if " WITH " in n.name:
        name, _, zone = n.name.partition(" WITH ")
    character_set = ["character set", n.character_set.replace("%", " % ")] if n.character_set else None
    return [name, sized(n), after("with", zone or None), character_set]


def _bind(name: str) -> str:
    plain = name.replace("_", "a").replace("$", "a").replace("#", "a").isalnum() and name == name.lower()
    return "" if not name else f":{name}" if plain else f':"{name}"'


def _bars(items: Any) -> Pieces:
    return _with_separator("|", items)


def _joined(separator: str, items: Any) -> Pieces:
    return _with_separator(separator, items)


def _with_separator(separator: str, items: Any) -> Pieces:
    found: list[Pieces] = []
    for item in items:
        found += [separator, item] if found else [item]
    return found


def _frame(n: e.Frame) -> Pieces:
    return n.start if n.end is None else ["between", n.start, "and", n.end]


def _call(n: e.Call) -> Pieces:
    inside = [n.quantifier, commas(n.arguments), n.overflow, order(n.order_by)]
    tail = ["within group", "(", order(n.within_group), ")"] if n.within_group else None
    from_end = after("from", n.from_end or None)
    nulls = after(n.nulls, "nulls") if n.nulls else None
    return [n.function, "(", inside, ")", tail, from_end, nulls, n.keep, after("over", n.over)]


def _conversion(default: Any) -> Pieces:
    return ["default", default, "on conversion error"] if default is not None else None


def _entry(n: e.JsonEntry) -> Pieces:
    between = {"KEY": "value", "VALUE": "value", "COLON": ":", "ALONE": ""}[n.form]
    return [word(n.form == "KEY", "key"), n.key, between, n.value]


def _items(items: Any) -> Pieces:
    return items[0] if len(items) == 1 and isinstance(items[0], e.Subquery) else parentheses(items)


def _select(n: queries.Select) -> Pieces:
    head = ["select", word(bool(n.hints), f"/*+ {n.hints} */"), n.quantifier, commas(n.items), n.into]
    group, having = n.group_by, after("having", n.having)
    grouped = [having, group] if group and group.having_first else [group, having]
    tail = [listed("window", n.windows), after("qualify", n.qualify)]
    return [head, listed("from", n.sources), after("where", n.where), n.hierarchy, grouped, tail]


def _hierarchy(n: queries.Hierarchy) -> Pieces:
    start = after("start with", n.start_with)
    connect = ["connect by", word(n.nocycle, "nocycle"), n.connect_by]
    return [connect, start] if n.connect_first else [start, connect]


def _limit(n: queries.RowLimit) -> Pieces:
    offset = ["offset", n.offset, "rows"] if n.offset is not None else None
    if not n.fetch:
        return offset
    ends = "with ties" if n.ties else "only"
    count = [n.count, word(n.percent, "percent")]
    return [offset, "fetch", n.search, "first", list(n.partitions), count, "rows", ends, n.accuracy]


def _join(n: queries.Join) -> Pieces:
    kind = n.kind if n.kind.endswith("APPLY") else n.kind + " join"
    left, right = optional(n.left_partition, "partition by"), optional(n.right_partition, "partition by")
    return [left, word(n.natural, "natural"), kind, n.source, right, after("on", n.on), optional(n.using, "using")]


def _only(n: Any) -> Pieces:
    return ["only", "(", n.name, ")"] if n.only else n.name


def _bare(n: Any) -> Pieces:
    return n.query if isinstance(n, e.Subquery) else n


def _json_column(n: queries.JsonTableColumn) -> Pieces:
    if n.kind == "ORDINALITY":
        return [n.name, "for ordinality"]
    shown = after("path", n.path)
    return [n.name, n.datatype, word(n.kind == "EXISTS", "exists"), list(n.options), shown, list(n.handlers)]


def _xml_passing(n: queries.XmlTable) -> Pieces:
    mode, _, returning = n.passing_mode.partition("RETURNING")
    return [["passing", mode.strip(), commas(n.passing)] if n.passing else None, after("returning", returning or None)]


def _columns(names: Any) -> Pieces:
    return names[0] if len(names) == 1 else parentheses(names)


def _values(values: Any) -> Pieces:
    return values[0] if len(values) == 1 else parentheses(values)


def _target(n: dml.Target) -> Pieces:
    if n.only or isinstance(n.what, queries.Query):
        return [word(n.only, "only"), "(", n.what, ")"]
    if isinstance(n.what, e.Call):
        return [n.what.function, "(", [_bare(a.value) for a in n.what.arguments], ")"]
    return n.what


def _insert_source(source: Any) -> Pieces:
    return assignments(source) if isinstance(source, tuple) else source


def _whens(n: dml.InsertMany) -> Pieces:
    conditional = n.whens[0].condition is not None
    return [["else", w] if conditional and w.condition is None else w for w in n.whens]


def _option(n: plsql.RoutineOption) -> Pieces:
    if n.name in ("FOLLOWS", "PRECEDES"):
        return [n.name, commas(n.names)]
    if n.name == "RESULT_CACHE" and n.names:
        return [n.name, "relies_on", parentheses(n.names)]
    if n.name == "SQL_MACRO" and n.text:
        return [n.name, "(", n.text, ")"]
    return [n.name, n.text, optional(n.names)]


def _routine(n: plsql.Routine, kind: str | None = None) -> Pieces:
    """A routine without its last semicolon."""
    result = "return self as result" if n.returns_self else after("return", n.result)
    head = [
        n.kind if kind is None else kind,
        n.name,
        optional(n.parameters),
        result,
        list(n.options),
        after("aggregate using", n.aggregate_using),
    ]
    if n.external:
        return [head, "as", list(n.external)]
    return [head, ["as", n.body] if n.body is not None else None]


def _otherwise(n: Any) -> Pieces:
    return ["else", body(n.otherwise)] if n.otherwise is not None else None


def _forall(n: plsql.ForAll) -> Pieces:
    bounds: Pieces = [n.low, "..", n.high]
    if n.kind:
        bounds = [n.kind, n.collection, ["between", n.low, "and", n.high] if n.low is not None else None]
    return ["forall", n.variable, "in", bounds, word(n.save_exceptions, "save exceptions"), n.statement]


def _timed(n: units.TimingPoint) -> Pieces:
    return [word(n.block.declare, "declare"), block_body(n.block), n.timing]


def _in_parentheses(options: Any) -> Pieces:
    return ["(", list(options), ")"] if options else None


def _partition(n: ddl.Partition, kind: str) -> Pieces:
    bound = {"": None, "LIST": "values", "LESS THAN": "values less than"}[n.bound]
    inner = parentheses(_partition(p, "subpartition") for p in n.subpartitions) if n.subpartitions else None
    return [kind, n.name, bound, optional(n.values), list(n.options), inner]


def _partitioning(n: ddl.Partitioning, kind: str) -> Pieces:
    template = None
    if n.template:
        template = ["subpartition template", parentheses(_partition(p, "subpartition") for p in n.template)]
    return [
        kind, "by", n.kind, optional(n.columns), ["interval", "(", n.interval, ")"] if n.interval else None,
        word(n.automatic, "automatic"), optional(n.store_in, "store in"),
        _partitioning(n.subpartitioning, "subpartition") if n.subpartitioning else None, template,
        after(kind + "s", n.count), after("tablespace set", n.tablespace_set), optional(n.partitions),
    ]  # fmt: skip


def _dropped(n: ddl.DropConstraint) -> Pieces:
    return ["constraint", "if exists", n.constraint.name] if n.if_exists else n.constraint


def _alter_partition(n: ddl.AlterPartition) -> Pieces:
    if n.verb == "ADD":
        return ["add", commas(n.partitions)]
    return [n.verb, "partition", commas(p.name for p in n.partitions), list(n.words)]


def _if_exists(n: Any) -> Pieces:
    return word(n.if_exists, "if exists")
