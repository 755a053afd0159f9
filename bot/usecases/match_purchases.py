"""Once a day, or when asked: do our orders, the vendor's and the wallets' movements tell the same story?"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.domain.matching import BookedRefund, Finding, ListedOrder, OurOrder, Reckoning, match
from bot.domain.movements import Movement
from bot.domain.people import Component
from bot.providers.contract import Provider
from bot.usecases.date_orders import without_older
from bot.usecases.desk import Desk
from bot.usecases.notices import Kind
from bot.usecases.reckon_balance import keep_reckoning, reckon, unexplained
from store import JSON
from store.reading import reading

log = structlog.get_logger(__name__)
MATCHER = Component("matcher")
_CLOCKS_DIFFER = timedelta(minutes=5)  # the vendor's times are its own, and cut to the second
_MOST_ON_RECORD = 200  # findings in one audit row


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What came of matching one vendor's books with ours. `since`: older strangers were left out."""

    provider: str
    title: str
    since: datetime
    orders_here: int
    orders_there: int
    movements: int
    findings: tuple[Finding, ...]
    refunds: tuple[BookedRefund, ...]
    reckoning: Reckoning | None = None  # what the next match compares the balance with


async def match_purchases(desk: Desk, provider: Provider) -> MatchReport:
    """Match one vendor's books. On record always; told to the approvals channel when they do not agree.

    Raises ProviderError when a book cannot be read to its end: half a book proves nothing.
    """
    report = await _match(desk, provider)
    with desk.transaction():
        desk.store.facts.set(_matched_at(provider), desk.clock().isoformat())
        _put_on_record(desk, report)
        keep_reckoning(desk, report.provider, report.reckoning)
    return report


def last_matched_at(desk: Desk, provider: Provider) -> datetime | None:
    at = desk.store.facts.get(_matched_at(provider))
    return None if at is None else datetime.fromisoformat(at)


def _matched_at(provider: Provider) -> str:
    return f"matched_at_{provider.name}"


async def _match(desk: Desk, provider: Provider) -> MatchReport:
    as_of = desk.clock()
    since = baseline(desk, provider)
    # In this order: what moved is younger than the order it names, and an order there younger than ours.
    movements = await _movements(provider, since)
    listed = await without_older(desk, provider, await _orders(provider, since), since=since)
    reckoning = await reckon(desk, provider, listed, since=since, as_of=as_of)
    listed = _without_one_under_way(desk, provider, listed)
    if provider.statement is None:
        movements = [payment for order in listed if (payment := order.payment(provider.name, as_of))]
    # On a thread, over a connection of its own: Slack's three seconds go on while years of orders are read.
    ours = await asyncio.to_thread(_our_orders, desk.store.path, provider.name)
    result = await asyncio.to_thread(match, ours, listed, movements, since=since, as_of=as_of)
    findings = (*unexplained(desk, provider.name, reckoning), *result.findings)
    return MatchReport(
        provider.name,
        provider.title,
        since,
        len(ours),
        len(listed),
        len(movements),
        findings,
        result.refunds,
        reckoning,
    )


def _our_orders(path: Path, provider: str) -> list[OurOrder]:
    with reading(path) as database:
        shown, held = database.shown_orders(), database.codes_by_order()
        orders = [order for order in database.orders.all() if order.terms.provider == provider]
        wholes = {order.whole_id for order in orders}  # bought in parts, and so not bought themselves
        return [
            OurOrder(order, held.get(order.id, 0), not {order.id, order.whole_id}.isdisjoint(shown))
            for order in orders
            if order.id not in wholes
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
    if provider.statement is None:
        return found
    async for page in provider.statement.movements():
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


def _without_one_under_way(desk: Desk, provider: Provider, listed: list[ListedOrder]) -> list[ListedOrder]:
    """Without a reference, a purchase under way may be listed before we know its number: next time we do."""
    if provider.by_reference is not None or desk.store.orders.under_way(provider.name) is None:
        return listed
    known = desk.store.orders.numbers(provider.name)
    began = min(filter(None, [desk.store.snapshots.oldest_of(provider.name), desk.clock()]))
    return [
        order
        for order in listed
        if order.provider_order_id in known or (order.at is not None and order.at < began - _CLOCKS_DIFFER)
    ]


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
