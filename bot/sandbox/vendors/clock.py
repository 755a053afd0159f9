"""The vendor's clock, which tests may move forward."""

import time


class Clock:
    def __init__(self, shift_s: float = 0.0) -> None:
        self.shift_s = shift_s

    def now(self) -> float:
        """Unix time in seconds, as the vendor sees it."""
        return time.time() + self.shift_s
