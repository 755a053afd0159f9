"""Time that passes faster: for the bot's runs, and for a vendor's stand-in that keeps the same time.

As a command it starts such a stand-in: `python -m … SINCE SPEED sandbox cardpluspay --port 0`.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cli.main import main
from bot.sandbox.vendors.clock import Clock


@dataclass(frozen=True)
class AcceleratedClock:
    """`speed` times as fast as it does, from `since` on, whatever process asks; by then `ahead` already."""

    since: datetime
    speed: float
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return self.since + self.ahead + (datetime.now(UTC) - self.since) * self.speed

    def at_normal_speed(self) -> "AcceleratedClock":
        """From now on as time does."""
        since = datetime.now(UTC)
        return AcceleratedClock(since, 1.0, self.now() - since)

    def arguments(self) -> list[str]:
        return [self.since.isoformat(), str(self.speed)]


def start(since: str, speed: str, *command: str) -> None:
    accelerated = AcceleratedClock(datetime.fromisoformat(since), float(speed))

    def now(self: Clock) -> float:
        return (accelerated.now() + timedelta(seconds=self.shift_s)).timestamp()

    Clock.now = now  # type: ignore[method-assign]
    main(list(command))


if __name__ == "__main__":
    start(*sys.argv[1:])
