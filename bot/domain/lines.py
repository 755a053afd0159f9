"""What an order is for, in the shape of its kind, and what it delivers. The kinds are in bot/kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, Self

from bot.domain.catalogue import Product
from bot.domain.money import Money
from bot.domain.problems import JSON


class SeenOrder(Protocol):
    """What a vendor's order is for, as far as the vendor says: "", 0 and no entry are left out."""

    @property
    def product_id(self) -> str: ...

    @property
    def denomination(self) -> Decimal: ...

    @property
    def quantity(self) -> int: ...

    @property
    def details(self) -> Mapping[str, str]: ...


class ListedLine(Protocol):
    """The same in the vendor's list of orders, where None is left out."""

    @property
    def product_id(self) -> str | None: ...

    @property
    def denomination(self) -> Decimal | None: ...

    @property
    def quantity(self) -> int | None: ...


class InvalidLine(ValueError):
    """The product is not sold like this. `field` is the name of what is wrong; the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Difference(NamedTuple):
    """What the vendor says otherwise than we do."""

    name: str
    theirs: object
    ours: object


class Line(Protocol):
    """What one order gives. A value: it never changes, and equal lines are the same thing to buy."""

    @property
    def kind(self) -> str:
        """The word in the database."""
        ...

    @property
    def product_id(self) -> str: ...

    @property
    def units(self) -> int:
        """How many deliverables it comes in."""
        ...

    @property
    def unit_value(self) -> Money:
        """The face value of one unit."""
        ...

    @property
    def face_value(self) -> Money: ...

    def canonical(self) -> Sequence[JSON]:
        """What goes into the digest of the terms, in this order. Never changes once orders were approved."""
        ...

    def stored(self) -> Mapping[str, JSON]:
        """As the database and the audit log keep it."""
        ...

    def check(self, product: Product) -> None:
        """Raises InvalidLine unless the product is sold like this."""
        ...

    def of(self, product: Product) -> Self:
        """The same of another product."""
        ...

    def part(self, units: int) -> Self:
        """The same, but only so many units."""
        ...

    def matches(self, seen: SeenOrder) -> bool:
        """True unless the vendor says that its order is for something else. What it leaves out, agrees."""
        ...

    def differences(self, listed: ListedLine) -> Sequence[Difference]:
        """What the vendor's list says otherwise. What it leaves out, agrees."""
        ...


class Deliverable(Protocol):
    """One unit as it is handed over: the only secret in this product. `repr` shows none of it."""

    @property
    def kind(self) -> str:
        """The word in the database."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]: ...

    @property
    def is_clear(self) -> bool:
        """True when it can be used as it is: something is there and nothing of it is masked."""
        ...

    @property
    def is_bare(self) -> bool:
        """True when it is a code and nothing that could belong to it."""
        ...

    def identity(self) -> Sequence[str | None]:
        """What tells two of them apart."""
        ...

    def stored(self) -> Mapping[str, Any]:
        """As it is sealed."""
        ...

    def is_mask_of(self, other: Any) -> bool:
        """Whether this is another one of the same kind, shown with characters masked."""
        ...

    def is_rest_of(self, other: Any) -> bool:
        """Whether this is another one of the same kind, shown without what belongs to its code."""
        ...


class OrderKind(Protocol):
    """One kind of order: how what the database keeps becomes values again."""

    name: str  # the word in the database
    follows_delivery: bool  # whether a delivered order is looked at again: see `Sells.follow_up`

    def line(self, stored: Mapping[str, Any]) -> Line: ...

    def deliverable(self, stored: Mapping[str, Any]) -> Deliverable: ...


@dataclass(frozen=True, slots=True)
class UnparsedDeliverable:
    """What a vendor sent about an order and nobody could read: there may be codes in it."""

    text: str = field(repr=False)
