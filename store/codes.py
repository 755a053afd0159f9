"""Codes at rest: each voucher sealed, never overwritten, recognised when the vendor shows it again."""

import glob
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from bot.domain.orders import OrderId
from bot.domain.vouchers import Voucher
from store.columns import Row, canonical_json, to_timestamp
from store.database import Database
from store.errors import BadKey
from store.keyring import Keyring

# Of an order that is bought in parts, the parts have the codes.
_OF_ORDER_OR_CHILDREN = "order_id IN (SELECT id FROM orders WHERE id = ? OR parent_id = ?)"
_MASK_RUN = re.compile(r"[*•●xX]+")
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

    def keep(self, order_id: OrderId, vouchers: Sequence[Voucher], *, complete: bool = True) -> CodeCounts:
        """Add what is new. Nothing is ever overwritten.

        A code that is twice in one answer is two cards; the same code in a later answer is the same card.
        `complete` False: the answer may have left something of them out.
        What looks masked is added too, unless it is the mask of a clear one: the vendor documents no mask,
        so what looks like one may be the only copy of a paid code.
        """
        clear = [voucher for voucher in vouchers if voucher.is_clear]
        new = self._add(order_id, clear, complete=complete) + self._mark_clear(order_id, clear)
        masked = [voucher for voucher in vouchers if not voucher.is_clear]
        if masked:
            masked = _without_clear_match(masked, self._opened(order_id, clear=True))
            self._add(order_id, [voucher for voucher in masked if voucher.secrets], complete=complete)
        return CodeCounts(clear=self.count(order_id), masked=len(masked), new=new)

    def set_aside(self, order_id: OrderId, vouchers: Sequence[Voucher]) -> None:
        """Seal what came under this order's reference but is not what was ordered: neither counted nor shown.

        It may be the only copy of codes that were paid for.
        """
        seen = [voucher for voucher in vouchers if voucher.secrets]
        self._add(order_id, seen, set_aside=True, complete=False)

    def count(self, order_id: OrderId) -> int:
        """Clear codes of this order and of its parts."""
        sql = f"SELECT count(*) FROM vouchers WHERE {_OF_ORDER_OR_CHILDREN} AND is_clear = 1"
        return int(self._db.value(sql, [order_id] * 2))

    def of_order(self, order_id: OrderId) -> list[Voucher]:
        """The clear ones, opened, in the order they arrived. Raises BadKey."""
        return self._opened(order_id, clear=True)

    def masked_of_order(self, order_id: OrderId) -> list[Voucher]:
        """What only ever looked masked or was set aside, opened, for a person to look at. Raises BadKey."""
        return _without_clear_match(self._opened(order_id, clear=False), self._opened(order_id, clear=True))

    def have_code_only(self, vendor: str, product_id: str, besides: OrderId) -> bool:
        """Whether cards of this product surely have a code and nothing else.

        That takes many of them, seen whole, of which not one had more, in other orders that are here to the
        last card: of some products every other card has a PIN.
        """
        sql = """
            SELECT order_id, sealed FROM vouchers JOIN orders ON orders.id = order_id
            WHERE vendor = ? AND product_id = ? AND is_complete = 1 AND orders.id <> ? AND quantity <= (
                SELECT count(*) FROM vouchers AS held WHERE held.order_id = orders.id AND held.is_clear = 1)
            ORDER BY vouchers.id DESC LIMIT ?
        """
        rows = self._db.rows(sql, [vendor, product_id, besides, _MAX_SAMPLE])
        seen = [self._open(row) for row in rows]
        return len(seen) >= _MIN_SAMPLE and not any(
            card.pin_code or card.claim_url or card.more for card in seen
        )

    def rotate(self) -> int:
        """Seal everything with the newest key; how many. Afterwards the older keys are not needed."""
        rows = self._db.rows("SELECT id, order_id, sealed FROM vouchers ORDER BY order_id, position")
        seen: Counter[str] = Counter()
        for row in rows:
            voucher = self._open(row)
            occurrence = _occurrence(seen, row["order_id"], voucher)
            self._db.update("vouchers", row["id"], self._sealed(row["order_id"], voucher, occurrence))
        return len(rows)

    def _mark_clear(self, order_id: OrderId, vouchers: Sequence[Voucher]) -> int:
        """Of what was set aside, these are the order's after all; how many."""
        seen: Counter[str] = Counter()
        sql = "UPDATE vouchers SET is_clear = 1 WHERE order_id = ? AND is_clear = 0 AND fingerprint = ?"
        return sum(
            self._db.write(sql, [order_id, fingerprint])
            for voucher in vouchers
            for fingerprint in self._fingerprints(order_id, voucher, _occurrence(seen, order_id, voucher))
        )

    def _add(
        self, order_id: OrderId, vouchers: Sequence[Voucher], *, complete: bool, set_aside: bool = False
    ) -> int:
        kept = self._db.rows("SELECT position, fingerprint FROM vouchers WHERE order_id = ?", [order_id])
        known = {row["fingerprint"] for row in kept}
        position = max((row["position"] for row in kept), default=0)
        new: list[Row] = []
        seen: Counter[str] = Counter()
        for voucher in vouchers:
            occurrence = _occurrence(seen, order_id, voucher)
            fingerprints = self._fingerprints(order_id, voucher, occurrence)
            if known.isdisjoint(fingerprints):
                known.update(fingerprints)
                new.append(
                    {
                        "order_id": order_id,
                        "position": position + len(new) + 1,
                        "is_clear": int(voucher.is_clear and not set_aside),
                        "is_complete": int(complete),
                        "kept_at": to_timestamp(self._db.now()),
                        **self._sealed(order_id, voucher, occurrence),
                    }
                )
        self._db.insert_all("vouchers", new)
        return len(new)

    def _fingerprints(self, order_id: OrderId, voucher: Voucher, occurrence: int) -> list[str]:
        identity = _identity(order_id, voucher)
        return self._keys.fingerprints(identity if occurrence == 1 else f"{identity}#{occurrence}")

    def _sealed(self, order_id: OrderId, voucher: Voucher, occurrence: int) -> Row:
        # The order's id is sealed in, so that a row copied to another order does not open there.
        text = canonical_json({"order_id": order_id, **asdict(voucher)})
        fingerprint = self._fingerprints(order_id, voucher, occurrence)[0]
        return {"fingerprint": fingerprint, "sealed": self._keys.seal(text)}

    def _opened(self, order_id: OrderId, *, clear: bool) -> list[Voucher]:
        sql = (
            f"SELECT order_id, sealed FROM vouchers WHERE {_OF_ORDER_OR_CHILDREN} AND is_clear = ? "
            "ORDER BY order_id, position"
        )
        return [self._open(row) for row in self._db.rows(sql, [order_id, order_id, int(clear)])]

    def _open(self, row: Row) -> Voucher:
        fields = json.loads(self._keys.open(row["sealed"]))
        if fields.pop("order_id") != row["order_id"]:
            raise BadKey(f"A voucher filed under order {row['order_id']} was sealed for another order.")
        return Voucher(**fields)


def _identity(order_id: OrderId, voucher: Voucher) -> str:
    # With the order's id, so that equal codes of two orders do not show as equal.
    return canonical_json([order_id, voucher.card_number, voucher.pin_code, voucher.claim_url])


def _occurrence(seen: Counter[str], order_id: OrderId, voucher: Voucher) -> int:
    """1 for the first voucher with these secrets, 2 for the next."""
    identity = _identity(order_id, voucher)
    seen[identity] += 1
    return seen[identity]


def _without_clear_match(masked: Sequence[Voucher], clear: Sequence[Voucher]) -> list[Voucher]:
    """The masked vouchers that are not the mask of a clear one; each clear one has one mask at most."""
    left = list(clear)
    without: list[Voucher] = []
    for voucher in masked:
        match = next((candidate for candidate in left if _is_mask_of(voucher, candidate)), None)
        if match is None:
            without.append(voucher)
        else:
            left.remove(match)
    return without


def _is_mask_of(masked: Voucher, clear: Voucher) -> bool:
    if masked.voucher_reference_number and clear.voucher_reference_number:
        return masked.voucher_reference_number == clear.voucher_reference_number
    pairs = [
        (masked.card_number, clear.card_number),
        (masked.pin_code, clear.pin_code),
        (masked.claim_url, clear.claim_url),
    ]
    return all(not mask or _matches_mask(mask, secret or "") for mask, secret in pairs)


def _matches_mask(mask: str, secret: str) -> bool:
    """True when every character that is not masked is where it is in the secret."""
    return fnmatchcase(secret, "*".join(glob.escape(part) for part in _MASK_RUN.split(mask)))
