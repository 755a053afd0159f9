"""The same thing at several vendors, as their catalogues have it; no vendor is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.catalogue import Product
from bot.domain.money import Money
from bot.domain.people import Person
from bot.services.context import AppContext
from bot.services.open_vendors import vendors_for


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one card costs at a vendor by its catalogue."""

    product: Product
    cost: Money


@dataclass(frozen=True, slots=True)
class VendorComparison:
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
                estimate = Estimate(product, product.estimated_cost(self.amount))
                known = best.setdefault(product.vendor, estimate)
                if estimate.cost.amount < known.cost.amount:
                    best[product.vendor] = estimate
        return list(best.values())

    def covers(self, other: Product, beside: Product) -> bool:
        """Whether the entry of `beside` says all there is of `other`, and a quote there asks for both."""
        told = other in self.products and self.amount in (None, other.only_face_value)
        return told and other.fixed_only and all(beside.sells(d.minimum) for d in other.denominations)


async def compare_vendors(
    ctx: AppContext, person: Person, products: Sequence[Product], amount: Decimal | None = None
) -> Mapping[str, VendorComparison]:
    """By key, those that other vendors open to this person sell too, at `amount` where it is given."""
    order = vendors_for(ctx, person)
    elsewhere = await ctx.read(lambda tx: tx.catalogue.alternatives_of(products))
    found = {}
    for product in products:
        compared_at = amount if amount is not None and product.sells(amount) else product.only_face_value
        others = [
            other
            for other in elsewhere.get(product.key, ())
            if other.vendor in order and (compared_at is None or other.sells(compared_at))
        ]
        if others and product.vendor in order:
            together = sorted([product, *others], key=lambda each: (order.index(each.vendor), _least(each)))
            found[product.key] = VendorComparison(tuple(together), compared_at)
    return found


def without_duplicates(products: Sequence[Product], same: Mapping[str, VendorComparison]) -> list[Product]:
    """Those not shown beside another one already; of two that show each other the preferred stays."""
    kept: list[Product] = []
    for product in sorted(products, key=lambda product: not _first_choice(product, same)):
        if not any(each.key in same and same[each.key].covers(product, each) for each in kept):
            kept.append(product)
    return [product for product in products if product in kept]


async def other_vendor_costs(
    ctx: AppContext, person: Person, product: Product, amount: Decimal, quantity: int
) -> list[tuple[str, Money]]:
    """What so many cards cost at the other vendors by their catalogues: (vendor as people call it, about)."""
    same = (await compare_vendors(ctx, person, [product], amount)).get(product.key)
    return [
        (ctx.vendor_title(estimate.product.vendor), estimate.cost * quantity)
        for estimate in (same.estimates if same else ())
        if estimate.product.vendor != product.vendor
    ]


def _first_choice(product: Product, same: Mapping[str, VendorComparison]) -> bool:
    return product.key not in same or same[product.key].products[0].vendor == product.vendor


def _least(product: Product) -> Decimal:
    return min((d.minimum for d in product.denominations), default=Decimal(0))
