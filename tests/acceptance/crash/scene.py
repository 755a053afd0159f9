"""What the lives of the matrix share: one vendor, one Slack, and a database with an approved order in it."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx

from bot.config import load_policy
from bot.domain.orders import Order, OrderState, new_client_reference
from bot.domain.people import Person, PersonId
from bot.providers.octopus import OctopusCards
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from bot.usecases.notices import refresh_card
from bot.usecases.quote_order import Selection
from bot.usecases.record_receipt import purchase_of
from bot.usecases.request_order import OrderRequest, request_order
from bot.usecases.reveal_codes import ask_for_codes
from bot.usecases.sync_catalogue import sync_catalogue
from store import Keyring, NewOrder, Store
from tests.acceptance.crash.books import rows
from tests.acceptance.crash.cases import LARGE, READS, SMALL, Case
from tests.acceptance.crash.launch import Life, now
from tests.acceptance.stage import APPROVALS, POLICY
from tests.office import Office
from tests.processes import Process

AGENT = Person(PersonId("T0ACME001", "U0AGENT01"), frozenset({"S0AGENTS1"}))
LEAD = Person(PersonId("T0ACME001", "U0LEAD001"), frozenset({"S0LEADS01"}))
_SPEED = 60.0
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05
_AT_REST = {OrderState.DELIVERED, OrderState.CODES_MISSING, OrderState.REFUSED, OrderState.FAILED}


@dataclass(frozen=True)
class Outcome:
    """What became of one case. `went_wrong` is about the processes, not about the money."""

    case: Case
    folder: Path
    reference: str
    state: OrderState
    seconds: float
    went_wrong: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "giftcard.sqlite3"

    @property
    def log(self) -> str:
        return (self.folder / "bot.log").read_text()


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = Keyring.generate()
        octopus = ["--port", "0", "--products", "1", "--async-delay-s", "0.3", "--no-rate-limits"]
        self._octopus = Process("sandbox", "octopus", *octopus, log=folder / "octopus.log")
        self._slack = Process("sandbox", "slack", "--port", "0", log=folder / "slack.log")
        vendor, workspace = self._octopus.announced(), self._slack.announced()
        self.slack_address: str = workspace["address"]
        self._vendor_env: dict[str, str] = vendor["env"]
        self._back_office = httpx.Client(base_url=f"{vendor['address']}/admin/api", timeout=30)
        self._control = httpx.Client(base_url=f"{workspace['address']}/control", timeout=30)
        self._control.post("/limits", json={"on": False})
        (folder / "policy.toml").write_text(POLICY)
        self.policy = load_policy(folder / "policy.toml")
        self.env = {
            "PATH": os.environ["PATH"],
            **vendor["env"],
            **workspace["env"],
            "GIFTCARD_POLICY": str(folder / "policy.toml"),
            "GIFTCARD_KEYS": self.key,
            "GIFTCARD_APPROVALS_CHANNEL": APPROVALS,
        }
        self._samples = asyncio.run(self._sample(Office(vendor["address"])))

    async def play_all(self, cases: Sequence[Case], at_once: int) -> list[Outcome]:
        """In one thread, because the standard library's child processes are not for several."""
        turns = asyncio.Semaphore(at_once)

        async def in_turn(number: int, case: Case) -> Outcome:
            async with turns:
                return await self.play(number, case)

        return await asyncio.gather(*(in_turn(number, case) for number, case in enumerate(cases)))

    async def play(self, number: int, case: Case) -> Outcome:
        """One order through all its deaths and the life after them."""
        started = time.monotonic()
        folder = self.folder / f"{number:03}"
        folder.mkdir()
        order = self._approved(folder, case)
        if case.vendor == "400 duplicate":
            await self._buy_beside(order)
        life = Life(
            folder=folder,
            env=self.env | {"GIFTCARD_DB": str(folder / "giftcard.sqlite3")},
            born_at=now(),
            on_purchase=case.behaviour.fault,
            on_read=READS[case.reads],
            lasting=case.behaviour.lasting,
            speed=_SPEED,
        )
        wrong = await self._lives(life, case.kills, folder / "giftcard.sqlite3")
        state, seconds = self.state(folder / "giftcard.sqlite3"), time.monotonic() - started
        return Outcome(case, folder, order.client_reference, state, seconds, wrong)

    async def reveal(self) -> tuple[Outcome, list[str]]:
        """Killed between showing the codes and noting it; the outcome, and what the audit log says of it."""
        case = Case(("mid-reveal",), "answers", SMALL)
        done = await self.play(999, Case(("before the quote",), "answers", SMALL))
        with closing(self.store(done.database)) as store:
            order = store.orders.by_reference(done.reference)
            assert order is not None
            ask_for_codes(self.desk(store), AGENT, order.id)
        env = self.env | {"GIFTCARD_DB": str(done.database)}
        wrong = await self._lives(Life(done.folder, env, now()), case.kills, done.database)
        actions = [row["action"] for row in rows(done.database, "SELECT action FROM audit ORDER BY seq")]
        return Outcome(case, done.folder, done.reference, done.state, 0.0, done.went_wrong or wrong), actions

    @contextmanager
    def alive(self, case: Case, on_purchase: str) -> Iterator[tuple[ForkServerProcess, Order, Path]]:
        """A bot with one order to buy, that nobody kills."""
        folder = self.folder / "alive"
        folder.mkdir()
        order, database = self._approved(folder, case), folder / "giftcard.sqlite3"
        env = self.env | {"GIFTCARD_DB": str(database)}
        with living(Life(folder, env, now(), on_purchase=on_purchase)) as process:
            yield process, order, database

    @contextmanager
    def waiting(self, count: int) -> Iterator[tuple[list[str], Path]]:
        """A bot on Slack's sockets with that many requests before the approvers; their references."""
        folder = self.folder / "waiting"
        folder.mkdir()
        database = folder / "giftcard.sqlite3"
        shutil.copy(self.folder / "catalogue.sqlite3", database)
        with closing(self.store(database)) as store:
            references = [self.asked(store, SMALL, key=f"V{n}").client_reference for n in range(count)]
        env = self.env | {"GIFTCARD_DB": str(database)}
        with living(Life(folder, env, now(), command=("run",))):
            yield references, database

    def state(self, database: Path) -> OrderState:
        """Of the only order."""
        (row,) = rows(database, "SELECT state FROM orders")
        return OrderState(row["state"])

    def orders_at_the_vendor(self) -> list[dict[str, Any]]:
        return list(self._back_office.get("/orders", params={"limit": 5000}).raise_for_status().json())

    def arm(self, method: str, path: str, fault: Mapping[str, Any]) -> None:
        body = {"match": {"method": method, "path": path}, **fault}
        self._back_office.post("/faults", json=body).raise_for_status()

    def disarm(self) -> None:
        self._back_office.delete("/faults").raise_for_status()

    def answers(self) -> int:
        """How many purchases the vendor has answered."""
        requests = self._back_office.get("/requests").raise_for_status().json()
        return sum(r["method"] == "POST" and r["path"] == "/api/v1/orders" for r in requests)

    def ledger(self) -> list[dict[str, Any]]:
        return list(self._back_office.get("/ledger", params={"limit": 50000}).raise_for_status().json())

    def persistent_messages(self) -> str:
        return self._control.get("/messages").raise_for_status().text

    def end(self) -> None:
        self._back_office.close()
        self._control.close()
        self._octopus.end()
        self._slack.end()

    async def _lives(self, life: Life, kills: tuple[str, ...], database: Path) -> str:
        for kill in kills:
            with living(replace(life, dies=kill)) as process:
                if await _end_of(process) != -signal.SIGKILL:
                    return f"it never came to “{kill}” (exit code {process.exitcode})"
        with living(life) as process:
            async with asyncio.timeout(_PATIENCE_S):
                while not _is_at_rest(database):
                    if not process.is_alive():
                        return f"the last life ended with exit code {process.exitcode}"
                    await asyncio.sleep(_LOOK_EVERY_S)
            process.terminate()
            code = await _end_of(process)
            return "" if code == 0 else f"stopped with exit code {code}"

    def _approved(self, folder: Path, case: Case) -> Order:
        database = folder / "giftcard.sqlite3"
        shutil.copy(self.folder / "catalogue.sqlite3", database)
        with closing(self.store(database)) as store:
            return approve_request(self.desk(store), LEAD, self.asked(store, case.quantity).id)

    def asked(self, store: Store, quantity: int, key: str = "V1") -> Order:
        """A request before the approvers, as the use case makes it but under a reference of its own."""
        sample = self._samples[quantity]
        values = {f.name: getattr(sample, f.name) for f in fields(NewOrder)}
        draft = NewOrder(**values | {"client_reference": new_client_reference(now()), "requested_at": now()})
        with store.transaction():
            order = store.orders.add(draft, request_key=key, actor=AGENT.id)
            refresh_card(self.desk(store), order)
        return order

    async def _buy_beside(self, order: Order) -> None:
        """An attempt under the same reference that nobody here remembers."""
        octopus = self._octopus_cards()
        await octopus.place(purchase_of(order))
        await octopus.aclose()

    async def _sample(self, office: Office) -> dict[int, Order]:
        """Requests as the use case makes them, to copy; and the empty database with the catalogue."""
        octopus = self._octopus_cards()
        with closing(self.store(self.folder / "catalogue.sqlite3")) as store:
            await sync_catalogue(self.desk(store, octopus))
        shutil.copy(self.folder / "catalogue.sqlite3", self.folder / "samples.sqlite3")
        samples = {}
        with closing(self.store(self.folder / "samples.sqlite3")) as store:
            desk = self.desk(store, octopus)
            product = store.catalogue.search("steam usa", limit=1).products[0]
            office.change_product(product.product_id, stock=100_000)
            for wallet in office.wallets():
                office.set_wallet(str(wallet["id"]), "5000000")
            for quantity in (SMALL, LARGE):
                selection = Selection(product.key, product.denominations[0].minimum, quantity)
                request = OrderRequest(selection, "parcel lost twice", None, None)
                samples[quantity] = await request_order(desk, AGENT, request, request_key=f"{quantity}")
        await octopus.aclose()
        return samples

    def _octopus_cards(self) -> OctopusCards:
        env = self._vendor_env
        return OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])

    def store(self, database: Path) -> Store:
        return Store.open(database, Keyring([self.key]))

    def desk(self, store: Store, *providers: OctopusCards) -> Desk:
        return Desk(store, {p.name: p for p in providers}, self.policy, "sandbox", now)


@contextmanager
def living(life: Life) -> Iterator[ForkServerProcess]:
    process = life.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(_PATIENCE_S)


async def _end_of(process: ForkServerProcess) -> int | None:
    """Its exit code; None when it does not end."""
    deadline = time.monotonic() + _PATIENCE_S
    while process.is_alive() and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_EVERY_S)
    return process.exitcode


def _is_at_rest(database: Path) -> bool:
    """Every order is where only a person, the vendor or nobody moves it, and everybody has been told."""
    states = {OrderState(row["state"]) for row in rows(database, "SELECT state FROM orders")}
    (unsent,) = rows(database, "SELECT count(*) AS n FROM outbox WHERE outcome IS NULL")
    return states <= _AT_REST and unsent["n"] == 0
