"""Oracle SQL and PL/SQL as text: tokens, and the statements of a script."""
