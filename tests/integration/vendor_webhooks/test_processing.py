"""What an event sets off: the order is read at once, wallets are read anew; nothing is believed unread."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.domain.lifecycle import OrderState
from bot.services.show_balance import last_known_balances
from bot.services.vendor_events import requeue_after_event
from bot.workers.orders import order_worker
from handlers.views.home import home
from tests.integration.vendor_webhooks.conftest import Receiver, event_body
from tests.support.at_once import at_once, saved, write
from tests.support.back_office import BackOffice
from tests.support.order_moves import change_order
from tests.support.orders import actions, approved, ask, bought, work, work_until
from tests.support.waiting import until


def number_of(order) -> int:
    assert order.vendor_order_id
    return int(order.vendor_order_id)


def is_due(receiver: Receiver, order_id) -> bool:
    next_at = saved(receiver.ctx).orders.get(order_id).next_at
    return next_at is not None and next_at <= receiver.clock()


@pytest.mark.contract("13.3a")
async def test_an_order_that_is_delivered_is_read_at_once_instead_of_at_its_turn(
    receiver: Receiver, ctx, clock
) -> None:
    order = await work(ctx, clock, await approved(ctx, 8))
    assert order.state is OrderState.PURCHASED
    write(ctx, lambda tx: change_order(tx, order.id, next_at=clock() + timedelta(hours=1)))

    await until(lambda: is_due(receiver, order.id))

    assert "order.delivered" in receiver.kinds(order)
    assert (await work(ctx, clock, order)).state is OrderState.DELIVERED


@pytest.mark.contract("7.1b", "13.5c", "G9")
async def test_without_any_event_polling_does_the_same_job(
    receiver: Receiver, ctx, clock, back_office: BackOffice
) -> None:
    back_office.arm("webhook-lost", method="*", path="*", times=0)
    order = await work_until(ctx, clock, await approved(ctx, 8), OrderState.DELIVERED)
    assert saved(ctx).codes.count(order.id) == 8
    assert receiver.kinds(order) == []


@pytest.mark.contract("13.5b")
async def test_an_event_sent_twice_is_one(receiver: Receiver, ctx, clock, back_office: BackOffice) -> None:
    back_office.arm("webhook-duplicate", method="*", path="order.*")
    order = await work(ctx, clock, await approved(ctx, 2))

    await until(lambda: receiver.kinds(order))

    assert receiver.kinds(order) == ["order.delivered"]


@pytest.mark.contract("13.5b", "8a")
async def test_events_that_come_late_or_in_the_wrong_order_never_move_an_order_back(
    receiver: Receiver, ctx, clock
) -> None:
    order = await work(ctx, clock, await approved(ctx, 2))
    before = actions(ctx, order)

    for number, kind in enumerate(["order.failed", "order.partially_delivered", "order.cancelled"]):
        await receiver.send(event_body(f"evt_late_{number}", kind, id=number_of(order)))
    await until(lambda: not saved(ctx).events.unhandled())

    assert saved(ctx).orders.get(order.id) == order
    assert actions(ctx, order) == before


async def test_an_event_about_an_order_of_unknown_outcome_has_it_looked_up_by_our_reference(
    receiver: Receiver, ctx, clock, back_office: BackOffice
) -> None:
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx, 2))
    assert (order.state, order.vendor_order_id) == (OrderState.OUTCOME_UNKNOWN, None)
    write(ctx, lambda tx: change_order(tx, order.id, next_at=clock() + timedelta(hours=1)))

    await until(lambda: is_due(receiver, order.id))

    order = await work(ctx, clock, order)
    assert order.vendor_order_id == str(bought(back_office, order)[0]["id"])


async def test_an_event_cannot_have_a_request_bought_that_nobody_approved(
    receiver: Receiver, ctx, back_office: BackOffice
) -> None:
    order = await ask(ctx)
    await receiver.send(event_body(reference_code=order.client_reference))
    await until(lambda: not saved(ctx).events.unhandled())
    assert saved(ctx).orders.get(order.id) == order
    assert bought(back_office, order) == []


async def test_an_event_about_somebody_elses_order_does_nothing(receiver: Receiver, ctx) -> None:
    assert await receiver.send(event_body(id=999_999, reference_code="NOT-OURS")) == 204
    await until(lambda: not saved(ctx).events.unhandled())


async def test_news_that_came_while_the_order_was_being_read_have_it_read_again(
    receiver: Receiver, ctx, clock, back_office: BackOffice
) -> None:
    back_office.arm("webhook-lost", method="*", path="*", times=0)
    order = await work(ctx, clock, await approved(ctx, 8))
    began = clock()
    await receiver.send(event_body(id=number_of(order)))
    await until(lambda: not saved(ctx).events.unhandled())
    write(ctx, lambda tx: change_order(tx, order.id, next_at=clock() + timedelta(hours=1)))

    await requeue_after_event(ctx, order.id, since=began)

    assert is_due(receiver, order.id)


@pytest.mark.contract("13.3a")
async def test_a_purchase_shows_in_the_last_known_balance_by_its_wallet_event(
    receiver: Receiver, ctx, clock, back_office: BackOffice
) -> None:
    order = await work(ctx, clock, await approved(ctx, 2))

    def shown() -> Decimal | None:
        known = at_once(last_known_balances(ctx)).get("Octopus Cards", [])
        wallets = {wallet.wallet_id: wallet.balance.amount for wallet, _ in known}
        return wallets.get(order.terms.wallet_id)

    await until(lambda: shown() == order.balance_after.amount)

    back_office.set_wallet(order.terms.wallet_id, "12.34")
    await until(lambda: shown() == Decimal("12.34"))
    tab = home(
        [],
        None,
        may_request=True,
        approvals_channel="C1",
        environment="sandbox",
        balances=await last_known_balances(ctx),
    )
    assert "USD 12.34" in str(tab)


async def test_the_running_worker_delivers_soon_after_the_event(receiver: Receiver, ctx, clock) -> None:
    order = await work(ctx, clock, await approved(ctx, 8))
    write(ctx, lambda tx: change_order(tx, order.id, next_at=clock() + timedelta(hours=1)))
    worker = order_worker(ctx, "octopus")
    heed_events = ctx.runtime.wake

    def wake() -> None:
        heed_events()
        worker.wake_event.set()

    ctx.runtime.wake = wake
    running = asyncio.create_task(worker.run())
    await until(lambda: saved(ctx).orders.get(order.id).state is OrderState.DELIVERED)
    running.cancel()
    await worker.stop(2)
