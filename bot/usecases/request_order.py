"""A requester asks for an order: checked, priced once more, and on disk before they are answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.orders import Order, new_client_reference
from bot.domain.people import Person
from bot.domain.policy import BadField
from bot.usecases.desk import Desk
from bot.usecases.notices import Event, refresh_card, tell_requester
from bot.usecases.quote_order import KeptQuote, Selection, check_affordable, quote_order
from bot.usecases.rejections import AlreadySent, BadRequest, PriceChanged, VendorSilent
from store import AlreadyRequested, NewOrder

LONGEST_REASON = 500
ANSWER_WITHIN_S = 1.8  # of the three seconds Slack gives a submission


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A filled-in form. `shown_quote_id` is the quote the requester was looking at, if any."""

    selection: Selection
    reason: str
    ticket_url: str | None
    recipient_email: str | None
    shown_quote_id: int | None = None


async def request_order(desk: Desk, person: Person, request: OrderRequest, *, request_key: str) -> Order:
    """Record the request and have it put before the approvers.

    `request_key` names the form, among those of this person: the same one sent twice is one order.
    Raises NotPermitted, BadRequest (by field), PriceChanged, VendorSilent, and AlreadySent when the form was
    sent before and said something else.
    """
    with desk.refusals_audited(person, "request"):
        desk.policy.check_request(person)
    request_key = f"{person.id}/{request_key}"
    earlier = desk.store.orders.by_request_key(request_key)
    if earlier is not None:
        return _as_sent_before(earlier, request)
    desk.check_vendor(person, request.selection.product_key, "request")
    reason, ticket_url, email = _checked_texts(desk, request)
    kept = await _current_quote(desk, person, request)
    quote = kept.quote
    now = desk.clock()
    draft = NewOrder(
        client_reference=new_client_reference(now),
        requester=person.id,
        terms=quote.terms,
        product_name=kept.product.name,
        country=kept.product.country,
        discount=quote.discount,
        forex_rate=quote.forex_rate,
        fee=quote.fee,
        charge=quote.charge,
        balance_after=quote.balance_after,
        reason=reason,
        ticket_url=ticket_url,
        recipient_email=email,
        requested_at=now,
        next_at=now + timedelta(hours=desk.policy.purchases.expire_after_hours),
    )
    try:
        with desk.transaction():
            order = desk.store.orders.add(draft, request_key=request_key, actor=person.id)
            refresh_card(desk, order)
            tell_requester(desk, order, Event.REQUESTED)
    except AlreadyRequested as twice:
        return _as_sent_before(twice.order, request)
    return order


def _as_sent_before(order: Order, request: OrderRequest) -> Order:
    """The order, if it is for what is asked now. Raises AlreadySent."""
    chosen, terms = request.selection, order.terms
    same = (
        chosen.product_key == f"{terms.provider}:{terms.product_id}"
        and chosen.denomination == terms.denomination.amount
        and chosen.quantity == terms.quantity
        and chosen.wallet_id in (None, terms.wallet_id)
        and request.reason.strip() == order.reason
        and ((request.ticket_url or "").strip() or None) == order.ticket_url
        and ((request.recipient_email or "").strip() or None) == order.recipient_email
    )
    if not same:
        raise AlreadySent(order)
    return order


def _checked_texts(desk: Desk, request: OrderRequest) -> tuple[str, str | None, str | None]:
    errors: dict[str, str] = {}

    def checked(check: Callable[[], str | None]) -> str | None:
        try:
            return check()
        except BadField as bad:
            errors[bad.field] = str(bad)
            return None

    reason = checked(lambda: _check_reason(request.reason))
    ticket_url = checked(
        lambda: desk.policy.check_ticket(request.ticket_url, workspace_url=desk.workspace_url)
    )
    email = checked(lambda: desk.policy.check_email(request.recipient_email))
    if errors or reason is None:
        raise BadRequest(errors)
    return reason, ticket_url, email


def _check_reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise BadField("reason", "Say why the customer gets this card. The approvers decide on it.")
    if len(reason) > LONGEST_REASON:
        raise BadField("reason", f"At most {LONGEST_REASON} characters, please: this has {len(reason)}.")
    return reason


async def _current_quote(desk: Desk, person: Person, request: OrderRequest) -> KeptQuote:
    """A fresh quote; or, when the vendor is slow, the unexpired one for the same terms that was on screen."""
    shown = desk.store.quotes.get(request.shown_quote_id) if request.shown_quote_id is not None else None
    try:
        kept = await quote_order(desk, person, request.selection, timeout_s=ANSWER_WITHIN_S)
        check_affordable(kept)
    except BadField as bad:
        raise BadRequest({bad.field: str(bad)}) from bad
    except VendorSilent:
        if shown is None or request.shown_quote_id is None or shown.expires_at <= desk.clock():
            raise
        selection, terms = request.selection, shown.terms
        product = desk.product(selection.product_key)
        same = (terms.product_id, terms.denomination.amount, terms.quantity) == (
            product.product_id,
            selection.denomination,
            selection.quantity,
        ) and selection.wallet_id in (None, terms.wallet_id)
        if not same or not shown.affordable:
            raise
        return KeptQuote(request.shown_quote_id, shown, product)
    if shown is not None and shown.terms == kept.quote.terms and shown.charge != kept.quote.charge:
        raise PriceChanged(
            f"The price changed while the form was open: it was {shown.charge}, it is now "
            f"{kept.quote.charge}. Nothing was requested yet.",
            kept.quote_id,
            kept.quote,
        )
    return kept
