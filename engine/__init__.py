"""A compiler front for Oracle SQL and PL/SQL: tokens, statements of a script, and the parser to a tree."""
