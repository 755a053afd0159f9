"""The vendor's webhooks reach the running bot, beside Socket Mode and on the port of HTTP mode."""

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from tests.acceptance.test_end_to_end import buy, codes_shown
from tests.support.running_system import RunningSystem


@pytest.fixture(scope="module", params=["socket", "http"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSystem]:
    system = RunningSystem(tmp_path_factory.mktemp(request.param), request.param, webhooks=True)
    yield system
    system.end()


def heard(system, order):
    """What the bot was told of the order, once it has acted on it."""
    sql = "SELECT kind FROM vendor_events WHERE vendor_order_id = ? AND handled_at IS NOT NULL"
    return [row["kind"] for row in system.rows(sql, order["vendor_order_id"])]


def test_codes_come_after_the_vendors_word_and_the_balance_is_known(system):
    agent, _ = buy(system, quantity="8")
    system.until(lambda: heard(system, system.order()) == ["order.delivered"], "the vendor's word arrives")
    codes_shown(system, agent, 8)

    theirs = {str(wallet["id"]): Decimal(str(wallet["amount"])) for wallet in system.back_office.wallets()}
    sql = "SELECT balance_amount FROM balances WHERE wallet_id = ?"
    wallet_id = system.order()["wallet_id"]
    system.until(
        lambda: (
            [Decimal(row["balance_amount"]) for row in system.rows(sql, wallet_id)] == [theirs[wallet_id]]
        ),
        "the balance is known",
    )


def test_a_failed_order_is_followed_by_the_news_of_its_refund(system):
    system.back_office.arm("fail")
    agent, lead = buy(system, quantity="2")
    agent.sees("could not deliver")
    agent.sees("refunded USD")
    lead.sees("failed", "refunded USD", kind="message_changed")


def test_nobody_else_is_believed(system):
    before = system.rows("SELECT count(*) AS n FROM vendor_events")
    answer = httpx.post(
        f"http://127.0.0.1:{system.http_port}/webhooks/octopus",
        content=b'{"id": "evt_1", "type": "order.delivered", "data": {}}',
        headers={"X-Signature": "0" * 64, "X-Timestamp": "1"},
        trust_env=False,
    )
    assert answer.status_code == 401
    assert system.rows("SELECT count(*) AS n FROM vendor_events") == before
    assert "event=webhook_rejected" in system.bot.logged()
    assert system.env["OCTOPUS_WEBHOOK_SECRET"] not in system.bot.logged()
