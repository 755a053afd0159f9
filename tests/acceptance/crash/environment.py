"""What the runs of the matrix share: the vendors, one Slack, and a database with an approved order in it."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from bot.config import load_policy
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, new_client_reference
from bot.domain.people import Person, PersonId
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.notifications import refresh_card
from bot.services.purchase.submit import submit_order
from bot.services.quote_order import Selection
from bot.services.request_order import OrderRequest, request_order
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.contract import Vendor
from store import Keyring, NewOrder, Store, Transaction
from tests.acceptance.crash.accelerated_clock import AcceleratedClock
from tests.acceptance.crash.bot_run import BotRun
from tests.acceptance.crash.supervise import running_bot
from tests.acceptance.crash.vendors.cardpluspay import SPEED, CardPlusPayStandIn
from tests.acceptance.crash.vendors.octopus import OctopusStandIn
from tests.acceptance.crash.vendors.octopus_cases import SMALL
from tests.support.at_once import saved, write
from tests.support.order_moves import add_order
from tests.support.processes import Process
from tests.support.running_system import APPROVALS, POLICY

AGENT = Person(PersonId("T0ACME001", "U0AGENT01"), frozenset({"S0AGENTS1"}))
LEAD = Person(PersonId("T0ACME001", "U0LEAD001"), frozenset({"S0LEADS01"}))


@dataclass(frozen=True)
class Approved:
    """An order to be bought in the runs of a bot: where, on which account, and by which time."""

    order: Order
    folder: Path
    account: str
    time: AcceleratedClock
    env: dict[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "giftcard.sqlite3"

    def bot_run(self, **how: Any) -> BotRun:
        return BotRun(self.folder, self.env, self.time, self.order.terms.vendor, **how)


class CrashEnvironment:
    def __init__(self, folder: Path, *, policy: str = POLICY, cardpluspay_speed: float = SPEED) -> None:
        self.folder = folder
        self.key = Keyring.generate()
        self.octopus, self.cardpluspay = OctopusStandIn(folder), CardPlusPayStandIn(folder, cardpluspay_speed)
        self.shops = {stand_in.name: stand_in for stand_in in (self.octopus, self.cardpluspay)}
        self._slack = Process("sandbox", "slack", "--port", "0", log=folder / "slack.log")
        workspace = self._slack.announced()
        self.slack_address: str = workspace["address"]
        self._control = httpx.Client(base_url=f"{workspace['address']}/control", timeout=30)
        self._control.post("/limits", json={"on": False})
        (folder / "policy.toml").write_text(policy)
        self.policy = load_policy(folder / "policy.toml")
        self._env = {
            "PATH": os.environ["PATH"],
            **workspace["env"],
            "GIFTCARD_POLICY": str(folder / "policy.toml"),
            "GIFTCARD_KEYS": self.key,
            "GIFTCARD_APPROVALS_CHANNEL": APPROVALS,
        }
        self._samples: dict[tuple[str, str], Order] = {}
        asyncio.run(self._furnish())

    def env(self, folder: Path, *of_vendors: dict[str, str]) -> dict[str, str]:
        """Of a bot whose database is in that folder."""
        env = self._env | {"GIFTCARD_DB": str(folder / "giftcard.sqlite3"), "XDG_STATE_HOME": str(folder)}
        for variables in of_vendors:
            env |= variables
        return env

    async def approved(self, name: str, vendor: str, wanted: str, *, bought_before: bool = False) -> Approved:
        """A database of its own with one approved order; and one delivered before it, where that matters."""
        stand_in, folder = self.shops[vendor], self.folder / name
        folder.mkdir()
        account, time = stand_in.open_account(f"key-of-{name}"), stand_in.time
        shutil.copy(self.folder / "catalogue.sqlite3", folder / "giftcard.sqlite3")
        with closing(self.store(folder / "giftcard.sqlite3", time)) as store:
            if bought_before:
                await self._bought(store, time, stand_in.client(account), f"{wanted}, before")
            order = self.asked(store, time, vendor, wanted)
            order = await approve_request(self.ctx(store, time), LEAD, order.id)
        return Approved(order, folder, account, time, self.env(folder, stand_in.env_of(account)))

    @contextmanager
    def alive(self, on_purchase: str) -> Iterator[tuple[ForkServerProcess, Approved, list[str]]]:
        """A bot with one small order to buy at Octopus Cards, that nobody kills; and the lines of its log."""
        approved = asyncio.run(self.approved("alive", "octopus", str(SMALL)))
        unhurried = replace(approved, time=approved.time.at_normal_speed())
        log, lines = approved.folder / "bot.log", list[str]()
        os.mkfifo(log)  # no file, so that it can be written where files cannot
        Thread(target=lambda: lines.extend(log.open()), daemon=True).start()
        with running_bot(unhurried.bot_run(on_purchase=on_purchase)) as process:
            yield process, unhurried, lines

    @contextmanager
    def waiting(self, count: int) -> Iterator[tuple[list[str], Path]]:
        """A bot on Slack's sockets with that many requests before the approvers; their references."""
        folder = self.folder / "waiting"
        folder.mkdir()
        database, time = folder / "giftcard.sqlite3", self.octopus.time.at_normal_speed()
        shutil.copy(self.folder / "catalogue.sqlite3", database)
        with closing(self.store(database, time)) as store:
            asked = [self.asked(store, time, "octopus", str(SMALL), key=f"V{n}") for n in range(count)]
        env = self.env(folder, self.octopus.env)
        with running_bot(BotRun(folder, env, time, "octopus", command=("run",))):
            yield [order.client_reference for order in asked], database

    def asked(self, store: Store, time: AcceleratedClock, vendor: str, wanted: str, key: str = "V1") -> Order:
        """A request before the approvers, as the use case makes it but under a reference of its own."""
        values = {f.name: getattr(self._samples[vendor, wanted], f.name) for f in fields(NewOrder)}
        now = time.now()
        own = {"client_reference": new_client_reference(now), "requested_at": now, "state_since": now}
        draft = NewOrder(**values | own)
        order = write(store, lambda tx: add_order(tx, draft, request_key=key, actor=AGENT.id))
        write(store, lambda tx: refresh_card(tx, order))
        return order

    def store(self, database: Path, time: AcceleratedClock) -> Store:
        return Store.open(database, Keyring([self.key]), clock=time.now)

    def ctx(self, store: Store, time: AcceleratedClock, *vendors: Vendor) -> AppContext:
        return AppContext(store, {p.name: p for p in vendors}, self.policy, "sandbox", time.now)

    def persistent_messages(self) -> str:
        return self._control.get("/messages").raise_for_status().text

    def end(self) -> None:
        self._control.close()
        for each in (*self.shops.values(), self._slack):
            each.end()

    async def _bought(self, store: Store, time: AcceleratedClock, client: Vendor, wanted: str) -> None:
        ctx = self.ctx(store, time, client)
        order = self.asked(store, time, client.name, wanted, key="V0")
        order = await submit_order(ctx, await approve_request(ctx, LEAD, order.id))
        assert order.state is OrderState.DELIVERED
        await client.aclose()
        messages = saved(store).outbox.due(time.now(), limit=100)
        # Nobody needs to hear of it any more.
        for message in messages:
            write(store, partial(_give_up, message.id))

    async def _furnish(self) -> None:
        """Requests as the use case makes them, to copy; and the empty database with the catalogue."""
        clients = [stand_in.client(stand_in.first_account) for stand_in in self.shops.values()]
        catalogue, samples = self.folder / "catalogue.sqlite3", self.folder / "samples.sqlite3"
        with closing(self.store(catalogue, self.octopus.time)) as store:
            await sync_catalogue(self.ctx(store, self.octopus.time, *clients))
        shutil.copy(catalogue, samples)
        for stand_in in self.shops.values():
            with closing(self.store(samples, stand_in.time)) as store:
                ctx = self.ctx(store, stand_in.time, *clients)
                for name, selection in stand_in.seed(store, self.policy.limits.quantity).items():
                    self._samples[stand_in.name, name] = await self._sample(ctx, selection)
        for client in clients:
            await client.aclose()

    async def _sample(self, ctx: AppContext, selection: Selection) -> Order:
        request = OrderRequest(selection, "parcel lost twice", None, None)
        key = f"{selection.product_key} {selection.line.units} {len(self._samples)}"
        return await request_order(ctx, AGENT, request, request_key=key)


def _give_up(message_id: int, tx: Transaction) -> None:
    tx.outbox.given_up(message_id, "long ago")
