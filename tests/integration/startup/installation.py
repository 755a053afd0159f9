"""The real bot between a Slack and a vendor of a few lines each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order
from bot.domain.people import Component, PersonId
from store import Keyring, NewOrder, Store, Transaction
from tests.support.at_once import write
from tests.support.order_moves import add_order, move_order_along
from tests.support.processes import Process
from tests.support.terms import gift_card_terms

KEY = Keyring.generate()
AGENT = PersonId("T1", "U0AGENT1")


def _set(name: str, value: str, tx: Transaction) -> None:
    tx.key_values.set(name, value)


class Installation:
    """A folder with a policy, a database, and the environment of a bot that works there."""

    def __init__(self, folder: Path, slack: str) -> None:
        self.folder = folder
        self.slack_address = slack
        (folder / "policy.toml").write_text(
            '[requesters]\nusers = ["U0AGENT1"]\n[approvers]\nusers = ["U0LEAD001"]\n'
        )

    def store(self) -> Store:
        return Store.open(self.folder / "g.sqlite3", Keyring([KEY]))

    def key_values(self, **key_values: str) -> None:
        """As an earlier run left them."""
        store = self.store()
        for name, value in key_values.items():
            write(store, partial(_set, name, value))
        store.close()

    def order_of_unknown_outcome(self, vendor: str = "octopus") -> Order:
        """One of which an earlier run does not know whether the vendor took it."""
        now = datetime.now(UTC)
        draft = NewOrder(
            client_reference="GC-261121-UNKNOWN1",
            requester=AGENT,
            terms=gift_card_terms(vendor, "8101", Money(Decimal(25), "EUR"), 1, "31"),
            product_name="Nimbus",
            country="DEU",
            discount=Money(Decimal(0), "EUR"),
            forex_rate=None,
            fee=None,
            charge=Money(Decimal(25), "EUR"),
            balance_after=Money(Decimal(900), "EUR"),
            reason="why",
            ticket_url=None,
            recipient_email=None,
            requested_at=now,
        )
        store = self.store()
        order = write(store, lambda tx: add_order(tx, draft, request_key="k", actor=AGENT))
        states = (OrderState.APPROVED, OrderState.SUBMITTING, OrderState.OUTCOME_UNKNOWN)
        earlier = Component("earlier")
        order = write(store, lambda tx: move_order_along(tx, order, states, actor=earlier, next_at=now))
        store.close()
        return order

    @asynccontextmanager
    async def bot(self, vendor: str, **env: str) -> AsyncIterator[Process]:
        process = Process("run", log=self.folder / "bot.log", env=self.env(vendor) | env)
        try:
            yield process
        finally:
            process.end()

    def env(self, vendor: str) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": self.slack_address,
            "OCTOPUS_BASE_URL": vendor,
            "OCTOPUS_API_KEY": "key",
            "OCTOPUS_API_SECRET": "secret",
            "GIFTCARD_DB": str(self.folder / "g.sqlite3"),
            "GIFTCARD_POLICY": str(self.folder / "policy.toml"),
            "GIFTCARD_KEYS": KEY,
            "GIFTCARD_APPROVALS_CHANNEL": "C1",
        }
