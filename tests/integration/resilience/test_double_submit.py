"""One form submitted twice at the same instant is one request, every time."""

import asyncio

from bot.domain.lifecycle import OrderState
from bot.services.quote_order import quote_order
from tests.support.at_once import saved
from tests.support.disk import unsent_messages
from tests.support.orders import actions, ask
from tests.support.people import AGENT
from tests.support.terms import card_selection

ROUNDS = 100


async def test_a_hundred_forms_submitted_twice_at_once_are_a_hundred_requests(ctx):
    product = saved(ctx).catalogue.search("steam usa", limit=1).products[0]
    selection = card_selection(product, product.denominations[0].minimum, 2)
    shown = await quote_order(ctx, AGENT, selection)  # a busy machine may answer no second quote in time

    def submit(number):
        return ask(ctx, key=f"V{number}", selection=selection, shown_quote_id=shown.quote_id)

    for number in range(ROUNDS):
        one, two = await asyncio.gather(submit(number), submit(number))
        assert one.id == two.id
        assert actions(ctx, one) == ["requested"]

    assert len(saved(ctx).orders.in_states(list(OrderState), limit=1000)) == ROUNDS
    assert len(unsent_messages(ctx)) == 2 * ROUNDS  # one card and one notice each
