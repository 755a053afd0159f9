"""Two vendors side by side, as people see them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.people import Person
from bot.domain.policy import NotPermitted, Policy
from bot.usecases.look_up_orders import order_file
from bot.usecases.notices import Event, alarm
from bot.usecases.quote_order import Selection
from bot.usecases.search_catalogue import Query, search_catalogue
from bot.usecases.sync_catalogue import sync_catalogue
from handlers.order_form.live_price import price_of
from handlers.views.cards import approval_card
from handlers.views.order_form_fields import product_option
from handlers.views.order_form_price import Quoted, price_blocks
from handlers.views.order_form_state import Filled
from handlers.views.progress import reading_line
from tests.unit.handlers.conftest import POLICY, Office
from tests.unit.handlers.orders import AGENT
from tests.unit.handlers.reading import buttons, said
from tests.unit.handlers.test_refusals_on_record import refusals
from tests.unit.handlers.two_shops import PLUS_SHELF, PlusShop

STEAM = "octopus:8101"
STEAM_20 = PLUS_SHELF[0].key


@dataclass
class Mall:
    """The office with two shops."""

    office: Office
    plus: PlusShop

    async def types(self, text: str, by: str = "U0AGENT01") -> Any:
        return await self.office.people.types(text, by=by)

    def rule(self, **vendors: Any) -> None:
        """The policy's section about vendors."""
        self.office.desk.policy = Policy.model_validate(POLICY.model_dump() | {"vendors": vendors})


@pytest.fixture
async def mall(office):
    plus = PlusShop()
    office.desk.providers = {**office.desk.providers, plus.name: plus}
    await sync_catalogue(office.desk)
    return Mall(office, plus)


async def test_each_result_says_where_it_comes_from_and_the_same_thing_is_one_entry(mall):
    answer = await mall.types("search steam country:USA")

    words = said(answer["blocks"])
    assert "1–4 of 4" in answer["text"]
    assert "*Steam* · United States · Gaming · Octopus Cards" in words
    assert "Also at CardPlusPay: USD 20, 50, 100" in words
    assert "2 more are shown beside the same card of another vendor." in words
    assert "*Steam 100 USD*" in words  # which the first vendor does not sell


async def test_what_is_searched_with_an_amount_is_compared_at_it(mall):
    words = said((await mall.types("search steam 20 country:USA"))["blocks"])

    assert "USD 20.00 costs about USD 19.40 at Octopus Cards · *USD 19.35 at CardPlusPay*" in words


async def test_the_vendor_whose_policy_prefers_it_comes_first_and_is_marked(mall):
    mall.rule(preferred="cardpluspay")

    words = said((await mall.types("search steam 50 country:USA"))["blocks"])

    assert "*Steam 50 USD* · United States · Gaming · CardPlusPay" in words
    assert (
        "USD 50.00 costs about USD 49.00 at CardPlusPay (preferred) · *USD 48.50 at Octopus Cards*" in words
    )


async def test_what_only_one_vendor_sells_is_compared_with_nothing(mall):
    words = said((await mall.types("search fuel"))["blocks"])

    assert "CardPlusPay" in words
    assert "costs about" not in words and "Also at" not in words


async def test_with_one_vendor_nobody_is_bothered_with_its_name(office):
    assert "Octopus Cards" not in said((await office.people.types("search steam"))["blocks"])


async def test_nothing_of_a_forbidden_vendor_is_found(mall):
    mall.rule(forbidden=["cardpluspay"])

    answer = await mall.types("search steam country:USA")

    assert "1–1 of 1" in answer["text"] and "CardPlusPay" not in said(answer["blocks"])
    assert "nothing found" in (await mall.types("search fuel"))["text"]


async def test_a_restricted_vendor_is_found_by_its_circle_alone(mall):
    mall.rule(restricted={"cardpluspay": {"users": ["U0AGENT02"]}})

    assert "nothing found" in (await mall.types("search fuel"))["text"]
    assert "Fuel 25 USD" in said((await mall.types("search fuel", by="U0AGENT02"))["blocks"])


async def test_a_quote_asks_every_vendor_and_each_charge_has_its_own_button(mall):
    answer = await mall.types("quote steam 20 x2 country:USA")

    words = said(answer["blocks"])
    assert "2 cards at USD 20.00 Steam (United States)*, side by side" in words
    assert "*Octopus Cards: USD 38.80*" in words
    assert "*CardPlusPay: USD 38.70* · costs least" in words
    assert "An estimate, valid until" in words
    assert "CardPlusPay does not hold prices: it is asked again right before buying." in words
    assert buttons(answer["blocks"])["Order from Octopus Cards"]["value"] == f"{STEAM} 20 2"
    assert buttons(answer["blocks"])["Order from CardPlusPay"]["value"] == f"{STEAM_20} 20 2"
    assert "USD 38.80 at Octopus Cards; USD 38.70 at CardPlusPay" in answer["text"]


async def test_the_order_button_of_a_quote_opens_the_form_for_that_vendor(mall):
    chosen = buttons((await mall.types("quote steam 20 country:USA"))["blocks"])["Order from CardPlusPay"]

    await mall.office.people.presses(chosen["action_id"], chosen["value"], "U0AGENT01", where="ephemeral")

    [opened] = mall.office.slack.sent("views.open")
    assert "Steam 20 USD · United States · USD 20 · CardPlusPay" in said(opened["view"])


async def test_a_vendor_that_does_not_answer_is_told_beside_the_one_that_does(mall):
    mall.plus.closed = True

    answer = await mall.types("quote steam 20 country:USA")

    words = said(answer["blocks"])
    assert "*Octopus Cards: USD 19.40*" in words
    assert "CardPlusPay did not answer in time" in words
    assert "no price from CardPlusPay" in answer["text"]
    assert "Order from CardPlusPay" not in buttons(answer["blocks"])


async def test_when_no_vendor_answers_that_is_the_answer(mall):
    mall.plus.closed = mall.office.shop.closed = True

    assert "Octopus Cards did not answer in time" in (await mall.types(f"quote {STEAM} 20"))["text"]


async def test_a_quote_of_what_one_vendor_sells_names_that_vendor(mall):
    answer = await mall.types("quote fuel")

    assert (
        "1 card at USD 25.00 Fuel 25 USD (United States) at CardPlusPay: charge USD 24.75" in answer["text"]
    )


async def test_a_product_key_of_a_vendor_one_may_not_use_is_refused_and_on_record(mall):
    mall.rule(restricted={"cardpluspay": {"users": ["U0AGENT02"]}})

    answer = await mall.types(f"quote {STEAM_20} 20")

    assert "Only some people may request cards of CardPlusPay here" in answer["text"]
    assert refusals(mall.office) == [("U0AGENT01", "quote", "vendor_restricted", None)]


async def test_a_vendor_one_may_not_use_is_not_asked_beside_the_other(mall):
    mall.rule(forbidden=["cardpluspay"])

    answer = await mall.types(f"quote {STEAM} 20")

    assert "CardPlusPay" not in said(answer["blocks"])


@pytest.mark.parametrize(
    ("vendors", "reason"),
    [
        ({"forbidden": ["cardpluspay"]}, "vendor_forbidden"),
        ({"restricted": {"cardpluspay": {"users": ["U0AGENT02"]}}}, "vendor_restricted"),
    ],
)
async def test_a_request_for_a_vendor_one_may_not_use_is_refused_and_on_record(mall, vendors, reason):
    mall.rule(**vendors)

    with pytest.raises(NotPermitted, match="CardPlusPay"):
        await mall.office.request(selection=Selection(STEAM_20, Decimal(20), 1))
    assert refusals(mall.office) == [("U0AGENT01", "request", reason, None)]


async def test_the_circle_of_a_restricted_vendor_may_request_there(mall):
    mall.rule(restricted={"cardpluspay": {"users": ["U0AGENT01"]}})

    order = await mall.office.request(selection=Selection(STEAM_20, Decimal(20), 1))

    assert (order.terms.provider, order.terms.wallet_id) == ("cardpluspay", "account")


async def test_the_form_says_which_vendor_charges_and_what_the_same_costs_elsewhere(mall):
    price = await price_of(
        mall.office.front, "U0AGENT01", Filled(product_key=STEAM, denomination="20", quantity="2")
    )

    assert isinstance(price, Quoted)
    words = said(price_blocks(price))
    assert "*Total payable: USD 38.80* from the USD wallet at Octopus Cards" in words
    assert "By the catalogue the same costs about USD 38.70 at CardPlusPay." in words


async def test_the_form_says_of_a_vendor_that_holds_no_prices_that_it_does_not(mall):
    price = await price_of(mall.office.front, "U0AGENT01", Filled(product_key=STEAM_20, quantity="1"))

    words = said(price_blocks(price))
    assert "An estimate. CardPlusPay does not hold prices: it is asked again right before buying." in words
    assert "valid until" not in words
    assert "the same costs about USD 19.40 at Octopus Cards" in words


async def test_the_balance_names_each_vendor_and_one_that_is_silent_hides_no_other(mall):
    both = await mall.types("balance")
    mall.plus.closed = True
    one = await mall.types("balance")

    assert "*Octopus Cards*\nUSD 1,000.00" in said(both["blocks"])
    assert "*CardPlusPay*\nUSD 700.00" in said(both["blocks"])
    assert "*Octopus Cards*\nUSD 1,000.00" in said(one["blocks"])
    assert "*CardPlusPay*\n⚠️ did not say what is in its wallets" in said(one["blocks"])


async def test_a_vendor_that_cannot_be_read_loses_nothing_and_holds_up_no_other(mall):
    desk = mall.office.desk
    mall.plus.unlisted = True

    first, second = await sync_catalogue(desk)

    assert (first.provider, first.failure) == ("octopus", None)
    assert (second.provider, str(second.failure)) == ("cardpluspay", "the second page is lost")
    assert desk.store.catalogue.get(PLUS_SHELF[-1].key) == PLUS_SHELF[-1]
    assert reading_line(desk) == (
        "⚠️ The catalogue of CardPlusPay could not be read just now, so what it sells is shown as it was "
        "last read. It is tried again by itself."
    )

    mall.plus.unlisted = False
    await sync_catalogue(desk)
    assert reading_line(desk) is None


async def test_a_forbidden_vendor_is_not_read(mall):
    mall.rule(forbidden=["cardpluspay"])

    assert [synced.provider for synced in await sync_catalogue(mall.office.desk)] == ["octopus"]


async def test_people_in_a_group_of_a_restricted_vendor_find_it(mall):
    mall.rule(restricted={"cardpluspay": {"groups": ["S0BUYERS1"]}})
    buyer = replace(Person(AGENT), groups=frozenset({"S0BUYERS1"}))

    assert mall.office.desk.vendors_for(buyer) == ["octopus", "cardpluspay"]
    assert mall.office.desk.vendors_for(Person(AGENT)) == ["octopus"]


async def test_whoever_reads_of_an_order_reads_which_vendor_is_paid_from_which_wallet(mall):
    order = await mall.office.request(selection=Selection(STEAM_20, Decimal(20), 2))
    card = said(approval_card(order_file(mall.office.desk, order)).blocks)
    status, mine, pending = [
        said((await mall.types(command))["blocks"]) for command in ("status", "mine", "pending")
    ]
    await mall.office.people.event("app_home_opened", user="U0LEAD001", tab="home")
    home = said(mall.office.slack.sent("views.publish")[0]["view"])

    for words in (card, status):
        assert "*Paid from*\nUSD wallet at CardPlusPay" in words
    assert "for USD 38.70 at CardPlusPay. There is no way back" in card
    for words in (mine, pending, home):
        assert "for USD 38.70 at CardPlusPay" in words
    with mall.office.desk.transaction():
        alarm(mall.office.desk, order, Event.UNSETTLED)
    [row] = mall.office.rows_of("alarm")
    await mall.office.messenger.deliver(row)
    assert "USD 38.70 at CardPlusPay" in said(mall.office.slack.sent("chat.postMessage")[-1]["blocks"])


async def test_home_says_whose_wallets_hold_what(mall):
    await mall.types("balance")

    await mall.office.people.event("app_home_opened", user="U0AGENT01", tab="home")

    home = said(mall.office.slack.sent("views.publish")[0]["view"])
    assert "Octopus Cards wallets" in home and "CardPlusPay wallets" in home


async def test_the_form_lists_products_with_their_vendors(mall):
    found = search_catalogue(mall.office.desk, Person(AGENT), Query("steam", country="USA"), limit=100)

    offered = [product_option(p, found.vendors[p.provider])["text"]["text"] for p in found.products]
    assert offered[0] == "Steam · United States · USD 20, 50 · Octopus Cards"
    assert "Steam 20 USD · United States · USD 20 · CardPlusPay" in offered
