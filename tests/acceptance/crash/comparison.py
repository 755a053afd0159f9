"""Our database beside the vendors' ledgers: what does not agree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bot.domain.lifecycle import OrderState
from bot.domain.orders import OrderId
from bot.kinds.gift_card import Voucher
from store import Keyring, verify
from store.codes import Codes
from store.database import Database
from store.engines.sqlite import SqliteEngine
from tests.acceptance.crash.bot_run import now
from tests.acceptance.crash.vendor_ledger import Card, Row, VendorSale, rows
from tests.support.terms import vouchers

S = OrderState
_BOUGHT = {S.PURCHASED, S.PARTIALLY_DELIVERED, S.DELIVERED, S.CODES_UNAVAILABLE, S.FAILED, S.CANCELLED}
_MAY_BE_BOUGHT = {S.SUBMITTING, S.OUTCOME_UNKNOWN, S.RESOLVED}


@dataclass
class Differences:
    """What does not agree. Empty lists are what we want.

    `mistaken` are purchases of others that look like ours in everything that the vendor shows.
    """

    double_purchases: list[str] = field(default_factory=list)
    lost_codes: list[str] = field(default_factory=list)
    unexplained_cents: list[str] = field(default_factory=list)
    untruths: list[str] = field(default_factory=list)
    mistaken: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        return self.double_purchases + self.lost_codes + self.unexplained_cents + self.untruths


def compare(
    database: Path, key: str, sold: Iterable[VendorSale], *, vendor: str | None = None
) -> Differences:
    """Our database, or what of it is one vendor's, against all that was sold to it, in any state of work."""
    found = Differences()
    every = rows(database, "SELECT * FROM orders WHERE vendor = coalesce(?, vendor)", vendor)
    ours = {row["client_reference"]: row for row in every}
    of_ours = _tied(found, ours, sold)
    parents = {row["parent_id"] for row in ours.values()}  # their children are bought and have the codes
    with closing(Database(SqliteEngine.read(database), now)) as opened:
        codes = Codes(opened, Keyring([key]))
        for reference, row in ours.items():
            if row["id"] in parents:
                continue
            kept = vouchers(codes.of_order(OrderId(row["id"])))
            aside = vouchers(codes.masked_of_order(OrderId(row["id"])))
            _compare_order(found, row, of_ours.get(reference), kept, aside)
    for reference in of_ours.keys() - _on_record(database, "purchase_intended"):
        found.untruths.append(f"{reference} was bought without an intent on record")
    told = _on_record(database, "charge_mismatch")
    for reference in of_ours.keys() - told:
        _check_charge(found, ours[reference], of_ours[reference])
    chain = verify(database)
    if not chain.ok:
        found.untruths.append(f"the audit chain is broken: {chain.why}")
    return found


def _on_record(database: Path, action: str) -> set[str]:
    found = rows(database, "SELECT client_reference FROM audit WHERE action = ?", action)
    return {row["client_reference"] for row in found}


def _tied(found: Differences, ours: Mapping[str, Row], sold: Iterable[VendorSale]) -> dict[str, VendorSale]:
    """Each purchase to its order here: by the reference, else by the number, else by who it may be."""
    numbers = {(row["vendor"], row["vendor_order_id"]): row["client_reference"] for row in ours.values()}
    tied: dict[str, list[VendorSale]] = defaultdict(list)
    loose = []
    for each in sold:
        reference = each.reference or numbers.get((each.vendor, each.number))
        if reference is not None and reference in ours:
            tied[reference].append(each)
        elif each.reference:
            found.unexplained_cents.append(f"{each.reference} was bought and is not an order of ours")
        elif each.by_us:
            loose.append(each)
    for each in loose:
        stands = next((r for r, row in ours.items() if r not in tied and _stands_for(row, each)), None)
        if stands is None:
            found.double_purchases.append(f"order {each.number} was bought for no order of ours")
        else:
            tied[stands].append(each)
    for reference, purchases in tied.items():
        if len(purchases) > 1:
            found.double_purchases.append(f"{reference} was bought {len(purchases)} times")
        if not all(each.by_us for each in purchases):
            found.mistaken.append(f"{reference} has what others bought")
    return {reference: purchases[-1] for reference, purchases in tied.items()}


def _stands_for(row: Row, sold: VendorSale) -> bool:
    """Whether this order of ours says that it may be that purchase, of which we know no number."""
    return OrderState(row["state"]) in _MAY_BE_BOUGHT and (
        (row["vendor"], row["product_id"], row["units"]) == (sold.vendor, sold.product, sold.quantity)
    )


def _compare_order(
    found: Differences, row: Row, sold: VendorSale | None, kept: list[Voucher], aside: list[Voucher]
) -> None:
    reference, state = row["client_reference"], OrderState(row["state"])
    if sold is None:
        if state in _BOUGHT:
            found.untruths.append(f"{reference} is {state} here, and the vendor has no such order")
        if kept:
            found.lost_codes.append(f"{reference} has codes of an order the vendor does not have")
        return
    if state in _MAY_BE_BOUGHT:
        return
    if state not in sold.may_be:
        found.untruths.append(f"{reference} is {state} here and not at the vendor")
    cards, there = [_card(voucher) for voucher in kept], set(sold.cards)
    if len(cards) != len(set(cards)) or not set(cards) <= there:
        found.lost_codes.append(f"{reference} holds codes twice, or codes that were never sold under it")
    if state is S.DELIVERED and set(cards) != there:
        found.lost_codes.append(f"{reference} is delivered with {len(cards)} of {len(there)} codes")
    numbers = {voucher.card_number for voucher in [*kept, *aside]}
    if (
        sold.shows_again
        and state in {S.CODES_UNAVAILABLE, S.PARTIALLY_DELIVERED}
        and numbers != _numbers(sold)
    ):
        found.lost_codes.append(f"{reference} has {len(numbers)} of {len(there)} numbers on disk")


def _check_charge(found: Differences, row: Row, sold: VendorSale) -> None:
    approved = Decimal(row["charge_amount"]), row["charge_currency"]
    if row["state"] == S.RESOLVED:
        return  # two people looked into it
    if (sold.debited, sold.currency) != approved:
        says = f"{row['client_reference']}: {sold.debited} left the wallet, {approved[0]} was approved"
        found.unexplained_cents.append(says)


def _card(voucher: Voucher) -> Card:
    return voucher.card_number, voucher.pin_code, voucher.claim_url


def _numbers(sold: VendorSale) -> set[str | None]:
    return {number for number, *_ in sold.cards}
