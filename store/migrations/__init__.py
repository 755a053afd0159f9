"""The tables, as numbered steps from an empty file, by topic. A step is never edited after a release."""

from sqlite_utils import Database

from store.migrations import (  # noqa: F401  (in the order of their steps)
    audit,
    catalogue,
    codes,
    orders,
    outbox,
    resolutions,
    vendor_events,
)
from store.migrations.registry import APPLICATION_ID, migrations

__all__ = ["APPLICATION_ID", "known_names", "migrations"]


def known_names() -> frozenset[str]:
    """Every step this version knows."""
    with Database(memory=True) as empty:
        return frozenset(step.name for step in migrations.pending(empty))
