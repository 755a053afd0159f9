"""The whole thing as real processes: vendor stand-in, Slack stand-in, and the bot between them."""

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from store import Keyring
from tests.support.back_office import BackOffice
from tests.support.processes import Process
from tests.support.slack_user import SlackUser
from tests.support.waiting import wait_until

AGENT, LEAD, OTHER_LEAD, CONTROLLER = "U0AGENT01", "U0LEAD001", "U0LEAD002", "U0CTRL001"
GUEST, STRANGER = "U0GUEST01", "U0OTHER01"
APPROVALS = "C0APPROVE1"
POLICY = """
[requesters]
groups = ["S0AGENTS1", "S0LEADS01"]
[approvers]
groups = ["S0LEADS01"]
[controllers]
users = ["U0CTRL001"]
[limits]
quantity = 20
[tickets]
hosts = ["tickets.example.com"]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningSystem:
    """`transport` is `socket` or `http`: how Slack reaches the bot. With `webhooks` the vendor does, too.

    With `two_vendors` there is CardPlusPay beside Octopus Cards.
    """

    def __init__(
        self, folder: Path, transport: str, *, webhooks: bool = False, two_vendors: bool = False
    ) -> None:
        self.folder = folder
        self.transport = transport
        self.http_port = free_port()
        self.database = folder / "giftcard.sqlite3"
        octopus = ["--port", "0", "--async-delay-s", "1", "--no-rate-limits"]
        if webhooks:  # in HTTP mode on the port of Slack's requests, else on one of their own
            octopus += ["--webhook-url", f"http://127.0.0.1:{self.http_port}/webhooks/octopus"]
        slack = ["--port", "0"]
        if transport == "http":
            slack += ["--request-url", f"http://127.0.0.1:{self.http_port}/slack/events"]
        self.octopus = Process("sandbox", "octopus", *octopus, log=folder / "octopus.log")
        self.slack = Process("sandbox", "slack", *slack, log=folder / "slack.log")
        self.processes = [self.slack, self.octopus]
        vendor, workspace = self.octopus.announced(), self.slack.announced()
        self.address: str = workspace["address"]
        self.back_office = BackOffice(vendor["address"])
        self.control = httpx.Client(base_url=f"{self.address}/control", timeout=10)
        self.control.post("/limits", json={"on": False})  # tests press faster than people
        (folder / "policy.toml").write_text(POLICY)
        self.env = {
            **vendor["env"],
            **workspace["env"],
            "GIFTCARD_DB": str(self.database),
            "GIFTCARD_POLICY": str(folder / "policy.toml"),
            "GIFTCARD_KEYS": Keyring.generate(),
            "GIFTCARD_APPROVALS_CHANNEL": APPROVALS,
            "XDG_STATE_HOME": str(folder),
        }
        if two_vendors:
            careful = Process("sandbox", "cardpluspay", "--port", "0", log=folder / "cardpluspay.log")
            self.processes.append(careful)
            announced = careful.announced()
            self.env |= announced["env"]
            self.careful_office = httpx.Client(base_url=f"{announced['admin']}/api", timeout=10)
        if webhooks and transport == "socket":
            self.env["GIFTCARD_WEBHOOK_PORT"] = str(self.http_port)
        self.people: list[SlackUser] = []
        try:
            self.bot = self.start_bot()
        except BaseException:
            self.end()
            raise

    def start_bot(self) -> Process:
        """Start the bot and wait until it answers and knows the catalogue."""
        args = ["run", "--http", str(self.http_port)] if self.transport == "http" else ["run"]
        self.bot = Process(*args, log=self.folder / "bot.log", env=self.env)
        starts = self.bot.logged().count("event=bot_ready") + 1
        self.until(lambda: self.bot.logged().count("event=bot_ready") >= starts, "the bot is ready")
        vendors = len([name for name in self.env if name.endswith("_BASE_URL")])
        self.until(
            lambda: self.bot.logged().count("event=catalogue_synced") >= vendors, "the catalogues are there"
        )
        return self.bot

    def person(self, user: str) -> SlackUser:
        slack_user = SlackUser(self.address, user)
        self.people.append(slack_user)
        return slack_user

    def until(self, holds: Callable[[], object], what: str, *, within_s: float = 20) -> None:
        """Wait for something outside Slack."""
        try:
            wait_until(lambda: self.bot.popen.poll() is not None or holds(), what, within_s=within_s)
            assert self.bot.popen.poll() is None, "the bot ended"
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.bot.logged()[-4000:]}") from None

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What the database holds, read beside the running bot."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def order(self) -> dict[str, Any]:
        """The latest order."""
        return self.rows("SELECT * FROM orders ORDER BY id DESC LIMIT 1")[0]

    def persistent_messages(self, contains: str) -> list[dict[str, Any]]:
        return list(self.control.get("/messages", params={"contains": contains}).json()["messages"])

    def calls(self, **query: str) -> list[dict[str, Any]]:
        return list(self.control.get("/calls", params=query).json()["calls"])

    def between_tests(self) -> None:
        """Close every tab, disarm every fault, and have the bot running."""
        while self.people:
            self.people.pop().leave()
        self.control.delete("/faults")
        self.control.delete("/calls")
        self.back_office.reset()
        if self.bot.popen.poll() is not None:
            self.start_bot()

    def end(self) -> None:
        self.control.close()
        for process in (self.bot, *self.processes):
            process.end()
