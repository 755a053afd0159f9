"""One database through many short lives, with people, vendors that misbehave, and no mercy."""

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

from bot.domain.orders import OrderState
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from tests.acceptance.crash.books import (
    codes_in_clear,
    everything_at_rest,
    rows,
    unexplained_movements,
)
from tests.acceptance.crash.comparison import compare
from tests.acceptance.crash.launch import Life
from tests.acceptance.crash.lives import living
from tests.acceptance.crash.points import POINTS
from tests.acceptance.crash.scene import LEAD as LEAD_PERSON
from tests.acceptance.crash.scene import Scene
from tests.acceptance.someone import Someone, elements
from tests.acceptance.stage import AGENT, LEAD, POLICY
from tests.soak.mischief import arm_some
from tests.soak.people import People
from tests.soak.result import AtVendor, Result

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
    OrderState.PLACING,
    OrderState.UNSETTLED,
    OrderState.PLACED,
    OrderState.PARTLY_DELIVERED,
    OrderState.IN_PARTS,
}


class World:
    def __init__(self, folder: Path, chance: Random) -> None:
        self._chance = chance
        self._folder = folder
        self._scene = Scene(folder, policy=_POLICY, cardpluspay_speed=_SPEED)
        self._time = self._scene.cardpluspay.time  # by which that vendor lives as well
        self._database = folder / "giftcard.sqlite3"
        shutil.copy(folder / "catalogue.sqlite3", self._database)
        self._lead = Someone(self._scene.slack_address, LEAD)
        self._agent = Someone(self._scene.slack_address, AGENT)
        self._people = People("cardpluspay")
        self.orders = self.kills = 0

    def one_life(self) -> None:
        """Some requests, some faults, and a death: at a named point, or at any moment."""
        self._new_requests()
        for shop in self._scene.shops.values():
            arm_some(shop, self._chance)
        self._others_use_the_account()
        vendor = self._chance.choice([*POINTS])
        point = self._chance.choice([*POINTS[vendor], None])
        lasts_s = self._chance.uniform(0.2, _LONGEST_LIFE_S)
        with self._alive(vendor, dies=point) as process:
            until = time.monotonic() + lasts_s
            while process.is_alive() and time.monotonic() < until:
                self._people_press(0.1)
        self.kills += 1

    def last_lives(self) -> None:
        """Nobody is killed and nothing fails any more: everything has to come to rest."""
        for shop in self._scene.shops.values():
            shop.disarm()
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
            with self._desk() as desk:
                self._people.close(desk, self._scene.cardpluspay.sold())

    def progress(self) -> str:
        states = Counter(row["state"] for row in rows(self._database, "SELECT state FROM orders"))
        return f"{self.orders} orders, {self.kills} kills: {dict(states)}"

    def result(self) -> Result:
        vendors = {name: self._at(name) for name in self._scene.shops}
        stuck = [f"{line} after everything was well again" for line in self._unfinished()]
        return Result(self.kills, self._people.count, vendors, stuck)

    def end(self) -> None:
        self._lead.leave()
        self._agent.leave()
        self._scene.end()

    def _at(self, vendor: str) -> AtVendor:
        shop = self._scene.shops[vendor]
        sold = shop.sold()
        found = compare(self._database, self._scene.key, sold, vendor=vendor)
        at_rest = everything_at_rest(self._database) + self._scene.persistent_messages()
        at_rest += (self._folder / "bot.log").read_text()
        shown = [f"the code {code[:2]}… stands in clear" for code in codes_in_clear(sold) if code in at_rest]
        sql = "SELECT state FROM orders WHERE provider = ?"
        return AtVendor(
            Counter(row["state"] for row in rows(self._database, sql, vendor)),
            found.double_purchases,
            found.lost_codes,
            found.unexplained_cents + unexplained_movements(shop.moved(), sold),
            found.untruths + found.mistaken + shown,
        )

    def _alive(
        self, vendor: str = "octopus", dies: str | None = None
    ) -> AbstractContextManager[ForkServerProcess]:
        env = self._scene.env(self._folder, *(shop.env for shop in self._scene.shops.values()))
        return living(Life(self._folder, env, self._time, vendor, dies=dies, command=("run",)))

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        """Between lives, people work as if the bot were up."""
        with closing(self._scene.store(self._database, self._time)) as store:
            yield self._scene.desk(store, self._time)

    def _new_requests(self) -> None:
        with self._desk() as desk:
            for _ in range(self._chance.randrange(4)):
                vendor, wanted = self._chance.choice(_WANTED)
                order = self._scene.asked(desk.store, self._time, vendor, wanted, key=f"V{self.orders}")
                self.orders += 1
                if self._chance.random() < 0.5:
                    approve_request(desk, LEAD_PERSON, order.id)
            self._people.close(desk, self._scene.cardpluspay.sold())

    def _others_use_the_account(self) -> None:
        shop = self._scene.cardpluspay
        if self._chance.random() < 0.08:
            shop.top_up(shop.first_account, "50.00")
        if self._chance.random() < 0.15:
            shop.buy_elsewhere(shop.first_account, shop.another_item, 1)

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
