"""`giftcard audit`: verified and exported without keys, and safe to open in a spreadsheet."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.people import Component, PersonId
from store.audit_chain import row_hash
from store.engines.sqlite import sqlite3
from tests.support.at_once import write
from tests.support.database import open_store

AVA = PersonId("T0ACME001", "U0AGENT01")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "giftcard.sqlite3"
    store = open_store(path)
    attempt, note = {"attempted": "order"}, {"note": "ünï"}
    write(store, lambda tx: tx.audit.write(actor=AVA, action=AuditAction.REFUSED, details=attempt))
    formula = Component("=HYPERLINK(1)")
    write(store, lambda tx: tx.audit.write(actor=formula, action=AuditAction.RECONCILED, details=note))
    store.close()
    return path


def audit(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "audit", *map(str, arguments)],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_an_unbroken_log_is_told_with_its_head(database: Path, tmp_path: Path) -> None:
    done = audit("verify", database, folder=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("ok: 2 rows, the last is 2 with hash ")


def test_without_a_path_it_is_the_bots_own_database(database: Path) -> None:
    assert audit("verify", folder=database.parent).returncode == 0


def test_a_changed_row_is_told_and_exits_with_1(database: Path, tmp_path: Path) -> None:
    with sqlite3.connect(str(database)) as tampering:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        for (trigger,) in tampering.execute(triggers).fetchall():
            tampering.execute(f'DROP TRIGGER "{trigger}"')
        tampering.execute("UPDATE audit SET action = 'approved' WHERE seq = 2")
    tampering.close()

    done = audit("verify", database, folder=tmp_path)

    assert done.returncode == 1
    assert "FAIL: Row 2" in done.stderr


def test_a_missing_database_is_told_and_not_made(tmp_path: Path) -> None:
    done = audit("verify", tmp_path / "nowhere.sqlite3", folder=tmp_path)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "nowhere.sqlite3").exists()


def test_an_exported_row_can_be_verified_by_anybody(database: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in audit("export", database, folder=tmp_path).stdout.splitlines()]

    assert [row["seq"] for row in rows] == [1, 2]
    for row in rows:
        written = row.pop("hash")
        assert row_hash(list(row.values())) == written


def test_a_cell_that_looks_like_a_formula_becomes_text(database: Path, tmp_path: Path) -> None:
    exported = audit("export", database, "--format", "csv", folder=tmp_path).stdout

    rows = list(csv.DictReader(io.StringIO(exported)))
    assert rows[1]["actor_component"] == "'=HYPERLINK(1)"
    assert rows[0]["actor_user"] == "U0AGENT01"


def test_an_export_that_is_cut_short_makes_no_noise(database: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m bot audit export {database} | true"
    done = subprocess.run(
        ["sh", "-c", command], cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=30
    )

    assert done.stderr == ""
