"""What the fault panel of Slack's stand-in offers for a vendor. Texts name the vendor as `{vendor}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Match = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FaultOffer:
    """Faults that are armed with one click."""

    words: str
    note: str  # what happens
    watch: str  # what the bot does about it
    faults: tuple[Mapping[str, Any], ...]  # the first has the name of the offer in the list of armed faults

    def shown(self) -> dict[str, Any]:
        faults = [{"times": 1, **fault} for fault in self.faults]
        return {"words": self.words, "note": self.note, "watch": self.watch, "faults": faults}


def offer(words: str, note: str, watch: str, *faults: Mapping[str, Any]) -> FaultOffer:
    return FaultOffer(words, note, watch, faults)


def slow(buying: Match) -> FaultOffer:
    return offer(
        "{vendor} is slow (10 s)",
        "The next purchase is made at once and answered after ten seconds.",
        "The card says it is being bought. Nothing is sent twice.",
        {"kind": "delay-after", "seconds": 10, "match": buying},
    )


def busy(buying: Match) -> FaultOffer:
    return offer(
        "{vendor} says: too many requests",
        "The next purchase is answered with 429, come back in 9 seconds.",
        "The bot comes back in 9 seconds, not before.",
        {"kind": "rate-limited", "seconds": 9, "match": buying},
    )


def out_of_stock(buying: Match) -> FaultOffer:
    return offer(
        "{vendor} is out of stock",
        "The next purchase is refused. No money moves.",
        "The requester is told why, and the card closes.",
        {"kind": "out-of-stock", "match": buying},
    )


def no_funds(buying: Match) -> FaultOffer:
    return offer(
        "The wallet at {vendor} is empty",
        "The next purchase is refused for lack of funds.",
        "The requester is told why, and the card closes.",
        {"kind": "insufficient-funds", "match": buying},
    )
