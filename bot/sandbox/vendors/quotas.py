"""Rate limits: calls within a sliding minute."""

import math
from collections import defaultdict, deque

WINDOW_S = 60.0


class Quotas:
    def __init__(self) -> None:
        self.seen: defaultdict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def spend(self, *who: str, most: int, now: float) -> int | None:
        """Count one call. At the limit the call is not counted, and the seconds to wait are returned."""
        calls = self.seen[who]
        while calls and calls[0] <= now - WINDOW_S:
            calls.popleft()
        if len(calls) >= most:
            oldest = calls[0] if calls else now
            return max(1, math.ceil(oldest + WINDOW_S - now))
        calls.append(now)
        return None
