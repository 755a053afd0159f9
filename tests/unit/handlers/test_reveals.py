"""Codes in several messages: each is shown once, tried again for itself, and on record as it went."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.cadence import retry_gap
from bot.domain.people import Person
from bot.usecases.reveal_codes import ask_for_codes
from bot.workers.outbox import outbox_worker
from tests.unit.handlers.orders import AGENT
from tests.unit.handlers.reading import said

CODES = [f"CODE-{n:02}" for n in range(1, 21)]


@asynccontextmanager
async def sending(office):
    """The bot's own loop over the outbox."""
    worker = outbox_worker(office.desk, office.messenger.deliver)
    office.desk.wake = worker.bell.ring
    loop = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await worker.stop(1)


async def until_sent(office):
    async with asyncio.timeout(10):
        while office.desk.store.outbox.pending_count():
            await asyncio.sleep(0.02)


async def asked_for(office, *codes):
    """An order whose codes its requester has just asked for; nothing else waits to be sent."""
    order = office.deliver_codes(await office.request(len(codes)), *codes)
    office.outbox()
    ask_for_codes(office.desk, Person(AGENT), order.id)
    return order


def reveals(office, order):
    """(action, first, last) of every row about showing codes."""
    rows = [row for row in office.desk.store.audit.rows(order_id=order.id) if "codes_" in row.action]
    details = [json.loads(row.details) for row in rows]
    return [(row.action, d.get("first"), d.get("last")) for row, d in zip(rows, details, strict=True)]


def notices(office):
    return [m["text"] for m in office.slack.sent("chat.postMessage") if m["channel"].startswith("D")]


async def test_after_a_refusal_it_goes_on_where_it_stopped(office):
    order = await asked_for(office, *CODES)
    office.slack.refuse_after("chat.postEphemeral", "ratelimited", 1)
    async with sending(office):
        await until_sent(office)
    tried = office.slack.sent("chat.postEphemeral")
    words = "".join(said(m["blocks"]) for m in tried)
    assert len(tried) == 4  # three messages, one of which was refused at first
    assert words.count("CODE-01") == words.count("CODE-20") == 1
    assert reveals(office, order) == [
        ("codes_requested", None, None),
        ("codes_shown", 1, 8),
        ("codes_shown", 9, 16),
        ("codes_shown", 17, 20),
    ]
    assert notices(office) == []


async def test_what_was_shown_and_what_was_not_are_told_apart_on_record(office):
    order = await asked_for(office, *CODES)
    office.slack.refuse_after("chat.postEphemeral", "invalid_blocks", 1)
    async with sending(office):
        await until_sent(office)
    assert sorted(reveals(office, order)[1:], key=lambda row: row[1]) == [
        ("codes_shown", 1, 8),
        ("codes_not_shown", 9, 16),
        ("codes_shown", 17, 20),
    ]


@pytest.mark.parametrize("codes", [CODES[:1], CODES])
async def test_codes_nobody_could_be_shown_are_told_once_and_without_a_code(office, codes):
    order = await asked_for(office, *codes)
    office.slack.refuse("chat.postEphemeral", "user_not_in_channel")
    async with sending(office):
        await until_sent(office)
    [notice] = notices(office)
    assert "could not be shown" in notice and "Show codes" in notice and "CODE-" not in notice
    assert {action for action, *_ in reveals(office, order)} == {"codes_requested", "codes_not_shown"}


async def test_codes_that_come_too_late_to_be_seen_are_told_once(office):
    order = await asked_for(office, *CODES)
    office.desk.clock = lambda: datetime.now(UTC) + timedelta(minutes=3)
    async with sending(office):
        await until_sent(office)
    assert len(notices(office)) == 1 and office.slack.sent("chat.postEphemeral") == []
    assert reveals(office, order)[1:] == [
        ("codes_not_shown", 1, 8),
        ("codes_not_shown", 9, 16),
        ("codes_not_shown", 17, 20),
    ]


async def test_asking_again_after_that_shows_them_and_a_second_failure_is_told_again(office):
    order = await asked_for(office, "CODE-01")
    for _ in range(2):
        office.slack.refuse_once("chat.postEphemeral", "user_not_in_channel")
        async with sending(office):
            await until_sent(office)
        ask_for_codes(office.desk, Person(AGENT), order.id)
    async with sending(office):
        await until_sent(office)
    assert len(notices(office)) == 2
    assert reveals(office, order)[-1] == ("codes_shown", 1, 1)


async def test_where_slack_gave_no_clear_answer_the_record_says_perhaps(office):
    order = await asked_for(office, "CODE-01")
    office.slack.refuse_once("chat.postEphemeral", "internal_error")
    async with sending(office):
        async with asyncio.timeout(10):
            while len(reveals(office, order)) < 2:
                await asyncio.sleep(0.02)
        office.desk.clock = lambda: datetime.now(UTC) + retry_gap(1)
        office.desk.wake()
        await until_sent(office)
    assert [action for action, *_ in reveals(office, order)] == [
        "codes_requested",
        "codes_perhaps_shown",
        "codes_shown",
    ]
