"""The embedded database: a PostgreSQL server that runs the Oracle files of db/."""
