"""Orders as text for operators: one line each, or all data of one order. Never a code."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.domain.lifecycle import RESOLUTIONS, STATES, OrderState
from bot.domain.orders import Order
from bot.services.problem_text import problem_line
from bot.services.support_note import support_note
from store import AuditRow, ReadOnlyStore, open_read_only


def order_lines(path: Path, states: frozenset[OrderState], limit: int) -> list[str]:
    """The latest orders in `states` (all when empty), newest first. Raises StoreError."""
    with open_read_only(path) as database:
        orders = [order for order in database.orders.all() if not states or order.state in states]
    return [_line(order) for order in reversed(orders[-limit:])]


def order_page(path: Path, client_reference: str) -> list[str] | None:
    """All data of one order; None when there is none. Raises StoreError."""
    with open_read_only(path) as database:
        order = database.orders.by_reference(client_reference)
        return None if order is None else list(_page(database, order))


def _line(order: Order) -> str:
    due = f"next {_time(order.next_at)}" if order.next_at else ""
    where = f"{order.client_reference}  {order.state.value:<16}  {_time(order.state_since)}"
    return f"{where}  {order.charge!s:>14}  {_wares(order)}  {order.requester.user_id}  {due}".rstrip()


def _page(database: ReadOnlyStore, order: Order) -> Iterator[str]:
    for name, value in _facts(database, order):
        yield f"{name + ':':<18}{value}"
    rows = list(database.audit.rows(order_id=order.id))
    yield ""
    yield "audit log"
    yield from (_audit_line(row) for row in rows)
    if order.state in RESOLUTIONS:
        yield ""
        yield "for the vendor's support"
        yield from (f"  {line}" for line in support_note(order, rows).splitlines())


def _facts(database: ReadOnlyStore, order: Order) -> Iterator[tuple[str, str]]:
    yield "reference", order.client_reference
    yield "state", f"{order.state.value} since {_time(order.state_since)} UTC"
    if owner := STATES[order.state].waits_for:
        yield "waits for", owner.value
    if order.next_at:
        yield "next attempt", f"{_time(order.next_at)} UTC, after {order.attempts} so far"
    if order.escalate_at:
        yield "next alert", f"{_time(order.escalate_at)} UTC, after {order.escalations} so far"
    if problem := problem_line(order):
        yield "problem", problem
    yield "requester", str(order.requester)
    yield "order", _wares(order)
    yield "product", f"{order.terms.vendor}:{order.terms.line.product_id}, {order.country}"
    yield "charge", f"{order.charge} from wallet {order.terms.wallet_id}"
    if order.expected_debit:
        yield "last quote", str(order.expected_debit)
    yield "reason", " ".join(order.reason.split())
    yield "ticket", order.ticket_url or "none"
    yield "recipient", order.recipient_email or "none"
    yield "vendor's order", order.vendor_order_id or "none known"
    yield "X-Request-Id", order.vendor_request_id or "none known"
    yield "codes here", f"{database.codes_held(order.id)} of {order.terms.line.units}"
    for approval in database.approvals.of_order(order.id):
        verdict = "approved" if approval.approved else f"declined ({approval.reason})"
        stale = "" if approval.digest == order.digest else ", for earlier terms"
        yield "decision", f"{verdict} by {approval.approver} {_time(approval.decided_at)} UTC{stale}"
    for refund in database.refunds.of_order(order.id):
        yield "refund", f"{refund.amount} {_time(refund.at)} UTC"
    if proposal := database.resolutions.latest(order.id):
        yield "proposal", f"{proposal.outcome.value} by {proposal.proposer}: {proposal.note}"


def _audit_line(row: AuditRow) -> str:
    moved = f" {row.before or 'new'} → {row.after}" if row.before != row.after else ""
    return f"  {row.seq}  {row.at:%Y-%m-%d %H:%M:%S} UTC  {row.action}{moved}  {row.actor}  {row.details}"


def _wares(order: Order) -> str:
    return f"{order.terms.line.units} × {order.terms.line.unit_value} {order.product_name}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
