"""The same lifecycle with a vendor that takes no reference, whose account others use as well."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from unittest.mock import Mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.services.problem_text import problem_line
from tests.integration.resilience.test_lifecycle import Lifecycle, step
from tests.integration.resilience.vendor_model import Killed
from tests.integration.resilience.vendor_model_without_reference import VendorModelWithoutReference
from tests.support.at_once import saved
from tests.support.terms import vouchers

UNDER_WAY = {OrderState.SUBMITTING, OrderState.OUTCOME_UNKNOWN}


class LifecycleWithoutReference(Lifecycle):
    a_vendor = VendorModelWithoutReference
    vendor: VendorModelWithoutReference

    @rule(pins=st.booleans())
    def its_cards_have_pins(self, pins: bool) -> None:
        if not self.vendor.sold:  # one product: its cards are alike
            self.vendor.has_pins = pins

    @rule(charge=st.sampled_from(["50.00", "333.33"]))
    def somebody_buys_in_its_dashboard(self, charge: str) -> None:
        self.vendor.buy_elsewhere(Decimal(charge))

    @rule(amount=st.sampled_from(["-20.00", "9.70", "500.00"]))
    def money_comes_in_or_goes_out(self, amount: str) -> None:
        self.vendor.balance += Decimal(amount)

    @invariant()
    def every_clear_code_we_were_given_is_on_disk(self) -> None:
        if not hasattr(self, "ctx"):
            return
        for order in self.orders():
            kept = {v.card_number for v in vouchers(saved(self.ctx).codes.of_order(order.id))}
            shown = {card for reference, card in self.vendor.shown if reference == order.client_reference}
            assert shown <= kept
            sold = self.vendor.sold.get(order.client_reference)
            assert kept <= {v.card_number for v in sold.deliverables} if sold else not kept
            if order.state is OrderState.DELIVERED:
                assert sold is not None
                assert saved(self.ctx).codes.of_order(order.id) == list(sold.deliverables)

    @invariant()
    def one_purchase_at_a_time_may_be_reaching_it(self) -> None:
        if hasattr(self, "ctx"):
            assert len([order for order in self.orders() if order.state in UNDER_WAY]) <= 1


TestLifecycleWithoutReference = LifecycleWithoutReference.TestCase
TestLifecycleWithoutReference.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)


@contextmanager
def a_life() -> Iterator[LifecycleWithoutReference]:
    life = LifecycleWithoutReference()
    life.open()
    life.vendor.has_pins = False
    try:
        yield life
    finally:
        life.teardown()


def work(life: LifecycleWithoutReference, times: int = 1, place: str = "answers") -> Order:
    for _ in range(times):
        life.work(pick=0, place=place, read="answers")
    (order,) = life.orders()
    return order


def test_what_nobody_answered_is_not_asked_for_again_while_it_may_still_arrive():
    with a_life() as life:
        life.approve(quantity=2)
        assert work(life, 6, place="late").state is OrderState.OUTCOME_UNKNOWN
        life.time = life.vendor.now = life.vendor.in_flight[0][0] + timedelta(seconds=59)

        life.vendor.late_arrivals()

        assert (
            work(life).state is OrderState.CODES_UNAVAILABLE
        )  # the codes were in the answer that never came
        assert len(life.vendor.sold) == 1


def test_what_is_not_listed_and_cost_nothing_for_the_whole_grace_is_bought_anew():
    with a_life() as life:
        life.approve(quantity=2)
        order = work(life, place="lost before")
        while order.state is OrderState.OUTCOME_UNKNOWN:
            order = work(life)
        waited = life.time - order.requested_at

        assert order.state is OrderState.APPROVED
        assert waited >= timedelta(minutes=15)
        assert work(life).state is OrderState.DELIVERED
        actions = [row.action for row in saved(life.ctx).audit.rows(order_id=order.id)]
        assert actions[-4:] == ["outcome_unknown", "proven_not_created", "purchase_intended", "delivered"]


def test_what_arrives_after_the_grace_and_before_it_is_bought_anew_is_taken_as_it_is():
    with a_life() as life:
        life.approve(quantity=2)
        order = work(life, place="late")
        ((sent_at, purchase),) = life.vendor.in_flight
        while order.state is OrderState.OUTCOME_UNKNOWN:
            order = work(life)
        assert order.state is OrderState.APPROVED

        life.vendor.in_flight = [(life.vendor.now, purchase)]
        life.vendor.late_arrivals()

        assert work(life).state is OrderState.CODES_UNAVAILABLE  # its codes went to nobody
        assert sent_at < life.time - timedelta(minutes=15)
        assert len(life.vendor.sold) == 1


def test_money_that_no_order_explains_is_left_to_people_and_nothing_else_is_bought_meanwhile():
    with a_life() as life:
        life.approve(quantity=2)
        work(life, place="lost before")
        life.money_comes_in_or_goes_out(amount="-20.00")
        order = work(life, 12)

        assert order.state is OrderState.OUTCOME_UNKNOWN
        assert "USD 20.00 left the account" in str(problem_line(order))
        assert order.escalate_at is not None
        assert order.escalate_at <= life.time
        life.approve(quantity=1)
        life.time += timedelta(hours=1)
        for each in life.due():
            asyncio.run(step(life.ctx, each))
        waiting = life.orders()[1]
        assert waiting.state is OrderState.APPROVED
        assert order.client_reference in str(problem_line(waiting))
        assert life.vendor.sold == {}


def test_a_purchase_cut_off_before_the_account_was_looked_at_was_surely_never_sent():
    with a_life() as life:
        life.approve(quantity=2)
        life.work(pick=0, place="answers", read="killed")

        (order,) = life.orders()
        assert order.state is OrderState.OUTCOME_UNKNOWN
        assert work(life).state is OrderState.APPROVED
        assert "proven_not_sent" in [row.action for row in saved(life.ctx).audit.rows(order_id=order.id)]
        assert work(life).state is OrderState.DELIVERED


def test_cards_that_are_read_again_without_their_pins_are_no_other_cards(monkeypatch):
    with a_life() as life:
        life.vendor.has_pins = True
        life.approve(quantity=2)
        with monkeypatch.context() as kill:
            kill.setattr("bot.services.purchase.record.read_vendor_order", Mock(side_effect=Killed))
            assert work(life).state is OrderState.OUTCOME_UNKNOWN  # adopted after the restart

        order = work(life)

        assert order.state is OrderState.DELIVERED
        (sold,) = life.vendor.sold.values()
        assert saved(life.ctx).codes.of_order(order.id) == list(sold.deliverables)
