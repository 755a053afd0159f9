"""Orders at the CardPlusPay stand-in, in a context that buys there and shares its clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.kinds.gift_card import Voucher
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.reveal_codes import codes_to_show
from tests.support.at_once import saved
from tests.support.cardpluspay_stand_in import StandIn
from tests.support.clock import ShiftedClock
from tests.support.orders import ask, work
from tests.support.people import LEAD
from tests.support.terms import card_selection_by_key, vouchers

PLAIN, PLAIN_PRICE = "PLAYSTATIONSTORE-20USD-BAUS", Decimal("19.33")  # never a PIN
TARGET, TARGET_PRICE = "TARGET-25USD-NQHm", Decimal("24.29")  # a PIN on every code
STEAM, STEAM_PRICE = "STEAM-20USD-xCJc", Decimal("19.28")  # a PIN on every second code
FACE = {PLAIN: 20, TARGET: 25, STEAM: 20}
EARLIER = 10  # cards after which a product is known to come without PINs
LIMITS = {"quantity": 500}  # of the policy: more than the vendor sells at once


@dataclass
class VendorsClock(ShiftedClock):
    """Ours and the vendor's time are the same, and move together."""

    vendor: StandIn | None = field(default=None)

    @classmethod
    def of(cls, vendor: StandIn) -> "VendorsClock":
        return cls(timedelta(seconds=float(vendor.back_office("GET", "clock")["shift_s"])), vendor)

    def advance(self, by: timedelta) -> None:
        assert self.vendor is not None
        if by > timedelta():
            self.vendor.back_office("POST", "clock", shift_s=by.total_seconds())
            super().advance(by)

    def advance_alone(self, by: timedelta) -> None:
        """Ours only: the two clocks differ from now on."""
        super().advance(by)


async def request(ctx: AppContext, item: str = PLAIN, quantity: int = 2, **changes: Any) -> Order:
    selection = card_selection_by_key(f"cardpluspay:{item}", Decimal(FACE[item]), quantity)
    return await ask(ctx, selection=selection, **changes)


async def approved(ctx: AppContext, item: str = PLAIN, quantity: int = 2, **changes: Any) -> Order:
    return await approve_request(ctx, LEAD, (await request(ctx, item, quantity, **changes)).id)


async def worked_while(
    ctx: AppContext, clock: ShiftedClock, order: Order, state: OrderState, *, most: int = 40
) -> Order:
    """Work on it for as long as it is in `state`."""
    for _ in range(most):
        order = saved(ctx).orders.get(order.id)
        if order.state is not state:
            return order
        await work(ctx, clock, order)
    return saved(ctx).orders.get(order.id)


async def knows_as_plain(ctx: AppContext, clock: ShiftedClock, item: str = PLAIN) -> None:
    """So many cards of this product were bought before that it is known whether they have PINs."""
    await work(ctx, clock, await approved(ctx, item, EARLIER, key=f"earlier {item}"))


def codes_here(ctx: AppContext, order: Order) -> list[tuple[str | None, str | None]]:
    return [
        (voucher.card_number, voucher.pin_code) for voucher in vouchers(saved(ctx).codes.of_order(order.id))
    ]


def codes_shown(ctx: AppContext, order: Order) -> list[str | None]:
    """What the messages to its requester show, in their order."""
    return [
        shown.card_number for shown in codes_to_show(saved(ctx), order.id)[1] if isinstance(shown, Voucher)
    ]
