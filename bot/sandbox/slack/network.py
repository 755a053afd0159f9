"""The network pane: the traffic between Slack, the bot and the vendors; pages that open later get it too."""

import asyncio
import json
from collections import deque

from bot.sandbox.slack.protocol import Json, SlackError
from bot.sandbox.slack.sessions import Sessions
from bot.sandbox.slack.vendor_admin import VendorAdmin

KEPT = 300
ASK_EVERY_S = 1.0


class Network:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._entries: deque[Json] = deque(maxlen=KEPT)

    def show(self, entry: Json) -> None:
        """`id`, `at`, `from`, `to`, `what`, `status` (None: no answer), `ms`, `error`."""
        self._entries.append(entry)
        self._sessions.tell_all({"type": "network", "entry": entry})

    def latest(self) -> list[Json]:
        """Oldest first."""
        return list(self._entries)

    async def watch(self, vendor: VendorAdmin) -> None:
        """Polls the vendor once a second while a page is open; one that does not answer is tried again."""
        shown: set[str] = set()
        while True:
            await asyncio.sleep(ASK_EVERY_S)
            if not len(self._sessions):
                continue
            try:
                entries = [_entry(row, vendor.title) for row in reversed(await vendor.requests())]
            except SlackError:
                continue
            for entry in entries:
                if entry["id"] not in shown:
                    self.show(entry)
            shown = {entry["id"] for entry in entries}  # the vendor's list only loses old entries


def _entry(row: Json, vendor: str) -> Json:
    """An entry of the pane from an entry of the vendor's request log."""
    faults = ", ".join(
        str(fault) for fault in row.get("faults") or () if fault != "clear"
    )  # this one breaks nothing
    silent = "no response" if row.get("status") is None else None
    return {
        "id": f"{vendor}-{row.get('request_id') or json.dumps(row, sort_keys=True)}",
        "at": row.get("at"),
        "from": "bot",
        "to": vendor,
        "what": f"{row.get('method', '')} {row.get('path', '')}".strip(),
        "status": row.get("status"),
        "ms": row.get("ms"),
        "error": faults or silent,
    }
