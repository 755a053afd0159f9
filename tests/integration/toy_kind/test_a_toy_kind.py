"""A kind of order is an addition: one more of them needs no line in a service, the store or a view."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.lifecycle import OPEN, OrderState
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order
from bot.domain.policy import Policy
from bot.kinds import KINDS
from bot.services.context import AppContext
from bot.services.decide_request import approve_request
from bot.services.errors import FieldError
from bot.services.follow_up import follow_up
from bot.services.notifications import OutboxKind
from bot.services.order_queries import order_details
from bot.services.outbox_payloads import RevealPage
from bot.services.quote_order import Selection, quote_order
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.request_order import OrderRequest, request_order
from bot.services.reveal_codes import codes_to_show, request_codes
from bot.services.sync_catalogue import sync_catalogue
from bot.workers.orders import take_next_step
from handlers.kinds import KIND_VIEWS
from handlers.order_form.render import form_view
from handlers.views.approval_card import approval_card
from handlers.views.codes import codes_message
from handlers.views.notifications import notification_message
from handlers.views.order_form_price import PRICE_LOADING
from handlers.views.order_form_state import FormState, parse_selection, read_form
from tests.integration.toy_kind import song
from tests.integration.toy_kind.song import SONG, SingersGuild, SongLine, Songs, SongViews
from tests.support.at_once import saved
from tests.support.clock import ShiftedClock
from tests.support.database import open_store
from tests.support.orders import sent
from tests.support.people import AGENT, LEAD

ROOT = Path(__file__).parents[3]
BALLAD = "singers_guild:song:ballad"
TYPED = FormState(product_key=BALLAD, line={"minutes": "4", "dedicated_to": "Ada"})


@pytest.fixture
async def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AppContext]:
    monkeypatch.setitem(KINDS, SONG, Songs())
    monkeypatch.setitem(KIND_VIEWS, SONG, SongViews())
    clock = ShiftedClock()
    policy = Policy.model_validate(
        {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS"]}}
    )
    store = open_store(tmp_path / "giftcard.sqlite3", clock=clock)
    ctx = AppContext(store, {SingersGuild.name: SingersGuild()}, policy, "sandbox", clock)
    await sync_catalogue(ctx)
    yield ctx
    store.close()


async def asked(ctx: AppContext) -> Order:
    product = saved(ctx).catalogue.get(BALLAD)
    request = OrderRequest(parse_selection(TYPED, product), "she missed the concert", None, None)
    return await request_order(ctx, AGENT, request, request_key="view-1")


async def delivered(ctx: AppContext) -> Order:
    order = await approve_request(ctx, LEAD, (await asked(ctx)).id)
    assert isinstance(ctx.clock, ShiftedClock)
    while due := saved(ctx).orders.due(OPEN, ctx.clock() + timedelta(minutes=5)):
        ctx.clock.advance(timedelta(minutes=5))
        for each in due:
            await take_next_step(ctx, each)
    return await ctx.order(order.id)


def text_of(blocks: Any) -> str:
    return str([block.to_dict() if hasattr(block, "to_dict") else block for block in blocks])


async def test_the_form_has_its_fields_and_reads_what_was_typed_into_them(ctx: AppContext) -> None:
    view: Mapping[str, Any] = await form_view(ctx, TYPED, PRICE_LOADING)
    assert "How many minutes" in str(view)
    assert "Quantity" not in str(view)

    values = {
        block["block_id"]: {block["element"]["action_id"]: {"value": typed}}
        for block, typed in (
            (block, TYPED.line.get(block["block_id"].partition(":")[0]))
            for block in view["blocks"]
            if block["type"] == "input"
        )
        if typed
    }
    read = read_form({**view, "state": {"values": values}})
    assert parse_selection(read, saved(ctx).catalogue.get(BALLAD)).line == SongLine("ballad", 4, "Ada")


async def test_what_it_is_not_sold_as_is_refused_by_its_own_rule(ctx: AppContext) -> None:
    with pytest.raises(FieldError, match="5 minutes at most"):
        await quote_order(ctx, AGENT, Selection(BALLAD, SongLine("ballad", 6, "Ada")))


async def test_approvers_decide_on_its_own_line_and_charge(ctx: AppContext) -> None:
    card = text_of(approval_card(await order_details(ctx, await asked(ctx))).blocks)

    assert "4 minutes for Ada" in card
    assert "USD 13.00" in card
    assert "Studio" in card


async def test_it_is_bought_once_delivered_matched_and_shown_as_what_it_is(ctx: AppContext) -> None:
    order = await delivered(ctx)

    assert order.state is OrderState.DELIVERED
    assert order.terms.line == SongLine("ballad", 4, "Ada")
    guild = ctx.vendors["singers_guild"]
    assert isinstance(guild, SingersGuild)
    assert len(guild.recorded) == 1
    findings = (await reconcile_purchases(ctx, guild)).findings
    assert order.client_reference not in [finding.client_reference for finding in findings]

    await request_codes(ctx, AGENT, order.id)
    _, shown = await ctx.read(lambda tx: codes_to_show(tx, order.id))
    assert isinstance(ctx.clock, ShiftedClock)
    [page] = sent(ctx, ctx.clock, OutboxKind.CODES)
    message = codes_message(order, shown, RevealPage.model_validate(page))
    assert "Listen at https://singers.example/1" in text_of(message.blocks)


async def test_what_becomes_of_it_after_the_delivery_is_on_record_and_told(ctx: AppContext) -> None:
    order = await delivered(ctx)
    assert isinstance(ctx.clock, ShiftedClock)

    looks = 0
    while due := saved(ctx).follow_ups.due(ctx.clock()):
        for each in due:
            await follow_up(ctx, each.order_id)
            looks += 1
        ctx.clock.advance(timedelta(hours=1))

    assert looks == 3
    actions = [row.action for row in saved(ctx).audit.rows(order_id=order.id)]
    assert actions.count("followed_up") == 3
    told = notification_message(await order_details(ctx, order), NotificationEvent.FOLLOWED_UP)
    assert told.text == f"*{order.client_reference}*: it was listened to 3 times"


def test_nothing_outside_its_own_modules_and_the_registries_knows_it() -> None:
    rooms = ("bot", "handlers", "store")
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(paths) > 100
    knowing = [path for path in paths if re.search(r"\bsong\b|singers", path.read_text(), re.IGNORECASE)]
    assert knowing == []
    assert Path(str(song.__file__)).exists()


def test_services_workers_and_the_store_know_no_kind_by_name() -> None:
    rooms = ("bot/services", "bot/workers", "store")
    paths = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(paths) > 50
    knowing = [
        str(path.relative_to(ROOT))
        for path in paths
        if re.search(r"GiftCard|gift_card|GIFT_CARD|\bVoucher\b", path.read_text())
    ]
    assert knowing == []
