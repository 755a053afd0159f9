"""A vendor standing in: its memory, clock, choices and faults, and how it begins anew."""

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.vendors.choices import Choices
from bot.sandbox.vendors.clock import Clock
from bot.sandbox.vendors.database import Database
from bot.sandbox.vendors.faults import FaultPlan

KEEP_REQUESTS = 1000


@dataclass(kw_only=True)
class StandIn(ABC):
    """`requests` are the finished ones, latest first."""

    db: Database
    choices: Choices
    faults: FaultPlan
    product_count: int | None = None
    clock: Clock = field(default_factory=Clock)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEEP_REQUESTS))
    address: str = ""
    first_choices: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.first_choices = self.choices.shown()

    def open(self) -> None:
        """Furnish a new database, or pick up where the last one stopped."""
        if self.db.is_new:
            with self.db.transaction():
                self.db.start_ids_at()
                self.seed()
        self.clock.shift_s = float(self.db.stored_value("clock_shift_s") or 0)

    @abstractmethod
    def seed(self) -> None:
        """Put in what is there on the first day. Runs inside a transaction, and keeps a keepsake."""

    def wake(self) -> None:  # noqa: B027  # only a vendor with workers has anyone to wake
        """Time or state has moved; whoever waits for either looks again."""

    def reset(self) -> None:
        """Back to the first day."""
        self.db.wipe()
        self.clock.shift_s = 0.0
        self.faults.armed.clear()
        self.requests.clear()
        self.choices.change(self.first_choices)
        self.open()
        self.wake()

    def move_clock(self, seconds: float) -> None:
        self.clock.shift_s += seconds
        self.db.keep("clock_shift_s", str(self.clock.shift_s))
        self.wake()
