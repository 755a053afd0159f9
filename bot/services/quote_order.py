"""What would it cost? Asked of the vendor, kept for the form and for the approval."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.catalogue import Product, Wallet
from bot.domain.lines import InvalidLine, Line
from bot.domain.people import Person
from bot.domain.policy import Facts, Stage
from bot.domain.quotes import OrderTerms, Quote
from bot.services.authorize import authorize
from bot.services.context import AppContext
from bot.services.errors import FieldError, VendorUnavailable
from bot.services.find_product import find_product
from bot.vendors.contract import AccessDenied, Refused, Sells, Vendor, VendorError
from store import Transaction

log = structlog.get_logger(__name__)
_FORMS_STAY_OPEN = timedelta(days=1)  # what was shown is compared with, however long ago
_WHY_WITHIN_S = 1.0  # of the time somebody waits for the answer to a form
_STOCK_WITHIN_S = 1.0  # then the price is shown without it


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody chose: a product, what is to be given of it, and from which wallet.

    `wallet_id` None leaves the choice to us: the wallet in the product's currency, else the first.
    """

    product_key: str
    line: Line
    wallet_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A quote and the id it is kept under. `wallets` are those that could pay."""

    quote_id: int
    quote: Quote
    product: Product
    wallets: tuple[Wallet, ...] = field(default=())


async def quote_order(
    ctx: AppContext, person: Person, selection: Selection, *, timeout_s: float | None = None
) -> StoredQuote:
    """Ask the vendor for the charges.

    Raises NotPermitted where this person may not ask that vendor, BadRequest where a choice is wrong,
    VendorUnavailable where no answer came.
    """
    product = await find_product(ctx, selection.product_key)
    facts = Facts(vendor=product.vendor, product_id=product.product_id, quantity=selection.line.units)
    await authorize(ctx, Stage.QUOTE, person, facts, attempted="quote")
    try:
        selection.line.check(product)
    except InvalidLine as error:
        raise FieldError(error.field, str(error)) from error
    vendor = ctx.vendor(product.vendor)
    sells = vendor.sells[product.kind]
    try:
        async with asyncio.timeout(timeout_s):
            wallets = await vendor.wallets(timeout_s=timeout_s)
            wallet = _wallet(wallets, product, selection.wallet_id)
            terms = OrderTerms(product.vendor, wallet.wallet_id, selection.line)
            quote, available = await asyncio.gather(
                sells.quote(terms, timeout_s=timeout_s), _in_stock(sells, terms)
            )
    except AccessDenied as error:
        log.error("vendor_denies_access", vendor=vendor.name, request_id=error.request_id)
        raise VendorUnavailable(
            f"{vendor.title} does not accept our login right now. The operator has to mend this; "
            "`giftcard check` says what is wrong."
        ) from error
    except Refused as error:
        await _check_quantity_alone(sells, terms, error)
        raise _as_field(error, vendor, product) from error
    except (VendorError, TimeoutError) as error:
        log.warning("quote_without_answer", vendor=vendor.name, why=str(error))
        raise VendorUnavailable(
            f"{vendor.title} did not answer in time, so there is no price yet. "
            "What you typed is kept: try again in a moment."
        ) from error
    _check_sold_at_once(selection.line.units, quote.max_quantity)
    if not available:
        raise FieldError("product", f"{product.name} is out of stock at this amount and quantity.")
    await authorize(ctx, Stage.QUOTE, person, replace(facts, charge=quote.charge), attempted="quote")
    quote_id = await ctx.write(lambda tx: _keep(tx, quote, ctx.clock()))
    return StoredQuote(quote_id, quote, product, tuple(wallets))


def _keep(tx: Transaction, quote: Quote, now: datetime) -> int:
    tx.quotes.prune(now - _FORMS_STAY_OPEN)
    return tx.quotes.put(quote)


def check_affordable(kept: StoredQuote) -> None:
    """Raises FieldError when a prepaid wallet cannot cover the charge."""
    quote = kept.quote
    wallet = next(w for w in kept.wallets if w.wallet_id == quote.terms.wallet_id)
    if wallet.kind == "PREPAID" and not quote.affordable:
        raise FieldError(
            "wallet" if len(kept.wallets) > 1 else "quantity",
            f"The {wallet.balance.currency} wallet holds {wallet.balance}, and this costs {quote.charge}. "
            "Ask for less, or have the wallet topped up.",
        )


def _wallet(wallets: list[Wallet], product: Product, wanted: str | None) -> Wallet:
    if wanted is not None:
        for wallet in wallets:
            if wallet.wallet_id == wanted:
                return wallet
        raise FieldError("wallet", "This wallet no longer exists. Choose another one.")
    if not wallets:
        raise FieldError("product", "There is no wallet to pay from. The operator has to have one set up.")
    return next((w for w in wallets if w.balance.currency == product.currency), wallets[0])


async def _in_stock(sells: Sells[Any], terms: OrderTerms[Line]) -> bool:
    """The stock check is advice: when it gets no answer, the purchase itself will tell."""
    try:
        async with asyncio.timeout(_STOCK_WITHIN_S):
            return await sells.is_available(terms.line)
    except (VendorError, TimeoutError) as error:
        log.info("stock_unknown", vendor=terms.vendor, product_id=terms.line.product_id, why=str(error))
        return True


async def _check_quantity_alone(sells: Sells[Any], terms: OrderTerms[Line], refusal: Refused) -> None:
    """Raises FieldError when a single card would be quoted, and says how many there may be.

    The vendor's refusals do not say which field they are about.
    """
    if terms.line.units == 1 or refusal.not_found or refusal.insufficient_funds:
        return
    try:
        single = await sells.quote(replace(terms, line=terms.line.part(1)), timeout_s=_WHY_WITHIN_S)
    except VendorError:
        return
    _check_sold_at_once(terms.line.units, single.max_quantity)


def _check_sold_at_once(quantity: int, max_quantity: int | None) -> None:
    if max_quantity is not None and quantity > max_quantity:
        raise FieldError("quantity", f"The vendor sells at most {max_quantity} of this card per order.")


def _as_field(refusal: Refused, vendor: Vendor, product: Product) -> FieldError:
    if refusal.not_found:
        return FieldError(
            "product", f"{product.name} is no longer sold by {vendor.title}. Choose another one."
        )
    if refusal.insufficient_funds:
        return FieldError("quantity", "The wallet cannot cover this. Ask for less, or have it topped up.")
    return FieldError("denomination", f"{vendor.title} does not offer this: {refusal}")
