"""The Home tab: what one can do, one's own requests, and what waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.catalogue import Wallet
from bot.usecases.look_up_orders import OrderFile
from handlers import ids
from handlers.views.blocks import (
    MOST_BLOCKS_IN_VIEW,
    Block,
    actions,
    button,
    context,
    divider,
    header,
    section,
    stamped,
)
from handlers.views.orders import order_buttons, order_line
from handlers.views.text import mention, shown
from handlers.views.wallets import last_known


def home(
    own: Sequence[OrderFile],
    waiting: Sequence[OrderFile] | None,
    *,
    may_request: bool,
    approvals_channel: str,
    environment: str,
    reading: str | None = None,
    balances: Mapping[str, Sequence[tuple[Wallet, datetime]]] = MappingProxyType({}),
) -> Block:
    """`waiting` is None for who sees only their own requests; balances come by vendor with their age."""
    blocks: list[Block] = [header("Gift cards")]
    if may_request:
        blocks.append(actions(button("Issue a gift card", ids.OPEN_ORDER_FORM, style="primary")))
    if reading:
        blocks.append(context(reading))
    if balances:
        blocks.append(context(last_known(balances)))
    blocks.append(
        context("`/giftcard balance` shows what the wallets hold, `/giftcard help` everything else.")
    )
    if waiting is not None:
        blocks += _waiting(waiting, approvals_channel)
    if may_request or own:
        blocks += _own(own)
    return _view(blocks, environment)


def closed_home(why: str, environment: str) -> Block:
    """For people without a role."""
    return _view([header("Gift cards"), section(shown(why, 2000))], environment)


def _waiting(waiting: Sequence[OrderFile], approvals_channel: str) -> list[Block]:
    blocks = [divider(), header("Waiting for a decision")]
    if not waiting:
        return [*blocks, section("Nothing waits.")]
    blocks.append(context(f"Decide on the cards in <#{approvals_channel}>."))
    return blocks + [
        section(f"{order_line(file)} by {mention(file.order.requester.user_id)}") for file in waiting
    ]


def _own(own: Sequence[OrderFile]) -> list[Block]:
    blocks = [divider(), header("Your requests")]
    if not own:
        blocks.append(section("You have not asked for any gift card yet."))
    for file in own:
        blocks.append(section(order_line(file)))
        if buttons := order_buttons(file.order, file.codes_held):
            blocks.append(actions(*buttons))
    return blocks


def _view(blocks: list[Block], environment: str) -> Block:
    return {"type": "home", "blocks": stamped(blocks, environment, most=MOST_BLOCKS_IN_VIEW)}
