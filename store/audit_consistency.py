"""Orders compared with the audit log's last word on each: what was changed behind the log's back shows."""

import json
from collections import defaultdict
from decimal import InvalidOperation
from typing import Any

from bot.domain.audit_actions import AuditAction
from store.columns import terms_columns
from store.database import Database
from store.order_rows import order_from_row

_STATES = """
    SELECT o.client_reference, o.state, last.seq, last.state_after FROM orders o
    LEFT JOIN audit last ON last.seq =
        (SELECT max(seq) FROM audit WHERE order_id = o.id AND state_after IS NOT NULL)
    WHERE last.state_after IS NULL OR last.state_after <> o.state ORDER BY o.id LIMIT 1
"""
_VANISHED = """
    SELECT client_reference, seq FROM audit
    WHERE order_id IS NOT NULL AND order_id NOT IN (SELECT id FROM orders) ORDER BY seq LIMIT 1
"""


def first_inconsistency(database: Database) -> tuple[int | None, str] | None:
    """The row that knows better, and a sentence; None where orders and log agree."""
    for reference, state, seq, logged in database.iter_tuples(_STATES):
        return seq, f"Order {reference} is {state}, but the log left it {logged or 'unmentioned'}."
    for reference, seq in database.iter_tuples(_VANISHED):
        return seq, f"Order {reference} is in the log and nowhere else."
    for row in database.iter_rows("SELECT * FROM orders ORDER BY id"):
        seq, logged = _last_logged(database, row["id"])
        if logged is not None and logged not in _stored_values(row):
            return seq, f"Order {row['client_reference']} is not for the terms that row {seq} tells of."
    return None


def _last_logged(database: Database, order_id: int) -> tuple[int | None, str | None]:
    """Where the log last names the terms by their digest, or the charge they were given anew."""
    sql = "SELECT seq, action, details FROM audit WHERE order_id = ? ORDER BY seq DESC"
    for seq, action, text in database.iter_tuples(sql, [order_id]):
        details = _object(text)
        if details is None:
            return seq, ""  # forged: it agrees with nothing
        named = (
            details.get("now")
            if action == AuditAction.PRICE_MOVED
            else details.get("terms", details.get("digest"))
        )
        if named is not None:
            return seq, str(named)
    return None, None


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _stored_values(row: dict[str, Any]) -> tuple[str, ...]:
    try:
        # A database of an earlier version lacks columns which say nothing about the terms.
        order = order_from_row(defaultdict(lambda: None, row))
    except (ValueError, TypeError, LookupError, InvalidOperation):
        return ()  # damage, which agrees with nothing
    if terms_columns(order.terms).items() - row.items():
        return ()  # a column says otherwise than the line it was made from
    return order.digest, str(order.charge)
