"""A kind of order that differs from gift cards in everything: songs, recorded for somebody.

Its own line, charge, deliverable, form fields and follow-up, and a vendor that sells nothing else.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from slack_sdk.models.blocks import PlainTextInputElement

from bot.domain.catalogue import CataloguePage, Denomination, Names, Product, ProductDetails, Wallet
from bot.domain.lines import Deliverable, Difference, InvalidLine, Line, ListedLine, SeenOrder
from bot.domain.money import Money
from bot.domain.problems import JSON
from bot.domain.quotes import OrderTerms, Quote
from bot.domain.reconciliation import ListedOrder
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.services.errors import BadRequest
from bot.vendors.contract import (
    FollowUpReport,
    ReferenceLookup,
    SaveUnparsedResponse,
    Sells,
    discard_unparsed_response,
)
from handlers import ids
from handlers.block_kit.blocks import Block, input_block
from handlers.block_kit.form_elements import product_block

SONG = "song"
PER_MINUTE = Money(Decimal(3), "USD")


@dataclass(frozen=True, slots=True)
class SongLine:
    product_id: str
    minutes: int
    dedicated_to: str

    @property
    def kind(self) -> str:
        return SONG

    @property
    def units(self) -> int:
        return 1

    @property
    def unit_value(self) -> Money:
        return PER_MINUTE * self.minutes

    @property
    def face_value(self) -> Money:
        return self.unit_value

    def canonical(self) -> Sequence[JSON]:
        return [SONG, self.product_id, self.minutes, self.dedicated_to]

    def stored(self) -> Mapping[str, JSON]:
        return {"song": self.product_id, "minutes": self.minutes, "dedicated_to": self.dedicated_to}

    def check(self, product: Product) -> None:
        if self.minutes > 5:
            raise InvalidLine("minutes", f"{product.name} sings for 5 minutes at most.")

    def of(self, product: Product) -> Self:
        return replace(self, product_id=product.product_id)

    def part(self, units: int) -> Self:
        return self

    def matches(self, seen: SeenOrder) -> bool:
        return seen.details.get("dedicated_to") in (None, self.dedicated_to)

    def differences(self, listed: ListedLine) -> Sequence[Difference]:
        return []


@dataclass(frozen=True, slots=True)
class Recording:
    address: str = field(repr=False)

    @property
    def kind(self) -> str:
        return SONG

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.address,)

    @property
    def is_clear(self) -> bool:
        return True

    @property
    def is_bare(self) -> bool:
        return True

    def identity(self) -> Sequence[str | None]:
        return [self.address]

    def stored(self) -> Mapping[str, Any]:
        return asdict(self)

    def is_mask_of(self, other: Self) -> bool:
        return False

    def is_rest_of(self, other: Self) -> bool:
        return self == other


class Songs:
    """The domain side of the kind."""

    name = SONG
    follows_delivery = True

    def line(self, stored: Mapping[str, Any]) -> SongLine:
        return SongLine(stored["song"], stored["minutes"], stored["dedicated_to"])

    def deliverable(self, stored: Mapping[str, Any]) -> Recording:
        return Recording(**stored)


class SongViews:
    """The Slack side of the kind."""

    name = SONG

    def form_fields(
        self, product: Product | None, typed: Mapping[str, str | None], max_units: int
    ) -> Sequence[Block]:
        assert product is not None, "the form shows songs only once one is chosen"
        return [
            input_block(
                product_block(name, product.key),
                label,
                PlainTextInputElement(action_id=ids.input_action_id(name), initial_value=typed.get(name)),
            )
            for name, label in (("minutes", "How many minutes"), ("dedicated_to", "For whom it is sung"))
        ]

    def line(self, product: Product, typed: Mapping[str, str | None]) -> SongLine:
        minutes, dedicated_to = typed.get("minutes") or "", typed.get("dedicated_to")
        if not minutes.isdecimal():
            raise BadRequest({"minutes": "Say how many minutes, as a number."})
        return SongLine(product.product_id, int(minutes), dedicated_to or "nobody")

    def amount(self, line: Line) -> str:
        assert isinstance(line, SongLine)
        return f"{line.minutes} minutes for {line.dedicated_to}"

    def short_amount(self, line: Line) -> str:
        return self.amount(line)

    def units(self, count: int) -> str:
        return "1 recording" if count == 1 else f"{count} recordings"

    def charge_fields(self, details: Mapping[str, str]) -> Sequence[tuple[str, str]]:
        return [("Studio", details["studio"])]

    def deliverable_lines(self, deliverable: Deliverable) -> Sequence[str]:
        return [f"Listen at {secret}" for secret in deliverable.secrets]

    def follow_up_text(self, status: str) -> str:
        return f"it was listened to {status}"


@dataclass
class Recorded:
    number: str
    purchase: Purchase[SongLine]
    at: datetime
    plays: int = 0


class SingersGuild:
    """The vendor side of the kind, and the vendor: a recording is ready with the second read."""

    name, title, host = "singers_guild", "Singers' Guild", "singers.example"
    credentials_fingerprint = "mark"
    max_order_quantity: int | None = None
    wallet_statement, sends_recipient_email = None, False

    def __init__(self) -> None:
        self.save_unparsed_response: SaveUnparsedResponse = discard_unparsed_response
        self.purse = Money(Decimal(100), "USD")
        self.recorded: dict[str, Recorded] = {}

    @property
    def sells(self) -> Mapping[str, Sells[Any]]:
        return {SONG: self}

    @property
    def reference_lookup(self) -> ReferenceLookup:
        return self

    async def account(self) -> str | None:
        return "7"

    async def wallets(self, *, timeout_s: float | None = None) -> list[Wallet]:
        return [Wallet(self.name, "purse", self.purse, "PREPAID")]

    async def names(self) -> Names:
        return Names({"USA": "United States"}, {"USD": "US Dollar"}, ("Music",))

    async def products(self) -> AsyncIterator[CataloguePage]:
        any_length = Denomination(Decimal(3), Decimal(30), Decimal(0))
        ballad = Product(
            self.name, "ballad", "Ballad", "Music", "USA", "USD", (any_length,), brand="Guild", kind=SONG
        )
        yield CataloguePage((ballad,), 1)

    async def product_details(self, product_id: str) -> ProductDetails:
        return ProductDetails()

    async def is_available(self, line: SongLine) -> bool:
        return line.product_id == "ballad"

    async def quote(self, terms: OrderTerms[SongLine], *, timeout_s: float | None = None) -> Quote:
        return Quote(
            terms=terms,
            discount=Money(Decimal(0), "USD"),
            discount_percent=Decimal(0),
            charge=terms.face_value + Money(Decimal(1), "USD"),
            forex_rate=None,
            fee=None,
            tax=None,
            max_quantity=None,
            wallet_balance=self.purse,
            quoted_at=datetime.now(UTC),
            charge_details={"studio": "USD 1.00"},
        )

    async def place(self, purchase: Purchase[SongLine]) -> VendorOrder:
        self.purse -= (await self.quote(purchase.terms)).charge
        recorded = Recorded(str(len(self.recorded) + 1), purchase, datetime.now(UTC))
        self.recorded[purchase.client_reference] = recorded
        return self._seen(recorded, ready=False)

    async def find(self, client_reference: str) -> VendorOrder | None:
        recorded = self.recorded.get(client_reference)
        return self._seen(recorded, ready=False) if recorded else None

    async def fetch(self, vendor_order_id: str) -> VendorOrder:
        return self._seen(self._by_number(vendor_order_id), ready=True)

    async def follow_up(self, vendor_order_id: str) -> FollowUpReport:
        recorded = self._by_number(vendor_order_id)
        recorded.plays += 1
        again = timedelta(hours=1) if recorded.plays < 3 else None
        return FollowUpReport(f"{recorded.plays} times", again)

    async def orders(self) -> AsyncIterator[list[ListedOrder]]:
        yield [
            ListedOrder(
                vendor_order_id=each.number,
                client_reference=reference,
                product_id=None,
                denomination=None,
                quantity=None,
                wallet_id="purse",
                at=each.at,
                charge=(await self.quote(each.purchase.terms)).charge,
                kind=SONG,
            )
            for reference, each in self.recorded.items()
        ]

    async def aclose(self) -> None:
        """Nothing is open."""

    def _by_number(self, number: str) -> Recorded:
        return next(each for each in self.recorded.values() if each.number == number)

    def _seen(self, recorded: Recorded, *, ready: bool) -> VendorOrder:
        line = recorded.purchase.terms.line
        return VendorOrder(
            vendor_order_id=recorded.number,
            status=VendorOrderStatus.DELIVERED if ready else VendorOrderStatus.PENDING,
            product_id="",
            denomination=Decimal(0),
            quantity=0,
            client_reference=recorded.purchase.client_reference,
            deliverables=(Recording(f"https://singers.example/{recorded.number}"),) if ready else (),
            request_id=None,
            details={"dedicated_to": line.dedicated_to},
        )
