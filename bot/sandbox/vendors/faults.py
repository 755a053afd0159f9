"""Injected faults: requested by a header, or armed through the back office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.vendors.fault_offers import FaultOffer

HEADER = "x-sandbox-fault"
NUMBER = re.compile(r"\d+(\.\d+)?")
WEBHOOK = "WEBHOOK"  # the method that faults for webhook deliveries match
OF_WEBHOOKS = "webhook-"

EVERYWHERE = {
    "delay-before": "wait `seconds` (5), then do the work",
    "delay-after": "do the work, wait `seconds` (5), then answer",
    "drop-before": "hang up without doing anything",
    "drop-after": "do the work, then hang up without an answer",
    "truncate": "do the work, then hang up in the middle of the answer",
    "error": "answer `status` (500) as `body` json or html, `when` before or after the work",
}


@dataclass
class Fault:
    """One armed fault. `skip` matches pass first; with `times` 0 it stays until it is disarmed."""

    kind: str
    options: dict[str, str] = field(default_factory=dict)
    method: str = "*"
    path: str = "*"
    account: str = "*"
    times: int = 1
    skip: int = 0

    def seconds(self, usual: float) -> float:
        return self.number("seconds", usual)

    def number(self, name: str, usual: float) -> float:
        return float(self.options.get(name, usual))

    def matches(self, method: str, path: str, account: str) -> bool:
        return (
            fnmatchcase(method, self.method)
            and fnmatchcase(path, self.path)
            and fnmatchcase(account, self.account)
        )

    def shown(self) -> dict[str, Any]:
        match = {"method": self.method, "path": self.path}
        if self.account != "*":
            match["account"] = self.account
        return {"kind": self.kind, "times": self.times, "skip": self.skip, "match": match, **self.options}


class Faults(dict[str, Fault]):
    """The faults that apply to one request, by kind."""

    def hides_the_answer(self) -> bool:
        """Whether the client never gets the response."""
        after = self.get("error")
        return (
            "drop-after" in self
            or "truncate" in self
            or (after is not None and after.options.get("when") == "after")
        )


class FaultCatalogue:
    """The faults of one vendor. The options of a kind are those that its description has in backticks."""

    def __init__(
        self,
        kinds: Mapping[str, str],
        numbers: set[str],
        words: Mapping[str, tuple[str, ...]],
        offers: tuple[FaultOffer, ...],
    ) -> None:
        self.kinds, self.numbers, self.words, self.offers = kinds, numbers, words, offers

    def check(self, fault: Fault) -> Fault:
        """Returns the fault; raises ValueError when this vendor does not have it."""
        if fault.kind not in self.kinds:
            raise ValueError(f"unknown fault {fault.kind!r}; known are {', '.join(self.kinds)}")
        for name, value in fault.options.items():
            if name in self.numbers and not NUMBER.fullmatch(value):
                raise ValueError(f"{name} must be a number")
            if name in self.words and value not in self.words[name]:
                raise ValueError(f"{name} is one of {', '.join(self.words[name])}")
            if f"`{name}`" not in self.kinds[fault.kind]:
                raise ValueError(f"{fault.kind} has no {name}: {self.kinds[fault.kind]}")
        return fault


class FaultPlan:
    def __init__(self, fault_catalogue: FaultCatalogue) -> None:
        self.fault_catalogue = fault_catalogue
        self.armed: list[Fault] = []

    def arm(self, body: dict[str, Any]) -> None:
        """`{"kind", "times", "skip", "match": {"method", "path", "account"}, …options}`, or ValueError."""
        options = dict(body)
        match = options.pop("match", {})
        kind, times, skip = options.pop("kind", None), options.pop("times", 1), options.pop("skip", 0)
        if not (isinstance(times, int) and isinstance(skip, int) and isinstance(match, dict)):
            raise ValueError(  # noqa: TRY004  # callers catch one kind
                "times and skip are integers, match is an object with method and path"
            )
        if unknown := set(match) - {"method", "path", "account"}:
            raise ValueError(f"match has no {', '.join(sorted(unknown))}")
        patterns = {name: str(pattern) for name, pattern in match.items()}
        texts = {name: str(value) for name, value in options.items()}
        self.armed.append(
            self.fault_catalogue.check(Fault(str(kind), texts, times=times, skip=skip, **patterns))
        )

    def take(self, method: str, path: str, header: str | None, account: str = "") -> Faults:
        """The faults that apply to this request; counts down armed ones. Raises ValueError."""
        hit = Faults({fault.kind: self.fault_catalogue.check(fault) for fault in _of_header(header or "")})
        if any(kind.startswith(OF_WEBHOOKS) for kind in hit):
            raise ValueError("webhook faults are armed through the back office")
        for fault in list(self.armed):
            if fault.kind.startswith(OF_WEBHOOKS) != (method == WEBHOOK):
                continue
            if not fault.matches(method, path, account):
                continue
            if fault.skip:
                fault.skip -= 1
            elif fault.kind not in hit:
                hit[fault.kind] = fault
                fault.times -= 1
                if fault.times == 0:
                    self.armed.remove(fault)
        return hit


def _of_header(text: str) -> list[Fault]:
    """`drop-after, delay-before; seconds=2`"""
    faults = []
    for part in filter(None, map(str.strip, text.split(","))):
        kind, *options = map(str.strip, part.split(";"))
        pairs = dict(option.partition("=")[::2] for option in options)
        faults.append(Fault(kind, {name.strip(): value.strip() for name, value in pairs.items()}))
    return faults
