"""What somebody tried who wanted money, codes or silence out of it, by the models of both kinds of vendor."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.policy import Policy
from bot.domain.vendor_orders import Purchase, VendorOrder
from bot.kinds.gift_card import GiftCardLine, Voucher
from bot.services.errors import StaleOrder
from bot.services.escalate_order import escalate_order
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.resolve_order import confirm_resolution, propose_resolution
from bot.services.reveal_codes import request_codes
from bot.services.vendor_events import look_again
from bot.vendors.contract import OutcomeUnknown
from store import StaleState
from tests.integration.resilience.test_lifecycle import Lifecycle, step
from tests.integration.resilience.test_lifecycle_without_reference import LifecycleWithoutReference
from tests.integration.resilience.test_split_orders import SplitOrderRun as TenCardSplitRun
from tests.integration.resilience.vendor_model import VendorModel
from tests.integration.resilience.vendor_model_without_reference import VendorModelWithoutReference
from tests.support.at_once import saved
from tests.support.every import assert_none
from tests.support.people import AGENT, LEAD, OTHER_LEAD

S = OrderState
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class SkewedVendor(VendorModelWithoutReference):
    """Its clock is an hour ahead of ours (or ours an hour behind)."""

    def commit(self, purchase: Purchase[GiftCardLine]) -> Any:
        reference = purchase.client_reference
        if reference in self.sold:  # a second purchase of the same order: count it, as the vendor would
            self.twice = True
            raise OutcomeUnknown("silence")
        sold = super().commit(purchase)
        self.sold_at[sold.number] = self.now + timedelta(hours=1)
        return sold


class SkewedRun(LifecycleWithoutReference):
    a_vendor = SkewedVendor


@pytest.fixture
def order_run() -> Iterator[LifecycleWithoutReference]:
    order_run = LifecycleWithoutReference()
    order_run.open()
    order_run.vendor.has_pins = False
    yield order_run
    order_run.teardown()


def the(order_run: Lifecycle, n: int = 0) -> Order:
    return order_run.orders()[n]


def work_on(order_run: Lifecycle, order: Order, place: str = "answers") -> Order:
    order = saved(order_run.ctx).orders.get(order.id)
    order_run.vendor.next_place = place
    assert order.next_at
    order_run.time = order_run.vendor.now = max(order_run.time, order.next_at) + timedelta(milliseconds=1)
    asyncio.run(step(order_run.ctx, order))
    return saved(order_run.ctx).orders.get(order.id)


def test_a_clock_that_differs_by_an_hour_does_not_buy_twice() -> None:
    order_run = SkewedRun()
    order_run.open()
    order_run.vendor.has_pins = False
    try:
        order_run.approve(quantity=2)
        order = work_on(order_run, the(order_run), place="lost after")
        assert order.state is S.OUTCOME_UNKNOWN
        for _ in range(30):
            if order.state is not S.OUTCOME_UNKNOWN:
                break
            order = work_on(order_run, order)
        if order.state is S.APPROVED:
            work_on(order_run, order)
        assert not getattr(order_run.vendor, "twice", False), "bought twice"
        assert order.state is not S.APPROVED
    finally:
        order_run.ctx.store.close()
        order_run.folder.cleanup()


def test_codes_of_a_dashboard_purchase_are_not_handed_out_for_an_order_surely_not_sent(
    order_run: LifecycleWithoutReference,
) -> None:
    order_run.approve(quantity=1)
    delivered = work_on(order_run, the(order_run))  # so that the product is known to come without PINs
    assert delivered.state is S.DELIVERED
    order_run.approve(quantity=5)
    order = work_on(
        order_run, the(order_run, 1), place="not sent"
    )  # 429, 401, no connection: surely not sent
    assert order.state is S.APPROVED
    order_run.somebody_buys_in_its_dashboard(charge="48.50")  # what ours would cost
    order = work_on(order_run, order)
    kept = saved(order_run.ctx).codes.of_order(order.id)
    assert Voucher("SOMEBODYELSES1") not in kept, f"{order.state}: {order.problem}"


def test_an_order_surely_not_sent_does_not_block_the_vendor_because_another_was_bought_meanwhile(
    order_run: LifecycleWithoutReference,
) -> None:
    order_run.approve(quantity=2)
    order_run.approve(quantity=3)
    first = work_on(order_run, the(order_run, 0), place="not sent")  # a 429
    assert first.state is S.APPROVED
    second = work_on(order_run, the(order_run, 1))
    assert second.state is S.DELIVERED
    first = work_on(order_run, first)
    assert first.state is S.DELIVERED, f"{first.state}: {first.problem}"


def test_a_proposal_made_before_the_latest_attempt_cannot_close_it(
    order_run: LifecycleWithoutReference,
) -> None:
    order_run.approve(quantity=2)
    order = work_on(order_run, the(order_run), place="lost before")
    proposal = asyncio.run(
        propose_resolution(order_run.ctx, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
    )
    while order.state is S.OUTCOME_UNKNOWN:
        order = work_on(order_run, order)
    assert order.state is S.APPROVED  # proven not created
    order = work_on(order_run, order, place="lost after")  # and this time it is bought
    assert order.state is S.OUTCOME_UNKNOWN
    assert order.client_reference in order_run.vendor.sold
    with pytest.raises(StaleOrder):
        asyncio.run(confirm_resolution(order_run.ctx, OTHER_LEAD, order.id, proposal.id))


def test_with_a_reference_too() -> None:
    order_run = Lifecycle()
    order_run.open()
    try:
        order_run.approve(quantity=2)
        order = work_on(order_run, the(order_run), place="lost before")
        proposal = asyncio.run(
            propose_resolution(order_run.ctx, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
        )
        order = work_on(order_run, order)
        order = work_on(order_run, order, place="lost after")  # asked again, and bought
        assert order.state is S.OUTCOME_UNKNOWN
        assert order.client_reference in order_run.vendor.sold
        with pytest.raises(StaleOrder):
            asyncio.run(confirm_resolution(order_run.ctx, OTHER_LEAD, order.id, proposal.id))
    finally:
        order_run.teardown()


def test_children_together_never_cost_more_than_the_policy_lets_an_order_cost() -> None:
    order_run = TenCardSplitRun()
    order_run.open()
    order_run.vendor.has_pins = False
    try:
        order_run.approve(quantity=10)  # 97.00 at this vendor
        order_run.ctx.policy = order_run.ctx.policy.model_validate(
            order_run.ctx.policy.model_dump() | {"limits": {"charge": {"USD": "50"}}}
        )
        for _ in range(6):
            for order in order_run.orders():
                if order.next_at and order.state is not S.PENDING_APPROVAL:
                    work_on(order_run, order)
        spent = sum(order_run.vendor.charge_of(sold.purchase) for sold in order_run.vendor.sold.values())
        assert spent <= 50, f"{spent} was spent for one order"
    finally:
        order_run.teardown()


def test_nothing_is_asked_for_again_at_a_vendor_that_is_forbidden_meanwhile() -> None:
    order_run = Lifecycle()
    order_run.open()
    try:
        order_run.approve(quantity=2)
        order = work_on(order_run, the(order_run), place="lost before")
        order_run.ctx.policy = Policy.model_validate(
            order_run.ctx.policy.model_dump() | {"vendors": {"forbidden": ["octopus"]}}
        )
        for _ in range(4):
            if order.next_at:
                order = work_on(order_run, order)
        assert order_run.vendor.sold == {}, "bought at a forbidden vendor"
    finally:
        order_run.teardown()


def test_nothing_is_asked_for_again_above_a_limit_lowered_meanwhile() -> None:
    order_run = Lifecycle()
    order_run.open()
    try:
        order_run.approve(quantity=8)
        order = work_on(order_run, the(order_run), place="lost before")
        order_run.ctx.policy = Policy.model_validate(
            order_run.ctx.policy.model_dump() | {"limits": {"charge": {"USD": "10"}}}
        )
        for _ in range(4):
            if order.next_at:
                order = work_on(order_run, order)
        assert order_run.vendor.sold == {}
    finally:
        order_run.teardown()


class SmallVendorWithReferences(VendorModel):
    max_order_quantity = 4  # type: ignore[assignment]  # where the other model knows no largest


class PartsByReference(Lifecycle):
    a_vendor = SmallVendorWithReferences


def test_a_child_is_not_asked_for_again_when_its_parent_would_cost_more_than_a_limit_lowered_meanwhile() -> (
    None
):
    order_run = PartsByReference()
    order_run.open()
    try:
        order_run.approve(quantity=10)  # 97.00 at this vendor, 19.40 of it the last child
        work_on(order_run, the(order_run))
        _, *children = order_run.orders()
        for child, place in zip(children, ["answers", "answers", "lost before"], strict=True):
            work_on(order_run, child, place=place)
        order_run.ctx.policy = Policy.model_validate(
            order_run.ctx.policy.model_dump() | {"limits": {"charge": {"USD": "60"}}}
        )
        for _ in range(4):
            last = saved(order_run.ctx).orders.get(children[-1].id)
            if last.next_at:
                work_on(order_run, last)
        assert children[-1].client_reference not in order_run.vendor.sold
        assert len(order_run.vendor.sold) == 2
    finally:
        order_run.teardown()


def test_an_approver_cannot_approve_an_order_at_a_forbidden_vendor(
    order_run: LifecycleWithoutReference,
) -> None:
    order_run.ctx.policy = Policy.model_validate(
        order_run.ctx.policy.model_dump() | {"vendors": {"forbidden": ["octopus"]}}
    )
    with pytest.raises(StaleOrder, match="can only be declined"):
        order_run.approve(quantity=1)


def match(order_run: LifecycleWithoutReference) -> list[str]:
    order_run.time += timedelta(minutes=1)
    report = asyncio.run(reconcile_purchases(order_run.ctx, order_run.ctx.vendor("octopus")))
    return [f"{f.kind.value}: {f.message}" for f in report.findings]


def test_a_purchase_in_flight_is_no_finding(order_run: LifecycleWithoutReference) -> None:
    order_run.approve(quantity=2)
    assert match(order_run) == []
    order = work_on(order_run, the(order_run), place="lost after")
    assert order.state is S.OUTCOME_UNKNOWN
    assert match(order_run) == []


def test_a_vendor_that_debits_at_fulfilment_is_no_finding(order_run: LifecycleWithoutReference) -> None:
    order_run.approve(quantity=8)  # codes later
    assert match(order_run) == []
    order = work_on(order_run, the(order_run))
    assert order.state is S.PURCHASED
    order_run.vendor.balance += Decimal("77.60")  # not debited yet
    first = match(order_run)
    order_run.vendor.balance -= Decimal("77.60")
    assert (first, match(order_run)) == ([], [])


def test_what_people_closed_as_paid_is_not_told_every_day(order_run: LifecycleWithoutReference) -> None:
    order_run.approve(quantity=2)
    order_run.money_comes_in_or_goes_out(amount="500.00")
    order = work_on(order_run, the(order_run), place="lost after")
    order_run.money_comes_in_or_goes_out(amount="500.00")
    order_run.somebody_buys_in_its_dashboard(charge="19.40")
    note = "the dashboard shows when it was made"
    proposal = asyncio.run(
        propose_resolution(order_run.ctx, LEAD, order.id, S.RESOLVED, note, vendor_order_id="1")
    )
    order_run.time += timedelta(seconds=1)
    asyncio.run(confirm_resolution(order_run.ctx, OTHER_LEAD, order.id, proposal.id))
    found = match(order_run)
    assert_none(found, lambda says: order.client_reference in says)
    assert_none(found, lambda says: "order 1 " in says)


def test_a_vendor_that_comes_to_an_old_database_brings_no_old_unknown_orders() -> None:
    order_run = LifecycleWithoutReference()
    order_run.open()
    try:
        order_run.approve(quantity=2)  # a year of orders with the other vendor
        order_run.somebody_buys_in_its_dashboard(charge="50.00")  # at the new one, before it was set up
        order_run.vendor.name = "newcomer"
        newcomer: Any = order_run.vendor
        order_run.ctx.vendors = {"octopus": newcomer, "newcomer": newcomer}
        order_run.time = order_run.vendor.now = order_run.time + timedelta(days=365)
        report = asyncio.run(reconcile_purchases(order_run.ctx, newcomer))
        assert report.findings == ()
    finally:
        order_run.teardown()


def test_a_child_of_an_order_approved_hours_later_is_not_overdue_at_once() -> None:
    order_run = TenCardSplitRun()
    order_run.open()
    try:
        order_run.approve(quantity=10)
        order_run.time = order_run.vendor.now = order_run.time + timedelta(hours=5)
        work_on(order_run, order_run.orders()[0])
        assert order_run.orders()[1:]
        assert saved(order_run.ctx).orders.escalations_due(order_run.time) == []
    finally:
        order_run.teardown()


def test_what_was_set_aside_for_a_resolved_child_is_reached_from_its_parent() -> None:
    order_run = TenCardSplitRun()
    order_run.open()
    order_run.vendor.has_pins = True
    try:
        order_run.approve(quantity=5)  # 4 + 1
        work_on(order_run, order_run.orders()[0])
        for child in order_run.orders()[1:]:
            settled = work_on(order_run, child, place="lost after")
            settled = work_on(order_run, settled)
            assert settled.state is S.CODES_UNAVAILABLE, settled.state
            proposal = asyncio.run(
                propose_resolution(order_run.ctx, LEAD, child.id, S.RESOLVED, "no PINs, says support")
            )
            order_run.time += timedelta(seconds=1)
            asyncio.run(confirm_resolution(order_run.ctx, OTHER_LEAD, child.id, proposal.id))
        parent = order_run.orders()[0]
        assert parent.state is S.PARTIALLY_FULFILLED
        told = [
            row.payload["event"]
            for row in saved(order_run.ctx).outbox.due(order_run.time, limit=1000)
            if row.kind == OutboxKind.NOTIFICATION
        ]
        assert told
        asyncio.run(request_codes(order_run.ctx, AGENT, parent.id))  # raises NoCodes: "was not bought"
    finally:
        order_run.teardown()


def test_looking_at_once_again_and_again_does_not_make_a_refusal_believable() -> None:
    """`giftcard recover REF` six times in a row, or six webhooks: the two minutes shrink to a second."""
    order_run = Lifecycle()
    order_run.open()
    try:
        order_run.approve(quantity=2)
        order = work_on(order_run, the(order_run), place="late")
        began = order_run.time
        for _ in range(12):
            if order.state is not S.OUTCOME_UNKNOWN:
                break
            asyncio.run(look_again(order_run.ctx, order.id))
            order = work_on(order_run, order, place="refused")
        waited = order_run.time - began
        assert not (order.state is S.REFUSED and waited < timedelta(seconds=60)), waited
    finally:
        order_run.teardown()


def test_buying_anew_works_while_others_wait_for_their_turn(order_run: LifecycleWithoutReference) -> None:
    """As the worker does it: the longest overdue first."""
    order_run.approve(quantity=2)
    order_run.approve(quantity=3)
    work_on(order_run, the(order_run, 0), place="lost before")
    for _ in range(2000):
        due = saved(order_run.ctx).orders.due(list(S), order_run.time)
        if not due:
            order_run.time = order_run.vendor.now = min(o.next_at for o in order_run.orders() if o.next_at)
            continue
        for order in due:
            asyncio.run(step(order_run.ctx, saved(order_run.ctx).orders.get(order.id)))
        if {o.state for o in order_run.orders()} == {S.DELIVERED}:
            break
        if "Compare with the vendor" in str(problem_line(the(order_run, 0))):
            break
    assert [o.state for o in order_run.orders()] == [S.DELIVERED, S.DELIVERED], the(order_run, 0).problem


def test_people_hear_at_once_that_it_is_left_to_them_although_they_heard_of_it_before(
    order_run: LifecycleWithoutReference,
) -> None:
    order_run.approve(quantity=2)
    order = work_on(order_run, the(order_run), place="lost before")
    for _ in range(60):  # the vendor is silent for hours, and the channel is told of that
        order_run.vendor.next_read = "silence"
        order = saved(order_run.ctx).orders.get(order.id)
        assert order.next_at
        order_run.time = order_run.vendor.now = max(order_run.time, order.next_at) + timedelta(milliseconds=1)
        asyncio.run(step(order_run.ctx, order))
        asyncio.run(escalate_order(order_run.ctx, order.id))
    order_run.vendor.balance -= Decimal("20.00")
    order = work_on(order_run, order)
    assert "Compare with the vendor" in str(problem_line(order))
    assert order.escalate_at
    assert order.escalate_at - order_run.time < timedelta(minutes=5), order.escalate_at - order_run.time


def test_what_is_found_while_it_is_closed_as_not_bought_keeps_its_number(
    order_run: LifecycleWithoutReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_run.approve(quantity=1)
    work_on(order_run, the(order_run))
    order_run.approve(quantity=2)
    order = work_on(order_run, the(order_run, 1), place="lost after")
    proposal = asyncio.run(
        propose_resolution(order_run.ctx, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
    )
    real = order_run.vendor.fetch

    async def fetch(number: str) -> VendorOrder:
        vendor_order = await real(number)
        await confirm_resolution(order_run.ctx, OTHER_LEAD, order.id, proposal.id)
        return vendor_order

    monkeypatch.setattr(order_run.vendor, "fetch", fetch)
    with pytest.raises(StaleState):
        work_on(order_run, order)
    order = saved(order_run.ctx).orders.get(order.id)
    found = match(order_run)
    assert saved(order_run.ctx).codes.count(order.id) == 0 or order.vendor_order_id, (order.state, found)


def test_a_backup_put_back_does_not_buy_what_was_bought_since() -> None:
    """docs/operations.md: "to return to an older version, restore the backup"."""
    order_run = SkewedRun()
    order_run.open()
    order_run.vendor.has_pins = False
    try:
        order_run.approve(quantity=2)
        file = Path(order_run.folder.name) / "giftcard.sqlite3"
        order_run.ctx.store.close()
        shutil.copy(file, file.with_suffix(".backup"))
        order_run.open_database()
        assert work_on(order_run, the(order_run)).state is S.DELIVERED
        order_run.ctx.store.close()
        for side in ("-wal", "-shm"):
            Path(f"{file}{side}").unlink(missing_ok=True)
        shutil.copy(file.with_suffix(".backup"), file)
        order_run.open_database()
        work_on(order_run, the(order_run))
        assert not getattr(order_run.vendor, "twice", False), "bought twice"
    finally:
        order_run.ctx.store.close()
        order_run.folder.cleanup()
