"""What may go wrong on demand, asked for by a request header or armed through the back office."""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

HEADER = "x-sandbox-fault"

KINDS = {
    "delay-before": "wait `seconds` (5), then do the work",
    "delay-after": "do the work, wait `seconds` (5), then answer",
    "drop-before": "hang up without doing anything",
    "drop-after": "do the work, then hang up without an answer",
    "truncate": "do the work, then hang up in the middle of the answer",
    "rate-limited": "429 with Retry-After `seconds` (9); nothing is done",
    "error": "answer `status` (500) as `body` json or html, `when` before or after the work",
    "token-expired": "the access token is revoked and answered with 401",
    "insufficient-funds": "this order is refused for lack of funds",
    "out-of-stock": "this order is refused, or FAILED and refunded, by the choice `out_of_stock`",
    "vanish": "the product is taken off the shelf just before this order or quote",
    "price-change": "`discount` (percent) or `forex_rate` differ for this request only",
    "pending": "the order is answered PENDING at any quantity, and delivered `seconds` later",
    "stall": "the order is answered PENDING and stays so until the back office moves it",
    "partial": "`deliver` (half) vouchers now; `then` complete, give-up (default) or stay",
    "fail": "the order is paid, then FAILED and refunded",
    "cancel": "the order is paid, then CANCELLED and refunded",
    "masked": "this read shows masked codes",
    "clear": "this read shows clear codes",
    "webhook-duplicate": "the event is delivered twice; `path` matches its type",
    "webhook-late": "the event is held back `seconds` (2), so that later ones overtake it",
    "webhook-lost": "the event is never delivered",
    "webhook-forged": "the event's signature is wrong",
}
NUMBERS = {"seconds", "status", "discount", "forex_rate", "deliver"}
NUMBER = re.compile(r"\d+(\.\d+)?")
GATEWAY_STATUSES = ("500", "502", "503", "504")
WEBHOOK = "WEBHOOK"  # the method under which events ask for their faults
OF_WEBHOOKS = "webhook-"


@dataclass
class Fault:
    """One armed fault. `skip` lets that many matches pass first; `times` 0 is until disarmed."""

    kind: str
    options: dict[str, str] = field(default_factory=dict)
    method: str = "*"
    path: str = "*"
    times: int = 1
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(KINDS)}")
        for name in NUMBERS & set(self.options):
            if not NUMBER.fullmatch(self.options[name]):
                raise ValueError(f"{name} must be a number")
        if self.options.get("status", "500") not in GATEWAY_STATUSES:
            raise ValueError(f"status is one of {', '.join(GATEWAY_STATUSES)}")

    def seconds(self, usual: float) -> float:
        return float(self.options.get("seconds", usual))

    def shown(self) -> dict[str, Any]:
        match = {"method": self.method, "path": self.path}
        return {"kind": self.kind, "times": self.times, "skip": self.skip, "match": match, **self.options}


class Faults(dict[str, Fault]):
    """The faults of one request, by kind."""

    def hides_the_answer(self) -> bool:
        """Whether the client never sees what the work came to."""
        after = self.get("error")
        return (
            "drop-after" in self
            or "truncate" in self
            or (after is not None and after.options.get("when") == "after")
        )


class FaultPlan:
    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def take(self, method: str, path: str, header: str | None) -> Faults:
        """The faults that hit this request; each armed one is used up by one. Raises ValueError."""
        hit = Faults({fault.kind: fault for fault in _of_header(header or "")})
        if any(kind.startswith(OF_WEBHOOKS) for kind in hit):
            raise ValueError("webhook faults are armed through the back office")
        for fault in list(self.armed):
            if fault.kind.startswith(OF_WEBHOOKS) != (method == WEBHOOK):
                continue
            if not (fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path)):
                continue
            if fault.skip:
                fault.skip -= 1
            elif fault.kind not in hit:
                hit[fault.kind] = fault
                fault.times -= 1
                if fault.times == 0:
                    self.armed.remove(fault)
        return hit


def of_body(body: dict[str, Any]) -> Fault:
    """`{"kind", "times", "skip", "match": {"method", "path"}, …options}`. Raises ValueError."""
    options = dict(body)
    match = options.pop("match", {})
    kind, times, skip = options.pop("kind", None), options.pop("times", 1), options.pop("skip", 0)
    if not (isinstance(times, int) and isinstance(skip, int) and isinstance(match, dict)):
        raise ValueError(  # noqa: TRY004  # callers catch one kind
            "times and skip are integers, match is an object with method and path"
        )
    texts = {name: str(value) for name, value in options.items()}
    return Fault(str(kind), texts, match.get("method", "*"), match.get("path", "*"), times, skip)


def _of_header(text: str) -> list[Fault]:
    """`drop-after, delay-before; seconds=2`"""
    faults = []
    for part in filter(None, map(str.strip, text.split(","))):
        kind, *options = map(str.strip, part.split(";"))
        pairs = dict(option.partition("=")[::2] for option in options)
        faults.append(Fault(kind, {name.strip(): value.strip() for name, value in pairs.items()}))
    return faults
