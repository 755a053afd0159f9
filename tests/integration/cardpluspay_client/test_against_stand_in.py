"""The client and the stand-in, written apart from each other, agree on what can be asked."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.domain.money import Money
from bot.domain.vendor_orders import Purchase, VendorOrderStatus
from bot.kinds.gift_card import GIFT_CARD
from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.signing import RequestSigner
from bot.vendors.contract import AccessDenied, Refused, Vendor
from bot.vendors.http.transport import Timeouts
from tests.support.cardpluspay_account import BALANCE, CHECK, LIST, Account, in_short
from tests.support.cardpluspay_orders import PLAIN, PLAIN_PRICE, STEAM, TARGET
from tests.support.every import assert_every, assert_none
from tests.support.terms import gift_card_terms, vouchers

TERMS = gift_card_terms("cardpluspay", PLAIN, Money(Decimal("20.00"), "USD"), 2, "balance")
PURCHASE = Purchase(TERMS, "GC-261121-7K3MQ9VX", "buyer@example.org")
CATALOGUE, A_READ = "GET /v1/catalog", "GET /v1/orders/*"
FAILURES: list[tuple[str, dict[str, Any]]] = [
    ("drop-before", {}),
    ("drop-after", {}),
    ("truncate", {}),
    ("error", {"status": 500}),
    ("error", {"status": 502, "body": "html"}),
    ("error", {"status": 503}),
    ("error", {"status": 504, "body": "html", "when": "after"}),
    ("error", {"status": 409}),
    ("rate-limited", {"seconds": 0.1}),
    ("rate-limited", {"header": "no"}),
]


@pytest.fixture
async def buyer(account: Account) -> AsyncIterator[CardPlusPay]:
    client = account.client(timeouts=Timeouts(1, 1, 4))
    yield client
    await client.aclose()


async def codes_of(buyer: CardPlusPay) -> list[str]:
    return [product.product_id async for page in buyer.gift_cards.products() for product in page.products]


def test_the_client_is_a_vendor_without_references_or_statement(buyer: CardPlusPay) -> None:
    vendor: Vendor = buyer
    assert (vendor.name, vendor.title) == ("cardpluspay", "CardPlusPay")
    cards = vendor.sells[GIFT_CARD]
    assert (cards.reference_lookup, vendor.wallet_statement, cards.max_order_quantity) == (None, None, 100)


@pytest.mark.contract("cardpluspay 1.7a", "cardpluspay 1.7b", "cardpluspay 2.2a")
async def test_the_whole_catalogue_comes_in_pages_of_a_hundred(buyer: CardPlusPay, account: Account) -> None:
    pages = [page async for page in buyer.gift_cards.products()]

    total = pages[0].total
    assert total is not None and total > 500
    assert len(account.asked(CATALOGUE)) == len(pages) == -(-total // 100)
    assert {product.currency for page in pages for product in page.products} == {"USD"}
    products = [product for page in pages for product in page.products]
    assert_every(products, lambda product: product.fixed_only)


@pytest.mark.contract("cardpluspay 1.5a", "cardpluspay 2.2d")
async def test_codes_that_differ_by_case_alone_stay_apart_and_what_is_posted_is_left_out(
    buyer: CardPlusPay, account: Account
) -> None:
    products = [product async for page in buyer.gift_cards.products() for product in page.products]
    codes = [product.product_id for product in products]

    assert len({code.casefold() for code in codes}) < len(set(codes)) == len(codes)
    names = {product.name.partition(" 1")[0] for product in products}
    assert_none(names, lambda name: "Home Depot" in name)
    (plain,) = [product for product in products if product.product_id == PLAIN]
    assert (plain.country, plain.currency, plain.brand) == ("USA", "USD", "PlayStation Store")


@pytest.mark.contract("cardpluspay G2")
@pytest.mark.parametrize(
    "choices",
    [{"catalog_list": "items"}, {"catalog_list": "bare"}, {"catalog_money": "string"}],
    ids=lambda given: next(iter(given.values())),
)
async def test_the_catalogue_is_the_same_however_it_is_laid_out(
    buyer: CardPlusPay, account: Account, choices: dict[str, Any]
) -> None:
    as_usual = [page.products async for page in buyer.gift_cards.products()]
    account.choose(**choices)
    assert [page.products async for page in buyer.gift_cards.products() if page.products] == as_usual


@pytest.mark.contract("cardpluspay G3", "cardpluspay 1.7a")
async def test_where_no_page_can_be_selected_the_first_one_is_read_once(
    buyer: CardPlusPay, account: Account
) -> None:
    account.choose(pages="ignored")
    codes = await codes_of(buyer)
    assert 0 < len(codes) <= 100
    assert len(account.asked(CATALOGUE)) == 2


@pytest.mark.contract("cardpluspay 1.6a", "cardpluspay G6", "cardpluspay 1.9a")
@pytest.mark.parametrize("status", [404, 200])
async def test_an_item_that_is_not_there_is_not_found(
    buyer: CardPlusPay, account: Account, status: int
) -> None:
    account.choose(unknown_item_on_catalog=status)
    with pytest.raises(Refused) as raised:
        await buyer.gift_cards.product_details("NO-SUCH-ITEM")
    assert raised.value.not_found
    assert await buyer.gift_cards.product_details(PLAIN)


@pytest.mark.contract("cardpluspay 2.3a", "cardpluspay 2.3b", "cardpluspay 1.6a")
async def test_stock_is_looked_up(buyer: CardPlusPay, account: Account) -> None:
    assert await buyer.gift_cards.is_available(TERMS.line.part(100))
    account.arm("out-of-stock", on=CHECK)
    assert not await buyer.gift_cards.is_available(TERMS.line.part(100))


@pytest.mark.contract("cardpluspay G6")
@pytest.mark.parametrize("status", [404, 400])
async def test_an_unknown_item_has_no_price(buyer: CardPlusPay, account: Account, status: int) -> None:
    account.choose(unknown_item_on_check=status)
    account.arm("vanish", on=CHECK)
    with pytest.raises(Refused):
        await buyer.gift_cards.quote(TERMS)


@pytest.mark.contract("cardpluspay 2.7a", "cardpluspay 1.4c", "cardpluspay 1.3a", "cardpluspay G21")
async def test_the_balance_is_the_one_wallet(cardpluspay_vendor, buyer: CardPlusPay) -> None:
    (wallet,) = await buyer.wallets()
    assert wallet.balance == Money(Decimal("5000.00"), "USD")
    euros = Account.opened(cardpluspay_vendor, balance="12.34", currency="EUR").client()
    (wallet,) = await euros.wallets()
    assert wallet.balance == Money(Decimal("12.34"), "EUR")
    with pytest.raises(Refused, match="currency"):
        await euros.gift_cards.quote(TERMS)
    await euros.aclose()


@pytest.mark.contract("cardpluspay 2.4b", "cardpluspay 1.4a")
async def test_what_is_quoted_is_what_leaves_the_account(buyer: CardPlusPay) -> None:
    quote = await buyer.gift_cards.quote(TERMS)

    vendor_order = await buyer.gift_cards.place(PURCHASE)

    (wallet,) = await buyer.wallets()
    assert vendor_order.charge == quote.charge == Money(2 * PLAIN_PRICE, "USD")
    assert wallet.balance == quote.balance_after


@pytest.mark.contract("cardpluspay G29", "cardpluspay 1.4a")
async def test_a_card_that_costs_more_than_its_face_value_has_a_fee(buyer: CardPlusPay) -> None:
    dearer = [
        product
        async for page in buyer.gift_cards.products()
        for product in page.products
        if product.denominations[0].discount < 0
    ]
    face_value = Money(dearer[0].denominations[0].minimum, "USD")
    terms = gift_card_terms("cardpluspay", dearer[0].product_id, face_value, 1, "balance")

    quote = await buyer.gift_cards.quote(terms)
    vendor_order = await buyer.gift_cards.place(Purchase(terms, "GC-DEARER", None))

    assert quote.fee is not None
    assert vendor_order.charge == quote.charge == quote.face_value + quote.fee
    assert vendor_order.denomination == face_value.amount


@pytest.mark.contract("cardpluspay 1.1a", "cardpluspay 2.6b", "cardpluspay G4", "cardpluspay G13")
async def test_the_newest_orders_come_first_whatever_became_of_them(
    buyer: CardPlusPay, account: Account
) -> None:
    account.arm("stall", status="on hold")
    placed = [(await buyer.gift_cards.place(PURCHASE)).vendor_order_id for _ in range(3)]

    (listed,) = [page async for page in buyer.orders()]

    assert [order.vendor_order_id for order in listed] == placed[::-1]
    (asked,) = account.asked(LIST)
    assert asked["path"] == "/v1/orders?per_page=100&sort_by=created_at&order=desc&page=1"


@pytest.mark.contract("cardpluspay 2.5a", "cardpluspay 2.6a", "cardpluspay 3b", "cardpluspay 1.6b")
@pytest.mark.parametrize("money", ["documented", "swapped"])
@pytest.mark.parametrize("entries", ["dated", "sampled"])
async def test_a_purchase_its_read_and_its_line_in_the_list_are_the_same_order(
    buyer: CardPlusPay, account: Account, money: str, entries: str
) -> None:
    account.choose(money=money, list_entries=entries)
    placed = await buyer.gift_cards.place(PURCHASE)
    read = await buyer.gift_cards.fetch(placed.vendor_order_id)
    ((listed,),) = [page async for page in buyer.orders()]

    assert placed.matches(PURCHASE)
    assert read.matches(PURCHASE)
    assert (placed.status, read.status) == (VendorOrderStatus.DELIVERED, VendorOrderStatus.DELIVERED)
    assert placed.vendor_order_id == read.vendor_order_id == listed.vendor_order_id
    assert placed.charge == read.charge == listed.charge
    assert placed.deliverables == read.deliverables
    assert placed.created_at == read.created_at == (listed.at or read.created_at)
    assert (placed.pins_left_out, read.pins_left_out) == (False, True)


@pytest.mark.contract("cardpluspay 2.4c", "cardpluspay G12")
async def test_pins_are_in_the_purchase_and_in_a_read_that_shows_codes_whole(
    buyer: CardPlusPay, account: Account
) -> None:
    terms = gift_card_terms("cardpluspay", TARGET, Money(Decimal("25.00"), "USD"), 2, "balance")
    placed = await buyer.gift_cards.place(Purchase(terms, "GC-TARGET", None))
    bare = await buyer.gift_cards.fetch(placed.vendor_order_id)
    account.choose(codes_on_read="full")
    whole = await buyer.gift_cards.fetch(placed.vendor_order_id)

    assert [(v.card_number, v.pin_code) for v in vouchers(placed.deliverables)] == account.codes()
    assert [voucher.pin_code for voucher in vouchers(bare.deliverables)] == [None, None]
    assert whole.deliverables == placed.deliverables
    assert (bare.pins_left_out, whole.pins_left_out) == (True, False)


@pytest.mark.contract("cardpluspay 2.5b", "cardpluspay 1.5b")
async def test_an_order_that_is_not_ours_or_not_there_is_not_found(
    buyer: CardPlusPay, cardpluspay_vendor
) -> None:
    unknown_orders = cardpluspay_vendor.another(balance="100.00").ordered(item_code=STEAM)
    for number in (str(unknown_orders["order_id"]), "123"):
        with pytest.raises(Refused) as raised:
            await buyer.gift_cards.fetch(number)
        assert raised.value.not_found


@pytest.mark.contract("cardpluspay G30", "cardpluspay G17")
@pytest.mark.parametrize(("fault", "options"), FAILURES, ids=in_short)
async def test_every_read_is_repeated_after_a_failure(
    buyer: CardPlusPay, account: Account, fault: str, options: dict[str, Any]
) -> None:
    number = (await buyer.gift_cards.place(PURCHASE)).vendor_order_id
    reads = {
        BALANCE: buyer.wallets,
        CHECK: lambda: buyer.gift_cards.is_available(TERMS.line.part(1)),
        LIST: lambda: anext(buyer.orders()),
        A_READ: lambda: buyer.gift_cards.fetch(number),
        CATALOGUE: lambda: buyer.gift_cards.product_details(PLAIN),
    }
    for request, read in reads.items():
        account.arm(fault, on=request, **options)
        assert await read()  # type: ignore[operator]  # each is a read


@pytest.mark.contract("cardpluspay 1.2a", "cardpluspay G19")
async def test_a_key_that_does_not_open_anything_is_denied(cardpluspay_vendor, account: Account) -> None:
    account.choose(key_header="exact")
    client = account.client()
    assert await client.wallets()
    account.change(active=False)
    with pytest.raises(AccessDenied):
        await client.wallets()
    await client.aclose()


@pytest.fixture(scope="module")
def private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.contract("cardpluspay 1.2b", "cardpluspay 1.2c", "cardpluspay G18")
async def test_each_request_of_a_signing_account_has_a_challenge_of_its_own(
    account: Account, private_key: RSAPrivateKey
) -> None:
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    account.change(public_key=public.decode())
    client = account.client(signing=RequestSigner(private_key, "/challenge"))

    assert (await client.gift_cards.place(PURCHASE)).status is VendorOrderStatus.DELIVERED
    assert [page async for page in client.orders()]

    others = [request for request in ("POST /v1/orders", LIST, BALANCE) for _ in account.asked(request)]
    assert len(account.asked("GET /v1/challenge")) == len(others) == 3
    await client.aclose()


@pytest.mark.contract("cardpluspay 1.2b")
async def test_unsigned_or_wrongly_signed_requests_buy_nothing(
    account: Account, private_key: RSAPrivateKey
) -> None:
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    account.change(public_key=public.decode())
    another = generate_private_key(public_exponent=65537, key_size=2048)
    for signing in (None, RequestSigner(another, "/challenge")):
        client = account.client(signing=signing)
        with pytest.raises(AccessDenied):
            await client.gift_cards.place(PURCHASE)
        await client.aclose()
    assert account.orders() == []
