"""An order as it lies in its table, and the values it is written from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from bot.domain.escalation import first_escalation
from bot.domain.lifecycle import OrderState
from bot.domain.lines import Line
from bot.domain.money import Money
from bot.domain.orders import Order, OrderId
from bot.domain.people import PersonId
from bot.domain.problems import Problem, ProblemCode
from bot.domain.quotes import OrderTerms
from store.columns import (
    JSON,
    Row,
    canonical_json,
    decimal_or_none,
    decimal_text,
    from_timestamp,
    from_timestamp_or_none,
    money,
    money_columns,
    money_or_none,
    person,
    person_columns,
    terms,
    terms_columns,
    to_timestamp,
    to_timestamp_or_none,
)
from store.scope import Scope

_AMOUNTS = ("discount", "fee", "charge", "balance_after", "expected_net", "expected_debit", "charged")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A request before it is on disk. Fields as in `Order`."""

    client_reference: str
    requester: PersonId
    terms: OrderTerms[Line]
    product_name: str
    country: str
    discount: Money
    forex_rate: Decimal | None
    fee: Money | None
    charge: Money
    balance_after: Money
    reason: str
    ticket_url: str | None
    recipient_email: str | None
    requested_at: datetime
    next_at: datetime | None = None
    parent_id: OrderId | None = None
    charge_details: Mapping[str, str] = field(default_factory=dict)
    state_since: datetime | None = None  # None: since it was requested


class OrderChanges(TypedDict, total=False):
    """The fields of an order that may change; what was requested is not among them."""

    next_at: datetime | None
    attempts: int
    vendor_order_id: str | None
    vendor_request_id: str | None
    problem: Problem | None
    charge: Money
    charge_details: Mapping[str, str]
    discount: Money
    forex_rate: Decimal | None
    fee: Money | None
    balance_after: Money
    card_ref: str | None
    escalations: int
    escalate_at: datetime | None
    expected_net: Money
    expected_debit: Money
    charged: Money | None
    outcome_lost_at: datetime | None
    codes_shown_at: datetime | None


def new_row(draft: NewOrder, request_key: str, state: OrderState, scope: Scope) -> Row:
    since = draft.state_since or draft.requested_at
    return {
        "client_reference": draft.client_reference,
        "workspace": scope.workspace,
        "request_key": request_key,
        "state": state.value,
        **person_columns("requester", draft.requester),
        **terms_columns(draft.terms),
        "vendor_account": scope.account(draft.terms.vendor),
        "product_name": draft.product_name,
        "country": draft.country,
        **money_columns("discount", draft.discount),
        "forex_rate": decimal_text(draft.forex_rate),
        **money_columns("fee", draft.fee),
        **money_columns("charge", draft.charge),
        "charge_details": canonical_json(dict(draft.charge_details)),
        **money_columns("balance_after", draft.balance_after),
        "reason": draft.reason,
        "ticket_url": draft.ticket_url,
        "recipient_email": draft.recipient_email,
        "requested_at": to_timestamp(draft.requested_at),
        "state_since": to_timestamp(since),
        "next_at": to_timestamp_or_none(draft.next_at),
        "escalate_at": to_timestamp_or_none(first_escalation(state, since, draft.next_at)),
        "parent_id": draft.parent_id,
    }


def changed_columns(changes: OrderChanges) -> Row:
    row: Row = {}
    for name, value in changes.items():
        if name not in OrderChanges.__annotations__:
            raise TypeError(f"{name} of an order never changes")
        if name in _AMOUNTS:
            assert value is None or isinstance(value, Money)
            row |= money_columns(name, value)
        elif isinstance(value, datetime):
            row[name] = to_timestamp(value)
        elif isinstance(value, Mapping):
            row[name] = canonical_json(dict(value))
        elif isinstance(value, Problem):
            row[name] = canonical_json({"code": value.code.value, "parameters": dict(value.parameters)})
        else:
            row[name] = decimal_text(value) if isinstance(value, Decimal) else value
    return row


def request_details(order: Order) -> dict[str, JSON]:
    """Everything that was asked for, as the audit log keeps it."""
    return {
        "product": order.product_name,
        "kind": order.terms.line.kind,
        **order.terms.line.stored(),
        "vendor": order.terms.vendor,
        "country": order.country,
        "wallet_id": order.terms.wallet_id,
        "charge": f"{order.charge.amount:f}",
        "charge_currency": order.charge.currency,
        "discount": f"{order.discount.amount:f}",
        "forex_rate": decimal_text(order.forex_rate),
        "reason": order.reason,
        "ticket_url": order.ticket_url,
        "recipient_email": order.recipient_email,
        "digest": order.digest,
    }


def order_from_row(row: Row, *, fence: int | None = None) -> Order:
    return Order(
        fence=fence,
        id=OrderId(row["id"]),
        client_reference=row["client_reference"],
        state=OrderState(row["state"]),
        requester=person(row, "requester"),
        terms=terms(row),
        product_name=row["product_name"],
        country=row["country"],
        discount=money(row, "discount"),
        forex_rate=decimal_or_none(row["forex_rate"]),
        fee=money_or_none(row, "fee"),
        charge=money(row, "charge"),
        charge_details=json.loads(row["charge_details"]),
        balance_after=money(row, "balance_after"),
        reason=row["reason"],
        ticket_url=row["ticket_url"],
        recipient_email=row["recipient_email"],
        requested_at=from_timestamp(row["requested_at"]),
        state_since=from_timestamp(row["state_since"]),
        next_at=from_timestamp_or_none(row["next_at"]),
        attempts=row["attempts"],
        vendor_order_id=row["vendor_order_id"],
        vendor_request_id=row["vendor_request_id"],
        problem=_problem(row["problem"]),
        charged=money_or_none(row, "charged"),
        outcome_lost_at=from_timestamp_or_none(row["outcome_lost_at"]),
        codes_shown_at=from_timestamp_or_none(row["codes_shown_at"]),
        version=row["version"],
        card_ref=row["card_ref"],
        escalations=row["escalations"],
        escalate_at=from_timestamp_or_none(row["escalate_at"]),
        expected_net=money_or_none(row, "expected_net"),
        expected_debit=money_or_none(row, "expected_debit"),
        parent_id=row["parent_id"] and OrderId(row["parent_id"]),
    )


def _problem(text: str | None) -> Problem | None:
    if text is None:
        return None
    stored = json.loads(text)
    return Problem(ProblemCode(stored["code"]), stored["parameters"])
