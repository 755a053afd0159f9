"""Section 5 and 2.7: what moves a balance without a call, and what the back office knows of each account."""

from decimal import Decimal

import pytest

from tests.support.cardpluspay_stand_in import STEAM, STEAM_PRICE, TARGET, StandIn, refusal
from tests.support.every import assert_every

EVERYTHING = Decimal("25000.00")


@pytest.mark.contract("cardpluspay 2.7b")
def test_a_balance_rises_by_a_payment_that_no_call_made(cardpluspay: StandIn) -> None:
    cardpluspay.back_office(
        "POST", f"accounts/{cardpluspay.account}/top-up", amount="50.25", reason="By bank"
    )

    assert cardpluspay.balance() == EVERYTHING + Decimal("50.25")
    latest = cardpluspay.book()["ledger"][-1]
    assert (latest["kind"], latest["change"], latest["reason"]) == ("top-up", "50.25", "By bank")


@pytest.mark.contract("cardpluspay 2.7b", "cardpluspay 4d")
def test_a_purchase_on_the_dashboard_is_an_order_like_ours(cardpluspay: StandIn) -> None:
    by_hand = cardpluspay.back_office(
        "POST", f"accounts/{cardpluspay.account}/buy", item_code=STEAM, quantity=2
    )
    ours = cardpluspay.ordered(quantity=2)

    first, second = (cardpluspay.read(order_id) for order_id in (by_hand["order_id"], ours["order_id"]))
    assert first["amount"] == second["amount"]
    assert list(first) == list(second)
    assert [order["through"] for order in cardpluspay.book()["orders"]] == ["dashboard", "api"]
    assert cardpluspay.balance() == EVERYTHING - 4 * STEAM_PRICE


@pytest.mark.contract("cardpluspay 5a", "cardpluspay G26")
def test_a_refund_comes_in_parts_up_to_the_whole_and_leaves_the_order_as_it_was(cardpluspay: StandIn) -> None:
    bought = cardpluspay.ordered(quantity=2)
    before = cardpluspay.read(bought["order_id"])
    refund = f"orders/{bought['order_id']}"

    cardpluspay.back_office("POST", refund, do="refund", amount="8.56")
    assert cardpluspay.balance() == EVERYTHING - 30
    cardpluspay.back_office("POST", refund, do="refund")
    assert cardpluspay.balance() == EVERYTHING

    more = cardpluspay.http.post(f"/admin/api/{refund}", json={"do": "refund", "amount": "0.01"})
    assert refusal(more)[0] == 400
    assert cardpluspay.read(bought["order_id"]) == before
    assert [row["kind"] for row in cardpluspay.book()["ledger"]] == ["opening", "order", "refund", "refund"]


@pytest.mark.contract("cardpluspay 5a")
def test_nothing_cancels_or_refunds_an_order_by_a_call(cardpluspay: StandIn) -> None:
    order_id = cardpluspay.ordered()["order_id"]

    statuses = {
        cardpluspay.http.request(method, f"/v1/orders/{order_id}{action}", json={}).status_code
        for method in ("POST", "DELETE", "PATCH")
        for action in ("", "/cancel", "/refund")
    }

    assert statuses <= {404, 405}


def test_a_balance_can_be_set_and_the_ledger_still_adds_up(cardpluspay: StandIn) -> None:
    cardpluspay.back_office("PATCH", f"accounts/{cardpluspay.account}", balance="12.34")

    assert cardpluspay.balance() == Decimal("12.34")
    book = cardpluspay.book()
    assert book["adds_up"]
    assert (book["ledger"][-1]["kind"], book["ledger"][-1]["change"]) == ("adjustment", "-24987.66")


def test_the_ledger_of_an_account_has_every_code_and_every_cent(cardpluspay: StandIn) -> None:
    first, second = cardpluspay.ordered(quantity=2), cardpluspay.ordered(item_code=TARGET)

    book = cardpluspay.book()

    assert [order["order_id"] for order in book["orders"]] == [first["order_id"], second["order_id"]]
    for bought, kept in zip((first, second), book["orders"], strict=True):
        assert kept["amount"] == kept["debited"] == bought["amount"]
        assert [(code["code"], code["pin"]) for code in kept["codes"]] == [
            (code["code"], code.get("metadata", [{"Pin": None}])[0]["Pin"]) for code in bought["codes"]
        ]
    assert [(row["kind"], row["order_id"], row["change"]) for row in book["ledger"]] == [
        ("opening", None, "25000.00"),
        ("order", first["order_id"], f"-{first['amount']}"),
        ("order", second["order_id"], f"-{second['amount']}"),
    ]
    assert Decimal(book["balance"]) == cardpluspay.balance()
    assert Decimal(book["ledger"][-1]["balance_after"]) == cardpluspay.balance()


def test_hundreds_of_accounts_are_independent(cardpluspay: StandIn) -> None:
    keys = [f"crash-{number}" for number in range(300)]
    for key in keys:
        cardpluspay.back_office("POST", "accounts", name=key, api_key=key, balance="100.00")

    with_orders = keys[::50]
    for key in with_orders:
        cardpluspay.http.post("/v1/orders", json={"item_code": STEAM}, headers={"X-API-Key": key})

    books = {key: cardpluspay.back_office("GET", f"accounts/{key}/book") for key in keys}
    assert {key for key, book in books.items() if book["orders"]} == set(with_orders)
    assert {book["balance"] for book in books.values()} == {"100.00", "80.72"}
    assert_every(books.values(), lambda book: book["adds_up"])
    assert cardpluspay.balance() == EVERYTHING


def test_an_account_may_be_opened_without_saying_anything(cardpluspay: StandIn) -> None:
    other = cardpluspay.another()

    assert other.balance() == 0
    assert other.account != cardpluspay.another().account
