"""Adds what the bot sends to vendors to the network pane, by asking the vendors' stand-ins."""

import json
from typing import Any

from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.wire import Json

EVERY_S = 1.0
ANSWER_WITHIN_S = 2.0


async def watch_vendors(slack: StandIn, url: str) -> None:
    """Once a second, while somebody looks; a vendor that is not there is asked again later."""
    import asyncio

    import httpx

    shown: set[str] = set()
    async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S, trust_env=False) as client:
        while True:
            await asyncio.sleep(EVERY_S)
            if not len(slack.sessions):
                continue
            try:
                answer = (await client.get(url)).json()
            except (httpx.HTTPError, ValueError):
                continue
            for entry in _entries(answer):
                if entry["id"] not in shown:
                    shown.add(entry["id"])
                    slack.sessions.tell_all({"type": "network", "entry": entry})


def _entries(answer: Any) -> list[Json]:
    rows = answer.get("requests", answer.get("items", ())) if isinstance(answer, dict) else answer
    return [_entry(row) for row in rows or () if isinstance(row, dict)]


def _entry(row: Json) -> Json:
    """The pane's line; the vendor's own names for things are tried in turn."""
    what = row.get("what") or f"{row.get('method', '')} {row.get('path', row.get('url', ''))}".strip()
    return {
        "id": f"vendor-{row.get('id') or hash(json.dumps(row, sort_keys=True))}",
        "at": row.get("at") or row.get("received_at"),
        "from": row.get("from", "bot"),
        "to": row.get("to", "octopus"),
        "what": what,
        "status": row.get("status"),
        "ms": row.get("ms"),
        "error": row.get("error"),
    }
