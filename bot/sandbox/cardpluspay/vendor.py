"""The CardPlusPay vendor: its settings, and the data a new one starts with."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.sandbox.cardpluspay.accounts import open_account
from bot.sandbox.cardpluspay.catalogue import generator
from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.vendors.quotas import Quotas
from bot.sandbox.vendors.stand_in import StandIn

SCHEMA = (Path(__file__).parent / "schema.sql").read_text()
FIRST_IDS = {"accounts": 1200, "orders": 416, "codes": 700000, "movements": 300000}
BASE_PATH = "/v1"


@dataclass(frozen=True)
class FirstAccount:
    """The account that exists from the start."""

    api_key: str
    currency: str
    balance: Decimal
    public_key: str | None = None
    name: str = "Acme Support"


@dataclass(kw_only=True)
class Vendor(StandIn):
    choices: Choices
    first_account: FirstAccount
    challenge_path: str = f"{BASE_PATH}/challenge"
    quotas: Quotas = field(default_factory=Quotas)

    def seed(self) -> None:
        db, first = self.db, self.first_account
        db.connection.executemany(generator.INSERT, generator.items(self.product_count))
        now = self.clock.now()
        account_id = open_account(db, first.name, first.currency, first.balance, now, api_key=first.api_key)
        db.run("UPDATE accounts SET public_key = ? WHERE id = ?", first.public_key, account_id)
        db.keep("first_account", str(account_id))

    def open(self) -> None:
        super().open()
        sql = "UPDATE accounts SET api_key = ?, public_key = coalesce(?, public_key) WHERE id = ?"
        first = self.first_account
        self.db.run(sql, first.api_key, first.public_key, self.db.stored_value("first_account"))

    def reset(self) -> None:
        """Back to the start: only the first account, with its key and opening balance."""
        self.quotas.seen.clear()
        super().reset()
