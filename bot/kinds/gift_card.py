"""Gift cards: so many cards of one face value, each delivered as a voucher."""

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Self

from bot.domain.catalogue import InvalidDenomination, Product
from bot.domain.lines import Difference, InvalidLine, ListedLine, SeenOrder
from bot.domain.money import Money
from bot.domain.problems import JSON

GIFT_CARD = "gift_card"
# The vendors' mask format is not documented: any run that looks like one counts as masked.
_MASK = re.compile(r"[*•●]|[xX]{4,}")
_MASK_RUN = re.compile(r"[*•●xX]+")


@dataclass(frozen=True, slots=True)
class GiftCardLine:
    """`quantity` cards of one product, each of the face value `denomination`."""

    product_id: str
    denomination: Money
    quantity: int

    @property
    def kind(self) -> str:
        return GIFT_CARD

    @property
    def units(self) -> int:
        return self.quantity

    @property
    def unit_value(self) -> Money:
        return self.denomination

    @property
    def face_value(self) -> Money:
        return self.denomination * self.quantity

    def canonical(self) -> Sequence[JSON]:
        amount = str(self.denomination.amount.normalize())
        return [self.product_id, amount, self.denomination.currency, self.quantity]

    def stored(self) -> Mapping[str, JSON]:
        return {
            "product_id": self.product_id,
            "denomination": f"{self.denomination.amount:f}",
            "currency": self.denomination.currency,
            "quantity": self.quantity,
        }

    def check(self, product: Product) -> None:
        try:
            product.denomination(self.denomination.amount)
        except InvalidDenomination as error:
            raise InvalidLine("denomination", str(error)) from error

    def of(self, product: Product) -> Self:
        return replace(self, product_id=product.product_id)

    def part(self, units: int) -> Self:
        return replace(self, quantity=units)

    def matches(self, seen: SeenOrder) -> bool:
        return (
            seen.product_id in ("", self.product_id)
            and seen.denomination in (0, self.denomination.amount)
            and seen.quantity in (0, self.quantity)
        )

    def differences(self, listed: ListedLine) -> Sequence[Difference]:
        said = (
            Difference("product", listed.product_id, self.product_id),
            Difference("face value", listed.denomination, self.denomination.amount),
            Difference("quantity", listed.quantity, self.quantity),
        )
        return [each for each in said if each.theirs is not None and each.theirs != each.ours]


@dataclass(frozen=True, slots=True)
class Voucher:
    """One gift card. `repr` shows no secret, so that no log or exception can."""

    card_number: str | None = field(default=None, repr=False)
    pin_code: str | None = field(default=None, repr=False)
    claim_url: str | None = field(default=None, repr=False)
    expires_at: str | None = None
    voucher_reference_number: str | None = None
    more: str | None = field(default=None, repr=False)  # what else the vendor says of it, as it says it

    @property
    def kind(self) -> str:
        return GIFT_CARD

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(s for s in (self.card_number, self.pin_code, self.claim_url) if s)

    @property
    def is_clear(self) -> bool:
        return bool(self.secrets) and not any(_MASK.search(secret) for secret in self.secrets)

    @property
    def is_bare(self) -> bool:
        return not (self.pin_code or self.claim_url or self.more)

    def identity(self) -> Sequence[str | None]:
        return [self.card_number, self.pin_code, self.claim_url]

    def stored(self) -> Mapping[str, Any]:
        return asdict(self)

    def is_mask_of(self, other: Self) -> bool:
        if self.voucher_reference_number and other.voucher_reference_number:
            return self.voucher_reference_number == other.voucher_reference_number
        pairs = zip(self.identity(), other.identity(), strict=True)
        return all(not mask or _matches_mask(mask, secret or "") for mask, secret in pairs)

    def is_rest_of(self, other: Self) -> bool:
        return self.card_number == other.card_number


def gift_card_line(product: Product, amount: Decimal, quantity: int) -> GiftCardLine:
    """So many cards of that face value, in the product's currency."""
    return GiftCardLine(product.product_id, Money(amount, product.currency), quantity)


class GiftCards:
    """The kind, as `bot.domain.lines.OrderKind` describes it."""

    name = GIFT_CARD
    follows_delivery = False

    def line(self, stored: Mapping[str, Any]) -> GiftCardLine:
        denomination = Money(Decimal(stored["denomination"]), stored["currency"])
        return GiftCardLine(stored["product_id"], denomination, stored["quantity"])

    def deliverable(self, stored: Mapping[str, Any]) -> Voucher:
        return Voucher(**stored)


def _matches_mask(mask: str, secret: str) -> bool:
    """True when every character that is not masked is where it is in the secret."""
    return fnmatchcase(secret, "*".join(glob.escape(part) for part in _MASK_RUN.split(mask)))
