"""What the running process knows about itself: nothing here outlives a restart."""

from collections.abc import Callable
from dataclasses import dataclass, field


def _no_workers() -> None:
    """Until workers run, there is nobody to wake."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How much of a catalogue has been read. `total` is None where the vendor does not say."""

    seen: int
    total: int | None


@dataclass(slots=True)
class RuntimeStatus:
    sync_progress: dict[str, SyncProgress] = field(default_factory=dict)  # by vendor, during a sync
    failed_syncs: set[str] = field(default_factory=set)  # vendors whose last sync failed
    wake: Callable[[], None] = _no_workers  # tells the workers that something may be due
