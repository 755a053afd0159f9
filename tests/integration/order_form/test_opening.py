"""The two shortcuts, and what somebody sees whose form cannot open."""

from collections.abc import Callable
from typing import Any

from bot.domain.catalogue import Product
from bot.services.context import AppContext
from tests.integration.order_form.conftest import AGENT, GUEST, LEAD, Controls, Json, Tab
from tests.support.at_once import saved


async def post(tab: Tab, channel: str) -> Json:
    answer = await tab.do("message", channel=channel, text="My card never came")
    return dict(answer["message"])


async def test_the_global_shortcut_opens_an_empty_form(agent: Tab) -> None:
    view = await agent.open_form()

    assert view["title"]["text"] == "SANDBOX · Gift card"
    assert agent.blocks()["quantity"]["element"]["initial_value"] == "1"


async def test_the_message_shortcut_fills_the_ticket_with_the_messages_link(agent: Tab) -> None:
    message = await post(agent, "C0GENERAL1")

    await agent.do(
        "shortcut", callback_id="gift_card_for_conversation", channel="C0GENERAL1", message_ts=message["ts"]
    )
    await agent.until(lambda tab: tab.view)

    link = agent.blocks()["ticket"]["element"]["initial_value"]
    assert "C0GENERAL1" in link
    assert message["ts"].replace(".", "") in link


async def test_the_form_opens_without_a_link_where_slack_gives_none(agent: Tab, controls: Controls) -> None:
    message = await post(agent, "C0GENERAL1")
    await controls.break_slack("server_error", method="chat.getPermalink", times=3)

    await agent.do(
        "shortcut", callback_id="gift_card_for_conversation", channel="C0GENERAL1", message_ts=message["ts"]
    )
    await agent.until(lambda tab: tab.view)

    assert "initial_value" not in agent.blocks()["ticket"]["element"]


async def test_a_guest_reads_why_in_a_modal_and_the_refusal_is_on_record(
    tab_of: Callable[[str], Any], ctx: AppContext
) -> None:
    guest: Tab = await tab_of(GUEST)

    await guest.do("shortcut", callback_id="issue_gift_card")

    await guest.until(lambda tab: tab.says("Guest accounts cannot use gift cards."))
    assert [row.action for row in saved(ctx).audit.rows()] == ["refused"]


async def test_in_a_conversation_the_reason_is_an_ephemeral_message_there(
    tab_of: Callable[[str], Any],
) -> None:
    lead: Tab = await tab_of(LEAD)  # approves, but may not ask in this policy
    message = await post(lead, "C0GENERAL1")

    await lead.do(
        "shortcut", callback_id="gift_card_for_conversation", channel="C0GENERAL1", message_ts=message["ts"]
    )

    told = await lead.until(lambda tab: [f for f in tab.frames if f["type"] == "ephemeral"])
    assert told[0]["channel"] == "C0GENERAL1"
    assert "not on the list of people who may request" in told[0]["message"]["text"]


async def test_after_an_expired_trigger_the_person_is_told_in_the_bots_dm(
    agent: Tab, controls: Controls
) -> None:
    await controls.break_slack("expired_trigger", user=AGENT)

    await agent.do("shortcut", callback_id="issue_gift_card")

    told = await agent.until(lambda tab: [f for f in tab.frames if f["type"] == "ephemeral"])
    assert "Slack took too long" in told[0]["message"]["text"]


async def test_a_form_for_a_product_with_one_denomination_shows_its_price_at_once(
    agent: Tab, ctx: AppContext
) -> None:
    found = saved(ctx).catalogue.search("", limit=100).products
    single: Product = next(p for p in found if p.fixed_only and len(p.denominations) == 1)

    await press_order(agent, single.key)

    await agent.until(lambda tab: tab.says("Total payable"))


async def test_a_button_for_a_product_that_is_gone_opens_the_form_and_says_so(agent: Tab) -> None:
    await press_order(agent, "octopus:999999")

    await agent.until(lambda tab: tab.says("There is no such product in the catalogue."))


async def test_somebody_who_may_not_ask_and_presses_a_button_is_told_beside_it(
    tab_of: Callable[[str], Any],
) -> None:
    lead: Tab = await tab_of(LEAD)

    await press_order(lead, "octopus:8101")

    told = await lead.until(lambda tab: [f for f in tab.frames if f["type"] == "ephemeral"])
    assert "not on the list of people who may request" in told[0]["message"]["text"]


async def press_order(tab: Tab, product_key: str) -> None:
    """Press *Order* in a message that the bot has posted."""
    button = {
        "type": "button",
        "action_id": "open_order_form",
        "value": product_key,
        "text": {"type": "plain_text", "text": "Order"},
    }
    blocks = [{"type": "actions", "block_id": "offer", "elements": [button]}]
    posted = await tab.bot.chat_postMessage(channel="C0GENERAL1", text="A card", blocks=blocks)
    place = {"type": "message", "channel": "C0GENERAL1", "ts": posted["ts"]}
    await tab.do("action", container=place, block_id="offer", action_id="open_order_form")
