"""The command: how it announces itself, and remembers."""

from pathlib import Path

from tests.support.every import assert_every
from tests.support.octopus_stand_in import STEAM_US, USD, running


def test_the_first_line_says_where_it_is_and_what_a_client_needs() -> None:
    with running("--api-key", "our-key", "--api-secret", "our-secret") as vendor:
        address = vendor.announced["address"]

        assert vendor.announced == {
            "address": address,
            "env": {
                "OCTOPUS_BASE_URL": address,
                "OCTOPUS_API_KEY": "our-key",
                "OCTOPUS_API_SECRET": "our-secret",
            },
            "admin": f"{address}/admin",
        }
        assert vendor.get("/wallets").status_code == 200


def test_killed_at_any_moment_it_remembers_orders_balances_references_and_tokens(tmp_path: Path) -> None:
    state = str(tmp_path / "octopus.db")
    with running("--state", state) as vendor:
        placed = vendor.order(client_reference="before").json()
        waiting = vendor.order(quantity=6).json()
        balance, token = vendor.balance(USD), vendor.http.headers["Authorization"]
        vendor.later(2)
        vendor.process.kill()
        vendor.process.wait()

    with running("--state", state, "--async-delay-s", "0") as vendor:
        vendor.http.headers["Authorization"] = token

        assert vendor.balance(USD) == balance
        assert vendor.order(client_reference="before").status_code == 400
        masked = vendor.get(f"/orders/{placed['id']}").json()["vouchers"][0]["card_number"]
        assert masked.endswith(placed["vouchers"][0]["card_number"][-4:])
        assert "*" in masked
        assert vendor.back_office("GET", "clock")["shift_s"] == 2
        vendor.later(2)
        vendor.settled(waiting["id"], lambda seen: seen["status"] == "DELIVERED")
        assert_every(vendor.back_office("GET", "wallets"), lambda wallet: wallet["adds_up"])


def test_a_catalogue_of_fifty_thousand_can_be_read_to_its_end() -> None:
    with running("--products", "50000", "--no-rate-limits") as vendor:
        last = vendor.get("/products", limit=500, page=100)

        assert last.headers["X-Total-Count"] == "50000"
        assert len(last.json()) == 500
        assert vendor.get(f"/products/{STEAM_US}").json()["name"] == "Steam"
        assert vendor.get("/products/58100").status_code == 200


def test_reads_can_be_chosen_at_the_start() -> None:
    with running("--reads", "always") as vendor:
        order = vendor.order().json()

        assert vendor.get(f"/orders/{order['id']}").json()["vouchers"] == order["vouchers"]
