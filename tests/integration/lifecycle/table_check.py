"""What lies on disk after a cause, beside what its row in the table says."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import (
    EXPECTING_REFUND,
    KEEP_PROBLEM,
    STATES,
    TRANSITIONS,
    Attempts,
    Cause,
    ForbiddenTransition,
    Next,
    Transition,
)
from bot.domain.money import Money
from bot.domain.orders import Order, new_client_reference
from bot.domain.problems import Problem
from bot.services.context import AppContext
from bot.services.purchase.apply import PURCHASER, commit
from bot.vendors.octopus.client import OctopusCards
from store import NewOrder
from tests.support.app_context import opened_context
from tests.support.at_once import saved
from tests.support.clock import StoppedClock
from tests.support.disk import rows
from tests.support.people import AGENT
from tests.support.terms import gift_card_terms

TABLES = ("orders", "audit", "outbox", "refund_watches")
PARAMETERS = {"why": "the test says so"}
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# When a worker looks again at the earliest and at the latest.
LOOKS_AGAIN: Mapping[Next, tuple[timedelta, timedelta]] = {
    Next.NOW: (timedelta(), timedelta()),
    Next.EXPIRY: (72 * HOUR, 72 * HOUR),
    Next.LEASE_END: (5 * MINUTE, 5 * MINUTE),
    Next.LOOK_UP: (2 * SECOND, 5 * MINUTE),
    Next.RETRY: (0.8 * SECOND, 6 * MINUTE),
    Next.TURN: (0.5 * SECOND, 0.5 * SECOND),
    Next.POLL: (5 * SECOND, 5 * MINUTE),
    Next.CHILDREN: (10 * MINUTE, 10 * MINUTE),
    Next.CODES: (HOUR, HOUR),
    Next.FOREIGN: (6 * HOUR, 6 * HOUR),
}


def opened(folder: Path, clock: StoppedClock) -> AppContext:
    """Orders go to a vendor with a statement of its wallet. It is never asked."""
    vendor = OctopusCards("http://127.0.0.1:9", "key", "secret")
    return opened_context(folder / "giftcard.sqlite3", clock, vendor)


def draft(clock: StoppedClock) -> NewOrder:
    usd = {amount: Money(Decimal(amount), "USD") for amount in ("0", "25", "50", "900")}
    return NewOrder(
        client_reference=new_client_reference(clock()),
        requester=AGENT.id,
        terms=gift_card_terms("octopus", "8101", usd["25"], 2, "W1"),
        product_name="Steam",
        country="USA",
        discount=usd["0"],
        forex_rate=None,
        fee=None,
        charge=usd["50"],
        balance_after=usd["900"],
        reason="parcel lost twice",
        ticket_url=None,
        recipient_email=None,
        requested_at=clock(),
    )


def on_disk(folder: Path) -> dict[str, list[dict[str, Any]]]:
    database = folder / "giftcard.sqlite3"
    return {table: rows(database, f"SELECT * FROM {table} ORDER BY rowid") for table in TABLES}


def check_cause(ctx: AppContext, folder: Path, before: Order, cause: Cause) -> Order:
    """Apply it: exactly what the table says follows, and where it says nothing, nothing does."""
    earlier, row = on_disk(folder), TRANSITIONS.get((before.state, cause))
    if row is None:
        check_forbidden(ctx, before, cause)
        assert on_disk(folder) == earlier
        return before
    after = asyncio.run(commit(ctx, before, cause, parameters=PARAMETERS))
    later = on_disk(folder)
    assert asyncio.run(ctx.order(before.id)) == after
    check_order(before, row, after, ctx.clock())
    added = {table: later[table][len(earlier[table]) :] for table in ("audit", "outbox")}
    assert {table: later[table][: len(earlier[table])] for table in added} == {
        table: earlier[table] for table in added
    }
    check_record(row, before, after, added["audit"])
    check_messages(row, before, after, added["outbox"])
    if after.state is not before.state and after.state in EXPECTING_REFUND:
        watch = saved(ctx).refunds.get_watch(after.id)
        assert watch is not None
        assert watch.since == ctx.clock()
    else:
        assert later["refund_watches"] == earlier["refund_watches"]
    return after


def check_forbidden(ctx: AppContext, order: Order, cause: Cause) -> None:
    with pytest.raises(ForbiddenTransition, match=f"where {cause} cannot happen"):
        asyncio.run(commit(ctx, order, cause, parameters=PARAMETERS))


def check_order(before: Order, row: Transition, after: Order, now: datetime) -> None:
    entered = row.to is not before.state
    attempts = {Attempts.RESET: 0, Attempts.KEEP: before.attempts, Attempts.ADD: before.attempts + 1}
    problem = None if row.problem is None else before.problem
    if row.problem is not None and row.problem is not KEEP_PROBLEM:
        problem = Problem(row.problem, PARAMETERS)
    assert after == replace(
        before,
        state=row.to,
        state_since=now if entered else before.state_since,
        version=before.version + entered,
        attempts=attempts[row.attempts],
        problem=problem,
        next_at=after.next_at,
        escalations=after.escalations,
        escalate_at=after.escalate_at,
    )
    if row.next is Next.KEEP:
        assert after.next_at == before.next_at
    elif row.next is Next.NEVER:
        assert after.next_at is None
    else:
        earliest, latest = LOOKS_AGAIN[row.next]
        assert after.next_at is not None
        assert now + earliest <= after.next_at <= now + latest
    assert (after.escalate_at is None) == (STATES[after.state].escalation is None)
    if row.escalate_now and after.problem != before.problem:
        assert after.escalate_at == now
    elif not entered:
        assert after.escalate_at == before.escalate_at


def check_record(row: Transition, before: Order, after: Order, written: list[dict[str, Any]]) -> None:
    on_record = row.action is not None and (not row.once or after.problem != before.problem)
    assert [
        (each["action"], each["state_before"], each["state_after"], each["actor_component"])
        for each in written
    ] == [(row.action, before.state, after.state, PURCHASER.name)] * on_record


def check_messages(row: Transition, before: Order, after: Order, messages: list[dict[str, Any]]) -> None:
    """To the requester, to the approvals channel, and the card as it is now."""
    kinds = [each["kind"] for each in messages]
    told_before = row.attempts is Attempts.ADD and after.attempts > 1
    assert kinds.count("notification") == (row.tell is not None)
    assert kinds.count("approver_alert") == (row.alert is not None and not told_before)
    for kind, event in (("notification", row.tell), ("approver_alert", row.alert)):
        assert {each["payload"] for each in messages if each["kind"] == kind} <= {f'{{"event":"{event}"}}'}
    shows = after.state is not before.state or after.problem != before.problem or row.action or row.tell
    assert kinds.count("card") == bool(row.refresh_card and shows)
    assert set(kinds) <= {"notification", "approver_alert", "card"}
