"""Find a purchase without an answer at a vendor that takes no reference: by what its account shows.

The account is looked at right before each purchase, and afterwards again until the difference tells.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.matching import ListedOrder
from bot.domain.money import Money
from bot.domain.orders import Order, OrderState
from bot.domain.recognition import Candidate, NotThere, Recognised, Snapshot, Unclear, Verdict, recognise
from bot.providers.contract import OutcomeUnknown, Provider, ProviderError, Purchase, Receipt
from bot.usecases.advance_order import advance
from bot.usecases.desk import Desk
from bot.usecases.purchase_outcomes import PURCHASER, leave_to_people, look_up_later
from bot.usecases.record_receipt import keep_receipt, purchase_of

log = structlog.get_logger(__name__)
_MOST_OPENED = 20  # orders that came up meanwhile; more than a person would want to compare either
_LOOKS_BEFORE_PEOPLE_ARE_ASKED = 3  # its list and its balance may be a moment apart
_LOOKS_BEFORE_A_NOTHING_IS_BELIEVED = 6  # besides the policy's grace: a clock may jump
_LEFT_TO_PEOPLE = (
    "It is not known whether this was bought: {why} Nothing is bought for it, and nothing else from this "
    "vendor, until that is known. Compare with the vendor's dashboard, then close it with *Resolve…*."
)


class AccountDoesNotTell(OutcomeUnknown):
    """The vendor answered, and from what it shows nobody can say whether it was bought."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the account tells now, and the order it is, where it tells that."""

    verdict: Verdict
    receipt: Receipt | None = None


async def look_before_buying(desk: Desk, order: Order) -> Receipt | None:
    """Put on disk what the account looks like now: nothing is sent before that.

    The receipt, and nothing to buy, where an attempt that was given up has landed after all.
    Raises AccountDoesNotTell where that may be so, and ProviderError.
    """
    landed = await find_by_account(desk, order)
    if landed is None:
        provider, taken_at = desk.provider(order.terms.provider), desk.clock()
        newest = await anext(provider.orders(), list[ListedOrder]())
        known = frozenset(each.provider_order_id for each in newest)
        snapshot = Snapshot(known, await _balance(provider, order.terms.wallet_id), taken_at)
        with desk.transaction():
            desk.store.snapshots.put(order.id, snapshot)
    return landed


async def look_for(desk: Desk, order: Order) -> Sighting:
    """Compare the account with how it was before the purchase. Raises ProviderError."""
    provider = desk.provider(order.terms.provider)
    snapshot = desk.store.snapshots.of_order(order.id)
    if snapshot is None:
        return Sighting(NotThere())  # without it on disk nothing was sent
    numbers = await _new_numbers(provider, snapshot.known | desk.store.orders.numbers(provider.name))
    if len(numbers) > _MOST_OPENED:
        return Sighting(Unclear(f"{len(numbers)} orders were made elsewhere meanwhile."))
    opened = {number: await provider.fetch(number) for number in numbers}
    verdict = recognise(
        snapshot,
        [_candidate(number, receipt, purchase_of(order)) for number, receipt in opened.items()],
        await _balance(provider, order.terms.wallet_id),
        expected=order.expected_debit or order.charge,
        quantity=order.terms.quantity,
        now=desk.clock(),
    )
    receipt = opened[verdict.provider_order_id] if isinstance(verdict, Recognised) else None
    return Sighting(verdict, receipt)


async def recognise_order(desk: Desk, order: Order) -> Order:
    """One look for an unsettled order, and what follows from it."""
    lookups = order.attempts + 1
    try:
        sighting = await look_for(desk, order)
    except ProviderError as silence:
        # Not having been able to look proves nothing.
        log.warning("look_up_failed", order_id=order.id, request_id=silence.request_id, why=str(silence))
        return look_up_later(desk, order, lookups)
    match sighting.verdict:
        case Recognised():
            assert sighting.receipt is not None, "what is recognised was opened"
            return await keep_receipt(desk, order, sighting.receipt, codes_were_readable=True)
        case Unclear(why) if lookups >= _LOOKS_BEFORE_PEOPLE_ARE_ASKED:
            return _ask_people(desk, order, lookups, why)
        case NotThere() if lookups >= _LOOKS_BEFORE_A_NOTHING_IS_BELIEVED and _grace_is_over(desk, order):
            return _buy_anew(desk, order, lookups)
    return look_up_later(desk, order, lookups)


async def look_once(desk: Desk, order: Order) -> Order:
    """Look, and keep what is found; conclude nothing else. Raises ProviderError."""
    sighting = await look_for(desk, order)
    if sighting.receipt is None:
        return order
    return await keep_receipt(desk, order, sighting.receipt, codes_were_readable=True)


async def find_by_account(desk: Desk, order: Order, *, said_no: bool = False) -> Receipt | None:
    """The order, or None when it surely is not there. Raises AccountDoesNotTell, and ProviderError.

    Where the vendor `said_no`, an order without cards that cost nothing is what the refusal left behind.
    """
    sighting = await look_for(desk, order)
    match sighting.verdict:
        case Unclear(why):
            raise AccountDoesNotTell(f"The account does not tell whether it was bought: {why}")
        case Recognised(is_unpaid=True) if said_no:
            return None
    return sighting.receipt


def _grace_is_over(desk: Desk, order: Order) -> bool:
    snapshot = desk.store.snapshots.of_order(order.id)
    grace = timedelta(minutes=desk.policy.purchases.grace_minutes)
    return snapshot is None or desk.clock() - snapshot.taken_at >= grace


def _buy_anew(desk: Desk, order: Order, lookups: int) -> Order:
    log.warning("proven_not_created", order_id=order.id, client_reference=order.client_reference)
    with desk.transaction():
        return advance(
            desk,
            order,
            OrderState.APPROVED,
            actor=PURCHASER,
            action="proven_not_created",
            details={"looks": lookups, "grace_minutes": desk.policy.purchases.grace_minutes},
            next_at=desk.clock(),
            trouble="The vendor never made it: it is not listed, and no money moved. It is bought anew.",
        )


def _ask_people(desk: Desk, order: Order, lookups: int, why: str) -> Order:
    log.warning("account_does_not_tell", order_id=order.id, client_reference=order.client_reference, why=why)
    with desk.transaction():
        order = desk.store.orders.change(order.id, from_=order.state, attempts=lookups)
    return leave_to_people(desk, order, _LEFT_TO_PEOPLE.format(why=why), why, action="account_does_not_tell")


async def _new_numbers(provider: Provider, known: Collection[str]) -> list[str]:
    """Orders that are neither known nor older than those: the newest first."""
    found: dict[str, None] = {}
    async for page in provider.orders():
        numbers = [order.provider_order_id for order in page]
        found |= dict.fromkeys(number for number in numbers if number not in known)
        if len(found) > _MOST_OPENED or any(number in known for number in numbers):
            break
    return list(found)


async def _balance(provider: Provider, wallet_id: str) -> Money:
    for wallet in await provider.wallets():
        if wallet.wallet_id == wallet_id:
            return wallet.balance
    raise OutcomeUnknown(f"{provider.title} does not show the wallet that pays.")


def _candidate(number: str, receipt: Receipt, purchase: Purchase) -> Candidate:
    cards, is_another = len(receipt.vouchers), not receipt.matches(purchase)
    return Candidate(number, receipt.charge, cards, receipt.created_at, is_another)
