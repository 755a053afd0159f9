"""The command: how it announces itself, what it is told, and what it remembers."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.cardpluspay_stand_in import STEAM, STEAM_PRICE, running


@pytest.mark.contract("cardpluspay 1.1a")
def test_the_first_line_says_where_it_is_and_what_a_client_needs() -> None:
    with running("--api-key", "our-key", "--balance", "12.50", "--currency", "EUR") as vendor:
        address = vendor.announced["address"]

        assert vendor.announced == {
            "address": address,
            "env": {"CARDPLUSPAY_BASE_URL": f"{address}/v1", "CARDPLUSPAY_API_KEY": "our-key"},
            "admin": f"{address}/admin",
        }
        assert vendor.get("/balance").json()["data"] == {
            "balance": "12.50",
            "currency": "EUR",
            "state": "success",
        }


def test_killed_at_any_moment_it_remembers_accounts_orders_balances_and_the_clock(tmp_path: Path) -> None:
    state = str(tmp_path / "cardpluspay.db")
    with running("--state", state) as vendor:
        done, waiting = vendor.ordered(), vendor.ordered("pending; seconds=100", quantity=2)
        other = vendor.another(api_key="other-key", balance=5)
        vendor.later(60)
        book = vendor.book()
        vendor.process.kill()
        vendor.process.wait()

    with running("--state", state) as vendor:
        assert vendor.book() == book
        assert vendor.balance() == Decimal("25000.00") - 3 * STEAM_PRICE
        assert vendor.read(done["order_id"])["codes"][0]["code"] == done["codes"][0]["code"]
        assert vendor.back_office("GET", f"accounts/{other.account}")["balance"] == "5.00"
        vendor.later(60)
        assert len(vendor.read(waiting["order_id"])["codes"]) == 2
        assert vendor.ordered()["order_id"] == waiting["order_id"] + 1


def test_choices_are_made_at_the_start(tmp_path: Path) -> None:
    with running("--choose", "created_status=201", "--choose", "late_delivery=polls") as vendor:
        assert vendor.order().status_code == 201
        vendor.back_office("POST", "reset")
        assert vendor.order().status_code == 201


@pytest.mark.parametrize(
    "options",
    [
        ("--choose", "colour=red"),
        ("--choose", "created_status"),
        ("--balance", "much"),
        ("--balance", "-1"),
        ("--public-key", __file__),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "bot", "sandbox", "cardpluspay", *options]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert refused.returncode == 2
    assert f"Invalid value for '{options[0]}'" in refused.stderr


@pytest.mark.parametrize("products", [3, 5000])
def test_the_catalogue_has_as_many_items_as_are_asked_for(products: int) -> None:
    with running("--products", str(products)) as vendor:
        pages = vendor.get("/catalog", per_page=100, page=products // 100 or 1).json()["data"]

        assert pages["pagination"]["total"] == products
        assert len(pages["products"]) == min(products, 100)
        assert vendor.items(item_id=STEAM)[0]["price"] == STEAM_PRICE
