"""What may go wrong at each vendor during a soak, as faults of its stand-in: one is armed now and then."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.acceptance.crash.vendors.stand_in import VendorStandIn

Fault = dict[str, Any]
_AT_ANY_PURCHASE: tuple[Fault, ...] = (
    {"kind": "drop-after"},
    {"kind": "drop-before"},
    {"kind": "truncate"},
    {"kind": "delay-after", "seconds": 1},
    {"kind": "delay-before", "seconds": 1},
    {"kind": "error", "status": 500, "when": "after"},
    {"kind": "error", "status": 502, "body": "html", "when": "after"},
    {"kind": "error", "status": 503, "body": "html", "when": "before"},
    {"kind": "rate-limited", "seconds": 1},
    {"kind": "insufficient-funds"},
    {"kind": "out-of-stock"},
)
_AT_ANY_READ: tuple[Fault, ...] = (
    {"kind": "drop-after"},
    {"kind": "error", "status": 500, "when": "before"},
    {"kind": "truncate"},
)
# Where a vendor's own time is meant, it passes as fast as the bot's.
_PURCHASE: dict[str, tuple[Fault, ...]] = {
    "octopus": (
        *_AT_ANY_PURCHASE,
        {"kind": "token-expired"},
        {"kind": "pending", "seconds": 1},
        {"kind": "partial", "then": "complete"},
        {"kind": "fail"},
        {"kind": "cancel"},
    ),
    "cardpluspay": (
        *_AT_ANY_PURCHASE,
        {"kind": "commit-late", "seconds": 0.5},
        {"kind": "pending", "seconds": 60},
        {"kind": "fewer-codes"},
        {"kind": "fewer-codes", "then": "complete", "seconds": 60},
        {"kind": "fail", "refund": "yes"},
        {"kind": "list-lag", "seconds": 60},
        {"kind": "price-change", "percent": 3},
    ),
}
_READ: dict[str, tuple[Fault, ...]] = {
    "octopus": (*_AT_ANY_READ, {"kind": "token-expired"}, {"kind": "masked"}, {"kind": "clear"}),
    "cardpluspay": (
        *_AT_ANY_READ,
        {"kind": "list-lag", "seconds": 30},
        {"kind": "rate-limited", "seconds": 1},
    ),
}


def arm_random_faults(stand_in: VendorStandIn, chance: Random) -> None:
    """In place of those that have hit nothing yet: a vendor that sells little would fail all the time."""
    stand_in.disarm()
    for fault in _some(_PURCHASE[stand_in.name], chance):
        stand_in.arm("POST", stand_in.orders_path, fault)
    for fault in _some(_READ[stand_in.name], chance):
        stand_in.arm("GET", f"{stand_in.orders_path}*", fault)


def _some(faults: tuple[Fault, ...], chance: Random) -> Iterator[Fault]:
    for _ in range(chance.randrange(3)):
        yield chance.choice(faults)
