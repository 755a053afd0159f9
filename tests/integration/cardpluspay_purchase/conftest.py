"""A desk that buys from the CardPlusPay stand-in, each with an account of its own there."""

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.policy.rules import Policy
from bot.domain.vouchers import Voucher
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.purchase.save_unparsed_response import save_unparsed_response
from bot.services.quote_order import Selection
from bot.services.reveal_codes import codes_to_show
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.cardpluspay import CardPlusPay
from bot.vendors.contract import Vendor
from store import Keyring, Store
from tests.integration.cardpluspay_purchase.account import Account
from tests.integration.cardpluspay_sandbox.stand_in import StandIn, running
from tests.integration.purchase.conftest import KEY, LEAD, Clock, ask, work

PLAIN, PLAIN_PRICE = "PLAYSTATIONSTORE-20USD-BAUS", Decimal("19.33")  # never a PIN
TARGET, TARGET_PRICE = "TARGET-25USD-NQHm", Decimal("24.29")  # a PIN on every code
STEAM, STEAM_PRICE = "STEAM-20USD-xCJc", Decimal("19.28")  # a PIN on every second code
FACE = {PLAIN: 20, TARGET: 25, STEAM: 20}


@dataclass
class VendorsClock(Clock):
    """Ours and the vendor's time are the same, and move together."""

    vendor: StandIn | None = field(default=None)

    def advance(self, by: timedelta) -> None:
        assert self.vendor is not None
        if by > timedelta():
            self.vendor.back_office("POST", "clock", shift_s=by.total_seconds())
            super().advance(by)

    def advance_alone(self, by: timedelta) -> None:
        """Ours only: the two clocks differ from now on."""
        super().advance(by)


EARLIER = 10  # cards after which a product is known to come without PINs


@pytest.fixture(scope="session")
def cardpluspay_vendor() -> Iterator[StandIn]:
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def account(cardpluspay_vendor: StandIn) -> Iterator[Account]:
    account = Account.opened(cardpluspay_vendor)
    yield account
    account.disarm()


@pytest.fixture
def clock(cardpluspay_vendor: StandIn) -> VendorsClock:
    shift_s = float(cardpluspay_vendor.back_office("GET", "clock")["shift_s"])
    return VendorsClock(timedelta(seconds=shift_s), cardpluspay_vendor)


@pytest.fixture
async def client(account: Account, clock: VendorsClock) -> AsyncIterator[CardPlusPay]:
    client = account.client(clock=clock)
    yield client
    await client.aclose()


@pytest.fixture
async def ctx(tmp_path: Path, client: CardPlusPay, clock: VendorsClock) -> AsyncIterator[AppContext]:
    ctx = opened_context(tmp_path / "giftcard.sqlite3", clock, client)
    await sync_catalogue(ctx)
    yield ctx
    ctx.store.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Taken, so that nobody else listens there, and not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def opened_context(path: Path, clock: Clock, *vendors: Vendor) -> AppContext:
    """As `bot.app` puts it together."""
    policy = {
        "requesters": {"groups": ["S0AGENTS", "S0LEADS"]},
        "approvers": {"groups": ["S0LEADS"]},
        "limits": {"quantity": 500},
    }
    ctx = AppContext(
        store=Store.open(path, Keyring([KEY]), clock=clock),
        vendors={vendor.name: vendor for vendor in vendors},
        policy=Policy.model_validate(policy),
        environment="sandbox",
        clock=clock,
    )
    for vendor in vendors:
        vendor.save_unparsed_response = partial(save_unparsed_response, ctx)
    return ctx


async def request(ctx: AppContext, item: str = PLAIN, quantity: int = 2, **changes: Any) -> Order:
    selection = Selection(f"cardpluspay:{item}", Decimal(FACE[item]), quantity)
    return await ask(ctx, selection=selection, **changes)


async def approved(ctx: AppContext, item: str = PLAIN, quantity: int = 2, **changes: Any) -> Order:
    return approve_request(ctx, LEAD, (await request(ctx, item, quantity, **changes)).id)


async def worked_while(
    ctx: AppContext, clock: Clock, order: Order, state: OrderState, *, most: int = 40
) -> Order:
    """Work on it for as long as it is in `state`."""
    for _ in range(most):
        order = ctx.store.orders.get(order.id)
        if order.state is not state:
            return order
        await work(ctx, clock, order)
    return ctx.store.orders.get(order.id)


async def knows_as_plain(ctx: AppContext, clock: Clock, item: str = PLAIN) -> None:
    """So many cards of this product were bought before that it is known whether they have PINs."""
    await work(ctx, clock, await approved(ctx, item, EARLIER, key=f"earlier {item}"))


def codes_here(ctx: AppContext, order: Order) -> list[tuple[str | None, str | None]]:
    return [(voucher.card_number, voucher.pin_code) for voucher in ctx.store.codes.of_order(order.id)]


def codes_shown(ctx: AppContext, order: Order) -> list[str | None]:
    """What the messages to its requester show, in their order."""
    return [shown.card_number for shown in codes_to_show(ctx, order.id)[1] if isinstance(shown, Voucher)]
