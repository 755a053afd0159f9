"""`/giftcard` and everything that can follow it."""

import asyncio
import json

import pytest

from handlers.block_kit.blocks import Message
from handlers.commands import COMMANDS
from tests.support.at_once import saved
from tests.unit.handlers.block_kit_checks import buttons, check_message, said


async def test_the_bare_command_and_order_open_the_form(harness):
    for text in ("", "order", "  ORDER "):
        assert await harness.people.types(text) == {}
    assert len(harness.slack.sent("views.open")) == 3


async def test_a_named_product_opens_the_form_with_it(harness):
    await harness.people.types("order roblox")
    [opened] = harness.slack.sent("views.open")
    assert "Roblox" in said(opened["view"])


@pytest.mark.parametrize(
    ("typed", "meant"), [("serch steam", "search"), ("mien", "mine"), ("staus", "status")]
)
async def test_an_unknown_word_gets_the_nearest_command_suggested(harness, typed, meant):
    answer = await harness.people.types(typed)
    assert f"Did you mean `/giftcard {meant}`?" in answer["text"]
    assert answer["response_type"] == "ephemeral"


async def test_help_lists_every_command(harness):
    answer = await harness.people.types("help")
    for command in COMMANDS.values():
        assert f"`/giftcard {command.usage}`" in said(answer["blocks"])


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"help"}))
async def test_people_without_a_role_are_told_so_kindly_and_ephemerally(harness, name):
    harness.slack.people["U0GUEST01"] = {"is_restricted": True}
    answer = await harness.people.types(f"{name} steam 50", by="U0GUEST01")
    assert "Guest accounts cannot use gift cards" in answer["text"]
    assert answer["response_type"] == "ephemeral"
    refused = [row for row in saved(harness.ctx).audit.rows() if row.action == "refused"]
    assert [json.loads(row.details)["reason"] for row in refused] == ["guest"]


async def test_a_silent_slack_is_not_taken_for_a_no(harness):
    harness.slack.refuse("users.info", "internal_error")
    assert "Slack did not confirm who you are" in (await harness.people.types("mine"))["text"]


async def test_search_shows_five_results_and_turns_pages_in_place(harness):
    first = await harness.people.types("search arcade")
    assert "1–5 of 12" in first["text"]
    following = buttons(first["blocks"])["Next"]

    await harness.people.presses(following["action_id"], following["value"], where="ephemeral")

    [second] = harness.slack.sent("respond")
    assert "6–10 of 12" in second["text"] and second["replace_original"] is True
    assert {"Previous", "Next"} <= set(buttons(second["blocks"]))


async def test_search_filters_by_country_however_it_is_named(harness):
    for country in ("DEU", "de", "Germany"):
        answer = await harness.people.types(f"search steam country:{country}")
        assert "1–1 of 1" in answer["text"] and "Germany" in said(answer["blocks"])


async def test_a_filter_nobody_knows_gets_a_hint(harness):
    assert "Did you mean country:?" in (await harness.people.types("search steam contry:USA"))["text"]


async def test_a_search_without_results_says_what_to_try(harness):
    answer = await harness.people.types("search zzzzqqq")
    assert "nothing found" in answer["text"] and "another spelling" in answer["text"]


async def test_details_open_at_once_and_fill_when_the_vendor_answers(harness):
    await harness.people.presses("show_details", "octopus:8101", where="ephemeral")
    assert "Fetching" in said(harness.slack.sent("views.open")[0]["view"])
    [filled] = harness.slack.sent("views.update")
    assert "Terms of 8101" in said(filled["view"]) and "Type the code." in said(filled["view"])


async def test_details_say_so_when_the_vendor_is_silent(harness):
    harness.fake_vendor.closed = True
    await harness.people.presses("show_details", "octopus:8101", where="ephemeral")
    assert "did not answer" in said(harness.slack.sent("views.update")[0]["view"])


@pytest.mark.parametrize(
    "text",
    ["quote octopus:8101 50 x3", "quote steam 50 ×3 country:usa", "quote Steam 3x 50 USD country:USA"],
)
async def test_a_quote_that_is_there_at_once_is_the_answer(harness, text):
    answer = await harness.people.types(text)
    assert "*Charge*\n*USD 145.50*" in said(answer["blocks"])
    assert buttons(answer["blocks"])["Order"]["value"] == "octopus:8101 50 3"
    assert harness.slack.sent("respond") == []


@pytest.mark.parametrize(
    ("text", "asking", "later"),
    [
        ("quote roblox 25", "Asking Octopus Cards for the price…", "USD 24.25"),
        ("balance", "Asking Octopus Cards what is left…", "USD 1,000.00"),
    ],
)
async def test_what_a_slow_vendor_says_follows_as_soon_as_it_is_there(harness, text, asking, later):
    harness.fake_vendor.ready.clear()
    typing = asyncio.create_task(harness.people.types(text))
    answer = await harness.people.answered()
    harness.fake_vendor.ready.set()
    await typing
    assert asking in answer["text"]
    [message] = harness.slack.sent("respond")
    assert later in said(message["blocks"]) and message["response_type"] == "ephemeral"


async def test_several_products_of_one_name_are_put_to_the_choice_with_the_amount_kept(harness):
    answer = await harness.people.types("quote steam 50 x3")
    assert "Which one do you mean?" in answer["text"]
    values = [
        b["value"] for block in answer["blocks"] for label, b in buttons(block).items() if label == "Quote"
    ]
    assert sorted(values) == ["octopus:8101 50 3", "octopus:8102 50 3"]


async def test_a_product_with_one_amount_needs_none(harness):
    assert "USD 24.25" in said((await harness.people.types("quote roblox"))["blocks"])


async def test_a_missing_amount_is_asked_for_with_buttons(harness):
    answer = await harness.people.types("quote octopus:8101")
    choice = buttons(answer["blocks"])["USD 50.00"]
    await harness.people.presses(choice["action_id"], choice["value"], where="ephemeral")
    [price] = harness.slack.sent("respond")
    assert "USD 48.50" in said(price["blocks"]) and price["replace_original"] is False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("quote octopus:8101 33", "is not sold at USD 33.00"),
        ("quote octopus:8101 50 x0", "at least 1 card"),
        ("quote octopus:8101 50 x9999999999", "At most 100 cards"),
    ],
)
async def test_a_wrong_choice_is_explained_instead_of_a_quote(harness, text, says):
    assert says in (await harness.people.types(text))["text"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("quote", "Say which card and how much"),
        ("quote steam 0", "more than zero"),
        ("quote octopus:9999 5", "no such product"),
        ("quote zzzzqqq 5", "nothing found"),
        ("codes", "Say of which order"),
        ("codes GC-000000-XXXXXXXX", "There is no order"),
        ("status GC-000000-XXXXXXXX", "There is no order"),
    ],
)
async def test_what_cannot_be_done_is_answered_at_once(harness, text, says):
    assert says in (await harness.people.types(text))["text"]


async def test_a_silent_vendor_is_told_instead_of_the_quote_and_the_balance(harness):
    harness.fake_vendor.closed = True
    assert "did not answer in time" in (await harness.people.types("quote roblox"))["text"]
    assert "did not say what is in the wallets" in (await harness.people.types("balance"))["text"]


async def test_status_is_of_the_latest_request_or_of_the_one_named(harness):
    older, newer = await harness.request(), await harness.request()
    assert newer.client_reference in (await harness.people.types("status"))["text"]
    named = await harness.people.types(f"status {older.client_reference.lower()}")
    assert older.client_reference in named["text"]
    assert "Withdraw" in buttons(named["blocks"])


async def test_a_colleagues_order_does_not_exist_for_requesters_but_controllers_see_it(harness):
    order = await harness.request()
    colleague = await harness.people.types(f"status {order.client_reference}", by="U0AGENT02")
    controller = await harness.people.types(f"status {order.client_reference}", by="U0CTRL001")
    assert "There is no order" in colleague["text"]
    assert "Parcel lost twice" in said(controller["blocks"]) and not buttons(controller["blocks"])


async def test_mine_offers_what_can_be_done(harness):
    await harness.request()
    harness.deliver_codes(await harness.request(), "CODE-1")
    offered = buttons((await harness.people.types("mine"))["blocks"])
    assert {"Withdraw", "Show codes"} <= set(offered)


async def test_mine_without_orders_leads_to_the_form(harness):
    assert "Issue a gift card" in buttons((await harness.people.types("mine"))["blocks"])


async def test_pending_shows_approvers_what_waits_and_where_to_decide(harness):
    order = await harness.request()
    answer = await harness.people.types("pending", by="U0LEAD001")
    words = said(answer["blocks"])
    assert order.client_reference in words and "<#C0APPROVE1>" in words and "Parcel lost twice" in words
    assert "Nothing waits" in (await _after_withdrawal(harness, order))["text"]


async def _after_withdrawal(harness, order):
    await harness.people.presses("withdraw", str(order.id))
    return await harness.people.types("pending", by="U0LEAD001")


@pytest.mark.parametrize(
    "text", ["help", "search steam", "mine", "pending", "status", "quote octopus:8101", "nonsense"]
)
async def test_every_answer_says_that_this_is_a_sandbox(harness, text):
    answer = await harness.people.types(text, by="U0LEAD001")
    assert answer["text"].startswith("[SANDBOX]") and "SANDBOX" in said(answer["blocks"])
    check_message(Message(answer["text"].removeprefix("[SANDBOX] "), tuple(answer["blocks"][:-1])))


async def test_ordering_from_a_quote_opens_the_form_with_what_was_quoted(harness):
    answer = await harness.people.types("quote octopus:8101 50 x3")
    await harness.people.presses("open_order_form", buttons(answer["blocks"])["Order"]["value"])
    [opened] = harness.slack.sent("views.open")
    fields = {block["block_id"]: block["element"] for block in opened["view"]["blocks"] if "element" in block}
    assert fields["quantity"]["initial_value"] == "3"
    assert fields["denomination:octopus:8101"]["initial_option"]["value"] == "50"


@pytest.mark.parametrize("value", ["octopus:8101 x 3", "octopus:8101 50 -1", "a b c d"])
async def test_an_order_button_that_says_nothing_we_know_opens_an_empty_form(harness, value):
    await harness.people.presses("open_order_form", value)
    [opened] = harness.slack.sent("views.open")
    assert "denomination" not in str([block.get("block_id") for block in opened["view"]["blocks"]])
