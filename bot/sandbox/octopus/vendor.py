"""The Octopus Cards vendor: its settings, and the data a new one starts with."""

import asyncio
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.octopus import wallets
from bot.sandbox.octopus.catalogue import generator
from bot.sandbox.octopus.choices import Choices
from bot.sandbox.octopus.quotas import Quotas
from bot.sandbox.vendors.stand_in import StandIn

FIRST_IDS = {"orders": 70000, "transactions": 500000, "vouchers": 900000}
SCHEMA = (Path(__file__).parent / "schema.sql").read_text()
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
    """Where events are sent; `events` are patterns such as `order.*`."""

    url: str
    secret: str
    events: tuple[str, ...] = ("*",)
    id: int = 1
    client_id: int = 7  # the client whose events are sent


@dataclass(kw_only=True)
class Vendor(StandIn):
    choices: Choices
    credentials: tuple[str, str] | None = None
    webhook: Webhook | None = None
    quotas: Quotas = field(default_factory=Quotas)
    quotes: dict[tuple[int, ...], tuple[float, Any]] = field(default_factory=dict)
    work: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        super().open()
        if self.credentials:
            key, secret = self.credentials
            self.db.run("UPDATE clients SET api_key = ?, api_secret = ? WHERE id = 7", key, secret)

    def reset(self) -> None:
        """Back to the start: same credentials, but every token is revoked."""
        self.quotas = Quotas()
        self.quotes.clear()
        super().reset()

    def wake(self) -> None:
        self.work.set()

    def seed(self) -> None:
        db, now = self.db, self.clock.now()
        db.keep("signing_key", secrets.token_hex(32))
        for client_id, name, key in CLIENTS:
            db.insert(
                "clients", id=client_id, name=name, api_key=key, api_secret=key.replace("-key", "-secret")
            )
        db.connection.executemany(generator.INSERT, generator.products(self.product_count))
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
