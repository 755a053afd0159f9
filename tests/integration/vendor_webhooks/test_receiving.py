"""What comes in as a webhook: fresh events of the vendor's, each once, on disk before the answer."""

import asyncio
import os
from datetime import timedelta

import pytest
import structlog

from store import Keyring
from tests.integration.vendor_webhooks.conftest import SECRET, Receiver, event_body
from tests.support.database import KEY
from tests.support.waiting import until


@pytest.mark.contract("13.5a")
async def test_an_event_is_on_disk_sealed_but_as_it_came_when_it_is_answered(receiver: Receiver) -> None:
    body = event_body("evt_7", "order.delivered", id=1, reference_code="GC-NONE", new_field={"a": [1, 2]})

    assert await receiver.send(body) == 204

    [row] = receiver.kept()
    assert (row["vendor"], row["event_id"], row["kind"]) == ("octopus", "evt_7", "order.delivered")
    assert b"new_field" not in row["body"]
    assert Keyring([KEY]).open(row["body"].decode()) == body.decode()


@pytest.mark.contract("13.5b")
async def test_an_event_that_comes_again_is_answered_and_kept_once(receiver: Receiver) -> None:
    answers = await asyncio.gather(*(receiver.send(event_body("evt_again")) for _ in range(20)))
    assert answers == [204] * 20
    assert len(receiver.kept()) == 1


@pytest.mark.contract("13.2b")
async def test_a_forged_event_is_refused_logged_and_not_kept(receiver: Receiver) -> None:
    with structlog.testing.capture_logs() as lines:
        assert await receiver.send(secret="guessed", headers={"X-Event-ID": "evt_forged"}) == 401

    assert receiver.kept() == []
    [line] = [line for line in lines if line["event"] == "webhook_rejected"]
    assert (line["event_id"], line["why"]) == ("evt_forged", "its signature is not made with our secret")


@pytest.mark.contract("13.4a")
async def test_an_event_from_five_minutes_ago_is_refused_and_logged(receiver: Receiver) -> None:
    with structlog.testing.capture_logs() as lines:
        assert await receiver.send(at=receiver.clock() - timedelta(seconds=302)) == 400
    assert "ago" in next(line for line in lines if line["event"] == "webhook_rejected")["why"]
    assert receiver.kept() == []


@pytest.mark.contract("13.2b")
async def test_no_line_of_the_log_has_the_secret(receiver: Receiver) -> None:
    with structlog.testing.capture_logs() as lines:
        await receiver.send()
        await receiver.send(b"nonsense")
        await receiver.send(secret="guessed", headers={"X-OCTOPUS-WEBHOOK-TOKEN": SECRET})
    assert lines
    assert SECRET not in str(lines)


async def test_a_body_too_large_for_an_event_is_refused_without_reading_on(receiver: Receiver) -> None:
    assert await receiver.send(os.urandom(300_000)) == 413


async def test_only_posts_are_taken(receiver: Receiver) -> None:
    assert (await receiver.http.get("/webhooks/octopus")).status_code == 405
    assert (await receiver.http.post("/webhooks/another")).status_code == 404


async def test_a_kind_nobody_knows_is_kept_and_needs_nothing_more(receiver: Receiver) -> None:
    assert await receiver.send(event_body("evt_x", "topup.completed", id=1)) == 204
    await until(lambda: receiver.kept()[0]["handled_at"])


@pytest.mark.contract("G9")
async def test_an_event_is_known_for_thirty_days_and_then_forgotten(receiver: Receiver) -> None:
    await receiver.send(event_body("evt_1"))
    await until(lambda: receiver.kept()[0]["handled_at"])

    receiver.clock.advance(timedelta(days=29, hours=23))
    await receiver.send(event_body("evt_1"))
    assert len(receiver.kept()) == 1

    receiver.clock.advance(timedelta(hours=2))
    await receiver.send(event_body("evt_2"))
    assert [row["event_id"] for row in receiver.kept()] == ["evt_2"]


@pytest.mark.contract("13.5a")
async def test_what_was_answered_outlives_a_crash(receiver: Receiver) -> None:
    await receiver.send(event_body("evt_kept"))
    # Read as another process would, while the bot has closed nothing.
    assert [row["event_id"] for row in receiver.kept()] == ["evt_kept"]
