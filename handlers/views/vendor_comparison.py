"""One line about the same at other vendors: what it costs, or which face values they sell."""

from collections.abc import Mapping

from bot.domain.catalogue import Product
from bot.domain.money import Money
from bot.services.compare_vendors import VendorComparison
from handlers.block_kit.text import safe_line


def vendor_comparison_line(
    product: Product, comparison: VendorComparison, vendors: Mapping[str, str], preferred: str | None
) -> str:
    """`vendors` are their names by key. The lowest cost is bold, and the preferred vendor is marked."""
    if comparison.amount is None:
        return " · ".join(
            _also_sold_at(vendor, products)
            for vendor, products in _elsewhere(product, comparison, vendors).items()
        )
    estimates = comparison.estimates
    least = min(estimate.cost.amount for estimate in estimates)
    costs = []
    for estimate in estimates:
        vendor = estimate.product.vendor
        cost = f"{estimate.cost} at {_vendor_name(vendor, vendors)}"
        preferred_mark = " (preferred)" if vendor == preferred else ""
        costs.append((f"*{cost}*" if estimate.cost.amount == least else cost) + preferred_mark)
    return f"{Money(comparison.amount, product.currency)} costs about {' · '.join(costs)}"


def _elsewhere(
    product: Product, comparison: VendorComparison, vendors: Mapping[str, str]
) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for other in comparison.products:
        if other.vendor != product.vendor:
            found.setdefault(_vendor_name(other.vendor, vendors), []).append(other)
    return found


def _also_sold_at(vendor: str, products: list[Product]) -> str:
    return (
        f"Also at {vendor}: {products[0].currency} {safe_line(', '.join(p.offered for p in products), 200)}"
    )


def _vendor_name(vendor: str, vendors: Mapping[str, str]) -> str:
    return safe_line(vendors.get(vendor, vendor), 80)
