"""How values lie in columns: money as decimal text beside its currency, times as UTC text."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.domain.lines import Line
from bot.domain.money import Money
from bot.domain.people import PersonId
from bot.domain.quotes import OrderTerms
from bot.kinds import KINDS
from store.errors import SecretInPlainText

Row = dict[str, Any]
JSON = None | bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"]

_SECRET_NAMES = frozenset(
    {"card_number", "pin", "pin_code", "claim_url", "voucher_code", "password", "secret", "client_secret"}
    | {"token", "access_token", "refresh_token", "authorization"}
)


def to_timestamp(at: datetime) -> str:
    """`2026-11-21T09:30:00.000000Z`: one width, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not a time")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_timestamp_or_none(at: datetime | None) -> str | None:
    return None if at is None else to_timestamp(at)


def from_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text)


def from_timestamp_or_none(text: str | None) -> datetime | None:
    return None if text is None else from_timestamp(text)


def decimal_text(amount: Decimal | None) -> str | None:
    """Plain digits, every trailing zero kept: `1E+2` would not pass the table's checks."""
    return None if amount is None else f"{amount:f}"


def decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def money_columns(name: str, money: Money | None) -> Row:
    if money is None:
        return {f"{name}_amount": None, f"{name}_currency": None}
    return {f"{name}_amount": decimal_text(money.amount), f"{name}_currency": money.currency}


def money(row: Row, name: str) -> Money:
    return Money(Decimal(row[f"{name}_amount"]), row[f"{name}_currency"])


def money_or_none(row: Row, name: str) -> Money | None:
    return None if row[f"{name}_amount"] is None else money(row, name)


def terms_columns(terms: OrderTerms[Line]) -> Row:
    line = terms.line
    return {
        "vendor": terms.vendor,
        "wallet_id": terms.wallet_id,
        "kind": line.kind,
        "line": canonical_json(line.stored()),
        "product_id": line.product_id,
        "units": line.units,
        **money_columns("face_value", line.face_value),
    }


def terms(row: Row) -> OrderTerms[Line]:
    return OrderTerms(row["vendor"], row["wallet_id"], KINDS[row["kind"]].line(json.loads(row["line"])))


def person(row: Row, name: str) -> PersonId:
    return PersonId(row[f"{name}_team"], row[f"{name}_user"])


def person_columns(name: str, who: PersonId | None) -> Row:
    return {f"{name}_team": who and who.team_id, f"{name}_user": who and who.user_id}


def canonical_json(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces, characters as themselves."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def without_secrets(value: JSON) -> JSON:
    """The value itself. Raises SecretInPlainText when a key in it names a secret."""
    if isinstance(value, Mapping):
        if named := _SECRET_NAMES.intersection(key.lower() for key in value):
            raise SecretInPlainText(f"{', '.join(sorted(named))} must not be written in plain text")
        for inner in value.values():
            without_secrets(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            without_secrets(inner)
    return value
