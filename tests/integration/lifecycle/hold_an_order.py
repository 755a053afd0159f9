"""Runs in a copy of the project that has one more state: what everybody makes of an order that is in it."""

import asyncio
import sys
from pathlib import Path

from bot.domain.lifecycle import (
    AWAITING_DECISION,
    BEING_BOUGHT,
    FINAL,
    OPEN,
    STATES,
    UNSPENT,
    Cause,
    OrderState,
)
from bot.domain.orders import OrderId
from bot.domain.reconciliation import reconcile
from bot.domain.reconciliation.records import LocalOrder
from bot.services.order_queries import order_details
from bot.services.purchase.apply import commit
from bot.workers.orders import STEPS
from handlers.views.approval_card import approval_card
from handlers.views.orders import own_orders
from tests.integration.lifecycle.table_check import draft, opened
from tests.support.clock import StoppedClock
from tests.support.disk import audit_log_is_intact
from tests.support.order_moves import add_order
from tests.support.people import AGENT

HELD = OrderState("on_hold")


async def main(folder: Path) -> None:
    assert HELD in OPEN & UNSPENT & BEING_BOUGHT
    assert HELD not in FINAL | AWAITING_DECISION
    assert STATES[HELD].step in STEPS
    clock = StoppedClock()
    ctx = opened(folder, clock)
    new = draft(clock)
    order = await ctx.write(
        lambda tx: add_order(tx, new, request_key="view-1", actor=AGENT.id, state=OrderState.APPROVED)
    )
    order = await commit(ctx, order, Cause.NEWS)
    assert order.state is HELD
    assert order.escalate_at is not None
    due = await ctx.read(lambda tx: tx.orders.due(OPEN, clock()))
    assert [each.id for each in due] == [OrderId(order.id)]
    details = await order_details(ctx, order)
    sys.stdout.write(f"{own_orders([details]).text}\n{approval_card(details).text}\n")
    found = reconcile([LocalOrder(order, 0, False)], [], [], since=new.requested_at, as_of=clock()).findings
    assert found == (), found
    order = await commit(ctx, order, Cause.NEWS)
    assert order.state is OrderState.APPROVED
    assert (await commit(ctx, order, Cause.NEWS)).state is HELD
    assert audit_log_is_intact(ctx)
    ctx.store.close()


asyncio.run(main(Path(sys.argv[1])))
