"""What the form shows right now: what is filled in, put together with what the desk knows."""

from collections.abc import Mapping
from typing import Any

from bot.domain.catalogue import Product
from bot.domain.policy import BadField
from bot.usecases.desk import Desk
from handlers.views.blocks import Block
from handlers.views.order_form import OrderForm
from handlers.views.order_form_price import Price
from handlers.views.order_form_state import Filled


def form_view(
    desk: Desk,
    filled: Filled,
    price: Price,
    *,
    on_screen: Mapping[str, Any] | None = None,
    banner: str | None = None,
    is_new: bool = False,
) -> Block:
    """The whole modal. `on_screen` is the view it replaces, where there is one."""
    product = product_or_none(desk, filled)
    return OrderForm(
        filled=filled,
        price=price,
        environment=desk.environment,
        most_cards=desk.policy.limits.quantity,
        product=product,
        vendor=desk.told_apart.get(product.provider, "") if product else "",
        vendor_writes=product is None or desk.provider(product.provider).sends_notices,
        ticket_required=desk.policy.tickets.required,
        on_screen=on_screen,
        banner=banner,
        is_new=is_new,
    ).view()


def chosen_product(desk: Desk, filled: Filled) -> Product | None:
    """None while nothing is chosen. Raises BadField for a product that is not, or no longer, sold."""
    return desk.product(filled.product_key) if filled.product_key else None


def product_or_none(desk: Desk, filled: Filled) -> Product | None:
    """The same, where a product that is gone simply cannot be shown as chosen."""
    try:
        return chosen_product(desk, filled)
    except BadField:
        return None
