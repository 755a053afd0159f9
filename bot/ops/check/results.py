"""One line of `giftcard check`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"  # the bot works, but somebody should look at this
    FAIL = "FAIL"  # the bot does not work until this is fixed


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The item, what was found, and how to fix a problem."""

    level: Level
    item: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        ending = f" — {self.hint}" if self.hint else ""
        return f"{self.level:<4}  {self.item}: {self.what}{ending}"


def ok(item: str, what: str) -> CheckResult:
    return CheckResult(Level.OK, item, what)


def warn(item: str, what: str, hint: str) -> CheckResult:
    return CheckResult(Level.WARN, item, what, hint)


def failed(item: str, what: str, hint: str = "") -> CheckResult:
    """`hint` may be left out where `what` says how to fix it."""
    return CheckResult(Level.FAIL, item, what, hint)


def any_failed(results: Iterable[CheckResult]) -> bool:
    return any(result.level is Level.FAIL for result in results)
