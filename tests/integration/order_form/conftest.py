"""The form's listeners in a real app, a person in front of it, and a vendor that can be made to misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.catalogue import Product
from bot.domain.policy import Policy
from bot.services.context import AppContext
from bot.services.sync_catalogue import sync_catalogue
from bot.vendors.octopus.client import OctopusCards
from handlers.background_tasks import BackgroundTasks
from handlers.listeners import register
from handlers.slack_context import SlackContext
from handlers.user_directory import UserDirectory
from store import Keyring
from tests.support.at_once import saved
from tests.support.database import open_store
from tests.support.processes import Process

AGENT, LEAD, GUEST = "U0AGENT01", "U0LEAD001", "U0GUEST01"
KEY = Keyring.generate()
Json = dict[str, Any]


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Json]]:
    logs = tmp_path_factory.mktemp("stand-ins")
    slack = Process("sandbox", "slack", "--port", "0", log=logs / "slack")
    octopus = Process("sandbox", "octopus", "--port", "0", "--no-rate-limits", log=logs / "octopus")
    try:
        yield {"slack": slack.announced(), "octopus": octopus.announced()}
    finally:
        slack.end()
        octopus.end()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@dataclass
class Controls:
    """What the stand-ins recorded, and how they are made to misbehave."""

    http: aiohttp.ClientSession
    slack: str
    vendor: str

    async def call(self, verb: str, url: str, **body: Any) -> Any:
        async with self.http.request(verb, url, json=body or None) as answer:
            assert answer.status < 300, await answer.text()
            return json.loads(await answer.text())

    async def break_vendor(self, kind: str, path: str, **options: Any) -> None:
        match = {"method": "POST" if "charges" in path else "*", "path": path}
        await self.call("POST", f"{self.vendor}/admin/api/faults", kind=kind, match=match, **options)

    async def change_discount(self, product: Product, percent: str) -> None:
        await self.call("PATCH", f"{self.vendor}/admin/api/products/{product.product_id}", discount=percent)
        await self.call("DELETE", f"{self.vendor}/admin/api/quotes")

    async def break_slack(self, kind: str, **options: Any) -> None:
        await self.call("POST", f"{self.slack}/control/faults", kind=kind, **options)

    async def slack_calls(self, method: str) -> list[Json]:
        answer = await self.call("GET", f"{self.slack}/control/calls?method={method}")
        return list(answer["calls"])

    async def vendor_requests(self, path: str) -> list[Json]:
        answer = await self.call("GET", f"{self.vendor}/admin/api/requests")
        return [request for request in answer if fnmatchcase(request["path"], path)]

    async def reset(self) -> None:
        await self.call("POST", f"{self.slack}/control/people", user=AGENT, is_restricted=False)
        await self.call("POST", f"{self.vendor}/admin/api/reset")
        await self.call("DELETE", f"{self.vendor}/admin/api/faults")
        await self.call("DELETE", f"{self.slack}/control/faults")
        await self.call("DELETE", f"{self.slack}/control/calls")
        await self.call("POST", f"{self.slack}/control/limits", on=False)


@pytest.fixture
async def controls(http: aiohttp.ClientSession, stand_ins: dict[str, Json]) -> Controls:
    controls = Controls(http, stand_ins["slack"]["address"], stand_ins["octopus"]["address"])
    await controls.reset()
    return controls


@pytest.fixture
async def ctx(tmp_path: Path, stand_ins: dict[str, Json], controls: Controls) -> AsyncIterator[AppContext]:
    env = stand_ins["octopus"]["env"]
    octopus = OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])
    store = open_store(tmp_path / "giftcard.sqlite3", KEY)
    rules = {"requesters": {"groups": ["S0AGENTS1"]}, "approvers": {"groups": ["S0LEADS01"]}}
    ctx = AppContext(
        store=store,
        vendors={octopus.name: octopus},
        policy=Policy.model_validate(rules),
        environment="sandbox",
        clock=lambda: datetime.now(UTC),
        workspace_url=f"{controls.slack}/",
    )
    await sync_catalogue(ctx)
    yield ctx
    await octopus.aclose()
    store.close()


@pytest.fixture
async def slack_ctx(ctx: AppContext, stand_ins: dict[str, Json]) -> AsyncIterator[SlackContext]:
    env = stand_ins["slack"]["env"]
    client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
    people = UserDirectory(client, "T0ACME001", ctx.policy.groups)
    slack_ctx = SlackContext(ctx, people, BackgroundTasks(), "C0APPROVE1")
    app = AsyncApp(client=client, process_before_response=True)
    register(app, slack_ctx)
    web_client = AsyncWebClient(env["SLACK_APP_TOKEN"], base_url=env["SLACK_API_URL"])
    sockets = AsyncSocketModeHandler(app, env["SLACK_APP_TOKEN"], web_client=web_client)
    await sockets.connect_async()
    yield slack_ctx
    await slack_ctx.background.stop(1)
    await sockets.close_async()


@dataclass
class Tab:
    """A person's browser tab: what is shown in it, and what they do."""

    http: aiohttp.ClientSession
    slack: str
    user: str
    socket: aiohttp.ClientWebSocketResponse
    bot: AsyncWebClient  # what the bot may post for this person to see
    session: str = ""
    view: Json | None = None
    typed: Json = field(default_factory=dict)
    frames: list[Json] = field(default_factory=list)

    async def do(self, call_name: str, **params: Any) -> Json:
        body = {"user": self.user, "session": self.session, **params}
        async with self.http.post(f"{self.slack}/client/{call_name}", json=body) as answer:
            return dict(await answer.json())

    async def until(self, seen: Callable[["Tab"], Any], within_s: float = 10) -> Any:
        """Read frames until `seen` is true of the tab; what it was."""
        async with asyncio.timeout(within_s):
            while not (found := seen(self)):
                self._take(await self.socket.receive_json())
        return found

    def _take(self, frame: Json) -> None:
        self.frames.append(frame)
        if frame["type"] == "session":
            self.session = frame["id"]
        if frame["type"] in ("view_opened", "view_updated", "view_pushed"):
            self.view = frame["view"]
        if frame["type"] == "view_closed":
            self.view = None

    async def open_form(self) -> Json:
        assert (await self.do("shortcut", callback_id="issue_gift_card"))["ok"]
        return dict(await self.until(lambda tab: tab.view))

    async def type_into(self, name: str, value: Any, *, dispatch: bool = True) -> Json:
        """Fill a field in, and let it be told to the app where it is one that tells."""
        assert self.view is not None
        block_id = next(block_id for block_id in self.blocks() if block_id.partition(":")[0] == name)
        element = self.blocks()[block_id]["element"]
        action_id, kind = element["action_id"], element["type"]
        chosen: Json = {"type": kind, "value": value}
        if kind.endswith("select"):
            chosen = {"type": kind, "selected_option": {"value": value}}
        self.typed.setdefault(block_id, {})[action_id] = chosen
        if not dispatch:
            return {}
        place = {"type": "view", "view_id": self.view["id"]}
        params = {"container": place, "block_id": block_id, "action_id": action_id, "state": self._state()}
        return await self.do("action", value=value, **params)

    async def suggestions(self, name: str, typed: str) -> list[Json]:
        assert self.view is not None
        params = {"container": {"type": "view", "view_id": self.view["id"]}, "state": self._state()}
        answer = await self.do("suggest", block_id=name, action_id=f"{name}_input", value=typed, **params)
        return list(answer["options"])

    async def choose_product(self, product: Product) -> None:
        offered = [o["value"] for o in await self.suggestions("product", product.name)]
        assert product.key in offered
        await self.type_into("product", product.key)
        await self.until(lambda tab: f"denomination:{product.key}" in tab.blocks())

    async def press(self, action_id: str) -> Json:
        assert self.view is not None
        button = next(b for b in self.view["blocks"] if b.get("accessory", {}).get("action_id") == action_id)
        place = {"type": "view", "view_id": self.view["id"]}
        return await self.do(
            "action", container=place, block_id=button["block_id"], action_id=action_id, state=self._state()
        )

    async def submit(self) -> Json:
        assert self.view is not None
        return await self.do("submit", view_id=self.view["id"], state=self._state())

    def blocks(self) -> dict[str, Json]:
        return {b["block_id"]: b for b in (self.view or {}).get("blocks", [])}

    def carries(self, ids: str) -> bool:
        return self.view is not None and ids in self.view["private_metadata"]

    def says(self, words: str) -> bool:
        return words in json.dumps(self.view, ensure_ascii=False)

    def _state(self) -> Json:
        there = self.blocks()
        return {block_id: state for block_id, state in self.typed.items() if block_id in there}


@pytest.fixture
async def tab_of(
    http: aiohttp.ClientSession, controls: Controls, slack_ctx: SlackContext, stand_ins: dict[str, Json]
) -> AsyncIterator[Callable[[str], Any]]:
    env = stand_ins["slack"]["env"]
    bot = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
    async with AsyncExitStack() as tabs:

        async def open_tab(user: str) -> Tab:
            socket = await tabs.enter_async_context(
                http.ws_connect(f"{controls.slack}/client/socket?user={user}")
            )
            tab = Tab(http, controls.slack, user, socket, bot)
            await tab.until(lambda tab: tab.session)
            return tab

        yield open_tab


@pytest.fixture
async def agent(tab_of: Callable[[str], Any]) -> Tab:
    tab: Tab = await tab_of(AGENT)
    return tab


@pytest.fixture
def card(ctx: AppContext) -> Product:
    """Fixed denominations only, in US dollars."""
    found = saved(ctx).catalogue.search("", country="USA", currency="USD", limit=100).products
    return next(p for p in found if p.fixed_only and len(p.denominations) > 1)


@pytest.fixture
def ranged(ctx: AppContext) -> Product:
    """A range of amounts, in US dollars."""
    found = saved(ctx).catalogue.search("", country="USA", currency="USD", limit=100).products
    return next(p for p in found if not p.fixed_only)
