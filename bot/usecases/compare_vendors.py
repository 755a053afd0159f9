"""The same thing at several vendors, as their catalogues have it; no vendor is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.catalogue import Product
from bot.domain.money import Money
from bot.domain.people import Person
from bot.usecases.desk import Desk


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one card costs at a vendor by its catalogue."""

    product: Product
    cost: Money


@dataclass(frozen=True, slots=True)
class SameThing:
    """A product of one vendor, and the same brand, country and currency at the others.

    `products` has it too: the preferred vendor's first. `amount` is the face value they are compared at, or
    None where none was asked for and there are several.
    """

    products: tuple[Product, ...]
    amount: Decimal | None

    @property
    def estimates(self) -> list[Estimate]:
        """The cheapest product of each vendor at that face value, in the order of `products`."""
        if self.amount is None:
            return []
        best: dict[str, Estimate] = {}
        for product in self.products:
            if product.sells(self.amount):
                estimate = Estimate(product, product.about(self.amount))
                known = best.setdefault(product.provider, estimate)
                if estimate.cost.amount < known.cost.amount:
                    best[product.provider] = estimate
        return list(best.values())

    def spares(self, other: Product, beside: Product) -> bool:
        """Whether the entry of `beside` says all there is of `other`, and a quote there asks for both."""
        told = other in self.products and self.amount in (None, other.only_amount)
        return told and other.fixed_only and all(beside.sells(d.minimum) for d in other.denominations)


def same_things(
    desk: Desk, person: Person, products: Sequence[Product], amount: Decimal | None = None
) -> Mapping[str, SameThing]:
    """By key, those that other vendors open to this person sell too, at `amount` where it is given."""
    order = desk.vendors_for(person)
    elsewhere = desk.store.catalogue.alternatives_of(products)
    found = {}
    for product in products:
        compared_at = amount if amount is not None and product.sells(amount) else product.only_amount
        others = [
            other
            for other in elsewhere.get(product.key, ())
            if other.provider in order and (compared_at is None or other.sells(compared_at))
        ]
        if others and product.provider in order:
            together = sorted([product, *others], key=lambda each: (order.index(each.provider), _least(each)))
            found[product.key] = SameThing(tuple(together), compared_at)
    return found


def without_repeats(products: Sequence[Product], same: Mapping[str, SameThing]) -> list[Product]:
    """Those not shown beside another one already; of two that show each other the preferred stays."""
    kept: list[Product] = []
    for product in sorted(products, key=lambda product: not _first_choice(product, same)):
        if not any(each.key in same and same[each.key].spares(product, each) for each in kept):
            kept.append(product)
    return [product for product in products if product in kept]


def costs_elsewhere(
    desk: Desk, person: Person, product: Product, amount: Decimal, quantity: int
) -> list[tuple[str, Money]]:
    """What so many cards cost at the other vendors by their catalogues: (vendor as people call it, about)."""
    same = same_things(desk, person, [product], amount).get(product.key)
    return [
        (desk.vendor_title(estimate.product.provider), estimate.cost * quantity)
        for estimate in (same.estimates if same else ())
        if estimate.product.provider != product.provider
    ]


def _first_choice(product: Product, same: Mapping[str, SameThing]) -> bool:
    return product.key not in same or same[product.key].products[0].provider == product.provider


def _least(product: Product) -> Decimal:
    return min((d.minimum for d in product.denominations), default=Decimal(0))
