"""What the lives of the matrix share: the vendors, one Slack, and a database with an approved order in it."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx

from bot.config import load_policy
from bot.domain.orders import Order, OrderState, new_client_reference
from bot.domain.people import Person, PersonId
from bot.providers.contract import Provider
from bot.usecases.decide_request import approve_request
from bot.usecases.desk import Desk
from bot.usecases.notices import refresh_card
from bot.usecases.place_order import place_order
from bot.usecases.quote_order import Selection
from bot.usecases.request_order import OrderRequest, request_order
from bot.usecases.sync_catalogue import sync_catalogue
from store import Keyring, NewOrder, Store
from tests.acceptance.crash.hurry import Hurry
from tests.acceptance.crash.launch import Life
from tests.acceptance.crash.lives import living
from tests.acceptance.crash.vendors.cardpluspay import SPEED, CardPlusPayShop
from tests.acceptance.crash.vendors.octopus import OctopusShop
from tests.acceptance.crash.vendors.octopus_cases import SMALL
from tests.acceptance.stage import APPROVALS, POLICY
from tests.processes import Process

AGENT = Person(PersonId("T0ACME001", "U0AGENT01"), frozenset({"S0AGENTS1"}))
LEAD = Person(PersonId("T0ACME001", "U0LEAD001"), frozenset({"S0LEADS01"}))


@dataclass(frozen=True)
class Approved:
    """An order to be bought in the lives of a bot: where, on which account, and by which time."""

    order: Order
    folder: Path
    account: str
    time: Hurry
    env: dict[str, str]

    @property
    def database(self) -> Path:
        return self.folder / "giftcard.sqlite3"

    def life(self, **how: Any) -> Life:
        return Life(self.folder, self.env, self.time, self.order.terms.provider, **how)


class Scene:
    def __init__(self, folder: Path, *, policy: str = POLICY, cardpluspay_speed: float = SPEED) -> None:
        self.folder = folder
        self.key = Keyring.generate()
        self.octopus, self.cardpluspay = OctopusShop(folder), CardPlusPayShop(folder, cardpluspay_speed)
        self.shops = {shop.name: shop for shop in (self.octopus, self.cardpluspay)}
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
        shop, folder = self.shops[vendor], self.folder / name
        folder.mkdir()
        account, time = shop.open_account(f"key-of-{name}"), shop.time
        shutil.copy(self.folder / "catalogue.sqlite3", folder / "giftcard.sqlite3")
        with closing(self.store(folder / "giftcard.sqlite3", time)) as store:
            if bought_before:
                await self._bought(store, time, shop.client(account), f"{wanted}, before")
            order = self.asked(store, time, vendor, wanted)
            order = approve_request(self.desk(store, time), LEAD, order.id)
        return Approved(order, folder, account, time, self.env(folder, shop.env_of(account)))

    @contextmanager
    def alive(self, on_purchase: str) -> Iterator[tuple[ForkServerProcess, Approved]]:
        """A bot with one small order to buy at Octopus Cards, that nobody kills."""
        approved = asyncio.run(self.approved("alive", "octopus", str(SMALL)))
        unhurried = replace(approved, time=approved.time.no_more())
        with living(unhurried.life(on_purchase=on_purchase)) as process:
            yield process, unhurried

    @contextmanager
    def waiting(self, count: int) -> Iterator[tuple[list[str], Path]]:
        """A bot on Slack's sockets with that many requests before the approvers; their references."""
        folder = self.folder / "waiting"
        folder.mkdir()
        database, time = folder / "giftcard.sqlite3", self.octopus.time.no_more()
        shutil.copy(self.folder / "catalogue.sqlite3", database)
        with closing(self.store(database, time)) as store:
            asked = [self.asked(store, time, "octopus", str(SMALL), key=f"V{n}") for n in range(count)]
        env = self.env(folder, self.octopus.env)
        with living(Life(folder, env, time, "octopus", command=("run",))):
            yield [order.client_reference for order in asked], database

    def asked(self, store: Store, time: Hurry, vendor: str, wanted: str, key: str = "V1") -> Order:
        """A request before the approvers, as the use case makes it but under a reference of its own."""
        values = {f.name: getattr(self._samples[vendor, wanted], f.name) for f in fields(NewOrder)}
        now = time.now()
        own = {"client_reference": new_client_reference(now), "requested_at": now, "state_since": now}
        draft = NewOrder(**values | own)
        with store.transaction():
            order = store.orders.add(draft, request_key=key, actor=AGENT.id)
            refresh_card(self.desk(store, time), order)
        return order

    def store(self, database: Path, time: Hurry) -> Store:
        return Store.open(database, Keyring([self.key]), clock=time.now)

    def desk(self, store: Store, time: Hurry, *providers: Provider) -> Desk:
        return Desk(store, {p.name: p for p in providers}, self.policy, "sandbox", time.now)

    def persistent_messages(self) -> str:
        return self._control.get("/messages").raise_for_status().text

    def end(self) -> None:
        self._control.close()
        for each in (*self.shops.values(), self._slack):
            each.end()

    async def _bought(self, store: Store, time: Hurry, client: Provider, wanted: str) -> None:
        desk = self.desk(store, time, client)
        order = self.asked(store, time, client.name, wanted, key="V0")
        order = await place_order(desk, approve_request(desk, LEAD, order.id).id)
        assert order.state is OrderState.DELIVERED
        await client.aclose()
        with store.transaction():  # nobody needs to hear of it any more
            for row in store.outbox.due(time.now(), limit=100):
                store.outbox.given_up(row.id, "long ago")

    async def _furnish(self) -> None:
        """Requests as the use case makes them, to copy; and the empty database with the catalogue."""
        clients = [shop.client(shop.first_account) for shop in self.shops.values()]
        catalogue, samples = self.folder / "catalogue.sqlite3", self.folder / "samples.sqlite3"
        with closing(self.store(catalogue, self.octopus.time)) as store:
            await sync_catalogue(self.desk(store, self.octopus.time, *clients))
        shutil.copy(catalogue, samples)
        for shop in self.shops.values():
            with closing(self.store(samples, shop.time)) as store:
                desk = self.desk(store, shop.time, *clients)
                for name, selection in shop.furnish(store, self.policy.limits.quantity).items():
                    self._samples[shop.name, name] = await self._sample(desk, selection)
        for client in clients:
            await client.aclose()

    async def _sample(self, desk: Desk, selection: Selection) -> Order:
        request = OrderRequest(selection, "parcel lost twice", None, None)
        key = f"{selection.product_key} {selection.quantity} {len(self._samples)}"
        return await request_order(desk, AGENT, request, request_key=key)
