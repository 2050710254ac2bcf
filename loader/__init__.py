"""Loads labelled images into the database that classifies them."""

__version__ = "0.1.0"
