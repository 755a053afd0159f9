"""No start without the settings of a vendor at which orders are under way."""

from bot.config import ConfigError
from bot.domain.lifecycle import OPEN
from bot.services.context import AppContext

_READ_AT_MOST = 10_000
_NAMED_AT_MOST = 3


class VendorNotConfigured(ConfigError):
    """Orders are under way at a vendor that the settings no longer have."""


async def check_orders_have_vendors(ctx: AppContext) -> None:
    """Raises VendorNotConfigured: such orders could be neither looked up nor delivered."""
    orders = await ctx.read(lambda tx: tx.purchases.in_states(OPEN, vendor=None, limit=_READ_AT_MOST))
    stranded = [order for order in orders if order.terms.vendor not in ctx.vendors]
    if stranded:
        named = ", ".join(order.client_reference for order in stranded[:_NAMED_AT_MOST])
        more = " and more" if len(stranded) > _NAMED_AT_MOST else ""
        vendors = " and ".join(sorted({order.terms.vendor for order in stranded}))
        raise VendorNotConfigured(
            f"{named}{more} in this database are under way with {vendors}, which the settings do not have "
            "any more. Put its settings back until every order is closed; to stop new ones there, forbid it "
            "in the policy."
        )
