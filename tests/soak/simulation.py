"""One database through many short runs, with people and with vendors that misbehave."""

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from tests.acceptance.crash.bot_run import BotRun
from tests.acceptance.crash.comparison import compare
from tests.acceptance.crash.environment import LEAD as LEAD_PERSON
from tests.acceptance.crash.environment import CrashEnvironment
from tests.acceptance.crash.kill_points import POINTS
from tests.acceptance.crash.supervise import running_bot
from tests.acceptance.crash.vendor_ledger import (
    codes_readable_in,
    everything_at_rest,
    rows,
    unexplained_movements,
)
from tests.soak.fault_injection import arm_random_faults
from tests.soak.resolvers import People
from tests.soak.result import AtVendor, Result
from tests.support.running_system import AGENT, LEAD, POLICY
from tests.support.slack_user import SlackUser, elements

_SPEED = 60.0
_POLICY = POLICY.replace("quantity = 20", "quantity = 150") + "[purchases]\ngrace_minutes = 3\n"
_LONGEST_LIFE_S = 6.0
_LAST_LIVES = 20  # of ten seconds each; between them people close what is left to them
_WANTED = (
    *[("octopus", wanted) for wanted in ("2", "8")] * 3,
    *[("cardpluspay", wanted) for wanted in ("never", "always", "mixed")] * 2,
    ("cardpluspay", "many"),
)
_OPEN = {
    OrderState.APPROVED,
    OrderState.SUBMITTING,
    OrderState.OUTCOME_UNKNOWN,
    OrderState.PURCHASED,
    OrderState.PARTIALLY_DELIVERED,
    OrderState.SPLIT,
}


class Simulation:
    def __init__(self, folder: Path, chance: Random) -> None:
        self._chance = chance
        self._folder = folder
        self._environment = CrashEnvironment(folder, policy=_POLICY, cardpluspay_speed=_SPEED)
        self._time = self._environment.cardpluspay.time  # which is that vendor's as well
        self._database = folder / "giftcard.sqlite3"
        shutil.copy(folder / "catalogue.sqlite3", self._database)
        self._lead = SlackUser(self._environment.slack_address, LEAD)
        self._agent = SlackUser(self._environment.slack_address, AGENT)
        self._people = People("cardpluspay")
        self.orders = self.kills = 0

    def run_once(self) -> None:
        """Some requests, some faults, and a death: at a named point, or at any moment."""
        self._new_requests()
        for stand_in in self._environment.shops.values():
            arm_random_faults(stand_in, self._chance)
        self._others_use_the_account()
        vendor = self._chance.choice([*POINTS])
        point = self._chance.choice([*POINTS[vendor], None])
        lasts_s = self._chance.uniform(0.2, _LONGEST_LIFE_S)
        with self._alive(vendor, dies=point) as process:
            until = time.monotonic() + lasts_s
            while process.is_alive() and time.monotonic() < until:
                self._people_press(0.1)
        self.kills += 1

    def final_runs(self) -> None:
        """Nobody is killed and nothing fails any more: everything has to come to rest."""
        for stand_in in self._environment.shops.values():
            stand_in.disarm()
        for _ in range(_LAST_LIVES):
            with self._alive() as process:
                until = time.monotonic() + 10
                while self._unfinished() and time.monotonic() < until:
                    assert process.is_alive(), (self._folder / "bot.log").read_text()[-4000:]
                    self._people_press(0.5)
                process.terminate()
                process.join(10)
            if not self._unfinished():
                return
            with self._context() as ctx:
                self._people.close(ctx, self._environment.cardpluspay.sold())

    def progress(self) -> str:
        states = Counter(row["state"] for row in rows(self._database, "SELECT state FROM orders"))
        return f"{self.orders} orders, {self.kills} kills: {dict(states)}"

    def result(self) -> Result:
        vendors = {name: self._at(name) for name in self._environment.shops}
        stuck = [f"{line} after everything was well again" for line in self._unfinished()]
        return Result(self.kills, self._people.count, vendors, stuck)

    def end(self) -> None:
        self._lead.leave()
        self._agent.leave()
        self._environment.end()

    def _at(self, vendor: str) -> AtVendor:
        stand_in = self._environment.shops[vendor]
        sold = stand_in.sold()
        found = compare(self._database, self._environment.key, sold, vendor=vendor)
        readable = everything_at_rest(self._database) + self._environment.persistent_messages()
        readable += (self._folder / "bot.log").read_text()
        shown = [f"the code {code[:2]}… stands in clear" for code in codes_readable_in(readable, sold)]
        sql = "SELECT state FROM orders WHERE vendor = ?"
        return AtVendor(
            Counter(row["state"] for row in rows(self._database, sql, vendor)),
            found.double_purchases,
            found.lost_codes,
            found.unexplained_cents + unexplained_movements(stand_in.moved(), sold),
            found.untruths + found.mistaken + shown,
        )

    def _alive(
        self, vendor: str = "octopus", dies: str | None = None
    ) -> AbstractContextManager[ForkServerProcess]:
        env = self._environment.env(
            self._folder, *(stand_in.env for stand_in in self._environment.shops.values())
        )
        return running_bot(BotRun(self._folder, env, self._time, vendor, dies=dies, command=("run",)))

    @contextmanager
    def _context(self) -> Iterator[AppContext]:
        """Between runs, people work as if the bot were up."""
        with closing(self._environment.store(self._database, self._time)) as store:
            yield self._environment.ctx(store, self._time)

    def _new_requests(self) -> None:
        with self._context() as ctx:
            for _ in range(self._chance.randrange(4)):
                vendor, wanted = self._chance.choice(_WANTED)
                order = self._environment.asked(ctx.store, self._time, vendor, wanted, key=f"V{self.orders}")
                self.orders += 1
                if self._chance.random() < 0.5:
                    asyncio.run(approve_request(ctx, LEAD_PERSON, order.id))
            self._people.close(ctx, self._environment.cardpluspay.sold())

    def _others_use_the_account(self) -> None:
        stand_in = self._environment.cardpluspay
        if self._chance.random() < 0.08:
            stand_in.top_up(stand_in.first_account, "50.00")
        if self._chance.random() < 0.15:
            stand_in.buy_elsewhere(stand_in.first_account, stand_in.another_item, 1)

    def _people_press(self, for_s: float) -> None:
        """The lead approves what is posted; the agent looks at codes that are ready."""
        for person, action in ((self._lead, "approve"), (self._agent, "show_codes")):
            with suppress(AssertionError):  # no new message in that time
                frame = person.frame(partial(_has_button, action), within_s=for_s / 2)
                frame["pressed"] = True
                if self._chance.random() < 0.7:
                    person.press(frame, action)

    def _unfinished(self) -> list[str]:
        found = rows(self._database, "SELECT client_reference, state FROM orders")
        orders = [
            f"{r['client_reference']} is {r['state']}" for r in found if OrderState(r["state"]) in _OPEN
        ]
        (unsent,) = rows(self._database, "SELECT count(*) AS n FROM outbox WHERE outcome IS NULL")
        return orders + ([f"{unsent['n']} messages are not sent"] if unsent["n"] else [])


def _has_button(action: str, frame: dict[str, Any]) -> bool:
    blocks = frame.get("message", {}).get("blocks", [])
    return "pressed" not in frame and any(e["action_id"].startswith(action) for _, e in elements(blocks))
