"""Vendor events on disk: sealed, in case a vendor ever puts a code into one."""

from pathlib import Path

from bot.domain.events import Subject, VendorEvent
from store import Keyring, Store
from tests.integration.store.conftest import KEY

EVENT = VendorEvent("octopus", "evt_1", "order.delivered", Subject.ORDER, b"\xff 6006491234561111", "1")


def test_what_came_in_is_not_readable_in_the_file(store: Store, path: Path) -> None:
    with store.transaction():
        store.events.add(EVENT)

    assert b"6006491234561111" not in path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert store.events.unhandled() == [EVENT]


def test_it_can_be_opened_after_the_keys_changed(store: Store, path: Path) -> None:
    with store.transaction():
        store.events.add(EVENT)
    store.close()
    newest = Keyring.generate()
    rotated = Store.open(path, Keyring([newest, KEY]))
    rotated.rotate_keys()
    rotated.close()

    reopened = Store.open(path, Keyring([newest]))
    assert reopened.events.unhandled() == [EVENT]
    reopened.close()
