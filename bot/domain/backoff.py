"""When work is looked at again."""

import random
from datetime import timedelta

_LOOK_UP_S = (2, 5, 10, 20, 40, 60, 120, 300)  # gaps between look-ups of an unsettled order


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
