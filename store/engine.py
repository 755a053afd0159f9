"""The SQLite in use: the current one of pysqlite3 where that is installed, else Python's own."""

from sqlite_utils.db import sqlite3 as sqlite3  # type: ignore[attr-defined]  # chosen, but not declared, there
