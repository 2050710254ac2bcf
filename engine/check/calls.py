"""Calls: which routine is meant, and whether the arguments fit it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.check import aggregates, columns, expressions, keys, names, targets
from engine.check.checker import Checker
from engine.check.scopes import VALUES, Formal, Kind, Scope, ScopeKind, Symbol
from engine.check.types import DATE, NUMBER, SCALARS, TEXT, TIMESTAMP, UNKNOWN, VECTOR, Family, Type, convertible
from engine.supplied import functions
from engine.tree import expressions as tree
from engine.tree.base import Expression, Name, Node

# The results of functions whose type does not hang on their arguments.
_RESULTS: dict[str, Type] = dict.fromkeys(
    """ASCII COUNT EXP INSTR INSTRB LENGTH LENGTHB LN LOG MONTHS_BETWEEN REGEXP_COUNT REGEXP_INSTR SIGN SQRT TO_NUMBER
    """.split(),
    NUMBER,
) | dict.fromkeys("TO_CHAR UPPER LOWER INITCAP LPAD RPAD CHR RAWTOHEX SYS_CONTEXT".split(), TEXT)
_RESULTS |= {
    "TO_DATE": DATE,
    "ADD_MONTHS": DATE,
    "LAST_DAY": DATE,
    "NEXT_DAY": DATE,
    "TO_TIMESTAMP": TIMESTAMP,
    "SQLERRM": TEXT,
}
_RESULTS |= {"TO_VECTOR": VECTOR, "VECTOR": VECTOR, "VECTOR_NORM": NUMBER, "VECTOR_DISTANCE": NUMBER}
# Functions of numbers that make a DATE of a point in time.
_OF_TIMES = {Family.NUMBER: NUMBER, Family.DATETIME: DATE}
_ROUNDING = frozenset("ROUND TRUNC".split())
# Functions that give one of their arguments, those that sum up, and those that compare or calculate with numbers.
_OF_ARGUMENTS = frozenset("ANY_VALUE AVG COALESCE GREATEST LEAST MAX MIN NULLIF NVL SUM".split())
_SUMMING = frozenset("AVG SUM".split())
_COMPARING = frozenset("GREATEST LEAST MAX MEDIAN MIN STDDEV STDDEV_POP STDDEV_SAMP VARIANCE VAR_POP VAR_SAMP".split())
_COMPARING_FIRST = frozenset("DECODE NULLIF".split())


def type_of_call(checker: Checker, scope: Scope, node: tree.Call) -> Type:
    """The type of a call that is an expression: of a function, a constructor, an element of a collection."""
    function = node.function
    if not isinstance(function, tree.Reference) or function.link:
        target = expressions.type_of(checker, scope, function)
        check_arguments(checker, scope, node)
        return target.element or UNKNOWN if target.family is Family.COLLECTION else UNKNOWN
    meaning = _meaning(checker, scope, function)
    if meaning is None or not meaning.symbols:
        found = check_arguments(checker, scope, node)
        if meaning is not None and meaning.supplied and len(function.parts) == 1:
            return _builtin(checker, scope, node, function, found)
        return UNKNOWN
    return _of_symbols(checker, scope, node, function, meaning)


def _meaning(checker: Checker, scope: Scope, function: tree.Reference) -> names.Meaning | None:
    """What a called name means; a column of SQL hides nothing here but what its block's sources name before a dot."""
    first = function.parts[0].value
    if len(function.parts) > 1 and any(block.source(first) is not None for block in columns.blocks(scope)):
        return names.Meaning(used=len(function.parts))
    role = "sql" if columns.in_sql(scope) else "call"
    return names.meaning(checker, scope, function.parts, role)


def _builtin(
    checker: Checker, scope: Scope, node: tree.Call, function: tree.Reference, found: Sequence[tuple[Expression, Type]]
) -> Type:
    name = function.parts[0].value
    check_place_of_builtin(checker, scope, function, name)
    if columns.in_sql(scope):
        aggregates.check_window(checker, node, name)
    _check_count(checker, scope, node, name)
    _check_comparing(checker, scope, node, name, found)
    if name in _OF_ARGUMENTS:
        kind = _common([kind for _, kind in found])
        return NUMBER if name in _SUMMING and kind.family is Family.TEXT else kind
    if name in _ROUNDING and found:
        return _OF_TIMES.get(found[0][1].family, UNKNOWN)
    return _RESULTS.get(name, UNKNOWN)


def _check_count(checker: Checker, scope: Scope, node: tree.Call, name: str) -> None:
    """Complain of a function that takes a fixed number of arguments and is given another."""
    wanted = functions.ARGUMENTS.get(name)
    if wanted is None or wanted == len(node.arguments):
        return
    if columns.in_sql(scope):
        checker.complain("ORA-00909", node)
    else:
        checker.complain("PLS-00306", node, name)


def _common(found: Sequence[Type]) -> Type:
    """The type of all arguments; of texts the length and kind are not known."""
    kinds = [kind for kind in found if kind.family is not Family.NULL]
    return kinds[0] if kinds and len({(kind.family, kind.base) for kind in kinds}) == 1 else UNKNOWN


def _check_comparing(
    checker: Checker, scope: Scope, node: tree.Call, name: str, found: Sequence[tuple[Expression, Type]]
) -> None:
    """Complain of values that a function would have to compare and can not."""
    in_sql = columns.in_sql(scope)
    if node.quantifier in ("DISTINCT", "UNIQUE"):
        for value, kind in found:
            keys.check(checker, value, kind)
    elif name in _COMPARING and in_sql:
        for value, kind in found:
            keys.check_argument(checker, value, kind)
    elif name in _COMPARING_FIRST and len(found) > 1:
        compared = (found[0][1], found[1][1])
        keys.check_compared(checker, found[0][0], *compared, in_sql=in_sql, operator=name)


def check_place_of_builtin(checker: Checker, scope: Scope, node: Node, name: str) -> None:
    """Complain of a function of SQL alone outside SQL, and of one of PL/SQL alone in SQL."""
    if columns.in_sql(scope):
        if name in functions.PLSQL_ONLY:
            number = "PLS-00231" if checker.in_unit else "ORA-00904"
            checker.complain(number, node, name if checker.in_unit else f'"{name}"')
    elif name in functions.DECLARED_FOR_SQL or name in functions.ROW_PSEUDO_COLUMNS:
        checker.complain("PLS-00204", node, name)
    elif name in functions.SQL_ONLY or name in functions.AGGREGATES or name in functions.ANALYTIC:
        checker.complain("PLS-00201", node, name)


def _of_symbols(
    checker: Checker, scope: Scope, node: tree.Call, function: tree.Reference, meaning: names.Meaning
) -> Type:
    symbol = meaning.symbols[0]
    rest = function.parts[meaning.used :]
    if symbol.kind is Kind.ROUTINE and not rest:
        chosen = choose(checker, scope, function, meaning.symbols, node.arguments, function=True)
        return chosen.type if chosen is not None else UNKNOWN
    given = check_arguments(checker, scope, node)
    if symbol.kind in VALUES:
        return _indexed(checker, function, symbol, rest, given)
    if symbol.kind is Kind.TYPE:
        return symbol.type
    if symbol.kind is Kind.CURSOR:
        checker.complain("PLS-00225", function, symbol.name)
    elif symbol.kind is Kind.EXCEPTION:
        checker.complain("PLS-00222", function, symbol.name)
    return UNKNOWN


def _indexed(
    checker: Checker,
    function: tree.Reference,
    symbol: Symbol,
    rest: tuple[Name, ...],
    given: Sequence[tuple[Expression, Type]],
) -> Type:
    """An element of a collection, or a method of one."""
    value = expressions.component(checker, symbol.type, rest, symbol.name)
    if value.family is Family.COLLECTION:
        check_index(checker, value, given)
        return value.element or UNKNOWN
    if rest and rest[-1].value in names.COLLECTION_METHODS:
        return value if rest[-1].value in ("FIRST", "LAST", "NEXT", "PRIOR") else UNKNOWN
    if value.family in SCALARS:
        checker.complain("PLS-00224", function, symbol.name)
    return UNKNOWN


def check_index(checker: Checker, collection: Type, given: Sequence[tuple[Expression, Type]]) -> None:
    """Complain of what is no index of a collection."""
    for argument, kind in given[:1]:
        if collection.index is not None and not convertible(collection.index, kind):
            checker.complain("PLS-00382", argument)


def check_arguments(checker: Checker, scope: Scope, node: tree.Call) -> list[tuple[Expression, Type]]:
    """Check the arguments of a call of which no more is known, and the clauses behind it; the arguments and types."""
    found = []
    for argument in node.arguments:
        if isinstance(argument, tree.Argument):
            found.append((argument.value, expressions.type_of(checker, scope, argument.value)))
        else:
            _check_association(checker, scope, argument)
    for key in (*node.order_by, *node.within_group):
        expressions.type_of(checker, scope, key.expression)
    for clause in (node.overflow, node.keep, node.over):
        if isinstance(clause, tree.Window):
            _check_window(checker, scope, clause)
        elif isinstance(clause, Node) and not isinstance(clause, Name):
            expressions.check_below(checker, scope, clause)
    return found


def _check_window(checker: Checker, scope: Scope, window: tree.Window) -> None:
    for key in (*window.partition_by, *(item.expression for item in window.order_by)):
        keys.check(checker, key, expressions.type_of(checker, scope, key))
    if window.frame is not None:
        expressions.check_below(checker, scope, window.frame)


def _check_association(checker: Checker, scope: Scope, argument: tree.Association | tree.IteratorAssociation) -> None:
    if isinstance(argument, tree.Association):
        for key in argument.keys:
            if not (isinstance(key, tree.Reference) and len(key.parts) == 1):
                expressions.type_of(checker, scope, key)
        expressions.type_of(checker, scope, argument.value)
        return
    inner = Scope(ScopeKind.LOOP, scope)
    for variable in argument.iterator.variables:
        inner.declare(Symbol(Kind.LOOP_INDEX, variable.name.value, variable.place))
    for control in argument.iterator.controls:
        expressions.check_below(checker, inner, control)
    for value in (argument.key, argument.value):
        if value is not None:
            expressions.type_of(checker, inner, value)


# choosing among overloaded routines


def choose(
    checker: Checker,
    scope: Scope,
    at: tree.Reference,
    candidates: Sequence[Symbol],
    arguments: Sequence[Node],
    *,
    function: bool,
) -> Symbol | None:
    """The routine that a call means; complains where none or more than one fits."""
    given = [argument for argument in arguments if isinstance(argument, tree.Argument)]
    found = [expressions.type_of(checker, scope, argument.value) for argument in given]
    if not _check_form(checker, given) or len(given) < len(arguments):
        return None
    name = candidates[0].name
    right_kind = [symbol for symbol in candidates if symbol.is_function is function]
    if not right_kind:
        if not (columns.in_sql(scope) and name in functions.SQL_FUNCTIONS):  # which a procedure does not hide
            checker.complain("PLS-00222" if function else "PLS-00221", at, name)
        return None
    fitting = [
        symbol for symbol in _with_outer(scope, at, right_kind, function) if _fits(symbol.parameters, given, found)
    ]
    if not fitting:
        if name not in functions.SQL_FUNCTIONS:  # else STANDARD's own may fit
            checker.complain("PLS-00306", at, name)
        return None
    if len(fitting) == 1:
        _check_out(checker, scope, fitting[0], given)
        _check_in_sql(checker, scope, at, fitting[0])
        return fitting[0]
    if _alike(fitting, given):
        checker.complain("PLS-00307", at, name)
    return None


def _check_form(checker: Checker, given: Sequence[tree.Argument]) -> bool:
    named: set[str] = set()
    for argument in given:
        if argument.name is None:
            if named:
                checker.complain("PLS-00312", argument)
                return False
        elif argument.name.value in named:
            checker.complain("PLS-00703", argument)
            return False
        else:
            named.add(argument.name.value)
    return True


def _with_outer(scope: Scope, at: tree.Reference, candidates: list[Symbol], function: bool) -> list[Symbol]:
    """The candidates, and the routines of that name that stand further out, where the name is a plain one."""
    if len(at.parts) > 1:
        return candidates
    found = list(candidates)
    current: Scope | None = scope
    while current is not None:
        found += [
            symbol
            for symbol in current.own(at.parts[0].value)
            if symbol.kind is Kind.ROUTINE and symbol.is_function is function and symbol not in found
        ]
        current = current.parent
    return found


def pair(parameters: Sequence[Formal], given: Sequence[tree.Argument]) -> list[tuple[Formal, int]] | None:
    """Each argument's formal parameter; None where the arguments do not fit by number or name."""
    by_name = {formal.name: formal for formal in parameters}
    pairs: list[tuple[Formal, int]] = []
    for index, argument in enumerate(given):
        if argument.name is None and index >= len(parameters):
            return None
        formal = parameters[index] if argument.name is None else by_name.get(argument.name.value)
        if formal is None or any(formal is other for other, _ in pairs):
            return None
        pairs.append((formal, index))
    taken = {formal.name for formal, _ in pairs}
    if any(not formal.optional and formal.name not in taken for formal in parameters):
        return None
    return pairs


def _fits(parameters: Sequence[Formal], given: Sequence[tree.Argument], found: Sequence[Type]) -> bool:
    pairs = pair(parameters, given)
    return pairs is not None and all(convertible(formal.type, found[index]) for formal, index in pairs)


def _alike(fitting: Sequence[Symbol], given: Sequence[tree.Argument]) -> bool:
    """Whether no argument can tell these routines apart: their parameters for them are of one known type."""
    first = pair(fitting[0].parameters, given) or []
    for symbol in fitting[1:]:
        for (left, _), (right, _) in zip(first, pair(symbol.parameters, given) or [], strict=True):
            if not left.type.known or not right.type.known or left.type.composite or left.mode != right.mode:
                return False
            if (left.type.family, left.type.base) != (right.type.family, right.type.base):
                return False
    return True


def _check_out(checker: Checker, scope: Scope, symbol: Symbol, given: Sequence[tree.Argument]) -> None:
    for formal, index in pair(symbol.parameters, given) or []:
        if formal.mode != "IN":
            targets.check(checker, scope, given[index].value, "PLS-00363")


def _check_in_sql(checker: Checker, scope: Scope, at: Expression, symbol: Symbol) -> None:
    """Complain of a function that SQL can not call: one of a package's body alone, or a nested one."""
    if columns.in_sql(scope) and symbol.private:
        checker.complain("PLS-00231", at, symbol.name)
