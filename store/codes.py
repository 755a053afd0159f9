"""Codes at rest: each deliverable sealed, never overwritten, recognised when the vendor shows it again."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.lines import Deliverable
from bot.domain.orders import OrderId
from bot.kinds import KINDS
from store.columns import Row, canonical_json, to_timestamp
from store.database import Database
from store.errors import BadKey
from store.keyring import Keyring

# Of an order that is bought in parts, the parts have the codes.
_OF_ORDER_OR_CHILDREN = "order_id IN (SELECT id FROM orders WHERE id = ? OR parent_id = ?)"
_MIN_SAMPLE, _MAX_SAMPLE = 10, 200  # cards of a product that tell whether its cards have PINs


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """Clear codes the order has now, how many of them are new, and masked ones we hold no clear code for."""

    clear: int
    masked: int
    new: int


class Codes:
    def __init__(self, database: Database, keys: Keyring) -> None:
        self._db = database
        self._keys = keys

    def keep(
        self, order_id: OrderId, deliverables: Sequence[Deliverable], *, complete: bool = True
    ) -> CodeCounts:
        """Add what is new. Nothing is ever overwritten.

        A code that is twice in one answer is two cards; the same code in a later answer is the same card.
        `complete` False: the answer may have left something of them out.
        What looks masked is added too, unless it is the mask of a clear one: the vendor documents no mask,
        so what looks like one may be the only copy of a paid code.
        """
        clear = [deliverable for deliverable in deliverables if deliverable.is_clear]
        new = self._add(order_id, clear, complete=complete) + self._mark_clear(order_id, clear)
        masked = [deliverable for deliverable in deliverables if not deliverable.is_clear]
        if masked:
            masked = _without_clear_match(masked, self._opened(order_id, clear=True))
            self._add(
                order_id, [deliverable for deliverable in masked if deliverable.secrets], complete=complete
            )
        return CodeCounts(clear=self.count(order_id), masked=len(masked), new=new)

    def set_aside(self, order_id: OrderId, deliverables: Sequence[Deliverable]) -> None:
        """Seal what came under this order's reference but is not what was ordered: neither counted nor shown.

        It may be the only copy of codes that were paid for.
        """
        seen = [deliverable for deliverable in deliverables if deliverable.secrets]
        self._add(order_id, seen, set_aside=True, complete=False)

    def count(self, order_id: OrderId) -> int:
        """Clear codes of this order and of its parts."""
        sql = f"SELECT count(*) FROM deliverables WHERE {_OF_ORDER_OR_CHILDREN} AND is_clear = 1"
        return int(self._db.value(sql, [order_id] * 2))

    def of_order(self, order_id: OrderId) -> list[Deliverable]:
        """The clear ones, opened, in the order they arrived. Raises BadKey."""
        return self._opened(order_id, clear=True)

    def masked_of_order(self, order_id: OrderId) -> list[Deliverable]:
        """What only ever looked masked or was set aside, opened, for a person to look at. Raises BadKey."""
        return _without_clear_match(self._opened(order_id, clear=False), self._opened(order_id, clear=True))

    def have_code_only(self, vendor: str, product_id: str, besides: OrderId) -> bool:
        """Whether cards of this product surely have a code and nothing else.

        That takes many of them, seen whole, of which not one had more, in other orders that are here to the
        last card: of some products every other card has a PIN.
        """
        sql = """
            SELECT order_id, deliverables.kind, sealed FROM deliverables JOIN orders ON orders.id = order_id
            WHERE vendor = ? AND product_id = ? AND is_complete = 1 AND orders.id <> ? AND units <= (
                SELECT count(*) FROM deliverables AS held
                WHERE held.order_id = orders.id AND held.is_clear = 1)
            ORDER BY deliverables.id DESC LIMIT ?
        """
        rows = self._db.rows(sql, [vendor, product_id, besides, _MAX_SAMPLE])
        seen = [self._open(row) for row in rows]
        return len(seen) >= _MIN_SAMPLE and all(each.is_bare for each in seen)

    def rotate(self) -> int:
        """Seal everything with the newest key; how many. Afterwards the older keys are not needed."""
        rows = self._db.rows(
            "SELECT id, order_id, kind, sealed FROM deliverables ORDER BY order_id, position"
        )
        seen: Counter[str] = Counter()
        for row in rows:
            deliverable = self._open(row)
            occurrence = _occurrence(seen, row["order_id"], deliverable)
            self._db.update("deliverables", row["id"], self._sealed(row["order_id"], deliverable, occurrence))
        return len(rows)

    def _mark_clear(self, order_id: OrderId, deliverables: Sequence[Deliverable]) -> int:
        """Of what was set aside, these are the order's after all; how many."""
        seen: Counter[str] = Counter()
        sql = "UPDATE deliverables SET is_clear = 1 WHERE order_id = ? AND is_clear = 0 AND fingerprint = ?"
        return sum(
            self._db.write(sql, [order_id, fingerprint])
            for deliverable in deliverables
            for fingerprint in self._fingerprints(
                order_id, deliverable, _occurrence(seen, order_id, deliverable)
            )
        )

    def _add(
        self,
        order_id: OrderId,
        deliverables: Sequence[Deliverable],
        *,
        complete: bool,
        set_aside: bool = False,
    ) -> int:
        kept = self._db.rows("SELECT position, fingerprint FROM deliverables WHERE order_id = ?", [order_id])
        known = {row["fingerprint"] for row in kept}
        position = max((row["position"] for row in kept), default=0)
        new: list[Row] = []
        seen: Counter[str] = Counter()
        for deliverable in deliverables:
            occurrence = _occurrence(seen, order_id, deliverable)
            fingerprints = self._fingerprints(order_id, deliverable, occurrence)
            if known.isdisjoint(fingerprints):
                known.update(fingerprints)
                new.append(
                    {
                        "order_id": order_id,
                        "kind": deliverable.kind,
                        "position": position + len(new) + 1,
                        "is_clear": int(deliverable.is_clear and not set_aside),
                        "is_complete": int(complete),
                        "kept_at": to_timestamp(self._db.now()),
                        **self._sealed(order_id, deliverable, occurrence),
                    }
                )
        self._db.insert_all("deliverables", new)
        return len(new)

    def _fingerprints(self, order_id: OrderId, deliverable: Deliverable, occurrence: int) -> list[str]:
        identity = _identity(order_id, deliverable)
        return self._keys.fingerprints(identity if occurrence == 1 else f"{identity}#{occurrence}")

    def _sealed(self, order_id: OrderId, deliverable: Deliverable, occurrence: int) -> Row:
        # The order's id is sealed in, so that a row copied to another order does not open there.
        text = canonical_json({"order_id": order_id, **deliverable.stored()})
        fingerprint = self._fingerprints(order_id, deliverable, occurrence)[0]
        return {"fingerprint": fingerprint, "sealed": self._keys.seal(text)}

    def _opened(self, order_id: OrderId, *, clear: bool) -> list[Deliverable]:
        sql = (
            "SELECT order_id, deliverables.kind, sealed FROM deliverables "
            f"WHERE {_OF_ORDER_OR_CHILDREN} AND is_clear = ? ORDER BY order_id, position"
        )
        return [self._open(row) for row in self._db.rows(sql, [order_id, order_id, int(clear)])]

    def _open(self, row: Row) -> Deliverable:
        fields = json.loads(self._keys.open(row["sealed"]))
        if fields.pop("order_id") != row["order_id"]:
            raise BadKey(f"A deliverable filed under order {row['order_id']} was sealed for another order.")
        return KINDS[row["kind"]].deliverable(fields)


def _identity(order_id: OrderId, deliverable: Deliverable) -> str:
    # With the order's id, so that equal codes of two orders do not show as equal.
    return canonical_json([order_id, *deliverable.identity()])


def _occurrence(seen: Counter[str], order_id: OrderId, deliverable: Deliverable) -> int:
    """1 for the first deliverable with these secrets, 2 for the next."""
    identity = _identity(order_id, deliverable)
    seen[identity] += 1
    return seen[identity]


def _without_clear_match(masked: Sequence[Deliverable], clear: Sequence[Deliverable]) -> list[Deliverable]:
    """The masked deliverables that are not the mask of a clear one; each clear one has one mask at most."""
    left = list(clear)
    without: list[Deliverable] = []
    for deliverable in masked:
        match = next((candidate for candidate in left if deliverable.is_mask_of(candidate)), None)
        if match is None:
            without.append(deliverable)
        else:
            left.remove(match)
    return without
