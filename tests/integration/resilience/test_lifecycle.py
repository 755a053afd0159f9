"""Any sequence of purchases, lost answers, kills and late arrivals never makes us contradict the vendor."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Order, new_client_reference
from bot.domain.policy import Policy
from bot.domain.vendor_orders import VendorOrderStatus
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.purchase.recover import recover_interrupted_orders
from bot.workers.orders import take_next_step
from store import Keyring, NewOrder
from tests.integration.resilience.vendor_model import Killed, VendorModel
from tests.support.at_once import saved, write
from tests.support.database import open_store
from tests.support.disk import audit_log_is_intact
from tests.support.order_moves import add_order
from tests.support.people import AGENT, LEAD
from tests.support.terms import gift_card_terms, vouchers

S = OrderState
KEY = Keyring.generate()
ALL_STATES = list(OrderState)
NOTHING_BOUGHT = {S.PENDING_APPROVAL, S.APPROVED, S.REFUSED, S.DECLINED, S.WITHDRAWN, S.EXPIRED}
SAYS_SO = {
    S.FAILED: {VendorOrderStatus.FAILED},
    S.CANCELLED: {VendorOrderStatus.CANCELLED},
    S.DELIVERED: {VendorOrderStatus.DELIVERED},
    S.CODES_UNAVAILABLE: {VendorOrderStatus.DELIVERED},
}
PLACE = [
    "answers",
    "killed before",
    "killed after",
    "lost before",
    "lost after",
    "late",
    "not sent",
    "refused",
]
READ = ["answers", "answers", "silence", "killed"]


class Lifecycle(RuleBasedStateMachine):
    a_vendor: type[VendorModel] = VendorModel

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.time = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self.vendor = self.a_vendor()
        self.vendor.now = self.time
        self.open_database()

    def open_database(self) -> None:
        path = Path(self.folder.name) / "giftcard.sqlite3"
        policy = Policy.model_validate(
            {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"]}}
        )
        store = open_store(path, KEY, clock=lambda: self.time)
        vendors: dict[str, Any] = {"octopus": self.vendor}
        self.ctx = AppContext(store, vendors, policy, "sandbox", clock=lambda: self.time)

    def orders(self) -> list[Order]:
        return saved(self.ctx).orders.in_states(ALL_STATES, limit=1000)

    def _kill_and_restart(self) -> None:
        self.ctx.store.close()
        self.open_database()
        asyncio.run(recover_interrupted_orders(self.ctx))

    @rule(quantity=st.sampled_from([1, 2, 8]))
    def approve(self, quantity: int) -> None:
        ten = Money(Decimal(10), "USD")
        terms = gift_card_terms("octopus", "8101", ten, quantity, "31")
        draft = NewOrder(
            client_reference=new_client_reference(self.time),
            requester=AGENT.id,
            terms=terms,
            product_name="Steam",
            country="USA",
            discount=Money(Decimal(0), "USD"),
            forex_rate=None,
            fee=None,
            charge=ten * quantity,
            balance_after=ten,
            reason="parcel lost twice",
            ticket_url=None,
            recipient_email=None,
            requested_at=self.time,
            next_at=self.time + timedelta(days=3),
        )
        key = draft.client_reference
        order = write(self.ctx, lambda tx: add_order(tx, draft, request_key=key, actor=AGENT.id))
        asyncio.run(approve_request(self.ctx, LEAD, order.id))

    @rule(masks=st.booleans())
    def the_vendor_masks_reads(self, masks: bool) -> None:
        self.vendor.masks_reads = masks

    @precondition(lambda self: self.due())
    @rule(pick=st.integers(0, 10**6), place=st.sampled_from(PLACE), read=st.sampled_from(READ))
    def work(self, pick: int, place: str, read: str) -> None:
        """The worker takes one order that has something coming one step further, when it is due."""
        self.vendor.next_place, self.vendor.next_read = place, read
        due = self.due()
        order = due[pick % len(due)]
        assert order.next_at is not None
        self.time = self.vendor.now = max(self.time, order.next_at) + timedelta(milliseconds=1)
        try:
            asyncio.run(step(self.ctx, order))
        except Killed:
            self._kill_and_restart()

    @rule(seconds=st.integers(1, 50))
    def what_was_on_its_way_arrives(self, seconds: int) -> None:
        self.time = self.vendor.now = self.time + timedelta(seconds=seconds)
        self.vendor.late_arrivals()

    @precondition(lambda self: self._pending())
    @rule(pick=st.integers(0, 10**6), how=st.sampled_from(["some", "all", "fail", "cancel"]))
    def the_vendor_fulfils(self, pick: int, how: str) -> None:
        pending = self._pending()
        sold = pending[pick % len(pending)]
        if how in {"some", "all"} or sold.deliverables:
            self.vendor.deliver(sold, 3 if how == "some" else 100)
        else:
            sold.status = VendorOrderStatus.FAILED if how == "fail" else VendorOrderStatus.CANCELLED

    @rule()
    def killed_while_idle(self) -> None:
        self._kill_and_restart()

    def due(self) -> list[Order]:
        return [o for o in self.orders() if o.next_at is not None and o.state is not S.PENDING_APPROVAL]

    def _pending(self) -> list[Any]:
        unfinished = {VendorOrderStatus.PENDING, VendorOrderStatus.PARTIALLY_DELIVERED}
        return [s for s in self.vendor.sold.values() if s.status in unfinished]

    @invariant()
    def every_purchase_is_an_approved_order_and_no_state_contradicts_the_vendor(self) -> None:
        orders = {order.client_reference: order for order in self.orders()} if hasattr(self, "ctx") else {}
        for reference, sold in getattr(self, "vendor", VendorModel()).sold.items():
            order = orders[reference]
            assert saved(self.ctx).approvals.valid(order)
            assert order.state not in NOTHING_BOUGHT, f"{reference} is {order.state} and was bought"
            assert sold.status in SAYS_SO.get(order.state, set(VendorOrderStatus))
        for reference, order in orders.items():
            if reference not in self.vendor.sold:
                assert order.state in NOTHING_BOUGHT | {S.SUBMITTING, S.OUTCOME_UNKNOWN}

    @invariant()
    def no_order_waits_without_an_owner(self) -> None:
        for order in self.orders() if hasattr(self, "ctx") else []:
            assert order.state in {S.REFUSED, S.DELIVERED, S.FAILED, S.CANCELLED} or order.next_at

    @invariant()
    def every_clear_code_we_were_given_is_on_disk(self) -> None:
        if not hasattr(self, "ctx"):
            return
        kept = {
            (order.client_reference, voucher.card_number)
            for order in self.orders()
            for voucher in vouchers(saved(self.ctx).codes.of_order(order.id))
        }
        assert kept == self.vendor.shown
        for order in self.orders():
            if order.state is S.DELIVERED:
                assert saved(self.ctx).codes.count(order.id) == order.terms.line.units

    def teardown(self) -> None:
        if hasattr(self, "ctx"):
            assert audit_log_is_intact(self.ctx)
            self.ctx.store.close()
            self.folder.cleanup()


async def step(ctx: AppContext, order: Order) -> None:
    await take_next_step(ctx, order)


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_a_refusal_is_not_believed_while_the_first_request_may_still_arrive():
    life = Lifecycle()
    life.open()
    try:
        life.approve(quantity=2)
        life.work(pick=0, place="late", read="answers")
        life.work(pick=0, place="answers", read="answers")
        life.work(pick=0, place="refused", read="answers")
        life.what_was_on_its_way_arrives(seconds=20)
        life.every_purchase_is_an_approved_order_and_no_state_contradicts_the_vendor()

        while life.due() and life.orders()[0].state is not S.CODES_UNAVAILABLE:
            life.work(pick=0, place="answers", read="answers")
        assert life.orders()[0].state is S.CODES_UNAVAILABLE  # they were in the answer that never came
        assert len(life.vendor.sold) == 1
    finally:
        life.teardown()
