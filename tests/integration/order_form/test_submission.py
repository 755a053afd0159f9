"""What becomes of a form that is sent: an order on disk, or a reason in the place where the person is."""

import asyncio
import json
from typing import Any

import pytest

from bot.domain.catalogue import Product
from bot.domain.lifecycle import OrderState
from bot.domain.money import plain
from bot.domain.people import PersonId
from bot.services.context import AppContext
from handlers.slack_context import SlackContext
from tests.integration.order_form.conftest import AGENT, Controls, Json, Tab
from tests.integration.order_form.test_live_price import CHARGES, total
from tests.support.at_once import saved

AVA = PersonId("T0ACME001", AGENT)


@pytest.fixture
async def filled_in(agent: Tab, card: Product) -> Tab:
    """The agent's form with everything chosen, priced, and a reason."""
    await agent.open_form()
    await agent.choose_product(card)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.until(total)
    await agent.type_into("reason", "Parcel lost twice", dispatch=False)
    return agent


def orders(ctx: AppContext) -> list[Any]:
    return saved(ctx).orders.of_requester(AVA, limit=10)


async def test_a_sent_form_is_an_order_that_waits_and_the_form_closes(
    filled_in: Tab, ctx: AppContext
) -> None:
    answer = await filled_in.submit()

    assert answer == {"ok": True}
    await filled_in.until(lambda tab: tab.view is None)
    [order] = orders(ctx)
    assert (order.state, order.reason, order.terms.line.units) == (
        OrderState.PENDING_APPROVAL,
        "Parcel lost twice",
        1,
    )


async def test_a_form_that_slack_delivers_twice_is_one_order(
    filled_in: Tab, ctx: AppContext, controls: Controls
) -> None:
    await controls.break_slack("duplicate", method="view_submission")

    await filled_in.submit()
    await filled_in.until(lambda tab: tab.view is None)

    assert len(orders(ctx)) == 1


async def test_a_wrong_ticket_and_a_wrong_address_are_said_at_their_fields(
    filled_in: Tab, ctx: AppContext
) -> None:
    await filled_in.type_into("ticket", "https://not-a-host", dispatch=False)
    await filled_in.type_into("email", "kim@exa_mple.com", dispatch=False)

    answer = await filled_in.submit()

    assert set(answer["errors"]) == {"ticket", "email"}
    assert "is not a link" in answer["errors"]["ticket"]
    assert orders(ctx) == []


async def test_a_price_that_moved_is_shown_before_anything_is_requested(
    filled_in: Tab, card: Product, ctx: AppContext, controls: Controls
) -> None:
    before = total(filled_in)
    await controls.change_discount(card, "12.5")

    await filled_in.submit()

    await filled_in.until(lambda tab: tab.says("The price changed while the form was open"))
    assert total(filled_in) not in (None, before)
    assert orders(ctx) == []
    assert filled_in.blocks()["reason"]["element"]["initial_value"] == "Parcel lost twice"

    assert await filled_in.submit() == {"ok": True}
    assert len(orders(ctx)) == 1


async def test_a_product_that_is_gone_is_said_at_the_product(
    filled_in: Tab, ctx: AppContext, controls: Controls
) -> None:
    await controls.break_vendor("vanish", CHARGES)

    answer = await filled_in.submit()

    assert set(answer["errors"]) == {"product"}
    assert "no longer sold" in answer["errors"]["product"]


async def test_a_silent_vendor_leaves_everything_typed_in_the_form(
    agent: Tab, card: Product, ctx: AppContext, controls: Controls
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await controls.break_vendor("drop-before", "*", times=40)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.type_into("reason", "Parcel lost twice", dispatch=False)

    await agent.submit()

    await agent.until(lambda tab: tab.says("Nothing was requested yet."))
    assert agent.says("Octopus Cards did not answer in time")
    assert agent.blocks()["reason"]["element"]["initial_value"] == "Parcel lost twice"
    assert orders(ctx) == []

    await controls.call("DELETE", f"{controls.vendor}/admin/api/faults")
    assert await agent.submit() == {"ok": True}
    assert len(orders(ctx)) == 1


async def test_somebody_who_may_no_longer_ask_reads_why_in_the_modal(
    filled_in: Tab, ctx: AppContext, controls: Controls, slack_ctx: SlackContext
) -> None:
    await controls.call("POST", f"{controls.slack}/control/people", user=AGENT, is_restricted=True)
    slack_ctx.people.clear_cache()

    await filled_in.submit()

    await filled_in.until(lambda tab: tab.says("Guest accounts cannot use gift cards."))
    assert orders(ctx) == []


async def test_when_slack_does_not_say_who_it_is_the_form_stays(
    filled_in: Tab, ctx: AppContext, controls: Controls, slack_ctx: SlackContext
) -> None:
    await controls.break_slack("server_error", method="users.info", times=3)
    slack_ctx.people.clear_cache()

    await filled_in.submit()

    await filled_in.until(lambda tab: tab.says("Slack did not confirm who you are"))
    assert orders(ctx) == []


async def test_a_hasty_submission_needs_no_price_on_screen(
    agent: Tab, card: Product, ctx: AppContext
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await asyncio.gather(
        agent.type_into("denomination", plain(card.denominations[0].minimum)),
        agent.type_into("reason", "Parcel lost twice", dispatch=False),
    )

    answer: Json = await agent.submit()

    assert answer == {"ok": True}
    assert len(orders(ctx)) == 1


async def test_a_later_form_is_another_order_even_where_slack_calls_both_the_same(
    filled_in: Tab, ctx: AppContext, card: Product
) -> None:
    first = filled_in.view["private_metadata"] if filled_in.view else ""
    assert await filled_in.submit() == {"ok": True}
    await filled_in.until(lambda tab: tab.view is None)
    second = (await filled_in.open_form())["private_metadata"]
    assert json.loads(first)["form"] != json.loads(second)["form"]
