"""The price follows what is chosen, and says in words when there is none."""

from bot.domain.catalogue import Product
from bot.domain.money import plain
from bot.services.context import AppContext
from bot.services.find_product import find_product
from handlers.slack_context import SlackContext
from tests.integration.order_form.conftest import AGENT, Controls, Tab

CHARGES = "/api/v1/products/*/charges"


def total(tab: Tab) -> str | None:
    for block in (tab.view or {})["blocks"]:
        text = block.get("text", {}).get("text", "")
        if "Total payable" in text:
            return str(text)
    return None


async def test_the_price_appears_as_soon_as_everything_is_chosen(agent: Tab, card: Product) -> None:
    await agent.open_form()
    assert agent.says("Choose a product to see the price.")

    await agent.choose_product(card)
    assert agent.says("Say how much each card is to be worth.")
    await agent.type_into("denomination", plain(card.denominations[0].minimum))

    await agent.until(total)
    assert agent.says("Wallet after")


async def test_another_quantity_is_another_price(agent: Tab, card: Product) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    first = await agent.until(total)

    await agent.type_into("quantity", "3")

    await agent.until(lambda tab: total(tab) not in (None, first))
    assert agent.says("(3 cards of ")


async def test_while_somebody_types_the_vendor_is_asked_once_for_the_last_amount(
    agent: Tab, ranged: Product, controls: Controls
) -> None:
    await agent.open_form()
    await agent.choose_product(ranged)
    least = int(ranged.denominations[-1].minimum)

    for typed in ("1", "12", str(least)):
        await agent.type_into("denomination", typed)

    await agent.until(total)
    assert len(await controls.vendor_requests(CHARGES)) == 1


async def test_a_slow_older_price_never_replaces_a_newer_one(
    agent: Tab, card: Product, controls: Controls, slack_ctx: SlackContext
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await controls.break_vendor("delay-after", CHARGES, seconds=1)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.until(lambda tab: tab.says("Asking for the price…"))

    await agent.type_into("quantity", "2")

    await agent.until(lambda tab: tab.says("(2 cards of "))
    await slack_ctx.background.stop(5)  # the first answer has come too
    updates = await controls.slack_calls("views.update")
    assert "(2 cards of " in str(updates[-1]["request"])


async def test_what_is_typed_while_the_price_is_asked_for_stays(
    agent: Tab, card: Product, controls: Controls
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await controls.break_vendor("delay-before", CHARGES, seconds=1)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.type_into("reason", "Parcel lost twice", dispatch=False)

    await agent.until(total)
    answer = await agent.submit()

    assert answer == {"ok": True}


async def test_a_wrong_amount_is_explained_while_it_is_typed(agent: Tab, ranged: Product) -> None:
    await agent.open_form()
    await agent.choose_product(ranged)

    await agent.type_into("denomination", str(int(ranged.denominations[-1].maximum) + 1))

    await agent.until(lambda tab: tab.says("is not sold at USD"))


async def test_too_many_cards_are_explained_while_they_are_typed(agent: Tab, card: Product) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))

    await agent.type_into("quantity", "101")

    await agent.until(lambda tab: tab.says("At most 100 cards per order here."))


async def test_a_vendor_that_fails_is_named_and_can_be_asked_again(
    agent: Tab, card: Product, controls: Controls
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await controls.break_vendor("drop-before", CHARGES, times=20)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.until(lambda tab: tab.says("Octopus Cards did not answer"), within_s=15)

    await controls.call("DELETE", f"{controls.vendor}/admin/api/faults")
    await agent.press("ask_for_the_price_again")

    await agent.until(total)


async def test_the_wallet_can_be_chosen_and_changes_the_price(agent: Tab, card: Product) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))
    await agent.until(total)
    wallets = agent.blocks()[f"wallet:{card.key}"]["element"]
    other = next(o for o in wallets["options"] if o["value"] != wallets["initial_option"]["value"])

    await agent.type_into("wallet", other["value"])

    currency = other["text"]["text"][:3]
    await agent.until(lambda tab: f"from the {currency} wallet" in (total(tab) or ""))
    assert agent.says("FX rate")


async def test_a_form_that_was_closed_meanwhile_hurts_nobody(
    agent: Tab, card: Product, controls: Controls, ctx: AppContext
) -> None:
    view = await agent.open_form()
    await agent.choose_product(card)
    await controls.break_vendor("delay-before", CHARGES, seconds=1)
    await agent.type_into("denomination", plain(card.denominations[0].minimum))

    await agent.do("close", view_id=view["id"])
    await agent.until(lambda tab: tab.view is None)

    assert await agent.open_form()


async def test_filters_narrow_what_is_offered(agent: Tab, ctx: AppContext) -> None:
    await agent.open_form()
    await agent.suggestions("country", "united k")
    await agent.type_into("country", "GBR")
    await agent.until(lambda tab: tab.carries('"country": "GBR"'))

    offered = [await find_product(ctx, o["value"]) for o in await agent.suggestions("product", "")]

    assert offered
    assert {product.country for product in offered} == {"GBR"}


async def test_any_country_is_offered_first_and_takes_the_filter_away(agent: Tab, ctx: AppContext) -> None:
    await agent.open_form()
    await agent.suggestions("country", "")
    await agent.type_into("country", "GBR")
    await agent.until(lambda tab: tab.carries('"country": "GBR"'))

    first = (await agent.suggestions("country", ""))[0]
    assert first["text"]["text"] == "Any country"
    await agent.type_into("country", first["value"])
    await agent.until(lambda tab: not tab.carries('"country"'))

    countries = {
        (await find_product(ctx, o["value"])).country for o in await agent.suggestions("product", "")
    }
    assert len(countries) > 1


async def test_somebody_who_may_no_longer_ask_is_told_so_and_offered_nothing(
    agent: Tab, card: Product, controls: Controls, slack_ctx: SlackContext
) -> None:
    await agent.open_form()
    await agent.choose_product(card)
    await controls.call("POST", f"{controls.slack}/control/people", user=AGENT, is_restricted=True)
    slack_ctx.people.clear_cache()  # as Slack's user_change event makes it

    await agent.type_into("denomination", plain(card.denominations[0].minimum))

    await agent.until(lambda tab: tab.says("Guest accounts cannot use gift cards."))
    assert await agent.suggestions("product", card.name) == []
