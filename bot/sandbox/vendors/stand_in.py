"""Base of a vendor's stand-in: its database, clock, choices and faults, and how it is reset."""

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
    """`requests` are the finished requests, latest first."""

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
        """Seed a new database, or continue with an existing one."""
        if self.db.is_new:
            with self.db.transaction():
                self.db.start_ids_at()
                self.seed()
        self.clock.shift_s = float(self.db.stored_value("clock_shift_s") or 0)

    @abstractmethod
    def seed(self) -> None:
        """Insert the initial data. Runs inside a transaction, and stores at least one key value."""

    def wake(self) -> None:  # noqa: B027  # only vendors with workers override it
        """Time or state has changed: workers look again."""

    def reset(self) -> None:
        """Back to the initial data."""
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
