"""Rate limits: so many calls a minute, per client and class of endpoint."""

import math
from collections import defaultdict, deque

from bot.sandbox.octopus.errors import too_many_requests

WINDOW_S = 60.0


class Quotas:
    def __init__(self) -> None:
        self.limits = self.usual()
        self.seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    @staticmethod
    def usual() -> dict[str, int]:
        """The sandbox's calls per minute; `other` is this stand-in's own choice."""
        return {"login": 30, "refresh": 30, "get": 600, "orders": 120, "charges": 300, "other": 300}

    def spend(self, who: str, kind: str, now: float) -> None:
        """Count one call. Refuses with 429 when the last minute is full."""
        calls = self.seen[who, kind]
        while calls and calls[0] <= now - WINDOW_S:
            calls.popleft()
        if len(calls) >= self.limits[kind]:
            oldest = calls[0] if calls else now
            raise too_many_requests(max(1, math.ceil(oldest + WINDOW_S - now)))
        calls.append(now)
