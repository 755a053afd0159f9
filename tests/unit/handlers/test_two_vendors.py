"""Two vendors side by side, as people see them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.notifications import NotificationEvent
from bot.domain.people import Person
from bot.domain.policy import Policy
from bot.services.errors import NotPermitted
from bot.services.notifications import alert_approvers
from bot.services.open_vendors import vendors_for
from bot.services.order_queries import order_details
from bot.services.search_catalogue import SearchQuery, search_catalogue
from bot.services.sync_catalogue import sync_catalogue
from handlers.order_form.live_price import price_of
from handlers.views.approval_card import approval_card
from handlers.views.catalogue_status import catalogue_status_line
from handlers.views.order_form_fields import product_option
from handlers.views.order_form_price import QuotedPrice, price_blocks
from handlers.views.order_form_state import FormState
from tests.support.at_once import saved, write
from tests.support.terms import card_selection_by_key
from tests.unit.handlers.block_kit_checks import buttons, said
from tests.unit.handlers.conftest import POLICY, Harness
from tests.unit.handlers.order_factories import AGENT
from tests.unit.handlers.second_fake_vendor import SECOND_VENDOR_PRODUCTS, SecondFakeVendor
from tests.unit.handlers.test_audit_refusal import refusals

STEAM = "octopus:8101"
STEAM_20 = SECOND_VENDOR_PRODUCTS[0].key


@dataclass
class TwoVendorHarness:
    """The office with two shops."""

    harness: Harness
    plus: SecondFakeVendor

    async def types(self, text: str, by: str = "U0AGENT01") -> Any:
        return await self.harness.people.types(text, by=by)

    def rule(self, **vendors: Any) -> None:
        """The policy's section about vendors."""
        self.harness.ctx.policy = Policy.model_validate(POLICY.model_dump() | {"vendors": vendors})


@pytest.fixture
async def two_vendors(harness):
    plus = SecondFakeVendor()
    harness.ctx.vendors = {**harness.ctx.vendors, plus.name: plus}
    await sync_catalogue(harness.ctx)
    return TwoVendorHarness(harness, plus)


async def test_each_result_says_where_it_comes_from_and_the_same_thing_is_one_entry(two_vendors):
    answer = await two_vendors.types("search steam country:USA")

    words = said(answer["blocks"])
    assert "1–4 of 4" in answer["text"]
    assert "*Steam* · United States · Gaming · Octopus Cards" in words
    assert "Also at CardPlusPay: USD 20, 50, 100" in words
    assert "2 more are shown beside the same card of another vendor." in words
    assert "*Steam 100 USD*" in words  # which the first vendor does not sell


async def test_what_is_searched_with_an_amount_is_compared_at_it(two_vendors):
    words = said((await two_vendors.types("search steam 20 country:USA"))["blocks"])

    assert "USD 20.00 costs about USD 19.40 at Octopus Cards · *USD 19.35 at CardPlusPay*" in words


async def test_the_vendor_whose_policy_prefers_it_comes_first_and_is_marked(two_vendors):
    two_vendors.rule(preferred="cardpluspay")

    words = said((await two_vendors.types("search steam 50 country:USA"))["blocks"])

    assert "*Steam 50 USD* · United States · Gaming · CardPlusPay" in words
    assert (
        "USD 50.00 costs about USD 49.00 at CardPlusPay (preferred) · *USD 48.50 at Octopus Cards*" in words
    )


async def test_what_only_one_vendor_sells_is_compared_with_nothing(two_vendors):
    words = said((await two_vendors.types("search fuel"))["blocks"])

    assert "CardPlusPay" in words
    assert "costs about" not in words and "Also at" not in words


async def test_with_one_vendor_nobody_is_bothered_with_its_name(harness):
    assert "Octopus Cards" not in said((await harness.people.types("search steam"))["blocks"])


async def test_nothing_of_a_forbidden_vendor_is_found(two_vendors):
    two_vendors.rule(forbidden=["cardpluspay"])

    answer = await two_vendors.types("search steam country:USA")

    assert "1–1 of 1" in answer["text"] and "CardPlusPay" not in said(answer["blocks"])
    assert "nothing found" in (await two_vendors.types("search fuel"))["text"]


async def test_a_restricted_vendor_is_found_by_its_circle_alone(two_vendors):
    two_vendors.rule(restricted={"cardpluspay": {"users": ["U0AGENT02"]}})

    assert "nothing found" in (await two_vendors.types("search fuel"))["text"]
    assert "Fuel 25 USD" in said((await two_vendors.types("search fuel", by="U0AGENT02"))["blocks"])


async def test_a_quote_asks_every_vendor_and_each_charge_has_its_own_button(two_vendors):
    answer = await two_vendors.types("quote steam 20 x2 country:USA")

    words = said(answer["blocks"])
    assert "2 cards at USD 20.00 Steam (United States)*, side by side" in words
    assert "*Octopus Cards: USD 38.80*" in words
    assert "*CardPlusPay: USD 38.70* · costs least" in words
    assert "An estimate, valid until" in words
    assert "CardPlusPay does not hold prices: it is asked again right before buying." in words
    assert buttons(answer["blocks"])["Order from Octopus Cards"]["value"] == f"{STEAM} 20 2"
    assert buttons(answer["blocks"])["Order from CardPlusPay"]["value"] == f"{STEAM_20} 20 2"
    assert "USD 38.80 at Octopus Cards; USD 38.70 at CardPlusPay" in answer["text"]


async def test_the_order_button_of_a_quote_opens_the_form_for_that_vendor(two_vendors):
    chosen = buttons((await two_vendors.types("quote steam 20 country:USA"))["blocks"])[
        "Order from CardPlusPay"
    ]

    await two_vendors.harness.people.presses(
        chosen["action_id"], chosen["value"], "U0AGENT01", where="ephemeral"
    )

    [opened] = two_vendors.harness.slack.sent("views.open")
    assert "Steam 20 USD · United States · USD 20 · CardPlusPay" in said(opened["view"])


async def test_a_vendor_that_does_not_answer_is_told_beside_the_one_that_does(two_vendors):
    two_vendors.plus.closed = True

    answer = await two_vendors.types("quote steam 20 country:USA")

    words = said(answer["blocks"])
    assert "*Octopus Cards: USD 19.40*" in words
    assert "CardPlusPay did not answer in time" in words
    assert "no price from CardPlusPay" in answer["text"]
    assert "Order from CardPlusPay" not in buttons(answer["blocks"])


async def test_when_no_vendor_answers_that_is_the_answer(two_vendors):
    two_vendors.plus.closed = two_vendors.harness.fake_vendor.closed = True

    assert "Octopus Cards did not answer in time" in (await two_vendors.types(f"quote {STEAM} 20"))["text"]


async def test_a_quote_of_what_one_vendor_sells_names_that_vendor(two_vendors):
    answer = await two_vendors.types("quote fuel")

    assert (
        "1 card at USD 25.00 Fuel 25 USD (United States) at CardPlusPay: charge USD 24.75" in answer["text"]
    )


async def test_a_product_key_of_a_vendor_one_may_not_use_is_refused_and_on_record(two_vendors):
    two_vendors.rule(restricted={"cardpluspay": {"users": ["U0AGENT02"]}})

    answer = await two_vendors.types(f"quote {STEAM_20} 20")

    assert "Only some people may request cards of CardPlusPay here" in answer["text"]
    assert refusals(two_vendors.harness) == [("U0AGENT01", "quote", "vendor_restricted", None)]


async def test_a_vendor_one_may_not_use_is_not_asked_beside_the_other(two_vendors):
    two_vendors.rule(forbidden=["cardpluspay"])

    answer = await two_vendors.types(f"quote {STEAM} 20")

    assert "CardPlusPay" not in said(answer["blocks"])


@pytest.mark.parametrize(
    ("vendors", "reason"),
    [
        ({"forbidden": ["cardpluspay"]}, "vendor_forbidden"),
        ({"restricted": {"cardpluspay": {"users": ["U0AGENT02"]}}}, "vendor_restricted"),
    ],
)
async def test_a_request_for_a_vendor_one_may_not_use_is_refused_and_on_record(two_vendors, vendors, reason):
    two_vendors.rule(**vendors)

    with pytest.raises(NotPermitted, match="CardPlusPay"):
        await two_vendors.harness.request(selection=card_selection_by_key(STEAM_20, Decimal(20), 1))
    assert refusals(two_vendors.harness) == [("U0AGENT01", "request", reason, None)]


async def test_the_circle_of_a_restricted_vendor_may_request_there(two_vendors):
    two_vendors.rule(restricted={"cardpluspay": {"users": ["U0AGENT01"]}})

    order = await two_vendors.harness.request(selection=card_selection_by_key(STEAM_20, Decimal(20), 1))

    assert (order.terms.vendor, order.terms.wallet_id) == ("cardpluspay", "account")


async def test_the_form_says_which_vendor_charges_and_what_the_same_costs_elsewhere(two_vendors):
    price = await price_of(
        two_vendors.harness.slack_ctx,
        "U0AGENT01",
        FormState(product_key=STEAM, line={"denomination": "20", "quantity": "2"}),
    )

    assert isinstance(price, QuotedPrice)
    words = said(price_blocks(price))
    assert "*Total payable: USD 38.80* from the USD wallet at Octopus Cards" in words
    assert "By the catalogue the same costs about USD 38.70 at CardPlusPay." in words


async def test_the_form_says_of_a_vendor_that_holds_no_prices_that_it_does_not(two_vendors):
    price = await price_of(
        two_vendors.harness.slack_ctx, "U0AGENT01", FormState(product_key=STEAM_20, line={"quantity": "1"})
    )

    words = said(price_blocks(price))
    assert "An estimate. CardPlusPay does not hold prices: it is asked again right before buying." in words
    assert "valid until" not in words
    assert "the same costs about USD 19.40 at Octopus Cards" in words


async def test_the_balance_names_each_vendor_and_one_that_is_silent_hides_no_other(two_vendors):
    both = await two_vendors.types("balance")
    two_vendors.plus.closed = True
    one = await two_vendors.types("balance")

    assert "*Octopus Cards*\nUSD 1,000.00" in said(both["blocks"])
    assert "*CardPlusPay*\nUSD 700.00" in said(both["blocks"])
    assert "*Octopus Cards*\nUSD 1,000.00" in said(one["blocks"])
    assert "*CardPlusPay*\n⚠️ did not say what is in its wallets" in said(one["blocks"])


async def test_a_vendor_that_cannot_be_read_loses_nothing_and_holds_up_no_other(two_vendors):
    ctx = two_vendors.harness.ctx
    two_vendors.plus.unlisted = True

    first, second = await sync_catalogue(ctx)

    assert (first.vendor, first.failure) == ("octopus", None)
    assert (second.vendor, str(second.failure)) == ("cardpluspay", "the second page is lost")
    assert saved(ctx).catalogue.get(SECOND_VENDOR_PRODUCTS[-1].key) == SECOND_VENDOR_PRODUCTS[-1]
    assert await catalogue_status_line(ctx) == (
        "⚠️ The catalogue of CardPlusPay could not be read just now, so what it sells is shown as it was "
        "last read. It is tried again by itself."
    )

    two_vendors.plus.unlisted = False
    await sync_catalogue(ctx)
    assert await catalogue_status_line(ctx) is None


async def test_a_forbidden_vendor_is_not_read(two_vendors):
    two_vendors.rule(forbidden=["cardpluspay"])

    assert [synced.vendor for synced in await sync_catalogue(two_vendors.harness.ctx)] == ["octopus"]


async def test_people_in_a_group_of_a_restricted_vendor_find_it(two_vendors):
    two_vendors.rule(restricted={"cardpluspay": {"groups": ["S0BUYERS1"]}})
    buyer = replace(Person(AGENT), groups=frozenset({"S0BUYERS1"}))

    assert vendors_for(two_vendors.harness.ctx, buyer) == ["octopus", "cardpluspay"]
    assert vendors_for(two_vendors.harness.ctx, Person(AGENT)) == ["octopus"]


async def test_whoever_reads_of_an_order_reads_which_vendor_is_paid_from_which_wallet(two_vendors):
    order = await two_vendors.harness.request(selection=card_selection_by_key(STEAM_20, Decimal(20), 2))
    card = said(approval_card(await order_details(two_vendors.harness.ctx, order)).blocks)
    status, mine, pending = [
        said((await two_vendors.types(command))["blocks"]) for command in ("status", "mine", "pending")
    ]
    await two_vendors.harness.people.event("app_home_opened", user="U0LEAD001", tab="home")
    home = said(two_vendors.harness.slack.sent("views.publish")[0]["view"])

    for words in (card, status):
        assert "*Paid from*\nUSD wallet at CardPlusPay" in words
    assert "for USD 38.70 at CardPlusPay. There is no way back" in card
    for words in (mine, pending, home):
        assert "for USD 38.70 at CardPlusPay" in words
    write(two_vendors.harness.ctx, lambda tx: alert_approvers(tx, order, NotificationEvent.OUTCOME_UNKNOWN))
    [row] = two_vendors.harness.rows_of("approver_alert")
    await two_vendors.harness.dispatcher.deliver(row)
    assert "USD 38.70 at CardPlusPay" in said(
        two_vendors.harness.slack.sent("chat.postMessage")[-1]["blocks"]
    )


async def test_home_says_whose_wallets_hold_what(two_vendors):
    await two_vendors.types("balance")

    await two_vendors.harness.people.event("app_home_opened", user="U0AGENT01", tab="home")

    home = said(two_vendors.harness.slack.sent("views.publish")[0]["view"])
    assert "Octopus Cards wallets" in home and "CardPlusPay wallets" in home


async def test_the_form_lists_products_with_their_vendors(two_vendors):
    found = await search_catalogue(
        two_vendors.harness.ctx, Person(AGENT), SearchQuery("steam", country="USA"), limit=100
    )

    offered = [product_option(p, found.vendors[p.vendor]).text for p in found.products]
    assert offered[0] == "Steam · United States · USD 20, 50 · Octopus Cards"
    assert "Steam 20 USD · United States · USD 20 · CardPlusPay" in offered
