"""One database through many short lives, with people, a vendor that misbehaves, and no mercy."""

import shutil
import time
from collections import Counter
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

from bot.domain.orders import OrderState
from bot.usecases.decide_request import approve_request
from tests.acceptance.crash.books import (
    codes_in_clear,
    compare,
    everything_at_rest,
    rows,
    unexplained_movements,
)
from tests.acceptance.crash.cases import LARGE, SMALL
from tests.acceptance.crash.launch import Life, now
from tests.acceptance.crash.points import POINTS
from tests.acceptance.crash.scene import LEAD as LEAD_PERSON
from tests.acceptance.crash.scene import Scene, living
from tests.acceptance.someone import Someone, elements
from tests.acceptance.stage import AGENT, LEAD
from tests.soak.result import Result

_SPEED = 20.0
_LONGEST_LIFE_S = 6.0
_LAST_LIFE_S = 120.0
_OPEN = {
    OrderState.APPROVED,
    OrderState.PLACING,
    OrderState.UNSETTLED,
    OrderState.PLACED,
    OrderState.PARTLY_DELIVERED,
}
_PURCHASE_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop-after"},
    {"kind": "drop-before"},
    {"kind": "truncate"},
    {"kind": "delay-after", "seconds": 1},
    {"kind": "delay-before", "seconds": 1},
    {"kind": "error", "status": 500, "when": "after"},
    {"kind": "error", "status": 502, "body": "html", "when": "after"},
    {"kind": "error", "status": 503, "body": "html", "when": "before"},
    {"kind": "rate-limited", "seconds": 1},
    {"kind": "token-expired"},
    {"kind": "insufficient-funds"},
    {"kind": "out-of-stock"},
    {"kind": "pending", "seconds": 1},
    {"kind": "partial", "then": "complete"},
    {"kind": "fail"},
    {"kind": "cancel"},
)
_READ_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop-after"},
    {"kind": "error", "status": 500, "when": "before"},
    {"kind": "token-expired"},
    {"kind": "masked"},
    {"kind": "clear"},
    {"kind": "truncate"},
)


class World:
    def __init__(self, folder: Path, chance: Random) -> None:
        self._chance = chance
        self._folder = folder
        self._scene = Scene(folder)
        self._database = folder / "giftcard.sqlite3"
        shutil.copy(folder / "catalogue.sqlite3", self._database)
        self._born_at = now()
        self._lead = Someone(self._scene.slack_address, LEAD)
        self._agent = Someone(self._scene.slack_address, AGENT)
        self.orders = self.kills = 0

    def one_life(self) -> None:
        """Some requests, some faults, and a death: at a named point, or at any moment."""
        self._new_requests()
        self._new_faults()
        point = self._chance.choice([*POINTS, None])
        lasts_s = self._chance.uniform(0.2, _LONGEST_LIFE_S)
        with self._alive(dies=point) as process:
            until = time.monotonic() + lasts_s
            while process.is_alive() and time.monotonic() < until:
                self._people_press(0.1)
        self.kills += 1

    def last_life(self) -> None:
        """Nobody dies and nothing fails any more: everything has to come to rest."""
        self._scene.disarm()
        with self._alive() as process:
            until = time.monotonic() + _LAST_LIFE_S
            while self._unfinished() and time.monotonic() < until:
                assert process.is_alive(), (self._folder / "bot.log").read_text()[-4000:]
                self._people_press(0.5)

    def progress(self) -> str:
        return f"{self.orders} orders, {self.kills} kills: {dict(self._states())}"

    def result(self) -> Result:
        theirs = self._scene.orders_at_the_vendor()
        found = compare(self._database, self._scene.key, theirs)
        cents = found.unexplained_cents + unexplained_movements(self._scene.ledger(), theirs)
        at_rest = everything_at_rest(self._database) + self._scene.persistent_messages()
        at_rest += (self._folder / "bot.log").read_text()
        shown = [
            f"the code {code[:2]}… stands in clear" for code in codes_in_clear(theirs) if code in at_rest
        ]
        stuck = [f"{line} after everything was well again" for line in self._unfinished()]
        return Result(
            self.orders,
            self.kills,
            self._states(),
            found.double_purchases,
            found.lost_codes,
            cents,
            found.untruths + shown + stuck,
        )

    def end(self) -> None:
        self._lead.leave()
        self._agent.leave()
        self._scene.end()

    def _alive(self, dies: str | None = None) -> AbstractContextManager[ForkServerProcess]:
        env = self._scene.env | {"GIFTCARD_DB": str(self._database)}
        life = Life(self._folder, env, self._born_at, dies=dies, speed=_SPEED, command=("run",))
        return living(life)

    def _new_requests(self) -> None:
        with closing(self._scene.store(self._database)) as store:
            for _ in range(self._chance.randrange(4)):
                quantity = self._chance.choice([SMALL, LARGE])
                order = self._scene.asked(store, quantity, key=f"V{self.orders}")
                self.orders += 1
                if self._chance.random() < 0.5:
                    approve_request(self._scene.desk(store), LEAD_PERSON, order.id)

    def _new_faults(self) -> None:
        for _ in range(self._chance.randrange(3)):
            self._scene.arm("POST", "/api/v1/orders", self._chance.choice(_PURCHASE_FAULTS))
        for _ in range(self._chance.randrange(3)):
            self._scene.arm("GET", "/api/v1/orders*", self._chance.choice(_READ_FAULTS))

    def _people_press(self, for_s: float) -> None:
        """The lead approves what is posted; the agent looks at codes that are ready."""
        for person, action in ((self._lead, "approve"), (self._agent, "show_codes")):
            with suppress(AssertionError):  # no new message in that time
                frame = person.frame(partial(_has_button, action), within_s=for_s / 2)
                frame["pressed"] = True
                if self._chance.random() < 0.7:
                    person.press(frame, action)

    def _states(self) -> Counter[str]:
        return Counter(row["state"] for row in rows(self._database, "SELECT state FROM orders"))

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
