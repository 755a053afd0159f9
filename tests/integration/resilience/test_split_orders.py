"""More cards than the vendor sells at once: children that are bought on their own, and one progress."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.reconciliation import FindingKind as Finding
from bot.services.notifications import OutboxKind
from bot.services.order_queries import order_details
from bot.services.problem_text import problem_line
from bot.services.purchase.split import child_drafts
from bot.services.reconcile_purchases import reconcile_purchases
from tests.integration.resilience.test_lifecycle import step
from tests.integration.resilience.test_lifecycle_without_reference import LifecycleWithoutReference
from tests.integration.resilience.vendor_model_without_reference import VendorModelWithoutReference
from tests.support.at_once import saved
from tests.support.disk import mark_sent
from tests.support.terms import vouchers

S = OrderState


class SmallVendor(VendorModelWithoutReference):
    max_order_quantity = 4  # type: ignore[assignment]  # where the other model knows no largest


class SplitOrderRun(LifecycleWithoutReference):
    a_vendor = SmallVendor

    def parent(self) -> Order:
        return self.orders()[0]

    def children(self) -> list[Order]:
        return self.orders()[1:]

    def work_on(self, order: Order, place: str = "answers") -> Order:
        self.vendor.next_place = place
        assert order.next_at
        self.time = self.vendor.now = max(self.time, order.next_at)
        asyncio.run(step(self.ctx, saved(self.ctx).orders.get(order.id)))
        return saved(self.ctx).orders.get(order.id)

    def told(self) -> list[tuple[str, Any]]:
        """Reference and event of every message to a requester so far."""
        rows = []
        while due := saved(self.ctx).outbox.due(self.time):
            mark_sent(self.ctx, due)
            rows += [row for row in due if row.kind == OutboxKind.NOTIFICATION]
        references = {order.id: order.client_reference for order in self.orders()}
        return [(references[row.order_id], row.payload["event"]) for row in rows if row.order_id]


@pytest.fixture
def order_run() -> Iterator[SplitOrderRun]:
    order_run = SplitOrderRun()
    order_run.open()
    order_run.vendor.has_pins = False
    order_run.approve(quantity=10)
    order_run.told()
    order_run.work_on(order_run.parent())
    yield order_run
    order_run.teardown()


def test_each_child_is_an_approved_order_and_together_they_cost_what_was_approved(
    order_run: SplitOrderRun,
) -> None:
    parent, children = order_run.parent(), order_run.children()

    assert parent.state is S.SPLIT
    assert [child.terms.line.units for child in children] == [4, 4, 2]
    assert [child.client_reference for child in children] == [
        f"{parent.client_reference}-{n}" for n in (1, 2, 3)
    ]
    assert sum(child.charge.amount for child in children) == parent.charge.amount
    approved_by = [
        {a.approver for a in saved(order_run.ctx).approvals.valid(order)} for order in (parent, *children)
    ]
    assert approved_by == [approved_by[0]] * 4
    assert order_run.vendor.sold == {}


def test_the_requester_sees_one_progress_and_at_the_end_every_code(order_run: SplitOrderRun) -> None:
    parent = order_run.parent()
    for child in order_run.children():
        assert order_run.work_on(child).state is S.DELIVERED

    assert order_run.parent().state is S.DELIVERED
    assert order_run.told() == [
        (parent.client_reference, event)
        for event in ("partially_delivered", "partially_delivered", "delivered")
    ]
    assert saved(order_run.ctx).codes.count(parent.id) == 10
    assert len({v.card_number for v in vouchers(saved(order_run.ctx).codes.of_order(parent.id))}) == 10
    assert [child.state for child in (asyncio.run(order_details(order_run.ctx, parent))).children] == [
        S.DELIVERED
    ] * 3


def test_a_child_whose_answer_is_lost_is_recovered_on_its_own(order_run: SplitOrderRun) -> None:
    first, second, third = order_run.children()
    order_run.work_on(first)

    second = order_run.work_on(second, place="lost after")
    assert second.state is S.OUTCOME_UNKNOWN
    assert order_run.work_on(third).state is S.APPROVED  # it waits for its turn
    assert order_run.parent().state is S.SPLIT

    assert (
        order_run.work_on(second).state is S.CODES_UNAVAILABLE
    )  # its codes were in the answer that was lost
    assert order_run.work_on(saved(order_run.ctx).orders.get(third.id)).state is S.DELIVERED
    assert order_run.parent().state is S.SPLIT
    assert saved(order_run.ctx).codes.count(order_run.parent().id) == 6


def test_a_child_that_is_refused_leaves_the_others_as_they_are_and_the_end_says_so(
    order_run: SplitOrderRun,
) -> None:
    first, second, third = order_run.children()
    order_run.work_on(first)
    order_run.work_on(second)

    assert order_run.work_on(third, place="refused").state is S.REFUSED

    parent = order_run.parent()
    assert parent.state is S.PARTIALLY_FULFILLED
    assert third.client_reference in str(problem_line(parent))
    assert saved(order_run.ctx).codes.count(parent.id) == 8
    assert order_run.told()[-1] == (parent.client_reference, "partially_fulfilled")


def test_when_no_child_is_bought_the_parent_is_refused(order_run: SplitOrderRun) -> None:
    for child in order_run.children():
        order_run.work_on(child, place="refused")

    assert order_run.parent().state is S.REFUSED
    assert order_run.vendor.sold == {}


def test_a_child_whose_price_moved_goes_back_to_the_approvers_with_a_card_of_its_own(
    order_run: SplitOrderRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = order_run.children()
    order_run.work_on(first)
    monkeypatch.setattr("tests.integration.resilience.vendor_model_without_reference.PRICE", Decimal("12.00"))

    second = order_run.work_on(second)

    assert second.state is S.PENDING_APPROVAL
    assert order_run.told()[-1] == (second.client_reference, "price_moved")
    assert order_run.parent().state is S.SPLIT


def test_children_are_reconciled_and_their_parent_is_not(order_run: SplitOrderRun) -> None:
    for child in order_run.children():
        order_run.work_on(child)
    order_run.time += timedelta(minutes=1)

    report = asyncio.run(reconcile_purchases(order_run.ctx, order_run.ctx.vendor("octopus")))
    assert report.findings == ()
    assert (report.orders_here, report.orders_there) == (3, 3)

    order_run.money_comes_in_or_goes_out(amount="500.00")
    order_run.somebody_buys_in_its_dashboard(charge="50.00")
    report = asyncio.run(reconcile_purchases(order_run.ctx, order_run.ctx.vendor("octopus")))
    assert {finding.kind for finding in report.findings} == {Finding.UNKNOWN_ORDER, Finding.BALANCE_ROSE}

    order_run.money_comes_in_or_goes_out(amount="-20.00")
    report = asyncio.run(reconcile_purchases(order_run.ctx, order_run.ctx.vendor("octopus")))
    assert "USD 20.00 left the account" in report.findings[0].message


def test_charges_of_children_add_up_to_the_cent(order_run: SplitOrderRun) -> None:
    parent = order_run.parent()
    for largest in range(1, 11):
        drafts = list(child_drafts(parent, largest, order_run.time))
        assert sum(draft.terms.line.units for draft in drafts) == 10
        assert max(draft.terms.line.units for draft in drafts) <= largest
        assert sum(draft.charge.amount for draft in drafts) == parent.charge.amount
        assert sum(draft.discount.amount for draft in drafts) == parent.discount.amount
