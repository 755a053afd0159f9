"""The audit chain: how a row is hashed, and how anybody checks all of them. See docs/auditing.md."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from store.audit_consistency import first_inconsistency
from store.database import Database

COLUMNS = (
    "seq",
    "at",
    "workspace",
    "actor_team",
    "actor_user",
    "actor_component",
    "action",
    "order_id",
    "client_reference",
    "state_before",
    "state_after",
    "details",
    "prev_hash",
    "hash",
)
FIRST_PREV_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """`head` is (seq, hash) of the last good row; `why` is one sentence about `first_bad_seq`."""

    ok: bool
    rows: int
    head: tuple[int, str]
    first_bad_seq: int | None = None
    why: str | None = None


def row_hash(values: Sequence[Any]) -> str:
    """SHA-256 over the JSON array of every column but `hash`, in table order."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    # Bytes that are no UTF-8 count as they lie on disk, so that damage cannot hide behind a decoder.
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def verify_chain(database: Database) -> VerifyResult:
    """Recompute the chain, then compare every order with the log's last word on its state and its terms.

    Reads one moment in time, and holds one row at a time. Raises StorageFailed.
    """
    with database.transaction():
        return _verify(database)


def _verify(database: Database) -> VerifyResult:
    head = (0, FIRST_PREV_HASH)
    for row in database.iter_tuples(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq"):
        *values, written_hash = row
        seq, prev_hash = values[0], values[-1]
        why = None
        if seq != head[0] + 1:
            why = f"Row {head[0] + 1} is missing: row {head[0]} is followed by row {seq}."
        elif prev_hash != head[1]:
            why = f"Row {seq} does not continue row {head[0]}: one of them was replaced."
        elif row_hash(values) != written_hash:
            why = f"Row {seq} is not as it was written."
        if why:
            return VerifyResult(ok=False, rows=head[0], head=head, first_bad_seq=seq, why=why)
        head = (seq, written_hash)
    if found := _cut_off(database, head) or first_inconsistency(database):
        seq, why = found
        return VerifyResult(ok=False, rows=head[0], head=head, first_bad_seq=seq, why=why)
    return VerifyResult(ok=True, rows=head[0], head=head)


def _cut_off(database: Database, last: tuple[int, str]) -> tuple[int, str] | None:
    noted = database.row("SELECT seq, hash FROM audit_head")
    if noted is None or (noted["seq"], noted["hash"]) == last:
        return None
    return last[0] + 1, f"Row {last[0]} is the last, but the log had come to row {noted['seq']}."
