"""The rules that the checker holds a text to, each with a text that it refuses and one close to it that it accepts.

The examples stand on the objects of `SCHEMA`. MARK stands right before the place of the complaint.
"""

from engine.check.rules import plsql, sql
from engine.check.rules.rule import MARK, SCHEMA, Rule

# The rules by topic, in the order of the manual.
TOPICS = (
    ("Words", plsql.WORDS),
    ("Names", plsql.NAMES),
    ("Declarations", plsql.DECLARATIONS),
    ("Calls", plsql.CALLS),
    ("Values", plsql.VALUES),
    ("Statements", plsql.STATEMENTS),
    ("SQL inside PL/SQL, and PL/SQL inside SQL", plsql.SQL_IN_PLSQL),
    ("Tables, columns and queries in queries", sql.QUERIES),
    ("Groups, windows and order", sql.GROUPS),
    ("Set operators, FOR UPDATE, sequences", sql.CLAUSES),
    ("Changes of rows", sql.CHANGES),
    ("Definitions", sql.DEFINITIONS),
    ("VECTOR and large objects", sql.TYPES),
)
RULES = tuple(rule for _, rules in TOPICS for rule in rules)

__all__ = ["MARK", "RULES", "SCHEMA", "TOPICS", "Rule"]
