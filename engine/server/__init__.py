"""The PostgreSQL server beneath the engine: its programs, its data directory, its start and its stop."""
