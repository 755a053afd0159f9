"""Once a day, or when asked: do our orders, the vendor's and the wallets' movements tell the same story?"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.domain.matching import BookedRefund, Finding, ListedOrder, OurOrder, match
from bot.domain.movements import Movement
from bot.domain.people import Component
from bot.providers.contract import Provider
from bot.usecases.desk import Desk
from bot.usecases.notices import Kind
from store import JSON
from store.reading import reading

log = structlog.get_logger(__name__)
MATCHER = Component("matcher")
_CLOCKS_DIFFER = timedelta(minutes=5)  # the vendor's times are its own, and cut to the second
_MATCHED_AT = "matched_at"
_MOST_ON_RECORD = 200  # findings in one audit row


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What came of matching one vendor's books with ours. `since`: older strangers were left out."""

    title: str
    since: datetime
    orders_here: int
    orders_there: int
    movements: int
    findings: tuple[Finding, ...]
    refunds: tuple[BookedRefund, ...]


async def match_purchases(desk: Desk) -> list[MatchReport]:
    """Match every vendor's books. On record always; told to the approvals channel when they do not agree.

    Raises ProviderError when a book cannot be read to its end: half a book proves nothing.
    """
    reports = [await _match(desk, provider) for provider in desk.providers.values()]
    with desk.transaction():
        desk.store.facts.set(_MATCHED_AT, desk.clock().isoformat())
        for report in reports:
            _put_on_record(desk, report)
    return reports


def last_matched_at(desk: Desk) -> datetime | None:
    at = desk.store.facts.get(_MATCHED_AT)
    return None if at is None else datetime.fromisoformat(at)


async def _match(desk: Desk, provider: Provider) -> MatchReport:
    as_of = desk.clock()
    since = baseline(desk, provider)
    # In this order: what moved is younger than the order it names, and an order there younger than ours.
    movements = await _movements(provider, since)
    listed = await _orders(provider, since)
    # On a thread, over a connection of its own: Slack's three seconds go on while years of orders are read.
    ours = await asyncio.to_thread(_our_orders, desk.store.path, provider.name)
    result = await asyncio.to_thread(match, ours, listed, movements, since=since, as_of=as_of)
    return MatchReport(
        provider.title, since, len(ours), len(listed), len(movements), result.findings, result.refunds
    )


def _our_orders(path: Path, provider: str) -> list[OurOrder]:
    with reading(path) as database:
        shown, held = database.shown_orders(), database.codes_by_order()
        return [
            OurOrder(order, held.get(order.id, 0), order.id in shown)
            for order in database.orders.all()
            if order.terms.provider == provider
        ]


def baseline(desk: Desk, provider: Provider) -> datetime:
    """When this bot began, kept from the first call on: what strangers bought before is not shouted about."""
    name = f"match_baseline_{provider.name}"
    kept = desk.store.facts.get(name)
    if kept is not None:
        return datetime.fromisoformat(kept)
    first = desk.store.orders.first_requested_at()
    since = min(filter(None, (desk.clock(), first))) - _CLOCKS_DIFFER
    with desk.transaction():
        desk.store.facts.set(name, since.isoformat())
    return since


async def _movements(provider: Provider, since: datetime) -> list[Movement]:
    found: list[Movement] = []
    async for page in provider.movements():
        found += page
        if page and all(movement.at < since for movement in page):
            break
    return found


async def _orders(provider: Provider, since: datetime) -> list[ListedOrder]:
    found: list[ListedOrder] = []
    async for page in provider.orders():
        found += page
        if page and all(order.at is not None and order.at < since for order in page):
            break
    return found


def _put_on_record(desk: Desk, report: MatchReport) -> None:
    findings: list[JSON] = [
        {"kind": finding.kind.value, "says": finding.says} for finding in report.findings[:_MOST_ON_RECORD]
    ]
    desk.store.audit.write(
        actor=MATCHER,
        action="books_matched",
        details={
            "vendor": report.title,
            "since": f"{report.since:%Y-%m-%dT%H:%M:%SZ}",
            "orders_here": report.orders_here,
            "orders_there": report.orders_there,
            "movements": report.movements,
            "refunds": [f"{r.client_reference} {r.amount}" for r in report.refunds[:_MOST_ON_RECORD]],
            "found": len(report.findings),
            "findings": findings,
        },
    )
    log.info("books_matched", vendor=report.title, found=len(report.findings))
    if report.findings:
        says: list[JSON] = [finding.says for finding in report.findings]
        desk.store.outbox.put(
            kind=Kind.MATCH,
            payload={"vendor": report.title, "findings": says[:_MOST_ON_RECORD], "found": len(says)},
        )
