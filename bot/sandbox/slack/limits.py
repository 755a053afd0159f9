"""Slack's rate limits: a tier per method, and about one message a second per channel."""

import json
from dataclasses import dataclass
from importlib import resources
from math import ceil
from typing import Any

from bot.sandbox.slack.clock import Clock

METHODS: dict[str, Any] = json.loads(resources.files(__package__).joinpath("methods.json").read_text())
PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 600}
POSTS_AT_ONCE = 20  # Slack allows short bursts and does not document their size
POSTS_PER_SECOND = 1.0


@dataclass
class Bucket:
    left: float
    at: float


class Limits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self.on = True

    def wait_for_call(self, method: str) -> int:
        """0 when the call is allowed, else the whole seconds to wait (`Retry-After`)."""
        per_minute = PER_MINUTE[METHODS[method]["rate_tier"]]
        return self._take(method, per_minute, per_minute / 60)

    def wait_for_post(self, channel: str) -> int:
        return self._take(f"post {channel}", POSTS_AT_ONCE, POSTS_PER_SECOND)

    def _take(self, key: str, capacity: float, per_second: float) -> int:
        if not self.on:
            return 0
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, Bucket(capacity, now))
        bucket.left = min(capacity, bucket.left + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.left < 1:
            return max(1, ceil((1 - bucket.left) / per_second))
        bucket.left -= 1
        return 0
