"""What would it cost? Asked of the vendor, kept for the form and for the approval."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import structlog

from bot.domain.catalogue import Product, Wallet, WrongDenomination
from bot.domain.money import Money
from bot.domain.people import Person
from bot.domain.policy import BadField
from bot.domain.quotes import Quote, Terms
from bot.providers.contract import AccessDenied, Provider, ProviderError, Refused
from bot.usecases.desk import Desk
from bot.usecases.rejections import VendorSilent

log = structlog.get_logger(__name__)
_FORMS_STAY_OPEN = timedelta(days=1)  # what was shown is compared with, however long ago
_WHY_WITHIN_S = 1.0  # of the time somebody waits for the answer to a form
_STOCK_WITHIN_S = 1.0  # then the price is shown without it


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody chose: a product, a face value per card, how many, and from which wallet.

    `wallet_id` None leaves the choice to us: the wallet in the product's currency, else the first.
    """

    product_key: str
    denomination: Decimal
    quantity: int
    wallet_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeptQuote:
    """A quote and the id it is kept under. `wallets` are those that could pay."""

    quote_id: int
    quote: Quote
    product: Product
    wallets: tuple[Wallet, ...] = field(default=())


async def quote_order(
    desk: Desk, person: Person, selection: Selection, *, timeout_s: float | None = None
) -> KeptQuote:
    """Ask the vendor for the charges.

    Raises NotPermitted where this person may not ask that vendor, BadField where a choice is wrong,
    VendorSilent where no answer came.
    """
    product = desk.product(selection.product_key)
    desk.check_vendor(person, product.key, "quote")
    denomination = _denomination(product, selection.denomination)
    desk.policy.check_quantity(selection.quantity)
    provider = desk.provider(product.provider)
    try:
        async with asyncio.timeout(timeout_s):
            wallets = await provider.wallets(timeout_s=timeout_s)
            terms = Terms(
                provider=product.provider,
                product_id=product.product_id,
                denomination=denomination,
                quantity=selection.quantity,
                wallet_id=_wallet(wallets, product, selection.wallet_id).wallet_id,
            )
            quote, available = await asyncio.gather(
                provider.quote(terms, timeout_s=timeout_s), _in_stock(provider, terms)
            )
    except AccessDenied as denial:
        log.error("vendor_denies_access", provider=provider.name, request_id=denial.request_id)
        raise VendorSilent(
            f"{provider.title} does not accept our login right now. The operator has to mend this; "
            "`giftcard check` says what is wrong."
        ) from denial
    except Refused as refusal:
        await _check_quantity_alone(desk, provider, terms, refusal)
        raise _as_field(refusal, provider, product) from refusal
    except (ProviderError, TimeoutError) as silence:
        log.warning("quote_without_answer", provider=provider.name, why=str(silence))
        raise VendorSilent(
            f"{provider.title} did not answer in time, so there is no price yet. "
            "What you typed is kept: try again in a moment."
        ) from silence
    desk.policy.check_quantity(selection.quantity, quote.max_quantity)
    if not available:
        raise BadField("product", f"{product.name} is out of stock at this amount and quantity.")
    check_charge_limit(desk, quote.charge)
    with desk.store.transaction():
        desk.store.quotes.prune(desk.clock() - _FORMS_STAY_OPEN)
        quote_id = desk.store.quotes.put(quote)
    return KeptQuote(quote_id, quote, product, tuple(wallets))


def check_charge_limit(desk: Desk, charge: Money) -> None:
    """Raises BadField when the policy lets no order cost that much."""
    limit = desk.policy.limits.charge.get(charge.currency)
    if limit is not None and charge.amount > limit:
        raise BadField(
            "quantity", f"An order may cost at most {Money(limit, charge.currency)}; this costs {charge}."
        )


def check_affordable(kept: KeptQuote) -> None:
    """Raises BadField when a prepaid wallet cannot cover the charge."""
    quote = kept.quote
    wallet = next(w for w in kept.wallets if w.wallet_id == quote.terms.wallet_id)
    if wallet.kind == "PREPAID" and not quote.affordable:
        raise BadField(
            "wallet" if len(kept.wallets) > 1 else "quantity",
            f"The {wallet.balance.currency} wallet holds {wallet.balance}, and this costs {quote.charge}. "
            "Ask for less, or have the wallet topped up.",
        )


def _denomination(product: Product, amount: Decimal) -> Money:
    try:
        return Money(product.denomination(amount), product.currency)
    except WrongDenomination as wrong:
        raise BadField("denomination", str(wrong)) from wrong


def _wallet(wallets: list[Wallet], product: Product, wanted: str | None) -> Wallet:
    if wanted is not None:
        for wallet in wallets:
            if wallet.wallet_id == wanted:
                return wallet
        raise BadField("wallet", "This wallet no longer exists. Choose another one.")
    if not wallets:
        raise BadField("product", "There is no wallet to pay from. The operator has to have one set up.")
    return next((w for w in wallets if w.balance.currency == product.currency), wallets[0])


async def _in_stock(provider: Provider, terms: Terms) -> bool:
    """The stock check is advice: when it gets no answer, the purchase itself will tell."""
    try:
        async with asyncio.timeout(_STOCK_WITHIN_S):
            return await provider.is_available(terms.product_id, terms.denomination.amount, terms.quantity)
    except (ProviderError, TimeoutError) as failure:
        log.info("stock_unknown", provider=provider.name, product_id=terms.product_id, why=str(failure))
        return True


async def _check_quantity_alone(desk: Desk, provider: Provider, terms: Terms, refusal: Refused) -> None:
    """Raises BadField when a single card would be quoted, and says how many there may be.

    The vendor's refusals do not say which field they are about.
    """
    if terms.quantity == 1 or refusal.not_found or refusal.for_want_of_funds:
        return
    try:
        single = await provider.quote(replace(terms, quantity=1), timeout_s=_WHY_WITHIN_S)
    except ProviderError:
        return
    desk.policy.check_quantity(terms.quantity, single.max_quantity)


def _as_field(refusal: Refused, provider: Provider, product: Product) -> BadField:
    if refusal.not_found:
        return BadField(
            "product", f"{product.name} is no longer sold by {provider.title}. Choose another one."
        )
    if refusal.for_want_of_funds:
        return BadField("quantity", "The wallet cannot cover this. Ask for less, or have it topped up.")
    return BadField("denomination", f"{provider.title} does not offer this: {refusal}")
