"""Updates the price after every change of the form, in the background. The latest change wins."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.compare_vendors import other_vendor_costs
from bot.services.errors import BadRequest, FieldError, NotPermitted, RequestRejected
from bot.services.quote_order import check_affordable, quote_order
from handlers import ids
from handlers.block_kit.blocks import Block
from handlers.interaction import Interaction
from handlers.order_form.render import chosen_product, form_view
from handlers.order_form.requester import authorized_requester
from handlers.slack_context import SlackContext
from handlers.views.order_form_price import PRICE_LOADING, Price, PriceUnavailable, QuotedPrice
from handlers.views.order_form_state import FormState, parse_selection, read_form

log = structlog.get_logger(__name__)

_DEBOUNCE_S = 0.25  # the vendor is not asked for every key that is pressed
_LOADING_AFTER_S = 0.3  # a quicker answer is shown without “asking…” before it
_ANSWER_WITHIN_S = 8.0


@dataclass(eq=False)
class _OpenForm:
    """A form while a price is being asked for."""

    changes: int = 0
    newest: str = ""  # Slack's action_ts of the newest change
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class _Change:
    """One change of a form. Its result is shown unless a later change has come."""

    form: _OpenForm
    number: int
    view_id: str
    client: AsyncWebClient

    @property
    def is_latest(self) -> bool:
        return self.number == self.form.changes

    async def show(self, view: Block) -> None:
        # One update at a time: an older one that arrives later would stay on screen.
        async with self.form.lock:
            if self.is_latest:
                await _update(self.client, self.view_id, view)


# Forms with a price on its way. The task holds its form, so an entry goes with its task.
_open_forms: WeakValueDictionary[str, _OpenForm] = WeakValueDictionary()


async def reprice(interaction: Interaction) -> None:
    """Something in the form was changed, or *Ask again* was pressed."""
    view, action = interaction.body.get("view"), interaction.body["actions"][0]
    if isinstance(view, Mapping) and view.get("callback_id") == ids.ORDER_FORM:
        start_pricing(
            interaction,
            view["id"],
            read_form(view, changed=action),
            current_view=view,
            changed_at=str(action.get("action_ts") or ""),
            debounce_s=_DEBOUNCE_S if action.get("type") == "number_input" else 0,
        )


def start_pricing(
    interaction: Interaction,
    view_id: str,
    form_state: FormState,
    *,
    current_view: Mapping[str, Any] | None = None,
    changed_at: str = "",
    debounce_s: float = 0,
) -> None:
    """Ask for the price of what is filled in, in the background, and show it in the view."""
    slack_ctx = interaction.slack_ctx
    change = _next_change(interaction.client, view_id, changed_at)
    if change is not None:
        work = _update_price(slack_ctx, change, interaction.user_id, form_state, current_view, debounce_s)
        slack_ctx.background.start(work, what="price an order form")


def cancel_pricing(view_id: str) -> None:
    """Drop a price that is on its way: the view has just been replaced."""
    if form := _open_forms.get(view_id):
        form.changes += 1


def _next_change(client: AsyncWebClient, view_id: str, changed_at: str) -> _Change | None:
    form = _open_forms.setdefault(view_id, _OpenForm())
    if changed_at and changed_at < form.newest:
        return None  # two sockets may deliver payloads in another order than Slack sent them
    form.newest = max(form.newest, changed_at)
    form.changes += 1
    return _Change(form, form.changes, view_id, client)


async def _update_price(
    slack_ctx: SlackContext,
    change: _Change,
    requester_id: str,
    form_state: FormState,
    current_view: Mapping[str, Any] | None,
    debounce_s: float,
) -> None:
    await asyncio.sleep(debounce_s)
    if not change.is_latest:
        return
    pricing = asyncio.create_task(price_of(slack_ctx, requester_id, form_state))
    try:
        answered, _ = await asyncio.wait({pricing}, timeout=_LOADING_AFTER_S)
        if not answered:
            await change.show(
                await form_view(slack_ctx.ctx, form_state, PRICE_LOADING, current_view=current_view)
            )
        price = await pricing
    finally:
        pricing.cancel()
    await change.show(await form_view(slack_ctx.ctx, form_state, price, current_view=current_view))


async def price_of(slack_ctx: SlackContext, requester_id: str, form_state: FormState) -> Price:
    """The price of what is filled in, or a sentence why there is none."""
    ctx = slack_ctx.ctx
    try:
        person = await authorized_requester(slack_ctx, requester_id, attempted="quote")
        selection = parse_selection(form_state, await chosen_product(ctx, form_state))
        kept = await quote_order(ctx, person, selection, timeout_s=_ANSWER_WITHIN_S)
    except (FieldError, NotPermitted) as error:
        return PriceUnavailable(str(error), is_error=True)
    except BadRequest as error:
        name, sentence = next(iter(error.errors.items()))
        return PriceUnavailable(sentence, is_error=_is_filled(form_state, name))
    except RequestRejected as error:
        return PriceUnavailable(str(error), is_error=True, can_retry=True)
    try:
        check_affordable(kept)
        warning = None
    except FieldError as error:
        warning = str(error)
    vendor = ctx.vendor(kept.product.vendor).title
    other_vendors = await other_vendor_costs(
        ctx, person, kept.product, selection.line.unit_value.amount, selection.line.units
    )
    return QuotedPrice(kept.quote_id, kept.quote, vendor, kept.wallets, warning, tuple(other_vendors))


def _is_filled(form_state: FormState, name: str) -> bool:
    return form_state.line.get(name) is not None


async def _update(client: AsyncWebClient, view_id: str, view: Block) -> None:
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        if error.response["error"] != "not_found":  # the person has closed the form
            log.warning("order_form_not_updated", error=error.response["error"])
    except (SlackClientError, ClientError, TimeoutError) as error:
        log.warning("order_form_not_updated", error=type(error).__name__)
