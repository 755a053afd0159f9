"""What is asked of the vendor again after an unknown outcome, and what is left to people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.orders import OrderState
from bot.domain.people import Component
from bot.domain.policy import Policy
from bot.operator.deeds import match_books, settle
from bot.providers.contract import ProviderError, Purchase
from bot.usecases.notices import Kind
from bot.usecases.raise_alarm import raise_alarm
from bot.usecases.rejections import NotFound, TooLate
from bot.usecases.settle_now import settle_alone
from tests.integration.purchase.conftest import actions, approved, ask, bought, sent, work, work_until


async def lost(desk, clock, office, quantity=2, fault="drop-before"):
    """An approved order whose purchase went out and was never answered; by default it never arrived."""
    office.arm(fault)
    order = await work(desk, clock, await approved(desk, quantity))
    assert order.state is OrderState.UNSETTLED
    return order


async def test_a_price_that_rose_meanwhile_is_not_paid_and_people_see_both_figures(desk, clock, office):
    order = await lost(desk, clock, office)
    office.change_product(order.terms.product_id, discount=0)

    order = await work(desk, clock, order, steps=5)

    assert order.state is OrderState.UNSETTLED
    assert bought(office, order) == []
    assert str(order.charge) in str(order.trouble)
    assert str(order.face_value) in str(order.trouble)  # without a discount, that is what it costs now
    assert actions(desk, order).count("not_asked_again") == 1
    await raise_alarm(desk, order.id)
    assert sent(desk, clock, Kind.ALARM) == [{"event": "unsettled"}]


async def test_when_the_price_is_back_it_is_bought_as_approved(desk, clock, office):
    order = await lost(desk, clock, office)
    office.change_product(order.terms.product_id, discount=0)
    order = await work(desk, clock, order, steps=3)
    office.change_product(order.terms.product_id, discount=4)

    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


async def test_a_purchase_that_landed_before_the_price_rose_is_taken_as_it_is(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    order = await lost(desk, clock, office, fault="drop-after")
    office.change_product(order.terms.product_id, discount=0)

    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


async def test_with_too_few_approvals_for_todays_policy_nothing_is_asked_again(desk, clock, office):
    order = await lost(desk, clock, office)
    stricter = {"approvers": {"groups": ["S0LEADS"], "needed": 2}}
    desk.policy = Policy.model_validate(desk.policy.model_dump(exclude={"approvers"}) | stricter)

    order = await work(desk, clock, order, steps=4)

    assert order.state is OrderState.UNSETTLED
    assert "too few approvals" in str(order.trouble)
    assert bought(office, order) == []


async def test_a_product_that_is_gone_is_not_asked_for_again(desk, clock, office):
    order = await lost(desk, clock, office)
    office.change_product(order.terms.product_id, active=0)

    order = await work(desk, clock, order, steps=4)

    assert order.state is OrderState.UNSETTLED
    assert "no longer sells it" in str(order.trouble)


async def test_another_order_under_our_reference_is_shouted_about_once_and_nothing_is_bought(
    desk, clock, office
):
    order = await lost(desk, clock, office)
    other = replace(order.terms, quantity=1)
    await desk.provider("octopus").place(Purchase(other, order.client_reference, None))

    order = await work(desk, clock, order, steps=6)

    assert order.state is OrderState.UNSETTLED
    assert "not the one we asked for" in str(order.trouble)
    assert [theirs["quantity"] for theirs in bought(office, order)] == [1]
    assert desk.store.codes.count(order.id) == 0
    await raise_alarm(desk, order.id)
    await raise_alarm(desk, order.id)
    assert sent(desk, clock, Kind.ALARM) == [{"event": "unsettled"}]


async def test_what_is_expected_of_the_wallet_is_the_quote_right_before_buying(desk, clock, office):
    desk.policy = Policy.model_validate(
        desk.policy.model_dump(exclude={"purchases"}) | {"purchases": {"tolerance_percent": 50}}
    )
    order = await approved(desk, 2)
    office.change_product(order.terms.product_id, discount=0)

    order = await work(desk, clock, order)

    assert (order.expected_debit, order.expected_net) == (order.face_value, order.face_value)
    assert order.charge != order.expected_debit


async def test_a_purchase_whose_outcome_could_not_be_written_is_looked_up_without_a_restart(
    desk, clock, office
):
    order = await approved(desk, 2)
    with desk.transaction():
        desk.store.orders.move(
            order.id,
            OrderState.PLACING,
            actor=Component("purchaser"),
            action="purchase_intended",
            next_at=clock() + timedelta(minutes=5),
        )

    order = await work_until(desk, clock, order, OrderState.DELIVERED)

    assert len(bought(office, order)) == 1


async def test_an_operator_looks_up_without_buying(desk, clock, office):
    order = await lost(desk, clock, office)
    for _ in range(4):
        order = await settle_alone(desk, order.client_reference.lower())
    assert order.state is OrderState.UNSETTLED
    assert bought(office, order) == []
    assert actions(desk, order).count("purchase_intended") == 1


async def test_an_operator_who_looks_up_a_lost_purchase_gets_its_codes(desk, clock, office):
    office.choose(lost_answers_reveal=False)
    order = await lost(desk, clock, office, fault="drop-after")

    order = await settle_alone(desk, order.client_reference)

    assert order.state is OrderState.DELIVERED
    assert desk.store.codes.count(order.id) == 2


async def test_an_operator_is_told_when_the_vendor_is_silent_or_there_is_nothing_to_look_up(
    desk, clock, office
):
    waiting = await ask(desk, key="waiting")
    with pytest.raises(TooLate, match="is waiting: there is nothing to look up"):
        await settle_alone(desk, waiting.client_reference)
    with pytest.raises(NotFound, match="giftcard orders"):
        await settle_alone(desk, "GC-000000-NOWHERE2")
    order = await lost(desk, clock, office)
    office.arm("error", method="GET", path="/api/v1/orders*", status=500, times=0)
    with pytest.raises(ProviderError):
        await settle_alone(desk, order.client_reference)
    assert desk.store.orders.get(order.id) == order
    said = await settle(desk, order.client_reference, workers_run=False)
    assert (said.status, said.lines[0].partition(",")[0]) == (2, "The vendor did not answer")
    assert (await match_books(desk)).status == 2
