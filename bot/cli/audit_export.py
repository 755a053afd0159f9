"""Exports the audit log as JSON lines or CSV."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from store.audit_chain import COLUMNS
from store.readonly import open_read_only

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(path: Path, kind: str, out: TextIO) -> None:
    """Every row of the log in the database at `path`, oldest first, as `json` or `csv`. Raises StoreError."""
    with open_read_only(path) as database:
        rows = database.audit_log()
        if kind == "csv":
            _write_csv(rows, out)
        else:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_csv(rows: Iterator[dict[str, Any]], out: TextIO) -> None:
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: _no_formula(value) for name, value in row.items()})


def _no_formula(value: Any) -> Any:
    """A spreadsheet runs cells that begin like a formula; with an apostrophe they are text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value
