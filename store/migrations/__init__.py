"""The tables, as numbered steps from an empty file, by topic. A step is never edited after a release."""

from sqlite_utils import Database, Migrations

from store.migrations import (
    approvals,
    audit,
    balances,
    catalogue,
    codes,
    follow_ups,
    key_values,
    orders,
    outbox,
    quotes,
    refunds,
    resolutions,
    snapshots,
    unparsed_responses,
    vendor_events,
)
from store.migrations.orders import APPLICATION_ID

__all__ = ["APPLICATION_ID", "known_names", "migrations"]

_TOPICS = (
    approvals,
    audit,
    balances,
    catalogue,
    codes,
    follow_ups,
    key_values,
    orders,
    outbox,
    quotes,
    refunds,
    resolutions,
    snapshots,
    unparsed_responses,
    vendor_events,
)

migrations = Migrations("giftcard")
for _step in sorted((step for topic in _TOPICS for step in topic.STEPS), key=lambda step: step.__name__):
    migrations()(_step)


def known_names() -> frozenset[str]:
    """Every step this version knows."""
    with Database(memory=True) as empty:
        return frozenset(step.name for step in migrations.pending(empty))
