"""Single values by name."""

from sqlite_utils import Database


def m005_key_values(db: Database) -> None:
    db.executescript("""
        CREATE TABLE key_values (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """)


STEPS = (m005_key_values,)
