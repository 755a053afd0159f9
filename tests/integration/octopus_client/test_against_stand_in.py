"""The client and the stand-in, written apart from each other, agree on the contract."""

import asyncio
from decimal import Decimal

import pytest

from bot.domain.catalogue import Product, Wallet
from bot.domain.money import Money
from bot.domain.quotes import OrderTerms
from bot.domain.vendor_orders import Purchase, VendorOrder, VendorOrderStatus
from bot.kinds.gift_card import GiftCardLine
from bot.vendors.contract import AccessDenied, NotSent, OutcomeUnknown, Refused, Vendor
from bot.vendors.octopus.client import OctopusCards
from tests.integration.octopus_client.conftest import StandIn
from tests.support.terms import gift_card_terms
from tests.support.waiting import until

ORDERS = "POST */orders"


@pytest.fixture
async def catalogue(buyer: OctopusCards) -> list[Product]:
    return [product async for page in buyer.gift_cards.products() for product in page.products]


@pytest.fixture
async def wallets(buyer: OctopusCards) -> dict[str, Wallet]:
    return {wallet.balance.currency: wallet for wallet in await buyer.wallets()}


@pytest.fixture
def terms(catalogue: list[Product], wallets: dict[str, Wallet]) -> OrderTerms[GiftCardLine]:
    """Two cards in euros, paid from the euro wallet."""
    card = next(p for p in catalogue if p.currency == "EUR" and p.fixed_only)
    face_value = Money(card.denominations[0].minimum, "EUR")
    return gift_card_terms("octopus", card.product_id, face_value, 2, wallets["EUR"].wallet_id)


@pytest.fixture
def purchase(terms: OrderTerms[GiftCardLine]) -> Purchase[GiftCardLine]:
    return Purchase(terms, "GC-261121-7K3MQ9VX", "buyer@example.org")


async def until_delivered(buyer: OctopusCards, vendor_order: VendorOrder) -> VendorOrder:
    async def delivered() -> VendorOrder | None:
        read = await buyer.gift_cards.fetch(vendor_order.vendor_order_id)
        return read if read.status is VendorOrderStatus.DELIVERED else None

    return await until(delivered)


def test_the_client_is_a_vendor(buyer: OctopusCards) -> None:
    vendor: Vendor = buyer
    assert (vendor.name, vendor.title) == ("octopus", "Octopus Cards")


@pytest.mark.contract("2.4b")
async def test_the_whole_catalogue_comes_in_pages_of_five_hundred(
    buyer: OctopusCards, stand_in: StandIn
) -> None:
    pages = [page async for page in buyer.gift_cards.products()]

    assert [len(page.products) for page in pages[:-1]] == [500] * (len(pages) - 1)
    assert len({product.key for page in pages for product in page.products}) > 1000
    assert stand_in.asked("GET /api/v1/products") == len(pages)
    assert {page.total for page in pages} == {1200}


@pytest.mark.contract("4.2a")
async def test_a_product_has_long_texts_on_its_own_page(
    buyer: OctopusCards, catalogue: list[Product]
) -> None:
    details = await buyer.gift_cards.product_details(catalogue[0].product_id)
    assert details.terms
    assert details.how_to_use


@pytest.mark.contract("14b")
async def test_countries_currencies_and_categories_have_names(buyer: OctopusCards) -> None:
    names = await buyer.names()
    assert names.countries["DEU"] == "Germany"
    assert names.currencies["JPY"] == "Japanese Yen"
    assert "Gaming" in names.categories


@pytest.mark.contract("4.2b")
async def test_a_product_that_is_not_there_is_not_found(buyer: OctopusCards) -> None:
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.product_details("999999999")
    assert raised.value.not_found


@pytest.mark.contract("4.3a")
async def test_stock_is_looked_up(buyer: OctopusCards, terms: OrderTerms[GiftCardLine]) -> None:
    assert await buyer.gift_cards.is_available(terms.line)


@pytest.mark.contract("6.4b")
async def test_what_is_quoted_is_what_leaves_the_wallet(
    buyer: OctopusCards, purchase: Purchase[GiftCardLine], wallets: dict[str, Wallet]
) -> None:
    quote = await buyer.gift_cards.quote(purchase.terms)

    await buyer.gift_cards.place(purchase)

    left = {wallet.balance.currency: wallet.balance for wallet in await buyer.wallets()}["EUR"]
    assert quote.wallet_balance == wallets["EUR"].balance
    assert left == quote.balance_after
    assert quote.charge == quote.face_value - quote.discount
    assert quote.forex_rate is None


@pytest.mark.contract("5.1b", "9.4a")
async def test_paying_from_another_currency_has_a_rate_and_debits_that_wallet(
    buyer: OctopusCards, terms: OrderTerms[GiftCardLine], wallets: dict[str, Wallet]
) -> None:
    abroad = gift_card_terms(
        "octopus", terms.line.product_id, terms.line.unit_value, 2, wallets["JPY"].wallet_id
    )

    quote = await buyer.gift_cards.quote(abroad)
    await buyer.gift_cards.place(Purchase(abroad, "GC-ABROAD", None))

    left = {wallet.balance.currency: wallet.balance for wallet in await buyer.wallets()}["JPY"]
    assert quote.charge.currency == "JPY"
    assert quote.discount.currency == "EUR"
    assert quote.forex_rate
    assert left == quote.balance_after


@pytest.mark.contract("6.2a", "7.3a")
async def test_a_small_order_is_delivered_at_once_and_its_codes_are_clear_only_once(
    buyer: OctopusCards, purchase: Purchase[GiftCardLine]
) -> None:
    vendor_order = await buyer.gift_cards.place(purchase)

    assert vendor_order.status is VendorOrderStatus.DELIVERED
    assert vendor_order.matches(purchase)
    assert vendor_order.client_reference == purchase.client_reference
    assert [voucher.is_clear for voucher in vendor_order.deliverables] == [True, True]
    again = await buyer.gift_cards.fetch(vendor_order.vendor_order_id)
    assert again.matches(purchase)
    assert [voucher.is_clear for voucher in again.deliverables] == [False, False]


@pytest.mark.contract("6.2a")
async def test_a_large_order_is_fulfilled_later(buyer: OctopusCards, terms: OrderTerms[GiftCardLine]) -> None:
    many = Purchase(
        gift_card_terms("octopus", terms.line.product_id, terms.line.unit_value, 6, terms.wallet_id),
        "GC-6",
        None,
    )

    vendor_order = await buyer.gift_cards.place(many)
    assert (vendor_order.status, vendor_order.deliverables) == (VendorOrderStatus.PENDING, ())
    delivered = await until_delivered(buyer, vendor_order)

    assert [voucher.is_clear for voucher in delivered.deliverables] == [True] * 6


@pytest.mark.contract("7.2a")
async def test_an_order_is_found_by_our_reference_and_by_nothing_like_it(
    buyer: OctopusCards, purchase: Purchase[GiftCardLine]
) -> None:
    placed = await buyer.gift_cards.place(purchase)

    found = await buyer.gift_cards.find(purchase.client_reference)

    assert found is not None
    assert found.vendor_order_id == placed.vendor_order_id
    assert found.matches(purchase)
    assert await buyer.gift_cards.find(purchase.client_reference[:-1]) is None


@pytest.mark.contract("9.1a")
async def test_a_repeated_reference_buys_nothing_and_is_a_possible_duplicate(
    buyer: OctopusCards, stand_in: StandIn, purchase: Purchase[GiftCardLine]
) -> None:
    await buyer.gift_cards.place(purchase)

    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(purchase)

    assert raised.value.may_have_purchased
    assert len(stand_in.orders()) == 1


@pytest.mark.contract("9.2b")
@pytest.mark.parametrize(
    ("fault", "bought"),
    [
        ({"kind": "drop-before"}, 0),
        ({"kind": "drop-after"}, 1),
        ({"kind": "truncate"}, 1),
        ({"kind": "error", "status": 500}, 0),
        ({"kind": "error", "status": 502, "body": "html", "when": "after"}, 1),
    ],
    ids=lambda given: " ".join(map(str, given.values())) if isinstance(given, dict) else None,
)
async def test_a_lost_answer_is_an_unknown_outcome_that_a_look_up_resolves(
    buyer: OctopusCards,
    stand_in: StandIn,
    purchase: Purchase[GiftCardLine],
    fault: dict[str, str],
    bought: int,
) -> None:
    stand_in.arm(on=ORDERS, **fault)

    with pytest.raises(OutcomeUnknown):
        await buyer.gift_cards.place(purchase)

    assert stand_in.asked("POST /api/v1/orders") == 1
    assert len(stand_in.orders()) == bought
    assert (await buyer.gift_cards.find(purchase.client_reference) is not None) == bool(bought)


async def test_being_told_to_slow_down_buys_nothing(
    buyer: OctopusCards, stand_in: StandIn, purchase: Purchase[GiftCardLine]
) -> None:
    stand_in.arm("rate-limited", ORDERS, seconds=4)
    with pytest.raises(NotSent) as raised:
        await buyer.gift_cards.place(purchase)
    assert raised.value.retry_after_s == 4
    assert not stand_in.orders()


@pytest.mark.contract("6.5b", "G5")
async def test_an_empty_wallet_is_a_refusal_for_want_of_funds(
    buyer: OctopusCards, stand_in: StandIn, purchase: Purchase[GiftCardLine]
) -> None:
    stand_in.arm("insufficient-funds", ORDERS)
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.place(purchase)
    assert raised.value.insufficient_funds
    assert not stand_in.orders()


@pytest.mark.contract("6.2b", "G7")
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "fail"}, VendorOrderStatus.FAILED),
        ({"kind": "cancel"}, VendorOrderStatus.CANCELLED),
        ({"kind": "stall"}, VendorOrderStatus.PENDING),
        ({"kind": "partial", "deliver": 1, "then": "stay"}, VendorOrderStatus.PARTIALLY_DELIVERED),
    ],
    ids=["fail", "cancel", "stall", "partial"],
)
async def test_a_paid_order_may_come_back_in_any_state(
    buyer: OctopusCards,
    stand_in: StandIn,
    purchase: Purchase[GiftCardLine],
    fault: dict[str, str],
    status: VendorOrderStatus,
) -> None:
    stand_in.arm(on=ORDERS, **fault)
    assert (await buyer.gift_cards.place(purchase)).status is status


@pytest.mark.contract("3.4b")
async def test_a_token_that_ends_in_the_middle_is_renewed_and_the_order_bought_once(
    buyer: OctopusCards, stand_in: StandIn, purchase: Purchase[GiftCardLine]
) -> None:
    stand_in.arm("token-expired", ORDERS)
    await buyer.gift_cards.place(purchase)
    assert len(stand_in.orders()) == 1
    assert stand_in.asked("POST /auth/refresh") == 1


@pytest.mark.contract("3.4b", "G15")
async def test_fifty_reads_after_the_tokens_ended_refresh_once(
    buyer: OctopusCards, stand_in: StandIn
) -> None:
    await buyer.account()
    stand_in.back_office.post("/tokens/revoke", json={"kind": "access"}).raise_for_status()

    await asyncio.gather(*(buyer.wallets() for _ in range(50)))

    assert (stand_in.asked("POST /auth/login"), stand_in.asked("POST /auth/refresh")) == (1, 1)


@pytest.mark.contract("3.3a")
async def test_a_logout_elsewhere_ends_every_token_and_we_log_in_again(
    buyer: OctopusCards, stand_in: StandIn
) -> None:
    await buyer.account()
    stand_in.back_office.post("/tokens/revoke", json={}).raise_for_status()

    assert await buyer.wallets()

    assert stand_in.asked("POST /auth/login") == 2


async def test_a_read_is_repeated_after_a_failure(buyer: OctopusCards, stand_in: StandIn) -> None:
    stand_in.arm("error", "GET */wallets", status=503, body="html")
    stand_in.arm("drop-before", "GET */wallets")
    assert await buyer.wallets()
    assert stand_in.asked("GET /api/v1/wallets") >= 2


@pytest.mark.contract("3.1b")
async def test_wrong_credentials_are_denied(stand_in: StandIn) -> None:
    stranger = OctopusCards(stand_in.address, "acme-sandbox-key", "wrong")
    try:
        with pytest.raises(AccessDenied, match="credentials"):
            await stranger.account()
    finally:
        await stranger.aclose()


@pytest.mark.contract("14d")
@pytest.mark.parametrize("status", [400, 403])
async def test_a_feature_switched_off_is_denied(
    buyer: OctopusCards, stand_in: StandIn, purchase: Purchase[GiftCardLine], status: int
) -> None:
    stand_in.back_office.patch("/choices", json={"feature_off_status": status}).raise_for_status()
    client_id = stand_in.back_office.get("/clients").json()[0]["id"]
    stand_in.back_office.patch(f"/clients/{client_id}", json={"vouchers_enabled": False}).raise_for_status()

    with pytest.raises(AccessDenied):
        await buyer.gift_cards.place(purchase)


@pytest.mark.contract("3c")
async def test_an_address_not_on_the_list_is_denied(buyer: OctopusCards, stand_in: StandIn) -> None:
    client_id = stand_in.back_office.get("/clients").json()[0]["id"]
    stand_in.back_office.patch(
        f"/clients/{client_id}", json={"ip_list": ["203.0.113.0/24"]}
    ).raise_for_status()

    with pytest.raises(AccessDenied, match="address of this machine"):
        await buyer.account()


@pytest.mark.contract("2.5a")
async def test_an_amount_reaches_the_vendor_to_the_cent(
    buyer: OctopusCards, stand_in: StandIn, catalogue: list[Product], wallets: dict[str, Wallet]
) -> None:
    card = next(p for p in catalogue if p.currency == "EUR" and not p.fixed_only)
    span = next(d for d in card.denominations if not d.is_fixed)
    odd = Money(span.minimum + Decimal("0.07"), "EUR")

    vendor_order = await buyer.gift_cards.place(
        Purchase(
            gift_card_terms("octopus", card.product_id, odd, 1, wallets["EUR"].wallet_id), "GC-CENT", None
        )
    )

    assert vendor_order.denomination == odd.amount
    assert f'"denomination":{odd.amount}' in stand_in.back_office.get("/orders").text.replace(" ", "")
