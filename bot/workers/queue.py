"""Where a worker's pieces of work come from, and how it claims them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar

from store import Transaction

Item = TypeVar("Item")
Claimed = TypeVar("Claimed", contravariant=True)


class Lease(NamedTuple):
    """Who claims, when, for how long, and how many pieces at most."""

    owner: str
    now: datetime
    lease_for: timedelta
    limit: int


class Claims(Protocol[Claimed]):
    """What keeps a claim, and gives it back."""

    def renew(self, item: Claimed, until: datetime) -> bool:
        """False when somebody else has claimed it meanwhile."""

    def release(self, item: Claimed) -> None: ...


@dataclass(frozen=True)
class Queue(Generic[Item]):
    """Without `claims`, doing a piece twice at the same time must be harmless."""

    due: Callable[[Transaction, datetime], Sequence[Item]]
    claim: Callable[[Transaction, Lease], Sequence[Item]]
    claims: Callable[[Transaction], Claims[Item]] | None = None
