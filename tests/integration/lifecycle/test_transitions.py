"""The table of transitions on a real database: what it lists happens exactly so, and nothing else happens."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.domain.lifecycle import BEGINNINGS, FINAL, TRANSITIONS, Cause, OrderState, happens
from bot.domain.orders import Order
from bot.domain.problems import Problem, ProblemCode
from bot.services.context import AppContext
from bot.services.purchase.apply import begin, commit
from store import StaleState, Transaction
from tests.integration.lifecycle.table_check import check_cause, check_forbidden, draft, on_disk, opened
from tests.support.at_once import write
from tests.support.clock import NOON, StoppedClock
from tests.support.disk import audit_log_is_intact
from tests.support.order_moves import add_order
from tests.support.people import AGENT

MOVES = sorted(key for key, row in TRANSITIONS.items() if row.to is not key[0])


class AnOrder(RuleBasedStateMachine):
    """One order, to which anything happens, in any order and at any time."""

    @initialize(beginning=st.sampled_from(sorted(BEGINNINGS)))
    def begins(self, beginning: Cause) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoppedClock()
        self.ctx = opened(Path(self.folder.name), self.clock)
        new = draft(self.clock)
        self.order = write(
            self.ctx, lambda tx: begin(tx, new, beginning, request_key="view-1", actor=AGENT.id)
        )
        assert self.order.state is BEGINNINGS[beginning].to

    def teardown(self) -> None:
        if hasattr(self, "ctx"):
            assert audit_log_is_intact(self.ctx)
            self.ctx.store.close()
            self.folder.cleanup()

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """Most of what can happen ends an order, after which little does."""
        here = {cause: row.to for (state, cause), row in TRANSITIONS.items() if state is self.order.state}
        causes = [cause for cause, to in here.items() if to not in FINAL] or list(here)
        self.anything(data.draw(st.sampled_from(causes)))

    @rule(cause=st.sampled_from(Cause))
    def anything(self, cause: Cause) -> None:
        before = self.order
        self.order = check_cause(self.ctx, Path(self.folder.name), before, cause)
        assert before.state not in FINAL or self.order.state is before.state

    @rule(minutes=st.sampled_from([1, 10, 60, 600]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))


TestAnOrder = AnOrder.TestCase
TestAnOrder.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transitions")


@pytest.fixture(scope="module")
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(scope="module")
def ctx(folder: Path, clock: StoppedClock) -> Iterator[AppContext]:
    ctx = opened(folder, clock)
    yield ctx
    ctx.store.close()


def an_order_in(ctx: AppContext, clock: StoppedClock, state: OrderState) -> Order:
    """It came into the state an hour ago, has been tried three times and has a problem."""
    clock.now = NOON
    new = draft(clock)

    def put(tx: Transaction) -> Order:
        order = add_order(tx, new, request_key=new.client_reference, actor=AGENT.id, state=state)
        return tx.orders.update(order, state, attempts=3, problem=Problem(ProblemCode.AWAITING_TURN))

    order = write(ctx, put)
    clock.advance(timedelta(hours=1))
    return order


@pytest.mark.parametrize(("state", "cause"), sorted(TRANSITIONS))
def test_every_row_of_the_table_happens_as_it_says(
    ctx: AppContext, folder: Path, clock: StoppedClock, state: OrderState, cause: Cause
) -> None:
    order = check_cause(ctx, folder, an_order_in(ctx, clock, state), cause)
    assert order.state is TRANSITIONS[state, cause].to
    if happens(order.state, cause):
        check_cause(ctx, folder, order, cause)  # again, which may be no news


@pytest.mark.parametrize("state", list(OrderState))
def test_what_the_table_does_not_list_changes_nothing(
    ctx: AppContext, folder: Path, clock: StoppedClock, state: OrderState
) -> None:
    order = an_order_in(ctx, clock, state)
    earlier = on_disk(folder)
    forbidden = [cause for cause in Cause if not happens(state, cause)]
    assert forbidden
    for cause in forbidden:
        check_forbidden(ctx, order, cause)
    assert on_disk(folder) == earlier


@pytest.mark.parametrize(("state", "cause"), MOVES)
def test_whoever_saw_the_order_before_it_moved_changes_nothing(
    ctx: AppContext, folder: Path, clock: StoppedClock, state: OrderState, cause: Cause
) -> None:
    seen = an_order_in(ctx, clock, state)
    check_cause(ctx, folder, seen, cause)
    earlier = on_disk(folder)

    with pytest.raises(StaleState):
        asyncio.run(commit(ctx, seen, cause))

    assert on_disk(folder) == earlier
