"""What somebody tried who wanted money, codes or silence out of it, by the models of both kinds of vendor."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.domain.money import Money
from bot.domain.orders import Order, OrderState
from bot.domain.policy import Policy
from bot.domain.vouchers import Voucher
from bot.providers.contract import OutcomeUnknown, Purchase, Receipt
from bot.usecases.match_purchases import match_purchases
from bot.usecases.notices import Kind
from bot.usecases.raise_alarm import raise_alarm
from bot.usecases.rejections import TooLate
from bot.usecases.resolve_order import confirm_resolution, propose_resolution
from bot.usecases.reveal_codes import ask_for_codes
from store import StaleState
from tests.integration.bad_luck.careful_vendor_model import CarefulVendorModel
from tests.integration.bad_luck.test_buying_in_parts import Life as PartsLife
from tests.integration.bad_luck.test_lifecycle import Lifecycle, step
from tests.integration.bad_luck.test_lifecycle_without_reference import LifecycleWithoutReference
from tests.integration.bad_luck.vendor_model import VendorModel
from tests.integration.purchase.conftest import AGENT, LEAD, OTHER_LEAD

S = OrderState
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class SkewedVendor(CarefulVendorModel):
    """Its clock is an hour ahead of ours (or ours an hour behind)."""

    def commit(self, purchase: Purchase) -> Any:
        reference = purchase.client_reference
        if reference in self.sold:  # a second purchase of the same order: count it, as the vendor would
            self.twice = True
            raise OutcomeUnknown("silence")
        sold = super().commit(purchase)
        self.sold_at[sold.number] = self.now + timedelta(hours=1)
        return sold


class SkewedLife(LifecycleWithoutReference):
    a_vendor = SkewedVendor


@pytest.fixture
def life() -> Iterator[LifecycleWithoutReference]:
    life = LifecycleWithoutReference()
    life.open()
    life.vendor.has_pins = False
    yield life
    life.teardown()


def the(life: Lifecycle, n: int = 0) -> Order:
    return life.orders()[n]


def work_on(life: Lifecycle, order: Order, place: str = "answers") -> Order:
    order = life.desk.store.orders.get(order.id)
    life.vendor.next_place = place
    assert order.next_at
    life.time = life.vendor.now = max(life.time, order.next_at) + timedelta(milliseconds=1)
    asyncio.run(step(life.desk, order))
    return life.desk.store.orders.get(order.id)


def test_a_clock_that_differs_by_an_hour_does_not_buy_twice() -> None:
    life = SkewedLife()
    life.open()
    life.vendor.has_pins = False
    try:
        life.approve(quantity=2)
        order = work_on(life, the(life), place="lost after")
        assert order.state is S.UNSETTLED
        for _ in range(30):
            if order.state is not S.UNSETTLED:
                break
            order = work_on(life, order)
        if order.state is S.APPROVED:
            work_on(life, order)
        assert not getattr(life.vendor, "twice", False), "bought twice"
        assert order.state is not S.APPROVED
    finally:
        life.desk.store.close()
        life.folder.cleanup()


def test_codes_of_a_dashboard_purchase_are_not_handed_out_for_an_order_surely_not_sent(
    life: LifecycleWithoutReference,
) -> None:
    life.approve(quantity=1)
    delivered = work_on(life, the(life))  # so that the product is known to come without PINs
    assert delivered.state is S.DELIVERED
    life.approve(quantity=5)
    order = work_on(life, the(life, 1), place="not sent")  # 429, 401, no connection: surely not sent
    assert order.state is S.APPROVED
    life.somebody_buys_in_its_dashboard(charge="48.50")  # what ours would cost
    order = work_on(life, order)
    kept = life.desk.store.codes.of_order(order.id)
    assert Voucher("SOMEBODYELSES1") not in kept, f"{order.state}: {order.trouble}"


def test_an_order_surely_not_sent_does_not_block_the_vendor_because_another_was_bought_meanwhile(
    life: LifecycleWithoutReference,
) -> None:
    life.approve(quantity=2)
    life.approve(quantity=3)
    first = work_on(life, the(life, 0), place="not sent")  # a 429
    assert first.state is S.APPROVED
    second = work_on(life, the(life, 1))
    assert second.state is S.DELIVERED
    first = work_on(life, first)
    assert first.state is S.DELIVERED, f"{first.state}: {first.trouble}"


def test_a_proposal_made_before_the_latest_attempt_cannot_close_it(life: LifecycleWithoutReference) -> None:
    life.approve(quantity=2)
    order = work_on(life, the(life), place="lost before")
    proposal = propose_resolution(life.desk, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
    while order.state is S.UNSETTLED:
        order = work_on(life, order)
    assert order.state is S.APPROVED  # proven not created
    order = work_on(life, order, place="lost after")  # and this time it is bought
    assert order.state is S.UNSETTLED
    assert order.client_reference in life.vendor.sold
    with pytest.raises(TooLate):
        confirm_resolution(life.desk, OTHER_LEAD, order.id, proposal.id)


def test_with_a_reference_too() -> None:
    life = Lifecycle()
    life.open()
    try:
        life.approve(quantity=2)
        order = work_on(life, the(life), place="lost before")
        proposal = propose_resolution(life.desk, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
        order = work_on(life, order)
        order = work_on(life, order, place="lost after")  # asked again, and bought
        assert order.state is S.UNSETTLED
        assert order.client_reference in life.vendor.sold
        with pytest.raises(TooLate):
            confirm_resolution(life.desk, OTHER_LEAD, order.id, proposal.id)
    finally:
        life.teardown()


def test_parts_together_never_cost_more_than_the_policy_lets_an_order_cost() -> None:
    life = PartsLife()
    life.open()
    life.vendor.has_pins = False
    try:
        life.approve(quantity=10)  # 97.00 at this vendor
        life.desk.policy = life.desk.policy.model_validate(
            life.desk.policy.model_dump() | {"limits": {"charge": {"USD": "50"}}}
        )
        for _ in range(6):
            for order in life.orders():
                if order.next_at and order.state is not S.WAITING:
                    work_on(life, order)
        spent = sum(life.vendor._charge(sold.purchase) for sold in life.vendor.sold.values())
        assert spent <= 50, f"{spent} was spent for one order"
    finally:
        life.teardown()


def test_nothing_is_asked_for_again_at_a_vendor_that_is_forbidden_meanwhile() -> None:
    life = Lifecycle()
    life.open()
    try:
        life.approve(quantity=2)
        order = work_on(life, the(life), place="lost before")
        life.desk.policy = Policy.model_validate(
            life.desk.policy.model_dump() | {"vendors": {"forbidden": ["octopus"]}}
        )
        for _ in range(4):
            if order.next_at:
                order = work_on(life, order)
        assert life.vendor.sold == {}, "bought at a forbidden vendor"
    finally:
        life.teardown()


def test_nothing_is_asked_for_again_above_a_limit_lowered_meanwhile() -> None:
    life = Lifecycle()
    life.open()
    try:
        life.approve(quantity=8)
        order = work_on(life, the(life), place="lost before")
        life.desk.policy = Policy.model_validate(
            life.desk.policy.model_dump() | {"limits": {"charge": {"USD": "10"}}}
        )
        for _ in range(4):
            if order.next_at:
                order = work_on(life, order)
        assert life.vendor.sold == {}
    finally:
        life.teardown()


class SmallVendorWithReferences(VendorModel):
    largest_order = 4  # type: ignore[assignment]  # where the other model knows no largest


class PartsByReference(Lifecycle):
    a_vendor = SmallVendorWithReferences


def test_a_part_is_not_asked_for_again_when_its_whole_would_cost_more_than_a_limit_lowered_meanwhile() -> (
    None
):
    life = PartsByReference()
    life.open()
    try:
        life.approve(quantity=10)  # 97.00 at this vendor, 19.40 of it the last part
        work_on(life, the(life))
        _, *parts = life.orders()
        for part, place in zip(parts, ["answers", "answers", "lost before"], strict=True):
            work_on(life, part, place=place)
        life.desk.policy = Policy.model_validate(
            life.desk.policy.model_dump() | {"limits": {"charge": {"USD": "60"}}}
        )
        for _ in range(4):
            last = life.desk.store.orders.get(parts[-1].id)
            if last.next_at:
                work_on(life, last)
        assert parts[-1].client_reference not in life.vendor.sold
        assert len(life.vendor.sold) == 2
    finally:
        life.teardown()


def test_an_approver_cannot_approve_an_order_at_a_forbidden_vendor(life: LifecycleWithoutReference) -> None:
    life.desk.policy = Policy.model_validate(
        life.desk.policy.model_dump() | {"vendors": {"forbidden": ["octopus"]}}
    )
    with pytest.raises(TooLate, match="can only be declined"):
        life.approve(quantity=1)


def match(life: LifecycleWithoutReference) -> list[str]:
    life.time += timedelta(minutes=1)
    report = asyncio.run(match_purchases(life.desk, life.desk.provider("octopus")))
    return [f"{f.kind.value}: {f.says}" for f in report.findings]


def test_a_purchase_in_flight_is_no_finding(life: LifecycleWithoutReference) -> None:
    life.approve(quantity=2)
    assert match(life) == []
    order = work_on(life, the(life), place="lost after")
    assert order.state is S.UNSETTLED
    assert match(life) == []


def test_a_vendor_that_debits_at_fulfilment_is_no_finding(life: LifecycleWithoutReference) -> None:
    life.approve(quantity=8)  # codes later
    assert match(life) == []
    order = work_on(life, the(life))
    assert order.state is S.PLACED
    life.vendor.balance += Decimal("77.60")  # not debited yet
    first = match(life)
    life.vendor.balance -= Decimal("77.60")
    assert (first, match(life)) == ([], [])


def test_what_people_closed_as_paid_is_not_told_every_day(life: LifecycleWithoutReference) -> None:
    life.approve(quantity=2)
    life.money_comes_in_or_goes_out(amount="500.00")
    order = work_on(life, the(life), place="lost after")
    life.money_comes_in_or_goes_out(amount="500.00")
    life.somebody_buys_in_its_dashboard(charge="19.40")
    note = "the dashboard shows when it was made"
    proposal = propose_resolution(life.desk, LEAD, order.id, S.RESOLVED, note, provider_order_id="1")
    life.time += timedelta(seconds=1)
    confirm_resolution(life.desk, OTHER_LEAD, order.id, proposal.id)
    found = match(life)
    assert not any(order.client_reference in says for says in found), found
    assert not any("order 1 " in says for says in found), found


def test_a_vendor_that_comes_to_an_old_database_brings_no_old_strangers() -> None:
    life = LifecycleWithoutReference()
    life.open()
    try:
        life.approve(quantity=2)  # a year of orders with the other vendor
        life.somebody_buys_in_its_dashboard(charge="50.00")  # at the new one, before it was set up
        life.vendor.name = "newcomer"
        newcomer: Any = life.vendor
        life.desk.providers = {"octopus": newcomer, "newcomer": newcomer}
        life.time = life.vendor.now = life.time + timedelta(days=365)
        report = asyncio.run(match_purchases(life.desk, newcomer))
        assert report.findings == ()
    finally:
        life.teardown()


def test_a_part_of_an_order_approved_hours_later_is_not_overdue_at_once() -> None:
    life = PartsLife()
    life.open()
    try:
        life.approve(quantity=10)
        life.time = life.vendor.now = life.time + timedelta(hours=5)
        work_on(life, life.orders()[0])
        assert life.orders()[1:]
        assert life.desk.store.orders.overdue(life.time) == []
    finally:
        life.teardown()


def test_what_was_set_aside_for_a_resolved_part_is_reached_from_the_whole() -> None:
    life = PartsLife()
    life.open()
    life.vendor.has_pins = True
    try:
        life.approve(quantity=5)  # 4 + 1
        work_on(life, life.orders()[0])
        for part in life.orders()[1:]:
            settled = work_on(life, part, place="lost after")
            settled = work_on(life, settled)
            assert settled.state is S.CODES_MISSING, settled.state
            proposal = propose_resolution(life.desk, LEAD, part.id, S.RESOLVED, "no PINs, says support")
            life.time += timedelta(seconds=1)
            confirm_resolution(life.desk, OTHER_LEAD, part.id, proposal.id)
        whole = life.orders()[0]
        assert whole.state is S.DELIVERED_SHORT
        told = [
            row.payload["event"]
            for row in life.desk.store.outbox.due(life.time, limit=1000)
            if row.kind == Kind.NOTICE
        ]
        assert told
        ask_for_codes(life.desk, AGENT, whole.id)  # raises NoCodes: "was not bought"
    finally:
        life.teardown()


def test_looking_at_once_again_and_again_does_not_make_a_refusal_believable() -> None:
    """`giftcard settle REF` six times in a row, or six webhooks: the two minutes shrink to a second."""
    life = Lifecycle()
    life.open()
    try:
        life.approve(quantity=2)
        order = work_on(life, the(life), place="late")
        began = life.time
        for _ in range(12):
            if order.state is not S.UNSETTLED:
                break
            with life.desk.transaction():  # as settle_soon does
                life.desk.store.orders.change(order.id, from_=order.state, next_at=life.time)
            order = work_on(life, order, place="refused")
        waited = life.time - began
        assert not (order.state is S.REFUSED and waited < timedelta(seconds=60)), waited
    finally:
        life.teardown()


def test_buying_anew_works_while_others_wait_for_their_turn(life: LifecycleWithoutReference) -> None:
    """As the worker does it: the longest overdue first."""
    life.approve(quantity=2)
    life.approve(quantity=3)
    work_on(life, the(life, 0), place="lost before")
    for _ in range(2000):
        due = life.desk.store.orders.due(list(S), life.time)
        if not due:
            life.time = life.vendor.now = min(o.next_at for o in life.orders() if o.next_at)
            continue
        for order in due:
            asyncio.run(step(life.desk, life.desk.store.orders.get(order.id)))
        if {o.state for o in life.orders()} == {S.DELIVERED}:
            break
        if "Compare with the vendor" in str(the(life, 0).trouble):
            break
    assert [o.state for o in life.orders()] == [S.DELIVERED, S.DELIVERED], the(life, 0).trouble


def test_people_hear_at_once_that_it_is_left_to_them_although_they_heard_of_it_before(
    life: LifecycleWithoutReference,
) -> None:
    life.approve(quantity=2)
    order = work_on(life, the(life), place="lost before")
    for _ in range(60):  # the vendor is silent for hours, and the channel is told of that
        life.vendor.next_read = "silence"
        order = life.desk.store.orders.get(order.id)
        assert order.next_at
        life.time = life.vendor.now = max(life.time, order.next_at) + timedelta(milliseconds=1)
        asyncio.run(step(life.desk, order))
        asyncio.run(raise_alarm(life.desk, order.id))
    life.vendor.balance -= Decimal("20.00")
    order = work_on(life, order)
    assert "Compare with the vendor" in str(order.trouble)
    assert order.alarm_at
    assert order.alarm_at - life.time < timedelta(minutes=5), order.alarm_at - life.time


def test_what_is_found_while_it_is_closed_as_not_bought_keeps_its_number(
    life: LifecycleWithoutReference, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.approve(quantity=1)
    work_on(life, the(life))
    life.approve(quantity=2)
    order = work_on(life, the(life, 1), place="lost after")
    proposal = propose_resolution(life.desk, LEAD, order.id, S.NOT_BOUGHT, "the dashboard has none")
    real = life.vendor.fetch

    async def fetch(number: str) -> Receipt:
        receipt = await real(number)
        confirm_resolution(life.desk, OTHER_LEAD, order.id, proposal.id)
        return receipt

    monkeypatch.setattr(life.vendor, "fetch", fetch)
    with pytest.raises(StaleState):
        work_on(life, order)
    order = life.desk.store.orders.get(order.id)
    found = match(life)
    assert life.desk.store.codes.count(order.id) == 0 or order.provider_order_id, (order.state, found)


def test_a_backup_put_back_does_not_buy_what_was_bought_since() -> None:
    """docs/operations.md: "to return to an older version, restore the backup"."""
    life = SkewedLife()
    life.open()
    life.vendor.has_pins = False
    try:
        life.approve(quantity=2)
        file = Path(life.folder.name) / "giftcard.sqlite3"
        life.desk.store.close()
        shutil.copy(file, file.with_suffix(".backup"))
        life._open()
        assert work_on(life, the(life)).state is S.DELIVERED
        life.desk.store.close()
        for side in ("-wal", "-shm"):
            Path(f"{file}{side}").unlink(missing_ok=True)
        shutil.copy(file.with_suffix(".backup"), file)
        life._open()
        work_on(life, the(life))
        assert not getattr(life.vendor, "twice", False), "bought twice"
    finally:
        life.desk.store.close()
        life.folder.cleanup()
