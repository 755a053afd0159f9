"""An order on its way: asked for, approved, worked on, and what is told of it meanwhile."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.notifications import OutboxKind
from bot.services.request_order import OrderRequest, request_order
from bot.workers.orders import take_next_step
from tests.support.at_once import saved
from tests.support.back_office import BackOffice
from tests.support.clock import ShiftedClock
from tests.support.disk import mark_sent
from tests.support.people import AGENT, LEAD
from tests.support.terms import card_selection
from tests.support.waiting import until


async def ask(
    ctx: AppContext,
    quantity: int = 2,
    key: str = "view-1",
    timeout_s: float | None = None,
    **changes: Any,
) -> Order:
    """The agent asks for some Steam cards in the United States."""
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    fields: dict[str, Any] = {
        "selection": card_selection(product, product.denominations[0].minimum, quantity),
        "reason": "parcel lost twice",
        "ticket_url": "https://tickets.example.com/4711",
        "recipient_email": None,
    }
    request = OrderRequest(**(fields | changes))
    return await request_order(ctx, AGENT, request, request_key=key, timeout_s=timeout_s)


async def approved(ctx: AppContext, quantity: int = 2, **changes: Any) -> Order:
    """The same, approved by the lead."""
    return await approve_request(ctx, LEAD, (await ask(ctx, quantity, **changes)).id)


async def work(ctx: AppContext, clock: ShiftedClock, order: Order, *, steps: int = 1) -> Order:
    """What the worker does with an order that is due, some times over, waiting no longer than it takes."""
    for _ in range(steps):
        order = saved(ctx).orders.get(order.id)
        if order.next_at is None:
            break
        clock.advance(max(timedelta(), order.next_at - clock()))
        order = await take_next_step(ctx, order)
    return order


async def work_until(ctx: AppContext, clock: ShiftedClock, order: Order, state: OrderState) -> Order:
    """Work on it until it is in `state`; the vendor takes real time to fulfil."""

    async def worked() -> Order | None:
        after = await work(ctx, clock, order)
        return after if after.state is state else None

    return await until(worked)


def sent(ctx: AppContext, clock: ShiftedClock, kind: OutboxKind) -> list[Mapping[str, Any]]:
    """Everything of this kind that the outbox would send, in order: payloads."""
    payloads = []
    while rows := saved(ctx).outbox.due(clock()):
        payloads += [row.payload for row in rows if row.kind == kind]
        mark_sent(ctx, rows)
    return payloads


def actions(ctx: AppContext, order: Order) -> list[str]:
    return [row.action for row in saved(ctx).audit.rows(order_id=order.id)]


def bought(back_office: BackOffice, order: Order) -> list[dict[str, Any]]:
    """What the vendor holds under the order's reference."""
    return [theirs for theirs in back_office.orders() if theirs["client_reference"] == order.client_reference]
