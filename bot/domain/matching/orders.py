"""Orders: does the vendor have what we have, on the same terms, and nothing else?"""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.matching.books import Books, ListedOrder, OurOrder
from bot.domain.matching.findings import About, Finding, Kind, in_words, since_when
from bot.domain.movements import Direction
from bot.domain.orders import OrderState

S = OrderState
NOTHING_BOUGHT = frozenset(
    {S.WAITING, S.APPROVED, S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.REFUSED, S.NOT_BOUGHT}
)
BUYING = frozenset({S.APPROVED, S.PLACING, S.UNSETTLED})
_HANDED_OVER = frozenset({S.DELIVERED, S.PARTLY_DELIVERED})
_BUYING_TAKES_AT_MOST = timedelta(hours=1)
_LOOKED_AT_WITHIN = timedelta(days=1)


def strangers(books: Books) -> Iterator[Finding]:
    """Orders at the vendor that nobody asked for here."""
    for order in books.listed.values():
        number = order.provider_order_id
        known = order.client_reference in books.references or (
            order.client_reference is None and number in books.numbers
        )
        if known or books.is_older(order):
            continue
        paid = books.total(number, Direction.DEBIT)
        named = f" under {order.client_reference[:60]}" if order.client_reference else ""
        says = f"The vendor has order {number}{named}{f' for {paid}' if paid else ''}"
        yield Finding(
            Kind.UNKNOWN_ORDER, f"{says}, which nobody asked for here.", order.client_reference, number
        )


def debits_for_nothing(books: Books) -> Iterator[Finding]:
    """Money that left a wallet for an order neither of us knows, or for none."""
    for movement in books.movements.values():
        number = movement.provider_order_id
        explained = number is not None and (number in books.listed or number in books.numbers)
        if movement.direction is Direction.CREDIT or explained or movement.at < books.since:
            continue
        named = f"names order {number}, which the vendor does not list" if number else "names no order"
        yield Finding(
            Kind.UNKNOWN_DEBIT,
            f"{movement.amount} left wallet {movement.wallet_id} on {movement.at:%Y-%m-%d %H:%M} UTC "
            f"(transaction {movement.movement_id}); it {named}.",
            None,
            number,
            movement.movement_id,
        )


def check_order(books: Books, own: OurOrder) -> Iterator[Finding]:
    """One of our orders beside what the vendor has under its reference."""
    order, theirs = own.order, books.theirs(own.order)
    about = About(order, theirs[0].provider_order_id if theirs else order.provider_order_id)
    age = books.age(order)
    if len(theirs) > 1:
        numbers = ", ".join(each.provider_order_id for each in theirs)
        yield about(Kind.BOUGHT_TWICE, f"the vendor has {len(theirs)} orders under it: {numbers}.")
    if theirs and order.state in NOTHING_BOUGHT:
        yield about(
            Kind.NOT_APPROVED,
            f"the vendor has it as order {theirs[0].provider_order_id}, and here it is {in_words(order)}.",
        )
    elif theirs:
        yield from _check_terms(about, theirs[0])
    elif order.state not in NOTHING_BOUGHT | BUYING and order.requested_at >= books.since:
        yield about(Kind.MISSING_ORDER, f"it is {in_words(order)} here, and the vendor does not list it.")
    if order.state in BUYING and (order.alarms or age > _BUYING_TAKES_AT_MOST):
        yield about(Kind.NOT_BOUGHT_YET, f"it is {in_words(order)} since {since_when(order)}.")
    if order.state in _HANDED_OVER and own.codes_held and not own.codes_shown and age > _LOOKED_AT_WITHIN:
        yield about(
            Kind.NOT_REVEALED, f"its codes are here since {since_when(order)}, and nobody looked at them."
        )


def _check_terms(about: About, theirs: ListedOrder) -> Iterator[Finding]:
    order, terms = about.order, about.order.terms
    pairs = [
        ("number", theirs.provider_order_id, order.provider_order_id),
        ("product", theirs.product_id, terms.product_id),
        ("face value", theirs.denomination, terms.denomination.amount),
        ("quantity", theirs.quantity, terms.quantity),
        ("wallet", theirs.wallet_id, terms.wallet_id),
    ]
    differing = [
        f"{name} {there} there and {here} here"
        for name, there, here in pairs
        if there is not None and here and there != here
    ]
    if differing:
        yield about(Kind.OTHER_TERMS, f"the vendor has it otherwise: {'; '.join(differing)}.")
