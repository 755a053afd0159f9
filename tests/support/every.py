"""Assertions about all of something, which fail when there is nothing."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def assert_every(items: Iterable[T], holds: Callable[[T], object]) -> None:
    """There are items, and each of them does."""
    found = list(items)
    assert found, "nothing to look at"
    failing = [item for item in found if not holds(item)]
    assert failing == [], f"not so: {failing}"


def assert_none(items: Iterable[T], holds: Callable[[T], object]) -> None:
    """There are items, and none of them does."""
    assert_every(items, lambda item: not holds(item))
