"""Quotes as shown in a form, so that what is submitted is what was seen."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from bot.domain.quotes import Quote
from store.columns import (
    Row,
    canonical_json,
    decimal_or_none,
    decimal_text,
    from_timestamp,
    money,
    money_columns,
    money_or_none,
    terms,
    terms_columns,
    to_timestamp,
)
from store.database import Database
from store.scope import Scope


class Quotes:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._scope = database, scope

    def put(self, quote: Quote) -> int:
        """Keep it; the id under which `get` finds it."""
        row: Row = {
            "workspace": self._scope.workspace,
            **terms_columns(quote.terms),
            "vendor_account": self._scope.account(quote.terms.vendor),
            **money_columns("discount", quote.discount),
            "discount_percent": decimal_text(quote.discount_percent),
            **money_columns("charge", quote.charge),
            "charge_details": canonical_json(dict(quote.charge_details)),
            "forex_rate": decimal_text(quote.forex_rate),
            **money_columns("fee", quote.fee),
            **money_columns("tax", quote.tax),
            "max_quantity": quote.max_quantity,
            **money_columns("wallet_balance", quote.wallet_balance),
            "quoted_at": to_timestamp(quote.quoted_at),
            "life_s": int(quote.life.total_seconds()),
        }
        return self._db.insert("quotes", row)

    def get(self, quote_id: int) -> Quote | None:
        row = self._db.row(
            "SELECT * FROM quotes WHERE id = ? AND workspace = ?", [quote_id, self._scope.workspace]
        )
        return None if row is None else _quote(row)

    def prune(self, until: datetime) -> int:
        """Forget those of that time and earlier; how many."""
        return self._db.write("DELETE FROM quotes WHERE quoted_at <= ?", [to_timestamp(until)])


def _quote(row: Row) -> Quote:
    return Quote(
        terms=terms(row),
        discount=money(row, "discount"),
        discount_percent=Decimal(row["discount_percent"]),
        charge=money(row, "charge"),
        charge_details=json.loads(row["charge_details"]),
        forex_rate=decimal_or_none(row["forex_rate"]),
        fee=money_or_none(row, "fee"),
        tax=money_or_none(row, "tax"),
        max_quantity=row["max_quantity"],
        wallet_balance=money(row, "wallet_balance"),
        quoted_at=from_timestamp(row["quoted_at"]),
        life=timedelta(seconds=row["life_s"]),
    )
