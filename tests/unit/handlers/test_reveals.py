"""Codes in several messages: each is shown once, tried again for itself, and on record as it went."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.backoff import retry_delay
from bot.domain.people import Person
from bot.services.reveal_codes import request_codes
from bot.workers.outbox import outbox_worker
from handlers.reveal import REVEAL_LIMITS
from tests.support.at_once import saved
from tests.support.disk import unsent_messages
from tests.support.waiting import until
from tests.unit.handlers.block_kit_checks import said
from tests.unit.handlers.order_factories import AGENT

CODES = [f"CODE-{n:02}" for n in range(1, 21)]


@asynccontextmanager
async def sending(harness):
    """The bot's own loop over the outbox."""
    worker = outbox_worker(harness.ctx, harness.dispatcher.deliver)
    harness.ctx.runtime.wake = worker.wake_event.set
    loop = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)


async def until_sent(harness):
    await until(lambda: not unsent_messages(harness.ctx))


async def asked_for(harness, *codes):
    """An order whose codes its requester has just asked for; nothing else waits to be sent."""
    order = harness.deliver_codes(await harness.request(len(codes)), *codes)
    harness.outbox()
    await request_codes(harness.ctx, Person(AGENT), order.id, limits=REVEAL_LIMITS)
    return order


def reveals(harness, order):
    """(action, first, last) of every row about showing codes."""
    rows = [row for row in saved(harness.ctx).audit.rows(order_id=order.id) if "codes_" in row.action]
    details = [json.loads(row.details) for row in rows]
    return [(row.action, d.get("first"), d.get("last")) for row, d in zip(rows, details, strict=True)]


def notifications(harness):
    return [m["text"] for m in harness.slack.sent("chat.postMessage") if m["channel"].startswith("D")]


async def test_after_a_refusal_it_goes_on_where_it_stopped(harness):
    order = await asked_for(harness, *CODES)
    harness.slack.refuse_after("chat.postEphemeral", "ratelimited", 1)
    async with sending(harness):
        await until_sent(harness)
    tried = harness.slack.sent("chat.postEphemeral")
    words = "".join(said(m["blocks"]) for m in tried)
    assert len(tried) == 4  # three messages, one of which was refused at first
    assert words.count("CODE-01") == words.count("CODE-20") == 1
    assert reveals(harness, order) == [
        ("codes_requested", None, None),
        ("codes_shown", 1, 8),
        ("codes_shown", 9, 16),
        ("codes_shown", 17, 20),
    ]
    assert notifications(harness) == []


async def test_what_was_shown_and_what_was_not_are_told_apart_on_record(harness):
    order = await asked_for(harness, *CODES)
    harness.slack.refuse_after("chat.postEphemeral", "invalid_blocks", 1)
    async with sending(harness):
        await until_sent(harness)
    assert sorted(reveals(harness, order)[1:], key=lambda row: row[1]) == [
        ("codes_shown", 1, 8),
        ("codes_not_shown", 9, 16),
        ("codes_shown", 17, 20),
    ]


@pytest.mark.parametrize("codes", [CODES[:1], CODES])
async def test_codes_nobody_could_be_shown_are_told_once_and_without_a_code(harness, codes):
    order = await asked_for(harness, *codes)
    harness.slack.refuse("chat.postEphemeral", "user_not_in_channel")
    async with sending(harness):
        await until_sent(harness)
    [notification] = notifications(harness)
    assert (
        "could not be shown" in notification and "Show codes" in notification and "CODE-" not in notification
    )
    assert {action for action, *_ in reveals(harness, order)} == {"codes_requested", "codes_not_shown"}


async def test_codes_that_come_too_late_to_be_seen_are_told_once(harness):
    order = await asked_for(harness, *CODES)
    harness.ctx.clock = lambda: datetime.now(UTC) + timedelta(minutes=3)
    async with sending(harness):
        await until_sent(harness)
    assert len(notifications(harness)) == 1 and harness.slack.sent("chat.postEphemeral") == []
    assert reveals(harness, order)[1:] == [
        ("codes_not_shown", 1, 8),
        ("codes_not_shown", 9, 16),
        ("codes_not_shown", 17, 20),
    ]


async def test_asking_again_after_that_shows_them_and_a_second_failure_is_told_again(harness):
    order = await asked_for(harness, "CODE-01")
    for _ in range(2):
        harness.slack.refuse_once("chat.postEphemeral", "user_not_in_channel")
        async with sending(harness):
            await until_sent(harness)
        await request_codes(harness.ctx, Person(AGENT), order.id, limits=REVEAL_LIMITS)
    async with sending(harness):
        await until_sent(harness)
    assert len(notifications(harness)) == 2
    assert reveals(harness, order)[-1] == ("codes_shown", 1, 1)


async def test_where_slack_gave_no_clear_answer_the_record_says_perhaps(harness):
    order = await asked_for(harness, "CODE-01")
    harness.slack.refuse_once("chat.postEphemeral", "internal_error")
    async with sending(harness):
        await until(lambda: len(reveals(harness, order)) >= 2)
        harness.ctx.clock = lambda: datetime.now(UTC) + retry_delay(1)
        harness.ctx.runtime.wake()
        await until_sent(harness)
    assert [action for action, *_ in reveals(harness, order)] == [
        "codes_requested",
        "codes_maybe_shown",
        "codes_shown",
    ]
