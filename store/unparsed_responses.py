"""Answers about an order that nobody could read: sealed, because they may hold the only copy of codes."""

from bot.domain.orders import OrderId
from store.columns import to_timestamp
from store.database import Database
from store.keyring import Keyring


class UnparsedResponses:
    def __init__(self, database: Database, keys: Keyring) -> None:
        self._db = database
        self._keys = keys

    def keep(self, order_id: OrderId, body: bytes, request_id: str | None) -> bool:
        """Once, however often the same bytes come; False when they were here already."""
        if body in self.of_order(order_id):
            return False
        row = {
            "order_id": order_id,
            "request_id": request_id,
            "sealed": self._sealed(body),
            "kept_at": to_timestamp(self._db.now()),
        }
        self._db.insert("unparsed_responses", row)
        return True

    def of_order(self, order_id: OrderId) -> list[bytes]:
        """Opened, oldest first. Raises BadKey."""
        rows = self._db.rows(
            "SELECT sealed FROM unparsed_responses WHERE order_id = ? ORDER BY id", [order_id]
        )
        return [self._opened(row["sealed"]) for row in rows]

    def rotate(self) -> None:
        """Seal everything with the newest key."""
        for row in self._db.rows("SELECT id, sealed FROM unparsed_responses"):
            sealed = self._sealed(self._opened(row["sealed"]))
            self._db.update("unparsed_responses", row["id"], {"sealed": sealed})

    def _sealed(self, body: bytes) -> str:
        # Latin-1 has a character for each byte, so nothing is lost whatever the bytes are.
        return self._keys.seal(body.decode("latin-1"))

    def _opened(self, sealed: str) -> bytes:
        return self._keys.open(sealed).encode("latin-1")
