"""A requester asks for an order: checked, priced once more, and on disk before they are answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.lifecycle import Cause
from bot.domain.orders import Order, new_client_reference
from bot.domain.people import Person
from bot.domain.policy.rules import FieldError
from bot.services.context import AppContext
from bot.services.errors import BadRequest, DuplicateSubmission, PriceChanged, VendorUnavailable
from bot.services.purchase.apply import begin
from bot.services.quote_order import Selection, StoredQuote, check_affordable, quote_order
from store import AlreadyRequested, NewOrder

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A filled-in form. `shown_quote_id` is the quote the requester was looking at, if any."""

    selection: Selection
    reason: str
    ticket_url: str | None
    recipient_email: str | None
    shown_quote_id: int | None = None


async def request_order(
    ctx: AppContext,
    person: Person,
    request: OrderRequest,
    *,
    request_key: str,
    timeout_s: float | None = None,
) -> Order:
    """Record the request and have it put before the approvers.

    `request_key` names the form, among those of this person: the same one sent twice is one order.
    `timeout_s` is how long the vendor may take to confirm the price.
        Raises NotPermitted, BadRequest (by field), PriceChanged, VendorUnavailable, and DuplicateSubmission when the form was
    sent before and said something else.
    """
    with ctx.audit_denials(person, "request"):
        ctx.policy.check_request(person)
    request_key = f"{person.id}/{request_key}"  # forms of others never collide
    earlier = await ctx.read(lambda tx: tx.orders.by_request_key(request_key))
    if earlier is not None:
        return _as_sent_before(earlier, request)
    ctx.check_vendor(person, request.selection.product_key, "request")
    reason, ticket_url, email = _checked_texts(ctx, request)
    kept = await _current_quote(ctx, person, request, timeout_s)
    quote = kept.quote
    now = ctx.clock()
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
        next_at=now + timedelta(hours=ctx.policy.purchases.expire_after_hours),
    )
    try:
        return await ctx.write(
            lambda tx: begin(tx, draft, Cause.REQUESTED, request_key=request_key, actor=person.id)
        )
    except AlreadyRequested as error:
        return _as_sent_before(error.order, request)


def _as_sent_before(order: Order, request: OrderRequest) -> Order:
    """The order, if it is for what is asked now. Raises DuplicateSubmission."""
    chosen, terms = request.selection, order.terms
    same = (
        chosen.product_key == f"{terms.vendor}:{terms.product_id}"
        and chosen.denomination == terms.denomination.amount
        and chosen.quantity == terms.quantity
        and chosen.wallet_id in (None, terms.wallet_id)
        and request.reason.strip() == order.reason
        and ((request.ticket_url or "").strip() or None) == order.ticket_url
        and ((request.recipient_email or "").strip() or None) == order.recipient_email
    )
    if not same:
        raise DuplicateSubmission(order)
    return order


def _checked_texts(ctx: AppContext, request: OrderRequest) -> tuple[str, str | None, str | None]:
    errors: dict[str, str] = {}

    def checked(check: Callable[[], str | None]) -> str | None:
        try:
            return check()
        except FieldError as error:
            errors[error.field] = str(error)
            return None

    reason = checked(lambda: _check_reason(request.reason))
    ticket_url = checked(lambda: ctx.policy.check_ticket(request.ticket_url, workspace_url=ctx.workspace_url))
    email = checked(lambda: ctx.policy.check_email(request.recipient_email))
    if errors or reason is None:
        raise BadRequest(errors)
    return reason, ticket_url, email


def _check_reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise FieldError("reason", "Say why the customer gets this card. The approvers decide on it.")
    if len(reason) > LONGEST_REASON:
        raise FieldError("reason", f"At most {LONGEST_REASON} characters, please: this has {len(reason)}.")
    return reason


async def _current_quote(
    ctx: AppContext, person: Person, request: OrderRequest, timeout_s: float | None
) -> StoredQuote:
    """A fresh quote; or, when the vendor is slow, the unexpired one for the same terms that was on screen."""
    shown_id = request.shown_quote_id
    shown = await ctx.read(lambda tx: tx.quotes.get(shown_id)) if shown_id is not None else None
    try:
        kept = await quote_order(ctx, person, request.selection, timeout_s=timeout_s)
        check_affordable(kept)
    except FieldError as error:
        raise BadRequest({error.field: str(error)}) from error
    except VendorUnavailable:
        if shown is None or request.shown_quote_id is None or shown.expires_at <= ctx.clock():
            raise
        selection, terms = request.selection, shown.terms
        product = ctx.product(selection.product_key)
        same = (terms.product_id, terms.denomination.amount, terms.quantity) == (
            product.product_id,
            selection.denomination,
            selection.quantity,
        ) and selection.wallet_id in (None, terms.wallet_id)
        if not same or not shown.affordable:
            raise
        return StoredQuote(request.shown_quote_id, shown, product)
    if shown is not None and shown.terms == kept.quote.terms and shown.charge != kept.quote.charge:
        raise PriceChanged(
            f"The price changed while the form was open: it was {shown.charge}, it is now "
            f"{kept.quote.charge}. Nothing was requested yet.",
            kept.quote_id,
            kept.quote,
        )
    return kept
