"""Once a day, or when asked: do our orders, the vendor's and the wallets' movements tell the same story?"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.people import Component
from bot.domain.reconciliation import (
    BalanceCheckpoint,
    BookedRefund,
    Finding,
    ListedOrder,
    LocalOrder,
    reconcile,
)
from bot.domain.wallet_transactions import WalletTransaction
from bot.services.balance_checkpoint import save_checkpoint, take_checkpoint, unexplained_changes
from bot.services.context import AppContext
from bot.services.exclude_older_orders import exclude_older_orders
from bot.services.notifications import OutboxKind
from bot.services.outbox_payloads import ReconciliationPayload
from bot.vendors.contract import Vendor, takes_references
from store import JSON, Store, Transaction

log = structlog.get_logger(__name__)
RECONCILER = Component("reconciler")
_CLOCKS_DIFFER = timedelta(minutes=5)  # the vendor's times are its own, and cut to the second
_MOST_ON_RECORD = 200  # findings in one audit row


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """What came of matching one vendor's books with ours. `since`: older strangers were left out."""

    vendor: str
    title: str
    since: datetime
    orders_here: int
    orders_there: int
    wallet_transactions: int
    findings: tuple[Finding, ...]
    refunds: tuple[BookedRefund, ...]
    checkpoint: BalanceCheckpoint | None = None  # what the next match compares the balance with


async def reconcile_purchases(ctx: AppContext, vendor: Vendor) -> ReconciliationReport:
    """Match one vendor's books. On record always; told to the approvals channel when they do not agree.

    Raises VendorError when a book cannot be read to its end: half a book proves nothing.
    """
    report = await _match(ctx, vendor)
    now = ctx.clock()

    def record(tx: Transaction) -> None:
        tx.key_values.set(_reconciled_at_key(vendor), now.isoformat())
        _audit_report(tx, report)
        save_checkpoint(tx, report.vendor, report.checkpoint)

    await ctx.write(record)
    return report


async def last_reconciled_at(ctx: AppContext, vendor: Vendor) -> datetime | None:
    at = await ctx.read(lambda tx: tx.key_values.get(_reconciled_at_key(vendor)))
    return None if at is None else datetime.fromisoformat(at)


def _reconciled_at_key(vendor: Vendor) -> str:
    return f"matched_at_{vendor.name}"


async def _match(ctx: AppContext, vendor: Vendor) -> ReconciliationReport:
    as_of = ctx.clock()
    since = await baseline(ctx, vendor)
    # In this order: what moved is younger than the order it names, and an order there younger than ours.
    wallet_transactions = await _wallet_transactions(vendor, since)
    listed = await exclude_older_orders(ctx, vendor, await _orders(vendor, since), since=since)
    if vendor.wallet_statement is None:
        # The row that a refusal left behind: at that moment the account showed that it cost nothing.
        refused = await ctx.read(lambda tx: tx.purchases.vendor_order_ids(vendor.name, OrderState.REFUSED))
        listed = [order for order in listed if order.vendor_order_id not in refused]
    checkpoint = await take_checkpoint(ctx, vendor, listed, since=since, as_of=as_of)
    listed = await ctx.read(lambda tx: _without_pending_purchase(tx, vendor, listed, as_of))
    if vendor.wallet_statement is None:
        wallet_transactions = [payment for order in listed if (payment := order.payment(vendor.name, as_of))]
    # On a thread, over a connection of its own: Slack's three seconds go on while years of orders are read.
    ours = await asyncio.to_thread(_our_orders, ctx.store, vendor.name)
    result = await asyncio.to_thread(reconcile, ours, listed, wallet_transactions, since=since, as_of=as_of)
    findings = (*await unexplained_changes(ctx, vendor.name, checkpoint), *result.findings)
    return ReconciliationReport(
        vendor.name,
        vendor.title,
        since,
        len(ours),
        len(listed),
        len(wallet_transactions),
        findings,
        result.refunds,
        checkpoint,
    )


def _our_orders(store: Store, vendor: str) -> list[LocalOrder]:
    with store.reader() as database:
        held = database.codes_by_order()
        orders = database.purchases.all_with(vendor)
        shown = {order.id for order in orders if order.codes_shown_at is not None}
        parents = {order.parent_id for order in orders}  # bought in parts, and so not bought themselves
        return [
            LocalOrder(order, held.get(order.id, 0), not {order.id, order.parent_id}.isdisjoint(shown))
            for order in orders
            if order.id not in parents
        ]


async def baseline(ctx: AppContext, vendor: Vendor) -> datetime:
    """When this bot began, kept from the first call on: what strangers bought before is not shouted about."""
    name = f"match_baseline_{vendor.name}"
    now = ctx.clock()

    def keep(tx: Transaction) -> datetime:
        kept = tx.key_values.get(name)
        if kept is not None:
            return datetime.fromisoformat(kept)
        first = tx.purchases.first_requested_at(vendor.name)
        since = min(filter(None, (now, first))) - _CLOCKS_DIFFER
        tx.key_values.set(name, since.isoformat())
        return since

    return await ctx.write(keep)


async def _wallet_transactions(vendor: Vendor, since: datetime) -> list[WalletTransaction]:
    found: list[WalletTransaction] = []
    if vendor.wallet_statement is None:
        return found
    async for page in vendor.wallet_statement.wallet_transactions():
        found += page
        if page and all(wallet_transaction.at < since for wallet_transaction in page):
            break
    return found


async def _orders(vendor: Vendor, since: datetime) -> list[ListedOrder]:
    found: list[ListedOrder] = []
    async for page in vendor.orders():
        found += page
        if page and all(order.at is not None and order.at < since for order in page):
            break
    return found


def _without_pending_purchase(
    tx: Transaction, vendor: Vendor, listed: list[ListedOrder], now: datetime
) -> list[ListedOrder]:
    """Without a reference, a purchase under way may be listed before we know its number: next time we do."""
    if takes_references(vendor) or tx.purchases.in_flight(vendor.name) is None:
        return listed
    known = tx.purchases.vendor_order_ids(vendor.name)
    began = min(filter(None, [tx.snapshots.oldest_of(vendor.name), now]))
    return [
        order
        for order in listed
        if order.vendor_order_id in known or (order.at is not None and order.at < began - _CLOCKS_DIFFER)
    ]


def _audit_report(tx: Transaction, report: ReconciliationReport) -> None:
    findings: list[JSON] = [
        {"kind": finding.kind.value, "message": finding.message}
        for finding in report.findings[:_MOST_ON_RECORD]
    ]
    tx.audit.write(
        actor=RECONCILER,
        action=AuditAction.RECONCILED,
        details={
            "vendor": report.title,
            "since": f"{report.since:%Y-%m-%dT%H:%M:%SZ}",
            "orders_here": report.orders_here,
            "orders_there": report.orders_there,
            "movements": report.wallet_transactions,
            "refunds": [f"{r.client_reference} {r.amount}" for r in report.refunds[:_MOST_ON_RECORD]],
            "found": len(report.findings),
            "findings": findings,
        },
    )
    log.info("reconciled", vendor=report.title, found=len(report.findings))
    if report.findings:
        payload = ReconciliationPayload(
            vendor=report.title,
            findings=tuple(finding.message for finding in report.findings[:_MOST_ON_RECORD]),
            found=len(report.findings),
        )
        tx.outbox.put(
            kind=OutboxKind.RECONCILIATION,
            payload=payload.model_dump(mode="json"),
        )
