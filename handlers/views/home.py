"""The Home tab: what a person can do, their requests, and what waits for a decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.catalogue import Wallet
from bot.services.order_queries import OrderDetails
from handlers import ids
from handlers.block_kit.blocks import (
    MAX_BLOCKS_IN_VIEW,
    Block,
    actions,
    button,
    context,
    divider,
    header,
    section,
    with_sandbox_mark,
)
from handlers.block_kit.text import mention, safe_text
from handlers.views.orders import order_buttons, order_line
from handlers.views.wallets import last_known_line


def home(
    own: Sequence[OrderDetails],
    pending: Sequence[OrderDetails] | None,
    *,
    may_request: bool,
    approvals_channel: str,
    environment: str,
    catalogue_status: str | None = None,
    balances: Mapping[str, Sequence[tuple[Wallet, datetime]]] = MappingProxyType({}),
) -> Block:
    """`pending` is None for people who see only their own requests."""
    blocks: list[Block] = [header("Gift cards")]
    if may_request:
        blocks.append(actions(button("Issue a gift card", ids.OPEN_ORDER_FORM, style="primary")))
    if catalogue_status:
        blocks.append(context(catalogue_status))
    if balances:
        blocks.append(context(last_known_line(balances)))
    blocks.append(
        context("`/giftcard balance` shows what the wallets hold, `/giftcard help` everything else.")
    )
    if pending is not None:
        blocks += _pending(pending, approvals_channel)
    if may_request or own:
        blocks += _own_requests(own)
    return _view(blocks, environment)


def home_without_access(why: str, environment: str) -> Block:
    """For people without a role."""
    return _view([header("Gift cards"), section(safe_text(why, 2000))], environment)


def _pending(pending: Sequence[OrderDetails], approvals_channel: str) -> list[Block]:
    blocks = [divider(), header("Waiting for a decision")]
    if not pending:
        return [*blocks, section("Nothing waits.")]
    blocks.append(context(f"Decide on the cards in <#{approvals_channel}>."))
    return blocks + [
        section(f"{order_line(details)} by {mention(details.order.requester.user_id)}") for details in pending
    ]


def _own_requests(own: Sequence[OrderDetails]) -> list[Block]:
    blocks = [divider(), header("Your requests")]
    if not own:
        blocks.append(section("You have not asked for any gift card yet."))
    for details in own:
        blocks.append(section(order_line(details)))
        if buttons := order_buttons(details.order, details.codes_held):
            blocks.append(actions(*buttons))
    return blocks


def _view(blocks: list[Block], environment: str) -> Block:
    return {"type": "home", "blocks": with_sandbox_mark(blocks, environment, limit=MAX_BLOCKS_IN_VIEW)}
