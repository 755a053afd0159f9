"""When work is looked at again."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.lifecycle import Next

_LOOK_UP_S = (2, 5, 10, 20, 40, 60, 120, 300)  # gaps between look-ups of an order whose outcome is unknown


_LEASE = timedelta(minutes=5)  # longer than log-in, waiting for our turn and buying can take
_TURN_S = 0.5
_CHILDREN = timedelta(minutes=10)  # they take it along themselves; this is for what was missed
_CODES = timedelta(hours=1)
_FOREIGN = timedelta(hours=6)


def poll_delay(age: timedelta) -> timedelta:
    """Between reads of an order the vendor is fulfilling: 5 s for a minute, 30 s for an hour, then 5 min."""
    if age < timedelta(minutes=1):
        return timedelta(seconds=5)
    return timedelta(seconds=30) if age < timedelta(hours=1) else timedelta(minutes=5)


def lookup_delay(attempts: int) -> timedelta:
    """Between look-ups of an order whose outcome is unknown."""
    return timedelta(seconds=_LOOK_UP_S[min(attempts, len(_LOOK_UP_S) - 1)])


def refund_check_delay(age: timedelta) -> timedelta:
    """Between looks for a refund: 5 s for a minute, 2 min for an hour, then half an hour."""
    if age < timedelta(minutes=1):
        return timedelta(seconds=5)
    return timedelta(minutes=2) if age < timedelta(hours=1) else timedelta(minutes=30)


def retry_delay(attempts: int, *, at_least_s: float = 0.0) -> timedelta:
    """Before trying again what surely did not happen: doubling from 1 s to 5 min, with jitter."""
    backoff = min(300.0, 2.0 ** min(attempts, 9))
    return timedelta(seconds=max(at_least_s, backoff * random.uniform(0.8, 1.2)))  # noqa: S311  # no secret


def next_look(
    when: Next,
    now: datetime,
    *,
    age: timedelta,
    attempts: int,
    expire_after: timedelta,
    retry_after_s: float = 0.0,
) -> datetime | None:
    """When a worker looks at an order again that has been in its state for `age`."""
    gaps: dict[Next, Callable[[], timedelta]] = {
        Next.NOW: timedelta,
        Next.EXPIRY: lambda: expire_after,
        Next.LEASE_END: lambda: _LEASE,
        Next.LOOK_UP: lambda: lookup_delay(attempts),
        Next.RETRY: lambda: retry_delay(attempts, at_least_s=retry_after_s),
        Next.TURN: lambda: timedelta(seconds=max(_TURN_S, retry_after_s)),
        Next.POLL: lambda: poll_delay(age),
        Next.CHILDREN: lambda: _CHILDREN,
        Next.CODES: lambda: _CODES,
        Next.FOREIGN: lambda: _FOREIGN,
    }
    return now + gaps[when]() if when in gaps else None
