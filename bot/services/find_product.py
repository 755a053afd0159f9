"""The product somebody chose, if it is still sold."""

from bot.domain.catalogue import Product
from bot.services.context import AppContext
from bot.services.errors import FieldError


async def find_product(ctx: AppContext, key: str) -> Product:
    """Raises FieldError on `product` for one that was never there or is no longer sold."""
    product, ever_listed = await ctx.read(lambda tx: (tx.catalogue.get(key), tx.catalogue.ever_listed(key)))
    if product is None or product.vendor not in ctx.vendors:
        raise FieldError(
            "product",
            "This product is no longer sold. Choose another one."
            if ever_listed
            else "There is no such product in the catalogue. Choose one from the list.",
        )
    return product
