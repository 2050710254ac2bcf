"""The page of the manual that lists the checker's rules; `python -m engine.check.manual` writes it."""

from __future__ import annotations

from pathlib import Path

from engine.check import rules

PAGE = Path(__file__).with_name("RULES.md")
_LONGEST = 200
_HEAD = """# What the checker refuses

Each rule with the number that Oracle gives it, and a text that breaks it: the objects of the examples are those of
`SCHEMA` in [rules/](rules), where a text that is accepted stands beside each. The tests run both.

A number with a link has a page in Oracle's error help that states its cause. One marked *unseen* is what is known of
the compiler's behaviour, and is to be seen on an Oracle Database.

Where the checker can not know, it says nothing: of a type, a package or a routine whose text it does not have; of
what stands behind a database link; of object types, their bodies and methods; of dynamic SQL. Parameters of the session
are taken at their defaults. Laxer than Oracle:

- two overloaded routines that differ in a type that is not known, or by implicit conversions alone, fit both;
- a record of %ROWTYPE is taken for one of any type with as many fields, as are collections of types that are not known;
- privileges are not asked for: an object of the schema is one that may be used;
- beside GROUP BY and DISTINCT, what stands in a subquery, behind PRIOR or in a call of a function of the schema (which
  may be an aggregate) is left open, as is ORDER BY of an aggregated query without GROUP BY;
- an aggregate of a subquery over columns of the query around it is left open in WHERE;
- ORDER BY in a subquery;
- the number of arguments is seen of functions that take one number alone, and of routines whose text is known;
- JSON as a comparison key: releases differ;
- DML on views that hold a join, groups or expressions: a trigger may stand for them;
- the columns of the dictionary's views are unknown.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for topic, listed in rules.TOPICS:
        parts.append(f"\n## {topic}\n\n| number | rule | refused |\n| --- | --- | --- |\n")
        parts += [f"| {_number(rule)} | {rule.says} | {_code(rule.refused)} |\n" for rule in listed]
    return "".join(parts)


def _number(rule: rules.Rule) -> str:
    return f"[{rule.number}]({rule.page})" if rule.seen else f"{rule.number} *unseen*"


def _code(text: str) -> str:
    line = " ".join(text.replace(rules.MARK, "").split())
    if len(line) > _LONGEST:
        line = line[:_LONGEST] + " ..."
    return f"`{line.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
