"""The audit log: append-only, chained, and checkable by anybody."""

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.money import Money
from bot.domain.orders import Approval, Order
from bot.kinds.gift_card import Voucher
from store import SecretInPlainText, StorageFailed, verify
from store.audit_chain import COLUMNS, row_hash
from store.engines.sqlite import sqlite3
from tests.integration.store.conftest import AGENT, LEAD, NOON, WORKER
from tests.support.disk import rows, run
from tests.support.order_moves import move_order
from tests.support.repositories import Repositories

RequestOrder = Callable[..., Order]
DOC = Path(__file__).parents[3] / "docs" / "auditing.md"


@pytest.fixture
def history(store: Repositories, request_order: RequestOrder) -> Order:
    """Five rows of every kind: people and components, with and without order, states and details."""
    order = request_order()
    with store.transaction():
        store.audit.write(actor=WORKER, action=AuditAction.STARTED, details={"version": "1.0 — Zürich 🎁"})
        move_order(store, order.id, OrderState.APPROVED, actor=LEAD, action=AuditAction.APPROVED)
        store.audit.write(
            actor=AGENT, action=AuditAction.REFUSED, order=order, details={"why": ["a", {"b": None}]}
        )
        return move_order(
            store, order.id, OrderState.SUBMITTING, actor=WORKER, action=AuditAction.PURCHASE_INTENDED
        )


def tamper(path: Path, statement: str, *parameters: Any) -> None:
    """Write past every guard, as somebody could who has the file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for trigger in (
        "audit_continues",
        "audit_is_final",
        "audit_stays",
        "orders_stay",
        "orders_keep_their_terms",
        "audit_head_goes_on",
    ):
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    changed = connection.execute(statement, parameters).rowcount
    connection.close()
    assert changed == 1


def script_of_the_doc(tmp_path: Path) -> Path:
    (script,) = re.findall(r"```python\n(.*?)```", DOC.read_text(), re.DOTALL)
    path = tmp_path / "verify_audit.py"
    path.write_text(script)
    return path


def test_a_request_is_logged_with_everything_asked_for(
    store: Repositories, request_order: RequestOrder
) -> None:
    order = request_order()

    (row,) = store.audit.rows()
    assert (row.seq, row.at, row.actor, row.action) == (1, NOON, AGENT, "requested")
    assert (row.before, row.after, row.prev_hash) == (None, OrderState.PENDING_APPROVAL, "0" * 64)
    for told in (order.product_name, '"52.50"', '"25.00"', order.reason, str(order.ticket_url), order.digest):
        assert told in row.details


def test_the_log_can_be_read_from_any_row_and_for_one_order(
    store: Repositories, history: Order, request_order: RequestOrder
) -> None:
    other = request_order()

    assert [row.seq for row in store.audit.rows()] == [1, 2, 3, 4, 5, 6]
    assert [row.seq for row in store.audit.rows(history.id)] == [1, 3, 4, 5]
    assert [row.seq for row in store.audit.rows(other.id)] == [6]
    assert [row.seq for row in store.audit.rows(after_seq=2, limit=2)] == [3, 4]


def test_an_untouched_log_is_as_it_was_written(store: Repositories, history: Order, path: Path) -> None:
    result = verify(path)

    assert result.ok
    assert result.rows == 5
    assert result.head == store.audit.head()
    assert (result.first_bad_seq, result.why) == (None, None)


def test_an_empty_log_is_fine(store: Repositories, path: Path) -> None:
    assert store.audit.head() == (0, "0" * 64)
    assert verify(path).ok


@pytest.mark.parametrize("name", ["card_number", "PIN_code", "claim_url", "token"])
def test_a_secret_cannot_be_written_into_the_log(store: Repositories, name: str) -> None:
    for details in ({name: "6006491234567890"}, {"answer": [{"vouchers": {name: "4711"}}]}):
        with pytest.raises(SecretInPlainText) as refused, store.transaction():
            store.audit.write(actor=WORKER, action=AuditAction.DELIVERED, details=details)
        assert "6006491234567890" not in str(refused.value)
        assert "4711" not in str(refused.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'nothing' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 5",
        "REPLACE INTO audit SELECT * FROM audit WHERE seq = 5",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
        "INSERT INTO audit SELECT 7, at, workspace, actor_team, actor_user, actor_component, action,"
        " order_id, client_reference, state_before, state_after, details, hash, hash"
        " FROM audit WHERE seq = 5",
        "INSERT INTO audit SELECT 6, at, workspace, actor_team, actor_user, actor_component, action,"
        " order_id, client_reference, state_before, state_after, details, prev_hash, hash"
        " FROM audit WHERE seq = 5",
        "INSERT INTO audit SELECT NULL, at, workspace, actor_team, actor_user, actor_component, action,"
        " order_id, client_reference, state_before, state_after, details, hash, hash"
        " FROM audit WHERE seq = 5",
    ],
)
def test_the_log_only_grows_and_only_at_its_end(history: Order, path: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="audit log"):
        run(path, statement)
    assert verify(path).ok


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 5),
    st.sampled_from(COLUMNS),
    st.integers(min_value=0),
    st.integers(min_value=1, max_value=255),
)
def test_a_change_of_a_single_byte_of_any_column_is_found(
    history: Order, path: Path, seq: int, column: str, place: int, flip: int
) -> None:
    copy = path.with_name("copy.db")
    run(path, "VACUUM INTO ?", str(copy))
    ((value,),) = (row.values() for row in rows(path, f"SELECT {column} FROM audit WHERE seq = ?", seq))
    if value is None:
        tamper(copy, f"UPDATE audit SET {column} = ? WHERE seq = ?", "7", seq)
    elif isinstance(value, int):
        tamper(copy, f"UPDATE audit SET {column} = ? WHERE seq = ?", value + flip + 5, seq)
    else:
        octets = bytearray(value.encode())
        octets[place % len(octets)] ^= flip
        tamper(copy, f"UPDATE audit SET {column} = CAST(? AS TEXT) WHERE seq = ?", bytes(octets), seq)

    result = verify(copy)

    assert not result.ok
    assert result.first_bad_seq is not None
    assert result.rows < 5
    copy.unlink()


@pytest.mark.parametrize(
    ("statement", "good", "bad", "why"),
    [
        ("DELETE FROM audit WHERE seq = 3", 2, 4, "Row 3 is missing: row 2 is followed by row 4."),
        ("DELETE FROM audit WHERE seq = 1", 0, 2, "Row 1 is missing: row 0 is followed by row 2."),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 4, 9, "Row 5 is missing: row 4 is followed by row 9."),
        ("UPDATE audit SET details = '{}' WHERE seq = 2", 1, 2, "Row 2 is not as it was written."),
        (
            "UPDATE audit SET prev_hash = hash WHERE seq = 4",
            3,
            4,
            "Row 4 does not continue row 3: one of them was replaced.",
        ),
    ],
)
def test_what_was_done_to_the_log_is_told(
    store: Repositories, history: Order, path: Path, statement: str, good: int, bad: int, why: str
) -> None:
    store.close()
    tamper(path, statement)

    result = verify(path)

    assert (result.ok, result.rows, result.first_bad_seq, result.why) == (False, good, bad, why)


def test_a_row_written_anew_with_a_fitting_hash_is_found_by_the_next_one(
    store: Repositories, history: Order, path: Path
) -> None:
    (row,) = rows(path, "SELECT * FROM audit WHERE seq = 2")
    forged = [*list((row | {"action": "nothing"}).values())[:-1]]
    store.close()
    tamper(path, "UPDATE audit SET action = 'nothing', hash = ? WHERE seq = 2", row_hash(forged))

    assert verify(path).why == "Row 3 does not continue row 2: one of them was replaced."


def test_an_order_moved_behind_the_logs_back_is_found(
    store: Repositories, history: Order, path: Path
) -> None:
    store.close()
    tamper(path, "UPDATE orders SET state = 'approved'")

    result = verify(path)

    assert not result.ok
    assert result.why == f"Order {history.client_reference} is approved, but the log left it submitting."


@pytest.mark.parametrize(
    "change",
    [
        "charge_amount = '1.00'",
        "charge_currency = 'EUR'",
        "line = json_set(line, '$.quantity', 9)",
        "line = '{}'",
        "units = 9",
        "product_id = 'another'",
        "face_value_amount = '1.00'",
        "reason = 'another'",
    ],
)
def test_terms_changed_behind_the_logs_back_are_found(
    store: Repositories, history: Order, path: Path, change: str
) -> None:
    store.close()
    tamper(path, f"UPDATE orders SET {change}")

    why = f"Order {history.client_reference} is not for the terms that row 1 tells of."
    assert (verify(path).ok, verify(path).why) == (False, why)


def test_a_charge_that_moved_is_compared_with_what_it_moved_to(
    store: Repositories, history: Order, path: Path
) -> None:
    now = Money(Decimal("60.00"), "USD")
    with store.transaction():
        move_order(
            store,
            history.id,
            OrderState.APPROVED,
            actor=WORKER,
            action=AuditAction.PRICE_MOVED,
            details={"approved": str(history.charge), "now": str(now)},
            charge=now,
        )
    assert verify(path).ok

    store.close()
    tamper(path, "UPDATE orders SET charge_amount = '52.50'")
    assert not verify(path).ok


def test_an_order_that_vanished_is_missed(store: Repositories, history: Order, path: Path) -> None:
    store.close()
    tamper(path, "DELETE FROM orders")

    assert verify(path).why == f"Order {history.client_reference} is in the log and nowhere else."


@pytest.mark.parametrize("table", ["orders", "approvals", "deliverables"])
def test_no_program_replaces_a_row_that_is_never_deleted(
    store: Repositories, history: Order, path: Path, table: str
) -> None:
    with store.transaction():
        store.approvals.add(history.id, Approval(LEAD, approved=True, digest=history.digest, decided_at=NOON))
        store.codes.keep(history.id, [Voucher("6006491234561111")])
    store.close()
    connection = sqlite3.connect(path)

    with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
        connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    connection.close()


def test_the_noted_head_shows_a_shortened_log(store: Repositories, history: Order, path: Path) -> None:
    noted = store.audit.head()
    store.close()
    tamper(path, "DELETE FROM audit WHERE seq = 5")
    tamper(path, "UPDATE orders SET state = 'approved'")
    cut = verify(path)
    tamper(path, "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 4)")

    result = verify(path)

    assert (cut.ok, cut.why) == (False, "Row 4 is the last, but the log had come to row 5.")

    assert result.ok  # as docs/auditing.md says: the rows that are left still form a chain
    assert result.head != noted


def test_verifying_a_file_that_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be opened"):
        verify(tmp_path / "nothing.db")


def test_anybody_can_check_the_log_with_the_script_of_the_doc(
    store: Repositories, history: Order, path: Path, tmp_path: Path
) -> None:
    command = [sys.executable, str(script_of_the_doc(tmp_path)), str(path)]

    good = subprocess.run(command, capture_output=True, text=True, check=False)
    store.close()
    tamper(path, "UPDATE audit SET action = 'approvee' WHERE seq = 3")
    bad = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("5 rows are as they were written.")
    assert (bad.returncode, bad.stderr) == (1, "Row 3 is not what followed row 2.\n")


def test_the_doc_names_every_column(history: Order, path: Path) -> None:
    table = DOC.read_text().split("## The table")[1].split("\n## ")[0]

    named = re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
    assert named == list(COLUMNS)
    assert list(rows(path, "SELECT * FROM audit")[0]) == list(COLUMNS)
