"""`giftcard demo`: starts stand-ins for two vendors and for Slack, and the bot, as local processes."""

import asyncio
import json
import os
import signal
import sys
import webbrowser
from collections import ChainMap
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.ops.demo.child import Child, ChildEnded
from bot.ops.demo.folder import AlreadyRunning, Folder, child_environment, free_port
from bot.vendors import registry
from bot.vendors.plugin import VendorPlugin

T = TypeVar("T")
AGENT = "U0AGENT01"

_WELCOME = """\
Open  {page}

You are Ava, a support agent, in a Slack and with two vendors that exist on this machine only. Try this:
  1. Type /giftcard and press Enter. Search for a product, choose 2 cards, look at the charge, send it.
  2. Become Leo Lead in the people menu, and approve it in #giftcard-approvals.
  3. As Ava again: open the message from Gift Cards and press “Show codes”.
  4. Type /giftcard quote steam 20 country:USA to see what both vendors charge, and order from either.
  5. Ask for 8 cards (they arrive a few seconds later), or pay from a wallet in another currency.
  6. Type /giftcard help for the rest.

The vendors' back offices:
{offices}

State and logs are in {state}; delete it to start afresh.
Ctrl-C stops everything."""


def run(state: Path, port: int, *, open_page: bool) -> int:
    """Until Ctrl-C. Returns the exit status: 1 when a process ended by itself."""
    try:
        asyncio.run(_Demo(state, port, open_page=open_page).run())
    except (ChildEnded, AlreadyRunning) as error:
        click.echo(str(error), err=True)
        return 1
    return 0


class _Demo:
    def __init__(self, state: Path, port: int, *, open_page: bool) -> None:
        self._folder = Folder(state)
        self._port = port
        self._open_page = open_page
        self._env = child_environment()
        self._children: list[Child] = []

    async def run(self) -> None:
        """Raises ChildEnded and AlreadyRunning."""
        working = asyncio.create_task(self._start_and_wait())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop, working)
        try:
            await working
        except asyncio.CancelledError:
            _say("Stopped.")

    def _stop(self, working: asyncio.Task[None]) -> None:
        if not working.cancelling():
            working.cancel()
            _say("\nStopping …")

    async def _start_and_wait(self) -> None:
        with self._folder.owned():
            async with AsyncExitStack() as stack:
                page, offices = await self._start(stack)
                listed = "\n".join(f"  {title}  {address}" for title, address in offices.items())
                click.echo(_WELCOME.format(page=page, offices=listed, state=self._folder.path))
                if self._open_page and _has_screen():
                    webbrowser.open(page)
                await self._while_all_run(asyncio.Event().wait())

    async def _start(self, stack: AsyncExitStack) -> tuple[str, dict[str, str]]:
        """Returns the addresses of the Slack page and, by vendor, of the back offices once all run."""
        page_port = free_port(self._port)
        offices: dict[str, str] = {}
        announcements = []
        for number, plugin in enumerate(_with_stand_in(), 1):
            name = plugin.name
            port = free_port(self._port and self._port + number)
            vendor = await self._child(
                stack, name, "sandbox", name, "--port", str(port), "--state", f"{name}.sqlite3"
            )
            offices[plugin.title] = f"http://127.0.0.1:{port}/admin"
            announcements.append(vendor.line(_announces))
        slack = await self._child(
            stack, "slack", "sandbox", "slack", "--port", str(page_port), "--state", "slack.json",
            *(word for title, office in offices.items() for word in ("--vendor", f"{title}={office}")),
        )  # fmt: skip
        announcements.append(slack.line(_announces))
        *of_vendors, of_slack = map(_parsed, await self._while_all_run(asyncio.gather(*announcements)))
        settings = dict(ChainMap(*(each["env"] for each in (*of_vendors, of_slack))))
        self._folder.write_settings(settings)
        bot = await self._child(stack, "bot", "run")
        await self._while_all_run(bot.line(lambda line: "event=bot_ready" in line))
        return f"{of_slack['address']}/?user={AGENT}", offices

    async def _child(self, stack: AsyncExitStack, name: str, *arguments: str) -> Child:
        child = await Child.start(name, list(arguments), folder=self._folder.path, env=self._env)
        stack.push_async_callback(child.stop)  # in reverse order: the bot stops first
        self._children.append(child)
        return child

    async def _while_all_run(self, work: Awaitable[T]) -> T:
        """Raises ChildEnded when a process ends before `work` does."""
        task = asyncio.ensure_future(work)
        try:
            ended = [child.ended for child in self._children]
            await asyncio.wait([task, *ended], return_when=asyncio.FIRST_COMPLETED)
            for child in self._children:
                if child.ended.done():
                    raise ChildEnded(child)
            return task.result()
        finally:
            task.cancel()


def _with_stand_in() -> list[type[VendorPlugin]]:
    return [plugin for plugin in registry.VENDORS if plugin.stand_in]


def _say(text: str) -> None:
    """A closed terminal must not keep the demo from stopping."""
    with suppress(OSError):
        click.echo(text)


def _announces(line: str) -> bool:
    return line.startswith("{")


def _parsed(line: str) -> dict[str, Any]:
    announcement: dict[str, Any] = json.loads(line)
    return announcement


def _has_screen() -> bool:
    """Without a screen, the browser would be a text one that takes over the terminal."""
    if not sys.stdout.isatty():
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
