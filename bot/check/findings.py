"""One line of `giftcard check`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"  # the bot works, but somebody should look at this
    FAIL = "FAIL"  # the bot does not work until this is mended


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what it is like, and how to mend it where that is needed."""

    level: Level
    item: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        ending = f" — {self.mend}" if self.mend else ""
        return f"{self.level:<4}  {self.item}: {self.what}{ending}"


def ok(item: str, what: str) -> Finding:
    return Finding(Level.OK, item, what)


def warn(item: str, what: str, mend: str) -> Finding:
    return Finding(Level.WARN, item, what, mend)


def failed(item: str, what: str, mend: str = "") -> Finding:
    """`mend` may be left out where `what` already says it."""
    return Finding(Level.FAIL, item, what, mend)


def any_failed(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.FAIL for finding in findings)
