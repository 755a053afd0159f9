"""Slack-like servers that differ from ours: the check says what it could not see, and does not break."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.config import Settings
from bot.ops.check.results import CheckResult, Level
from bot.ops.check.slack import check_slack

AUTH = {"ok": True, "user": "bot", "user_id": "U1", "team": "Acme", "team_id": "T1"}
EVERYTHING = "chat:write,commands,im:write,usergroups:read,users:read"


@contextmanager
def server(answers: dict[str, object], *, scopes: str | None = None) -> Iterator[str]:
    """A server that knows the methods in `answers`; its Slack API address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            method = self.path.removeprefix("/api/").partition("?")[0]
            answer = answers.get(method, {"ok": False, "error": "unknown_method"})
            body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(body)))
            if scopes is not None:
                self.send_header("X-OAuth-Scopes", scopes)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815  # the base class looks for this name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name for it
            """Tests are quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/api/"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


async def findings(address: str) -> dict[str, CheckResult]:
    settings = Settings.from_environment(
        {
            "SLACK_API_URL": address,
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "OCTOPUS_BASE_URL": "http://127.0.0.1:9",
            "OCTOPUS_API_KEY": "key",
            "OCTOPUS_API_SECRET": "secret",
            "GIFTCARD_KEYS": "key",
            "GIFTCARD_APPROVALS_CHANNEL": "C111",
        }
    )
    return {finding.item: finding async for finding in check_slack(settings, http=False)}


async def test_a_server_that_tells_no_scopes_is_warned_about() -> None:
    with server({"auth.test": AUTH}) as address:
        found = await findings(address)

    assert found["Slack token"].level is Level.OK
    assert found["scopes"].level is Level.WARN


async def test_missing_scopes_are_named() -> None:
    with server({"auth.test": AUTH}, scopes="chat:write, commands, users:read") as address:
        found = await findings(address)

    assert str(found["scopes"]).startswith("FAIL  scopes: missing im:write, usergroups:read — add them")


async def test_superfluous_scopes_are_named() -> None:
    with server({"auth.test": AUTH}, scopes=f"{EVERYTHING},files:write") as address:
        found = await findings(address)

    assert str(found["scopes"]).startswith("warn  scopes: more than the bot uses: files:write")


async def test_a_server_without_permalinks_leaves_the_channel_unchecked() -> None:
    with server({"auth.test": AUTH}, scopes=EVERYTHING) as address:
        found = await findings(address)

    assert str(found["approvals channel"]).startswith("warn  approvals channel: C111 could not be checked")


@pytest.mark.parametrize("answer", ["<html>sign in first</html>", {"ok": False}, []])
async def test_an_answer_that_is_not_slacks_is_told(answer: object) -> None:
    with server({"auth.test": answer}) as address:
        found = await findings(address)

    assert found["Slack token"].level is Level.FAIL
