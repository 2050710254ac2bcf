"""From the tree of an Oracle statement to what PostgreSQL runs for it: see emitter.py.

A function for each class of the tree, found by the class (dispatch.py), gives text with places (fragment.py). What
holds at a place is in a context, which is handed on (context.py). Nothing here reads a text of Oracle or of PostgreSQL.

The package loads none of its modules: a process that only calls stored routines emits nothing.
"""
