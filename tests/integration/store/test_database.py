"""Opening, owning and protecting the database file."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order, OrderId
from store import (
    BadKey,
    DatabaseInUse,
    Keyring,
    NestedTransaction,
    NotADatabase,
    NoTransaction,
    StorageFailed,
    Store,
    Transaction,
)
from store.engines.sqlite import SqliteEngine, sqlite3
from tests.integration.store.conftest import KEY, LEAD, NOON
from tests.support.at_once import saved, write
from tests.support.disk import rows, run
from tests.support.order_moves import move_order
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def other_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the database open until it is told to end."""
    script = f"""
import sys
from pathlib import Path
from store import Keyring, Store
store = Store.open(Path({str(path)!r}), Keyring([{KEY!r}]))
print("open", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_nobody_else_on_the_machine_can_read_the_files(path: Path) -> None:
    store = Store.open(path, Keyring([KEY]))
    files = {file.name.removeprefix("giftcard.db"): mode(file) for file in path.parent.iterdir()}
    store.close()

    assert mode(path.parent) == 0o700
    assert files == {"": 0o600, "-wal": 0o600, "-shm": 0o600, ".lock": 0o600}


def test_a_file_that_was_readable_by_others_is_closed_to_them(path: Path) -> None:
    Store.open(path, Keyring([KEY])).close()
    path.chmod(0o644)

    Store.open(path, Keyring([KEY])).close()

    assert mode(path) == 0o600


def test_a_second_process_is_told_who_owns_the_database_and_what_to_do(
    path: Path, other_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(DatabaseInUse, match=rf"process {other_process.pid}\. Stop that one first"):
        Store.open(path, Keyring([KEY]))


def test_a_name_that_leads_to_the_same_file_does_not_get_around_the_owner(
    path: Path, other_process: subprocess.Popen[str], tmp_path: Path
) -> None:
    link = tmp_path / "other-name.db"
    link.symlink_to(path)

    with pytest.raises(DatabaseInUse):
        Store.open(link, Keyring([KEY]))


def test_the_database_is_free_again_after_its_owner_was_killed(
    path: Path, other_process: subprocess.Popen[str]
) -> None:
    other_process.kill()
    other_process.wait()

    Store.open(path, Keyring([KEY])).close()


def test_a_reader_sees_what_the_owner_writes(
    store: Repositories, path: Path, request_order: RequestOrder
) -> None:
    reader = Repositories(path, KEY, read_only=True)

    order = request_order()

    assert reader.orders.get(order.id) == order
    reader.close()


def test_a_reader_cannot_write(store: Repositories, path: Path) -> None:
    reader = Repositories(path, KEY, read_only=True)

    with pytest.raises(StorageFailed, match="readonly"), reader.transaction():
        reader.key_values.set("environment", "live")
    reader.close()


def test_reading_a_file_that_is_not_there_makes_none(path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"giftcard\.db cannot be opened"):
        Store.open(path, Keyring([KEY]), read_only=True)
    assert not path.exists()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam, " * 100)

    with pytest.raises(NotADatabase, match="cannot be read as a database"):
        Store.open(letter, Keyring([KEY]))
    assert letter.read_text().startswith("Dear Sir or Madam")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE songs (title TEXT)")

    with pytest.raises(NotADatabase, match="another program's"):
        Store.open(path, Keyring([KEY]))
    with sqlite3.connect(path) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


def test_a_damaged_file_is_noticed_when_it_is_opened(path: Path) -> None:
    Store.open(path, Keyring([KEY])).close()
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 3)

    with pytest.raises(NotADatabase, match="Restore a backup"):
        Store.open(path, Keyring([KEY]))


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageFailed, match=r"file/giftcard\.db cannot be made or opened"):
        Store.open(tmp_path / "file" / "giftcard.db", Keyring([KEY]))


def test_a_failed_opening_leaves_the_database_free(path: Path) -> None:
    Store.open(path, Keyring([KEY])).close()
    with pytest.raises(BadKey):
        Store.open(path, Keyring([Keyring.generate()]))

    Store.open(path, Keyring([KEY])).close()


def test_every_commit_is_on_disk_before_it_returns(path: Path) -> None:
    engine = SqliteEngine.own(path)

    settings = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 1000}  # 2: FULL
    assert {name: next(engine.execute(f"PRAGMA {name}").rows)[0] for name in settings} == settings
    engine.close()


def test_an_empty_file_gets_every_table_in_numbered_steps(store: Repositories, path: Path) -> None:
    steps = [row["name"] for row in rows(path, "SELECT name FROM _sqlite_migrations ORDER BY id")]
    tables = {row["name"] for row in rows(path, "SELECT name FROM pragma_table_list WHERE strict")}

    assert [step.partition("_")[0] for step in steps] == [f"m{n:03}" for n in range(1, len(steps) + 1)]
    assert tables == {
        *("orders", "approvals", "audit", "audit_head", "outbox", "key_values", "deliverables"),
        *("unparsed_responses", "products", "names", "quotes", "resolutions", "snapshots"),
        *("vendor_events", "refund_watches", "refunds", "balances", "follow_ups"),
    }


def test_every_table_checks_its_types(store: Repositories, path: Path) -> None:
    lax = rows(
        path,
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND schema = 'main'"
        " AND name NOT LIKE 'sqlite_%'",
    )
    assert {row["name"] for row in lax} == {"_sqlite_migrations"}


def test_a_write_outside_a_transaction_is_refused(store: Repositories, request_order: RequestOrder) -> None:
    order = request_order()

    for attempt in (
        lambda: store.key_values.set("a", "b"),
        lambda: store.outbox.put(kind="card"),
        lambda: store.audit.write(actor=LEAD, action=AuditAction.VIEWED),
        lambda: store.orders.set_card(order.id, "C1/1.2"),
        lambda: move_order(store, order.id, OrderState.APPROVED, actor=LEAD, action=AuditAction.APPROVED),
    ):
        with pytest.raises(NoTransaction):
            attempt()
    assert store.orders.get(order.id) == order


def test_a_transaction_inside_another_is_refused(store: Repositories) -> None:
    with store.transaction():
        store.key_values.set("outer", "kept")
        with pytest.raises(NestedTransaction), store.transaction():
            pass

    assert store.key_values.get("outer") == "kept"


def test_an_error_undoes_the_whole_transaction(store: Repositories, request_order: RequestOrder) -> None:
    order = request_order()
    head = store.audit.head()

    with pytest.raises(LookupError), store.transaction():
        move_order(store, order.id, OrderState.APPROVED, actor=LEAD, action=AuditAction.APPROVED)
        store.outbox.put(kind="card", order_id=order.id)
        raise LookupError

    assert store.orders.get(order.id) == order
    assert store.audit.head() == head
    assert store.outbox.due(NOON) == []


def test_what_a_function_wrote_is_on_disk_as_a_whole_or_not_at_all(path: Path) -> None:
    store = Store.open(path, Keyring([KEY]))

    def half_done(tx: Transaction) -> None:
        tx.key_values.set("half", "done")
        raise LookupError

    with pytest.raises(LookupError):
        write(store, half_done)
    assert write(store, lambda tx: tx.key_values.get("half")) is None
    with pytest.raises(NoTransaction):
        saved(store).key_values.set("read", "only")
    store.close()


async def test_a_transaction_that_could_wait_for_something_writes_nothing(path: Path) -> None:
    store = Store.open(path, Keyring([KEY]))

    async def waits(tx: Transaction) -> None:
        tx.key_values.set("half", "done")

    with pytest.raises(NoTransaction):
        await (await store.write(waits))
    store.close()


def test_what_sqlite_refuses_is_told_in_our_own_words(store: Repositories) -> None:
    with pytest.raises(StorageFailed, match="FOREIGN KEY"), store.transaction():
        store.outbox.put(kind="card", order_id=OrderId(99))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("INSERT INTO _sqlite_migrations VALUES (NULL, 'giftcard', 'm999_moon', '')", id="newer"),
        pytest.param("UPDATE _sqlite_migrations SET name = 'm003_alarms' WHERE id = 3", id="other steps"),
    ],
)
def test_a_file_of_an_unknown_version_is_not_touched(path: Path, step: str) -> None:
    Store.open(path, Keyring([KEY])).close()
    run(path, step)
    before = path.read_bytes()

    with pytest.raises(NotADatabase, match=r"does not know \(m\d+_\w+\)\. Install that version"):
        Store.open(path, Keyring([KEY]))
    assert path.read_bytes() == before


def test_a_reader_does_not_bring_an_old_file_up_to_date(path: Path) -> None:
    Store.open(path, Keyring([KEY])).close()
    run(path, "DELETE FROM _sqlite_migrations WHERE name = 'm008_catalogue'")

    with pytest.raises(NotADatabase, match="Start the bot once"):
        Store.open(path, Keyring([KEY]), read_only=True)


def test_reopening_changes_nothing(path: Path) -> None:
    Store.open(path, Keyring([KEY])).close()
    before = path.read_bytes()

    Store.open(path, Keyring([KEY])).close()

    assert path.read_bytes() == before


def test_the_lock_names_this_process(store: Repositories, path: Path) -> None:
    assert Path(f"{path}.lock").read_text() == f"{os.getpid()}\n"


def test_a_transaction_holds_the_write_lock_from_its_beginning(store: Repositories, path: Path) -> None:
    # The same library as the store's: two of them in one process do not see each other's locks.
    intruder = sqlite3.connect(path, timeout=0, isolation_level=None)

    with store.transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        intruder.execute("BEGIN IMMEDIATE")
    intruder.execute("BEGIN IMMEDIATE")
    intruder.close()
