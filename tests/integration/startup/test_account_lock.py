"""Two bots never buy with one account that cannot tell their purchases apart."""

from pathlib import Path

import pytest

from bot.domain.lifecycle import OrderState
from bot.ops.guards.account_lock import AccountInUse, AccountLock
from store import Keyring, Store
from tests.integration.store.conftest import AGENT, KEY, WORKER, new_order
from tests.support.at_once import write
from tests.support.order_moves import add_order, move_order_along


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def lock(database: Path, account: str = "key-1") -> AccountLock:
    return AccountLock("cardpluspay", account, database)


def test_the_second_one_is_told_which_database_the_first_one_has(tmp_path: Path) -> None:
    first = lock(tmp_path / "one.sqlite3")
    with pytest.raises(AccountInUse, match=r"one\.sqlite3.*Stop that one first"):
        lock(tmp_path / "two.sqlite3")

    lock(tmp_path / "two.sqlite3", account="key-2").release()
    first.release()
    lock(tmp_path / "two.sqlite3").release()


def test_credentials_are_not_in_the_file_nor_in_its_name(tmp_path: Path, state_home: Path) -> None:
    lock(tmp_path / "one.sqlite3", account="very-secret-key").release()

    (file,) = (state_home / "giftcard-bot").iterdir()
    assert "very-secret-key" not in file.name + file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_another_database_left_unknown_has_to_be_recovered_there_first(tmp_path: Path) -> None:
    theirs = tmp_path / "one.sqlite3"
    store = Store.open(theirs, Keyring([KEY]))
    order = write(store, lambda tx: add_order(tx, new_order(), request_key="form", actor=AGENT))
    states = (OrderState.APPROVED, OrderState.SUBMITTING, OrderState.OUTCOME_UNKNOWN)
    write(store, lambda tx: move_order_along(tx, order, states, actor=WORKER))
    store.close()
    AccountLock(order.terms.vendor, "key-1", theirs).release()

    with pytest.raises(AccountInUse, match=order.client_reference):
        AccountLock(order.terms.vendor, "key-1", tmp_path / "two.sqlite3")
    AccountLock(order.terms.vendor, "key-1", theirs).release()

    theirs.unlink()
    AccountLock(order.terms.vendor, "key-1", tmp_path / "two.sqlite3").release()


def test_a_place_that_cannot_be_written_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(AccountInUse, match="XDG_STATE_HOME"):
        lock(tmp_path / "one.sqlite3")
