"""Small named facts: which environment this database is for, when the catalogue was read …"""

from store.database import Database


class KeyValues:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, name: str) -> str | None:
        value: str | None = self._db.value("SELECT value FROM key_values WHERE name = ?", [name])
        return value

    def set(self, name: str, value: str) -> None:
        self._db.upsert("key_values", {"name": name, "value": value}, key=("name",))
