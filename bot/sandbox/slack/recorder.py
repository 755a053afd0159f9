"""Records the traffic between Slack and the app in order, for tests and the network pane."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from bot.sandbox.slack.protocol import Json

KEPT = 20_000


@dataclass
class Entry:
    """`kind`: `api`, `response_url`, `payload` or `ack`; `method`: the Web API method or payload type."""

    number: int
    kind: str
    method: str
    request: Any
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    response: Any = None
    status: int | None = None
    ms: float | None = None
    marks: Json = field(default_factory=dict)
    label: str = ""  # for the network pane, more specific than the method
    started: float = field(default_factory=perf_counter)

    def shown(self) -> Json:
        return {
            "id": self.number,
            "at": self.at,
            "kind": self.kind,
            "method": self.method,
            "request": self.request,
            "response": self.response,
            "status": self.status,
            "ms": self.ms,
            **self.marks,
        }


class Recorder:
    def __init__(self, show: Callable[[Json], None]) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self._show = show

    def begin(self, kind: str, method: str, request: Any, **marks: Any) -> Entry:
        self._count += 1
        entry = Entry(self._count, kind, method, request, marks=marks)
        self._entries.append(entry)
        return entry

    def finish(self, entry: Entry, response: Any, status: int | None, error: str | None = None) -> None:
        """Records the outcome and shows it in the network pane; `status` None: no response."""
        entry.response, entry.status = response, status
        entry.ms = round((perf_counter() - entry.started) * 1000, 1)
        outward = entry.kind == "payload"
        self._show(
            {
                "id": f"slack-{entry.number}-{entry.at}",  # differs after a restart
                "at": entry.at,
                "from": "slack" if outward else "bot",
                "to": "bot" if outward else "slack",
                "what": entry.label or entry.method,
                "status": status,
                "ms": entry.ms,
                "error": error,
            }
        )

    def note(self, kind: str, method: str, request: Any, **marks: Any) -> None:
        """Records an entry without a response, such as an ack."""
        self.begin(kind, method, request, **marks)

    def entries(self, contains: str = "", method: str = "", kind: str = "") -> list[Json]:
        return [
            shown
            for shown in (entry.shown() for entry in self._entries)
            if (not method or shown["method"] == method)
            and (not kind or shown["kind"] == kind)
            and (not contains or contains in json.dumps(shown, ensure_ascii=False))
        ]

    def forget(self) -> None:
        self._entries.clear()
