"""Composable checks for Block Kit's rules; errors are Slack's: a message and a JSON pointer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """A position in the payload, its surface, and the errors found so far."""

    pointer: str
    surface: str  # message, modal or home
    found: list[str] = field(default_factory=list)

    def under(self, key: str | int) -> "Place":
        return Place(f"{self.pointer}/{key}", self.surface, self.found)

    def wrong(self, text: str) -> None:
        self.found.append(f"{text} [json-pointer:{self.pointer}]")


Check = Callable[[Any, Place], None]


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            place.wrong("must be a string")
        elif len(value) < least:
            place.wrong(f"must be more than {least - 1} characters")
        elif len(value) > most:
            place.wrong(f"must be less than {most + 1} characters")

    return check


def boolean(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        place.wrong("must be a boolean")


def integer(least: int, most: int) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            place.wrong("must be an integer")
        elif value < least:
            place.wrong(f"must be greater than or equal to {least}")
        elif value > most:
            place.wrong(f"must be less than or equal to {most}")

    return check


def choice(*allowed: str) -> Check:
    def check(value: Any, place: Place) -> None:
        if value not in allowed:
            place.wrong(f"must be a valid enum value ({', '.join(allowed)})")

    return check


def matching(pattern: Callable[[str], object], what: str) -> Check:
    """A string for which `pattern` raises no ValueError."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            place.wrong("must be a string")
            return
        try:
            accepted = pattern(value)
        except ValueError:
            accepted = None
        if accepted is None:
            place.wrong(f"must be {what}")

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            place.wrong("must be an array")
            return
        if len(value) < least:
            place.wrong(f"no fewer than {least} item{'s' if least > 1 else ''} allowed")
        if len(value) > most:
            place.wrong(f"no more than {most} items allowed")
        for number, part in enumerate(value):
            item(part, place.under(number))

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with exactly these fields; `type` is checked by `by_type`."""
    known = {"type", *required, *optional}

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.wrong("must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                place.wrong(f"missing required field: {name}")
        for name, part in value.items():
            if name not in known:
                place.wrong(f"invalid additional property: {name}")
            elif part is not None and name != "type":
                (required.get(name) or optional[name])(part, place.under(name))

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` selects the check."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.wrong("must provide an object")
        elif "type" not in value:
            place.wrong("missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            place.wrong(f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](value, place)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, place: Place) -> None:
        for each in checks:
            each(value, place)

    return check
