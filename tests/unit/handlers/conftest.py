"""A whole front over a real store: only Slack and the vendor are stood in for."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.orders import Order, OrderId, OrderState
from bot.domain.people import Component, Person
from bot.domain.policy import Policy
from bot.domain.vouchers import Voucher
from bot.usecases.desk import Desk
from bot.usecases.quote_order import Selection
from bot.usecases.request_order import OrderRequest, request_order
from bot.usecases.sync_catalogue import sync_catalogue
from handlers.background import Background
from handlers.front import Front
from handlers.listeners import register
from handlers.messenger import Messenger
from handlers.people import People
from store import Keyring, OutboxRow, Store
from tests.unit.handlers.orders import AGENT
from tests.unit.handlers.shop import SHELF, Shop
from tests.unit.handlers.slack import TEAM, Desktop, Slack

settings.register_profile("untimed", deadline=None)  # the machines that run this are shared and slow at times
settings.load_profile("untimed")

KEY = Keyring.generate()
POLICY = Policy.model_validate(
    {
        "requesters": {"users": ["U0AGENT01", "U0AGENT02", "U0LEAD001"]},
        "approvers": {"users": ["U0LEAD001", "U0LEAD002"]},
        "controllers": {"users": ["U0CTRL001"]},
    }
)


@dataclass
class Office:
    """Everything a test looks at: the desk behind, Slack before, and people at it."""

    desk: Desk
    front: Front
    slack: Slack
    shop: Shop
    people: Desktop
    messenger: Messenger
    keys: Iterator[int] = field(default_factory=count)

    async def request(self, quantity: int = 2, by: Person | None = None, **changes: Any) -> Order:
        """The agent asks for Steam cards."""
        fields: dict[str, Any] = {
            "selection": Selection(SHELF[0].key, SHELF[0].denominations[0].minimum, quantity),
            "reason": "Parcel lost twice",
            "ticket_url": None,
            "recipient_email": None,
        }
        asked = OrderRequest(**fields | changes)
        return await request_order(
            self.desk, by or Person(AGENT), asked, request_key=f"key-{next(self.keys)}"
        )

    def deliver_codes(self, order: Order, *codes: str) -> Order:
        """The order as it is once its codes have come."""
        move = self.desk.store.orders.move
        worker = Component("test")
        with self.desk.transaction():
            for before, after in (
                (OrderState.WAITING, OrderState.APPROVED),
                (OrderState.APPROVED, OrderState.PLACING),
                (OrderState.PLACING, OrderState.DELIVERED),
            ):
                order = move(order.id, after, from_=before, actor=worker, action=after.value)
            self.desk.store.codes.keep(order.id, [Voucher(card_number=code) for code in codes])
        return order

    def state(self, order: Order) -> OrderState:
        return self.desk.store.orders.get(order.id).state

    def outbox(self, order: Order | None = None) -> list[OutboxRow]:
        """Every row that waited, in the order in which they go out; they count as sent from now on."""
        rows: list[OutboxRow] = []
        while due := self.desk.store.outbox.due(datetime.now(UTC), limit=100):
            rows += due
            with self.desk.transaction():
                for row in due:
                    self.desk.store.outbox.sent(row.id)
        return [row for row in rows if order is None or row.order_id == order.id]

    def rows_of(self, kind: str, order: Order | None = None) -> list[OutboxRow]:
        """Those of one kind. The others are gone as well."""
        return [row for row in self.outbox(order) if row.kind == kind]

    def audited(self, order: OrderId) -> list[str]:
        return [row.action for row in self.desk.store.audit.rows(order_id=order)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    shop = Shop()
    store = Store.open(tmp_path / "giftcard.sqlite3", Keyring([KEY]))
    desk = Desk(store, {shop.name: shop}, POLICY, "sandbox", lambda: datetime.now(UTC))
    await sync_catalogue(desk)
    async with Slack().open() as slack:
        client = AsyncWebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
        people = People(client, TEAM, desk.policy.groups)
        front = Front(desk, people, Background(), approvals_channel="C0APPROVE1")
        app = AsyncApp(client=client, process_before_response=True)
        register(app, front)
        yield Office(desk, front, slack, shop, Desktop(app, front, slack), Messenger(client, front))
    store.close()
