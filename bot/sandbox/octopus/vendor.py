"""The vendor itself: its database, clock, choices and faults, and how a fresh one is furnished."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.octopus import wallets
from bot.sandbox.octopus.catalogue import shelf
from bot.sandbox.octopus.choices import Choices
from bot.sandbox.octopus.clock import Clock
from bot.sandbox.octopus.database import Database
from bot.sandbox.octopus.faults import FaultPlan
from bot.sandbox.octopus.quotas import Quotas

KEEP_REQUESTS = 1000
CLIENTS = ((7, "Acme Support", "acme-sandbox-key"), (8, "Another Shop", "another-sandbox-key"))
# client, id, currency, type, opening balance and credit limit in minor units
WALLETS = (
    (7, 31, "USD", "PREPAID", 2_500_000, 0),
    (7, 32, "EUR", "PREPAID", 2_000_000, 0),
    (7, 33, "GBP", "PREPAID", 1_500_000, 0),
    (7, 34, "JPY", "PREPAID", 1_500_000, 0),
    (7, 35, "CAD", "PREPAID", 500_000, 0),
    (7, 36, "CHF", "POSTPAID", 0, 500_000),
    (8, 41, "USD", "PREPAID", 100_000, 0),
    (8, 42, "EUR", "PREPAID", 100_000, 0),
)


@dataclass(frozen=True)
class Webhook:
    """Where events go; `events` are patterns such as `order.*`."""

    url: str
    secret: str
    events: tuple[str, ...] = ("*",)
    id: int = 1
    client_id: int = 7  # whose it is: other clients' events stay away


@dataclass
class Vendor:
    db: Database
    clock: Clock
    choices: Choices
    first_choices: dict[str, Any]
    product_count: int | None
    credentials: tuple[str, str] | None = None
    webhook: Webhook | None = None
    faults: FaultPlan = field(default_factory=FaultPlan)
    quotas: Quotas = field(default_factory=Quotas)
    quotes: dict[tuple[int, ...], tuple[float, Any]] = field(default_factory=dict)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEEP_REQUESTS))
    work: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    def open(self) -> None:
        """Furnish a new database, or pick up where the last one stopped."""
        if self.db.is_new:
            with self.db.transaction():
                self._furnish()
        self.clock.shift_s = float(self.keepsake("clock_shift_s") or 0)
        if self.credentials:
            key, secret = self.credentials
            self.db.run("UPDATE clients SET api_key = ?, api_secret = ? WHERE id = 7", key, secret)

    def reset(self) -> None:
        """Back to the first day: same credentials, but every token has ended."""
        self.db.wipe()
        self.db.is_new = True
        self.clock.shift_s = 0.0
        for forgotten in (self.faults.armed, self.quotas.seen, self.quotes, self.requests):
            forgotten.clear()
        self.quotas.limits = self.quotas.usual()
        self.choices.change(self.first_choices)
        self.open()
        self.work.set()

    def keepsake(self, name: str) -> str | None:
        row = self.db.one("SELECT value FROM keepsakes WHERE name = ?", name)
        return row["value"] if row else None

    def keep(self, name: str, value: str) -> None:
        self.db.run("INSERT OR REPLACE INTO keepsakes (name, value) VALUES (?, ?)", name, value)

    def move_clock(self, seconds: float) -> None:
        self.clock.shift_s += seconds
        self.keep("clock_shift_s", str(self.clock.shift_s))
        self.work.set()

    def _furnish(self) -> None:
        db, now = self.db, self.clock.now()
        self.keep("signing_key", secrets.token_hex(32))
        db.number_from()
        for client_id, name, key in CLIENTS:
            db.insert(
                "clients", id=client_id, name=name, api_key=key, api_secret=key.replace("-key", "-secret")
            )
        db.connection.executemany(shelf.INSERT, shelf.products(self.product_count))
        for client_id, wallet_id, currency, kind, balance, limit in WALLETS:
            db.insert(
                "wallets",
                id=wallet_id,
                client_id=client_id,
                currency=currency,
                type=kind,
                credit_limit=limit,
            )
            if balance:
                wallets.credit(db, wallet_id, balance, "Opening balance", now)
