"""The tree of a parsed text: frozen nodes, each with its place, one module for each part of the language.

A statement is a `Statement`, an expression an `Expression`; conditions are expressions. Chains of AND, OR, `||`,
set operators
and joins are flat, so that a tree is as deep as the text is nested and no deeper.
"""
