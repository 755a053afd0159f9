"""The vendor's webhooks reach the running bot, beside Socket Mode and on the port of HTTP mode."""

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from tests.acceptance.stage import Stage
from tests.acceptance.test_main_job import buy, codes_shown


@pytest.fixture(scope="module", params=["socket", "http"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp(request.param), request.param, webhooks=True)
    yield stage
    stage.end()


def heard(stage, order):
    """What the bot was told of the order, once it has acted on it."""
    sql = "SELECT kind FROM vendor_events WHERE provider_order_id = ? AND handled_at IS NOT NULL"
    return [row["kind"] for row in stage.rows(sql, order["provider_order_id"])]


def test_codes_come_after_the_vendors_word_and_the_balance_is_known(stage):
    agent, _ = buy(stage, quantity="8")
    stage.until(lambda: heard(stage, stage.order()) == ["order.delivered"], "the vendor's word arrives")
    codes_shown(stage, agent, 8)

    theirs = {str(wallet["id"]): Decimal(str(wallet["amount"])) for wallet in stage.office.wallets()}
    sql = "SELECT balance_amount FROM balances WHERE wallet_id = ?"
    wallet_id = stage.order()["wallet_id"]
    stage.until(
        lambda: [Decimal(row["balance_amount"]) for row in stage.rows(sql, wallet_id)] == [theirs[wallet_id]],
        "the balance is known",
    )


def test_a_failed_order_is_followed_by_the_news_of_its_refund(stage):
    stage.office.arm("fail")
    agent, lead = buy(stage, quantity="2")
    agent.sees("could not deliver")
    agent.sees("refunded USD")
    lead.sees("failed", "refunded USD", kind="message_changed")


def test_nobody_else_is_believed(stage):
    before = stage.rows("SELECT count(*) AS n FROM vendor_events")
    answer = httpx.post(
        f"http://127.0.0.1:{stage.http_port}/webhooks/octopus",
        content=b'{"id": "evt_1", "type": "order.delivered", "data": {}}',
        headers={"X-Signature": "0" * 64, "X-Timestamp": "1"},
        trust_env=False,
    )
    assert answer.status_code == 401
    assert stage.rows("SELECT count(*) AS n FROM vendor_events") == before
    assert "event=webhook_rejected" in stage.bot.logged()
    assert stage.env["OCTOPUS_WEBHOOK_SECRET"] not in stage.bot.logged()
