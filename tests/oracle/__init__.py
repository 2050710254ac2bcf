"""The loader on python-oracledb itself, against a stand-in for the database server alone."""
