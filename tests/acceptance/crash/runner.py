"""Plays cases: one order through all its kills and the run after them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from bot.domain.lifecycle import OrderState
from bot.services.reveal_codes import request_codes
from tests.acceptance.crash.bot_run import BotRun
from tests.acceptance.crash.cases import Case
from tests.acceptance.crash.environment import AGENT, Approved, CrashEnvironment
from tests.acceptance.crash.supervise import run_until_idle, run_until_killed
from tests.acceptance.crash.vendor_ledger import rows

_AT_REST = {OrderState.DELIVERED, OrderState.CODES_UNAVAILABLE, OrderState.REFUSED, OrderState.FAILED}
_LOOKS_IN_VAIN = 5  # before what is left to the vendor is taken to stay so
_LOOKS_PAST_THE_GRACE = 10  # before that of what is left to people


@dataclass(frozen=True)
class Outcome:
    """What became of one case. `went_wrong` is about the processes, not about the money."""

    case: Case
    approved: Approved
    state: OrderState
    seconds: float
    went_wrong: str = ""

    @property
    def log(self) -> str:
        return (self.approved.folder / "bot.log").read_text()

    @property
    def actions(self) -> list[str]:
        """What the audit log says of the order."""
        sql = "SELECT action FROM audit WHERE client_reference = ? ORDER BY seq"
        found = rows(self.approved.database, sql, self.approved.order.client_reference)
        return [row["action"] for row in found]


async def run_all(environment: CrashEnvironment, cases: Sequence[Case], at_once: int) -> list[Outcome]:
    """In one thread, because the standard library's child processes are not for several."""
    turns = asyncio.Semaphore(at_once)

    async def in_turn(number: int, case: Case) -> Outcome:
        async with turns:
            return await _play(environment, f"{number:03}", case)

    return await asyncio.gather(*(in_turn(number, case) for number, case in enumerate(cases)))


async def _play(environment: CrashEnvironment, name: str, case: Case) -> Outcome:
    started = time.monotonic()
    approved = await environment.approved(name, case.vendor, case.wanted, bought_before=case.bought_before)
    if case.does == "400 duplicate":
        await environment.octopus.buy_beside(approved.order)
    bot_run = approved.bot_run(
        on_purchase=case.behaviour.fault,
        on_read=case.read_fault,
        lasting=case.behaviour.lasting,
        patience_s=case.behaviour.patience_s,
    )
    wrong = await _runs(bot_run, case, approved, lambda: _meanwhile(environment, case, approved.account))
    return Outcome(case, approved, state_of(approved), time.monotonic() - started, wrong)


def _meanwhile(environment: CrashEnvironment, case: Case, account: str) -> None:
    if what := case.behaviour.meanwhile:
        environment.shops[case.vendor].happens_meanwhile(what, case.wanted, account)


async def _runs(bot_run: BotRun, case: Case, approved: Approved, meanwhile: Callable[[], None]) -> str:
    for number, kill in enumerate(case.kills):
        if wrong := await run_until_killed(replace(bot_run, dies=kill)):
            return wrong
        if number == 0:
            meanwhile()
    return await run_until_idle(bot_run, lambda: _is_at_rest(approved, case))


async def run_reveal(environment: CrashEnvironment, case: Case) -> Outcome:
    """After the case, its codes are asked for, and shown by a process that is killed before it noted that."""
    outcome = await _play(environment, f"reveal-{case.vendor}", case)
    approved = outcome.approved
    with closing(environment.store(approved.database, approved.time)) as store:
        await request_codes(environment.ctx(store, approved.time), AGENT, approved.order.id)
    # From here on at its own pace, because codes are shown within a minute or not at all.
    bot_run = replace(approved, time=approved.time.at_normal_speed()).bot_run()
    wrong = await run_until_killed(replace(bot_run, dies="mid-reveal"))
    wrong = wrong or await run_until_idle(bot_run, lambda: _is_at_rest(approved, case))
    return replace(outcome, went_wrong=outcome.went_wrong or wrong)


def state_of(approved: Approved) -> OrderState:
    sql = "SELECT state FROM orders WHERE client_reference = ?"
    (row,) = rows(approved.database, sql, approved.order.client_reference)
    return OrderState(row["state"])


def _is_at_rest(approved: Approved, case: Case) -> bool:
    """The order is where only a person, the vendor or nobody moves it, and everybody has been told."""
    sql = "SELECT state, attempts FROM orders WHERE client_reference = ?"
    (row,) = rows(approved.database, sql, approved.order.client_reference)
    (unsent,) = rows(approved.database, "SELECT count(*) AS n FROM outbox WHERE outcome IS NULL")
    state = OrderState(row["state"])
    enough = _LOOKS_PAST_THE_GRACE if state is OrderState.OUTCOME_UNKNOWN else _LOOKS_IN_VAIN
    stays = state is case.leads_to and row["attempts"] >= enough
    return (state in _AT_REST or stays) and unsent["n"] == 0
