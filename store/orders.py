"""Orders on disk. A state and its audit row are written by the same call, or neither is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from bot.domain.money import Money
from bot.domain.orders import ForbiddenMove, Order, OrderId, OrderState, may_move
from bot.domain.people import Actor, PersonId
from bot.domain.quotes import Terms
from store.audit import Audit
from store.columns import (
    JSON,
    Row,
    canonical,
    decimal_or_none,
    decimal_text,
    instant,
    instant_or_none,
    money,
    money_columns,
    money_or_none,
    person,
    person_columns,
    stamp,
    stamp_or_none,
    terms,
    terms_columns,
)
from store.database import Database
from store.errors import AlreadyRequested, NoSuchOrder, StaleState

_AMOUNTS = ("discount", "fee", "charge", "balance_after")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A request before it is on disk. Fields as in `Order`."""

    client_reference: str
    requester: PersonId
    terms: Terms
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


class OrderChanges(TypedDict, total=False):
    """The fields of an order that may change; what was requested is not among them."""

    next_at: datetime | None
    attempts: int
    provider_order_id: str | None
    vendor_request_id: str | None
    trouble: str | None
    charge: Money
    discount: Money
    forex_rate: Decimal | None
    fee: Money | None
    balance_after: Money
    card_channel: str | None
    card_ts: str | None


class Orders:
    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def add(self, draft: NewOrder, *, request_key: str, actor: Actor) -> Order:
        """Put a request on disk, waiting for approvers, with its audit row.

        Raises AlreadyRequested when `request_key` was used before.
        """
        if existing := self.by_request_key(request_key):
            raise AlreadyRequested(existing)
        order_id = OrderId(self._db.insert("orders", _new_row(draft, request_key)))
        order = self.get(order_id)
        self._audit.write(
            actor=actor, action="requested", order=order, after=order.state, details=_as_requested(order)
        )
        return order

    def get(self, order_id: OrderId) -> Order:
        """Raises NoSuchOrder."""
        order = self._one("id = ?", order_id)
        if order is None:
            raise NoSuchOrder(f"there is no order {order_id}")
        return order

    def by_reference(self, client_reference: str) -> Order | None:
        """Upper or lower case alike."""
        return self._one("client_reference = ?", client_reference.strip())

    def by_request_key(self, request_key: str) -> Order | None:
        return self._one("request_key = ?", request_key)

    def of_requester(self, requester: PersonId, limit: int = 20) -> list[Order]:
        """Newest first."""
        return self._some(
            "requester_team = ? AND requester_user = ? ORDER BY id DESC LIMIT ?",
            [requester.team_id, requester.user_id, limit],
        )

    def in_states(self, states: Iterable[OrderState], limit: int = 50) -> list[Order]:
        """Oldest first."""
        return self._some(
            "state IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?", [_list(states), limit]
        )

    def due(self, states: Iterable[OrderState], now: datetime, limit: int = 20) -> list[Order]:
        """Orders in these states that a worker should look at by now, longest overdue first."""
        return self._some(
            "state IN (SELECT value FROM json_each(?)) AND next_at <= ? ORDER BY next_at, id LIMIT ?",
            [_list(states), stamp(now), limit],
        )

    def move(
        self,
        order_id: OrderId,
        to: OrderState,
        *,
        actor: Actor,
        action: str,
        details: Mapping[str, JSON] | None = None,
        from_: OrderState | None = None,
        **changes: Unpack[OrderChanges],
    ) -> Order:
        """Change the state along a line of MOVES, and log it. `attempts` starts again at 0.

        Raises StaleState when the order is not in `from_`, ForbiddenMove when there is no such line.
        """
        before = self.get(order_id)
        if from_ is not None and before.state is not from_:
            raise StaleState(before)
        if not may_move(before.state, to):
            raise ForbiddenMove(before.client_reference, before.state, to)
        row = {"attempts": 0, **_changed(changes), "state": to.value, "state_since": stamp(self._db.now())}
        self._db.table("orders").update(order_id, row)
        after = self.get(order_id)
        self._audit.write(
            actor=actor, action=action, order=after, before=before.state, after=to, details=details
        )
        return after

    def change(self, order_id: OrderId, **changes: Unpack[OrderChanges]) -> Order:
        """Bookkeeping that is no event: no move, no audit row. Raises NoSuchOrder."""
        self.get(order_id)
        self._db.table("orders").update(order_id, _changed(changes))
        return self.get(order_id)

    def _one(self, where: str, *parameters: Any) -> Order | None:
        return next(iter(self._some(f"{where} LIMIT 1", parameters)), None)

    def _some(self, where: str, parameters: Iterable[Any]) -> list[Order]:
        sql = f"SELECT * FROM orders WHERE {where}"  # noqa: S608  (our own words only; values are parameters)
        return [_order(row) for row in self._db.rows(sql, list(parameters))]


def _list(states: Iterable[OrderState]) -> str:
    return canonical([state.value for state in states])


def _new_row(draft: NewOrder, request_key: str) -> Row:
    return {
        "client_reference": draft.client_reference,
        "request_key": request_key,
        "state": OrderState.WAITING.value,
        **person_columns("requester", draft.requester),
        **terms_columns(draft.terms),
        "product_name": draft.product_name,
        "country": draft.country,
        **money_columns("discount", draft.discount),
        "forex_rate": decimal_text(draft.forex_rate),
        **money_columns("fee", draft.fee),
        **money_columns("charge", draft.charge),
        **money_columns("balance_after", draft.balance_after),
        "reason": draft.reason,
        "ticket_url": draft.ticket_url,
        "recipient_email": draft.recipient_email,
        "requested_at": stamp(draft.requested_at),
        "state_since": stamp(draft.requested_at),
        "next_at": stamp_or_none(draft.next_at),
    }


def _changed(changes: OrderChanges) -> Row:
    row: Row = {}
    for name, value in changes.items():
        if name not in OrderChanges.__annotations__:
            raise TypeError(f"{name} of an order never changes")
        if name in _AMOUNTS:
            assert value is None or isinstance(value, Money)
            row |= money_columns(name, value)
        elif isinstance(value, datetime):
            row[name] = stamp(value)
        else:
            row[name] = decimal_text(value) if isinstance(value, Decimal) else value
    return row


def _as_requested(order: Order) -> dict[str, JSON]:
    """Everything that was asked for, as the audit log keeps it."""
    return {
        "product": order.product_name,
        "product_id": order.terms.product_id,
        "provider": order.terms.provider,
        "country": order.country,
        "denomination": f"{order.terms.denomination.amount:f}",
        "currency": order.terms.denomination.currency,
        "quantity": order.terms.quantity,
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


def _order(row: Row) -> Order:
    return Order(
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
        balance_after=money(row, "balance_after"),
        reason=row["reason"],
        ticket_url=row["ticket_url"],
        recipient_email=row["recipient_email"],
        requested_at=instant(row["requested_at"]),
        state_since=instant(row["state_since"]),
        next_at=instant_or_none(row["next_at"]),
        attempts=row["attempts"],
        provider_order_id=row["provider_order_id"],
        vendor_request_id=row["vendor_request_id"],
        trouble=row["trouble"],
        card_channel=row["card_channel"],
        card_ts=row["card_ts"],
    )
