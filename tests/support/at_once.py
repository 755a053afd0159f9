"""A test's database, read and written where nothing can be awaited."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.services.context import AppContext
from store import Store, Transaction

T = TypeVar("T")


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """What it gives, of one that waits for nothing, as SQLite does not."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise AssertionError("it waits for something")


def saved(where: AppContext | Store) -> Transaction:
    """Everything on disk, to be read."""
    return at_once(_store(where).read(lambda tx: tx))


def write(where: AppContext | Store, work: Callable[[Transaction], T]) -> T:
    """One transaction; of a context, whoever works on its outcome is woken."""
    return at_once(where.write(work))


def _store(where: AppContext | Store) -> Store:
    return where.store if isinstance(where, AppContext) else where
