"""A requester asks for an order: checked, priced once more, and on disk before they are answered."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.lifecycle import Cause
from bot.domain.orders import Order, new_client_reference
from bot.domain.people import Person
from bot.domain.policy import Facts, Stage, Texts
from bot.services.authorize import authorize
from bot.services.context import AppContext
from bot.services.errors import DuplicateSubmission, PriceChanged, VendorUnavailable
from bot.services.find_product import find_product
from bot.services.purchase.apply import begin
from bot.services.quote_order import Selection, StoredQuote, check_affordable, quote_order
from store import AlreadyRequested, NewOrder


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A filled-in form. `shown_quote_id` is the quote the requester was looking at, if any."""

    selection: Selection
    reason: str
    ticket_url: str | None
    recipient_email: str | None
    shown_quote_id: int | None = None

    @property
    def texts(self) -> Texts:
        """What was typed, without blanks around it."""
        return Texts(
            reason=self.reason.strip(),
            ticket_url=(self.ticket_url or "").strip() or None,
            recipient_email=(self.recipient_email or "").strip() or None,
        )


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
    Raises NotPermitted, BadRequest (by field), PriceChanged, VendorUnavailable, and DuplicateSubmission when
    the form was sent before and said something else.
    """
    await authorize(ctx, Stage.REQUEST, person, attempted="request")
    request_key = f"{person.id}/{request_key}"  # forms of others never collide
    earlier = await ctx.read(lambda tx: tx.orders.by_request_key(request_key))
    if earlier is not None:
        return _as_sent_before(earlier, request)
    texts = replace(request.texts, workspace_url=ctx.workspace_url)
    vendor, product_id = request.selection.product_key.partition(":")[0], request.selection.line.product_id
    facts = Facts(vendor=vendor, product_id=product_id, quantity=request.selection.line.units, texts=texts)
    await authorize(ctx, Stage.REQUEST, person, facts, attempted="request")
    kept = await _current_quote(ctx, person, request, timeout_s)
    quote = kept.quote
    await authorize(ctx, Stage.REQUEST, person, replace(facts, charge=quote.charge), attempted="request")
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
        charge_details=quote.charge_details,
        balance_after=quote.balance_after,
        reason=texts.reason,
        ticket_url=texts.ticket_url,
        recipient_email=texts.recipient_email,
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
    chosen, terms, texts = request.selection, order.terms, request.texts
    same = (
        chosen.product_key.partition(":")[0] == terms.vendor
        and chosen.line == terms.line
        and chosen.wallet_id in (None, terms.wallet_id)
        and texts.reason == order.reason
        and texts.ticket_url == order.ticket_url
        and texts.recipient_email == order.recipient_email
    )
    if not same:
        raise DuplicateSubmission(order)
    return order


async def _current_quote(
    ctx: AppContext, person: Person, request: OrderRequest, timeout_s: float | None
) -> StoredQuote:
    """A fresh quote; or, when the vendor is slow, the unexpired one for the same terms that was on screen."""
    shown_id = request.shown_quote_id
    shown = await ctx.read(lambda tx: tx.quotes.get(shown_id)) if shown_id is not None else None
    try:
        kept = await quote_order(ctx, person, request.selection, timeout_s=timeout_s)
        check_affordable(kept)
    except VendorUnavailable:
        if shown is None or request.shown_quote_id is None or shown.expires_at <= ctx.clock():
            raise
        selection, terms = request.selection, shown.terms
        same = terms.line == selection.line and selection.wallet_id in (None, terms.wallet_id)
        product = await find_product(ctx, selection.product_key)
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
