"""More cards than the vendor sells at once: parts that settle on their own, and one progress."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.matching import Kind as Finding
from bot.domain.orders import Order, OrderState
from bot.usecases.buy_in_parts import part_drafts
from bot.usecases.look_up_orders import order_file
from bot.usecases.match_purchases import match_purchases
from bot.usecases.notices import Kind
from tests.integration.bad_luck.careful_vendor_model import CarefulVendorModel
from tests.integration.bad_luck.test_lifecycle import step
from tests.integration.bad_luck.test_lifecycle_without_reference import LifecycleWithoutReference

S = OrderState


class SmallVendor(CarefulVendorModel):
    largest_order = 4  # type: ignore[assignment]  # where the other model knows no largest


class Life(LifecycleWithoutReference):
    a_vendor = SmallVendor

    def whole(self) -> Order:
        return self.orders()[0]

    def parts(self) -> list[Order]:
        return self.orders()[1:]

    def work_on(self, order: Order, place: str = "answers") -> Order:
        self.vendor.next_place = place
        assert order.next_at
        self.time = self.vendor.now = max(self.time, order.next_at)
        asyncio.run(step(self.desk, self.desk.store.orders.get(order.id)))
        return self.desk.store.orders.get(order.id)

    def told(self) -> list[tuple[str, Any]]:
        """Reference and event of every message to a requester so far."""
        rows = []
        while due := self.desk.store.outbox.due(self.time):
            with self.desk.transaction():
                for row in due:
                    self.desk.store.outbox.sent(row.id)
            rows += [row for row in due if row.kind == Kind.NOTICE]
        references = {order.id: order.client_reference for order in self.orders()}
        return [(references[row.order_id], row.payload["event"]) for row in rows if row.order_id]


@pytest.fixture
def life() -> Iterator[Life]:
    life = Life()
    life.open()
    life.vendor.has_pins = False
    life.approve(quantity=10)
    life.told()
    life.work_on(life.whole())
    yield life
    life.teardown()


def test_each_part_is_an_approved_order_and_together_they_cost_what_was_approved(life: Life) -> None:
    whole, parts = life.whole(), life.parts()

    assert whole.state is S.IN_PARTS
    assert [part.terms.quantity for part in parts] == [4, 4, 2]
    assert [part.client_reference for part in parts] == [f"{whole.client_reference}-{n}" for n in (1, 2, 3)]
    assert sum(part.charge.amount for part in parts) == whole.charge.amount
    approved_by = [{a.approver for a in life.desk.store.approvals.valid(order)} for order in (whole, *parts)]
    assert approved_by == [approved_by[0]] * 4
    assert life.vendor.sold == {}


def test_the_requester_sees_one_progress_and_at_the_end_every_code(life: Life) -> None:
    whole = life.whole()
    for part in life.parts():
        assert life.work_on(part).state is S.DELIVERED

    assert life.whole().state is S.DELIVERED
    assert life.told() == [
        (whole.client_reference, event) for event in ("partly_delivered", "partly_delivered", "delivered")
    ]
    assert life.desk.store.codes.count(whole.id) == 10
    assert len({v.card_number for v in life.desk.store.codes.of_order(whole.id)}) == 10
    assert [part.state for part in order_file(life.desk, whole).parts] == [S.DELIVERED] * 3


def test_a_part_whose_answer_is_lost_settles_on_its_own(life: Life) -> None:
    first, second, third = life.parts()
    life.work_on(first)

    second = life.work_on(second, place="lost after")
    assert second.state is S.UNSETTLED
    assert life.work_on(third).state is S.APPROVED  # it waits for its turn
    assert life.whole().state is S.IN_PARTS

    assert life.work_on(second).state is S.CODES_MISSING  # its codes were in the answer that was lost
    assert life.work_on(life.desk.store.orders.get(third.id)).state is S.DELIVERED
    assert life.whole().state is S.IN_PARTS
    assert life.desk.store.codes.count(life.whole().id) == 6


def test_a_part_that_is_refused_leaves_the_others_as_they_are_and_the_end_says_so(life: Life) -> None:
    first, second, third = life.parts()
    life.work_on(first)
    life.work_on(second)

    assert life.work_on(third, place="refused").state is S.REFUSED

    whole = life.whole()
    assert whole.state is S.DELIVERED_SHORT
    assert third.client_reference in str(whole.trouble)
    assert life.desk.store.codes.count(whole.id) == 8
    assert life.told()[-1] == (whole.client_reference, "delivered_short")


def test_when_no_part_is_bought_the_whole_is_refused(life: Life) -> None:
    for part in life.parts():
        life.work_on(part, place="refused")

    assert life.whole().state is S.REFUSED
    assert life.vendor.sold == {}


def test_a_part_whose_price_moved_goes_back_to_the_approvers_with_a_card_of_its_own(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = life.parts()
    life.work_on(first)
    monkeypatch.setattr("tests.integration.bad_luck.careful_vendor_model.PRICE", Decimal("12.00"))

    second = life.work_on(second)

    assert second.state is S.WAITING
    assert life.told()[-1] == (second.client_reference, "price_moved")
    assert life.whole().state is S.IN_PARTS


def test_the_books_agree_about_parts_and_not_about_the_whole(life: Life) -> None:
    for part in life.parts():
        life.work_on(part)
    life.time += timedelta(minutes=1)

    report = asyncio.run(match_purchases(life.desk, life.desk.provider("octopus")))
    assert report.findings == ()
    assert (report.orders_here, report.orders_there) == (3, 3)

    life.money_comes_in_or_goes_out(amount="500.00")
    life.somebody_buys_in_its_dashboard(charge="50.00")
    report = asyncio.run(match_purchases(life.desk, life.desk.provider("octopus")))
    assert {finding.kind for finding in report.findings} == {Finding.UNKNOWN_ORDER, Finding.BALANCE_ROSE}

    life.money_comes_in_or_goes_out(amount="-20.00")
    report = asyncio.run(match_purchases(life.desk, life.desk.provider("octopus")))
    assert "USD 20.00 left the account" in report.findings[0].says


def test_charges_of_parts_add_up_to_the_cent(life: Life) -> None:
    whole = life.whole()
    for largest in range(1, 11):
        drafts = list(part_drafts(whole, largest, life.time))
        assert sum(draft.terms.quantity for draft in drafts) == 10
        assert max(draft.terms.quantity for draft in drafts) <= largest
        assert sum(draft.charge.amount for draft in drafts) == whole.charge.amount
        assert sum(draft.discount.amount for draft in drafts) == whole.discount.amount
