"""Vendor events on disk: sealed, in case a vendor ever puts a code into one."""

from pathlib import Path

from bot.domain.events import Subject, VendorEvent
from store import Keyring
from tests.integration.store.conftest import KEY
from tests.support.repositories import Repositories

EVENT = VendorEvent("octopus", "evt_1", "order.delivered", Subject.ORDER, b"\xff 6006491234561111", "1")


def test_what_came_in_is_not_readable_in_the_file(store: Repositories, path: Path) -> None:
    with store.transaction():
        store.events.add(EVENT)

    assert b"6006491234561111" not in path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert store.events.unhandled() == [EVENT]


def test_it_can_be_opened_after_the_keys_changed(store: Repositories, path: Path) -> None:
    with store.transaction():
        store.events.add(EVENT)
    store.close()
    newest = Keyring.generate()
    rotated = Repositories(path, newest, KEY)
    with rotated.transaction():
        rotated.rotate_keys()
    rotated.close()

    reopened = Repositories(path, newest)
    assert reopened.events.unhandled() == [EVENT]
    reopened.close()
