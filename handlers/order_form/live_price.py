"""The price follows every change in the form: asked for in the background, and the latest change wins."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import BadField, NotPermitted
from bot.usecases.compare_vendors import costs_elsewhere
from bot.usecases.quote_order import check_affordable, quote_order
from bot.usecases.rejections import BadRequest, Rejected
from handlers import ids
from handlers.front import Front, user_id
from handlers.order_form.requester import requester
from handlers.order_form.screen import chosen_product, form_view
from handlers.views.blocks import Block
from handlers.views.order_form_fields import action_id
from handlers.views.order_form_price import ASKING, NoPrice, Price, Quoted
from handlers.views.order_form_state import Filled, parse_selection, read_form

log = structlog.get_logger(__name__)

_TYPING_PAUSE_S = 0.25  # the vendor is not asked for every key that is pressed
_PATIENCE_S = 0.3  # an answer that comes sooner needs no “asking…” before it
_ANSWER_WITHIN_S = 8.0
_CHANGES = (ids.COUNTRY, ids.CATEGORY, ids.PRODUCT, ids.DENOMINATION, ids.QUANTITY, ids.WALLET)


@dataclass(eq=False)
class _Form:
    """One open form while something is being worked out for it."""

    changes: int = 0
    newest: str = ""  # Slack's action_ts of the newest change
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class _Change:
    """One change of a form: what it leads to is shown unless a later change has come."""

    form: _Form
    number: int
    view_id: str
    client: AsyncWebClient

    @property
    def is_latest(self) -> bool:
        return self.number == self.form.changes

    async def show(self, view: Block) -> None:
        # One update at a time: two under way could overtake each other, and the older one would stay.
        async with self.form.lock:
            if self.is_latest:
                await _update(self.client, self.view_id, view)


# Only forms that are being worked on: a task holds its form, so nothing has to be cleared away.
_forms: WeakValueDictionary[str, _Form] = WeakValueDictionary()


def register(app: AsyncApp, front: Front) -> None:
    async def follow_change(
        ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient
    ) -> None:
        await ack()
        view = body.get("view")
        if isinstance(view, Mapping) and view.get("callback_id") == ids.ORDER_FORM:
            start_pricing(
                front,
                client,
                view["id"],
                user_id(body),
                read_form(view, changed=action),
                on_screen=view,
                changed_at=str(action.get("action_ts") or ""),
                pause_s=_TYPING_PAUSE_S if action.get("type") == "number_input" else 0,
            )

    for name in (*map(action_id, _CHANGES), ids.ASK_FOR_PRICE):
        app.action(name)(follow_change)


def start_pricing(
    front: Front,
    client: AsyncWebClient,
    view_id: str,
    asker: str,
    filled: Filled,
    *,
    on_screen: Mapping[str, Any] | None = None,
    changed_at: str = "",
    pause_s: float = 0,
) -> None:
    """Work out the price of what is filled in and show it in the view, without making anybody wait."""
    change = _next_change(client, view_id, changed_at)
    if change is not None:
        work = _follow(front, change, asker, filled, on_screen, pause_s)
        front.background.start(work, what="price an order form")


def drop_pricing(view_id: str) -> None:
    """What is being worked out for this view is out of date: the view has just been replaced."""
    if form := _forms.get(view_id):
        form.changes += 1


def _next_change(client: AsyncWebClient, view_id: str, changed_at: str) -> _Change | None:
    form = _forms.setdefault(view_id, _Form())
    if changed_at and changed_at < form.newest:
        return None  # over two sockets, payloads may arrive in another order than they were sent in
    form.newest = max(form.newest, changed_at)
    form.changes += 1
    return _Change(form, form.changes, view_id, client)


async def _follow(
    front: Front,
    change: _Change,
    asker: str,
    filled: Filled,
    on_screen: Mapping[str, Any] | None,
    pause_s: float,
) -> None:
    await asyncio.sleep(pause_s)
    if not change.is_latest:
        return
    pricing = asyncio.create_task(price_of(front, asker, filled))
    try:
        answered, _ = await asyncio.wait({pricing}, timeout=_PATIENCE_S)
        if not answered:
            await change.show(form_view(front.desk, filled, ASKING, on_screen=on_screen))
        price = await pricing
    finally:
        pricing.cancel()
    await change.show(form_view(front.desk, filled, price, on_screen=on_screen))


async def price_of(front: Front, asker: str, filled: Filled) -> Price:
    """What the filled-in order costs, or in words why that cannot be said."""
    desk = front.desk
    try:
        person = await requester(front, asker, attempted="quote")
        selection = parse_selection(filled, chosen_product(desk, filled))
        kept = await quote_order(desk, person, selection, timeout_s=_ANSWER_WITHIN_S)
    except BadRequest as incomplete:
        name, sentence = next(iter(incomplete.errors.items()))
        return NoPrice(sentence, trouble=_is_filled(filled, name))
    except (BadField, NotPermitted) as wrong:
        return NoPrice(str(wrong), trouble=True)
    except Rejected as silence:
        return NoPrice(str(silence), trouble=True, ask_again=True)
    try:
        check_affordable(kept)
        warning = None
    except BadField as too_dear:
        warning = str(too_dear)
    vendor = desk.provider(kept.product.provider).title
    elsewhere = costs_elsewhere(desk, person, kept.product, selection.denomination, selection.quantity)
    return Quoted(kept.quote_id, kept.quote, vendor, kept.wallets, warning, tuple(elsewhere))


def _is_filled(filled: Filled, name: str) -> bool:
    return {ids.DENOMINATION: filled.denomination, ids.QUANTITY: filled.quantity}.get(name) is not None


async def _update(client: AsyncWebClient, view_id: str, view: Block) -> None:
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as refusal:
        if refusal.response["error"] != "not_found":  # the person has closed it, which is their right
            log.warning("order_form_not_updated", error=refusal.response["error"])
    except (SlackClientError, ClientError, TimeoutError) as failure:
        log.warning("order_form_not_updated", error=type(failure).__name__)
