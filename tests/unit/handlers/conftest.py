"""The Slack side over a real store: only Slack and the vendor are stood in for."""

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

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from bot.domain.people import Component, Person
from bot.domain.policy import Policy
from bot.kinds.gift_card import Voucher
from bot.services.context import AppContext
from bot.services.request_order import OrderRequest, request_order
from bot.services.sync_catalogue import sync_catalogue
from handlers.background_tasks import BackgroundTasks
from handlers.listeners import register
from handlers.outbox_dispatcher import OutboxDispatcher
from handlers.slack_context import SlackContext
from handlers.user_directory import UserDirectory
from store import Keyring, OutboxMessage
from tests.support.at_once import saved, write
from tests.support.database import open_store
from tests.support.disk import mark_sent
from tests.support.order_moves import move_order_along
from tests.support.terms import card_selection
from tests.unit.handlers.fake_slack import TEAM, FakeSlackUser, Slack
from tests.unit.handlers.fake_vendor import PRODUCTS, FakeVendor
from tests.unit.handlers.order_factories import AGENT

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
class Harness:
    """Everything that a test looks at: the services, Slack, the vendor and a person."""

    ctx: AppContext
    slack_ctx: SlackContext
    slack: Slack
    fake_vendor: FakeVendor
    people: FakeSlackUser
    dispatcher: OutboxDispatcher
    client: AsyncWebClient
    keys: Iterator[int] = field(default_factory=count)

    async def request(self, quantity: int = 2, by: Person | None = None, **changes: Any) -> Order:
        """The agent asks for Steam cards."""
        fields: dict[str, Any] = {
            "selection": card_selection(PRODUCTS[0], PRODUCTS[0].denominations[0].minimum, quantity),
            "reason": "Parcel lost twice",
            "ticket_url": None,
            "recipient_email": None,
        }
        asked = OrderRequest(**fields | changes)
        return await request_order(self.ctx, by or Person(AGENT), asked, request_key=f"key-{next(self.keys)}")

    def deliver_codes(self, order: Order, *codes: str) -> Order:
        """The order as it is once its codes have come."""
        worker = Component("test")
        states = (OrderState.APPROVED, OrderState.SUBMITTING, OrderState.DELIVERED)
        vouchers = [Voucher(card_number=code) for code in codes]
        write(self.ctx, lambda tx: tx.codes.keep(order.id, vouchers))
        return write(self.ctx, lambda tx: move_order_along(tx, order, states, actor=worker))

    def state(self, order: Order) -> OrderState:
        return saved(self.ctx).orders.get(order.id).state

    def outbox(self, order: Order | None = None) -> list[OutboxMessage]:
        """Every row that waited, in the order in which they go out; they count as sent from now on."""
        rows: list[OutboxMessage] = []
        while due := saved(self.ctx).outbox.due(datetime.now(UTC), limit=100):
            rows += due
            mark_sent(self.ctx, due)
        return [row for row in rows if order is None or row.order_id == order.id]

    def rows_of(self, kind: str, order: Order | None = None) -> list[OutboxMessage]:
        """Those of one kind. The others are gone as well."""
        return [row for row in self.outbox(order) if row.kind == kind]

    def audited(self, order: OrderId) -> list[str]:
        return [row.action for row in saved(self.ctx).audit.rows(order_id=order)]


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    fake_vendor = FakeVendor()
    store = open_store(tmp_path / "giftcard.sqlite3", KEY)
    ctx = AppContext(store, {fake_vendor.name: fake_vendor}, POLICY, "sandbox", lambda: datetime.now(UTC))
    await sync_catalogue(ctx)
    async with Slack().open() as slack:
        client = AsyncWebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
        people = UserDirectory(client, TEAM, ctx.policy.groups)
        slack_ctx = SlackContext(ctx, people, BackgroundTasks(), approvals_channel="C0APPROVE1")
        app = AsyncApp(client=client, process_before_response=True)
        register(app, slack_ctx)
        yield Harness(
            ctx,
            slack_ctx,
            slack,
            fake_vendor,
            FakeSlackUser(app, slack_ctx, slack),
            OutboxDispatcher(client, slack_ctx),
            client,
        )
    store.close()
