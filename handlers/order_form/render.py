"""Builds the form from what is filled in and from the catalogue and the policy."""

from collections.abc import Mapping
from typing import Any

from bot.domain.catalogue import Product
from bot.services.context import AppContext
from bot.services.errors import FieldError
from bot.services.find_product import find_product
from handlers.block_kit.blocks import Block
from handlers.views.order_form import OrderForm
from handlers.views.order_form_price import Price
from handlers.views.order_form_state import FormState


async def form_view(
    ctx: AppContext,
    form_state: FormState,
    price: Price,
    *,
    current_view: Mapping[str, Any] | None = None,
    banner: str | None = None,
    is_new: bool = False,
) -> Block:
    """The whole modal. `current_view` is the view it replaces, where there is one."""
    product = await product_or_none(ctx, form_state)
    return OrderForm(
        form_state=form_state,
        price=price,
        environment=ctx.environment,
        max_quantity=ctx.policy.limits.quantity,
        product=product,
        vendor=ctx.vendor_labels.get(product.vendor, "") if product else "",
        vendor_sends_email=product is None or ctx.vendor(product.vendor).sends_recipient_email,
        ticket_required=ctx.policy.tickets.required,
        current_view=current_view,
        banner=banner,
        is_new=is_new,
    ).view()


async def chosen_product(ctx: AppContext, form_state: FormState) -> Product | None:
    """None while nothing is chosen. Raises FieldError for a product that is not sold."""
    return await find_product(ctx, form_state.product_key) if form_state.product_key else None


async def product_or_none(ctx: AppContext, form_state: FormState) -> Product | None:
    """As `chosen_product`; also None where the product is no longer sold."""
    try:
        return await chosen_product(ctx, form_state)
    except FieldError:
        return None
