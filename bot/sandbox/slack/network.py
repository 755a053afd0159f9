"""Adds what the bot sends to vendors to the network pane, by asking the vendors' stand-ins."""

import asyncio
import json
from typing import Any

from bot.sandbox.slack.stand_in import StandIn
from bot.sandbox.slack.wire import Json

EVERY_S = 1.0
ANSWER_WITHIN_S = 2.0


async def watch_vendors(slack: StandIn, url: str) -> None:
    """Once a second, while somebody looks; a vendor that is not there is asked again later."""
    import httpx  # slow to import, and most stand-ins watch nobody

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
    """Oldest first; the vendor lists its newest first."""
    return (
        [_entry(row) for row in reversed(answer) if isinstance(row, dict)] if isinstance(answer, list) else []
    )


def _entry(row: Json) -> Json:
    """One line of the pane from one line of the vendor's list."""
    faults = ", ".join(str(fault) for fault in row.get("faults") or ())
    silent = "no answer left" if row.get("status") is None else None
    return {
        "id": f"vendor-{row.get('request_id') or json.dumps(row, sort_keys=True)}",
        "at": row.get("at"),
        "from": "bot",
        "to": "vendor",
        "what": f"{row.get('method', '')} {row.get('path', '')}".strip(),
        "status": row.get("status"),
        "ms": row.get("ms"),
        "error": faults or silent,
    }
