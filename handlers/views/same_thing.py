"""One line about the same thing at other vendors: what it costs there, or at which face values it is sold."""

from collections.abc import Mapping

from bot.domain.catalogue import Product
from bot.domain.money import Money
from bot.usecases.compare_vendors import SameThing
from handlers.views.text import line


def same_thing_line(
    product: Product, same: SameThing, vendors: Mapping[str, str], preferred: str | None
) -> str:
    """`vendors` are what people call them. The least cost is bold, and the preferred vendor is marked."""
    if same.amount is None:
        return " · ".join(
            _sold(vendor, products) for vendor, products in _elsewhere(product, same, vendors).items()
        )
    estimates = same.estimates
    least = min(estimate.cost.amount for estimate in estimates)
    costs = []
    for estimate in estimates:
        provider = estimate.product.provider
        cost = f"{estimate.cost} at {_called(provider, vendors)}"
        liked = " (preferred)" if provider == preferred else ""
        costs.append((f"*{cost}*" if estimate.cost.amount == least else cost) + liked)
    return f"{Money(same.amount, product.currency)} costs about {' · '.join(costs)}"


def _elsewhere(product: Product, same: SameThing, vendors: Mapping[str, str]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for other in same.products:
        if other.provider != product.provider:
            found.setdefault(_called(other.provider, vendors), []).append(other)
    return found


def _sold(vendor: str, products: list[Product]) -> str:
    return f"Also at {vendor}: {products[0].currency} {line(', '.join(p.offered for p in products), 200)}"


def _called(provider: str, vendors: Mapping[str, str]) -> str:
    return line(vendors.get(provider, provider), 80)
