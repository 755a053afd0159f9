"""Two approvers, neither of them the requester, close what the bot cannot find out."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.policy import Policy
from bot.services.errors import BadRequest, NotPermitted, StaleOrder
from bot.services.notifications import OutboxKind
from bot.services.problem_text import problem_line
from bot.services.purchase.recover import recover_order
from bot.services.reconcile_purchases import reconcile_purchases
from bot.services.resolve_order import confirm_resolution, proposal_to_show, propose_resolution
from store import StaleState
from tests.support.at_once import saved
from tests.support.disk import audit_log_is_intact
from tests.support.orders import actions, approved, bought, sent, work, work_until
from tests.support.people import AGENT, LEAD, OTHER_LEAD

NOT_BOUGHT, RESOLVED = OrderState.NOT_BOUGHT, OrderState.RESOLVED


@pytest.fixture
async def lost_order(ctx, clock, back_office):
    back_office.arm("drop-before")
    return await work(ctx, clock, await approved(ctx, 2))


@pytest.fixture
async def codes_missing(ctx, clock, back_office):
    back_office.arm("drop-after")
    return await work_until(ctx, clock, await approved(ctx, 2), OrderState.CODES_UNAVAILABLE)


async def test_an_order_is_closed_as_not_bought_when_two_approvers_say_so(ctx, clock, lost_order):
    proposal = await propose_resolution(
        ctx, LEAD, lost_order.id, NOT_BOUGHT, "Their support says so, ticket 9."
    )
    assert saved(ctx).orders.get(lost_order.id).state is OrderState.OUTCOME_UNKNOWN
    assert sent(ctx, clock, OutboxKind.PROPOSAL) == [{"proposal": proposal.id}]

    order = await confirm_resolution(ctx, OTHER_LEAD, lost_order.id, proposal.id)

    assert (order.state, order.next_at, order.escalate_at) == (NOT_BOUGHT, None, None)
    assert problem_line(order) == "Their support says so, ticket 9."
    assert {"event": "not_bought"} in sent(ctx, clock, OutboxKind.NOTIFICATION)


async def test_both_names_and_the_note_are_on_record(ctx, codes_missing):
    proposal = await propose_resolution(ctx, LEAD, codes_missing.id, RESOLVED, "Codes came by their e-mail.")
    await confirm_resolution(ctx, OTHER_LEAD, codes_missing.id, proposal.id)

    rows = {row.action: row for row in saved(ctx).audit.rows(order_id=codes_missing.id)}

    assert rows["resolution_proposed"].actor == LEAD.id
    assert (rows["resolved"].actor, rows["resolved"].before, rows["resolved"].after) == (
        OTHER_LEAD.id,
        OrderState.CODES_UNAVAILABLE,
        RESOLVED,
    )
    assert json.loads(rows["resolved"].details) == {
        "outcome": "resolved",
        "note": "Codes came by their e-mail.",
        "vendor_order_id": None,
        "proposer": str(LEAD.id),
        "confirmer": str(OTHER_LEAD.id),
    }
    assert audit_log_is_intact(ctx)


async def test_one_person_is_not_two(ctx, lost_order):
    proposal = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "I know it.")
    with pytest.raises(NotPermitted, match="another approver has to confirm"):
        await confirm_resolution(ctx, LEAD, lost_order.id, proposal.id)
    assert saved(ctx).orders.get(lost_order.id).state is OrderState.OUTCOME_UNKNOWN
    assert actions(ctx, lost_order)[-1] == "refused"


async def test_the_requester_is_neither_of_the_two_whatever_their_role(ctx, lost_order):
    ctx.policy = Policy.model_validate(
        {"requesters": {"groups": ["S0AGENTS"]}, "approvers": {"groups": ["S0LEADS", "S0AGENTS"]}}
    )
    with pytest.raises(NotPermitted, match="your own request"):
        await propose_resolution(ctx, AGENT, lost_order.id, NOT_BOUGHT, "mine")
    proposal = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "theirs")
    with pytest.raises(NotPermitted, match="your own request"):
        await confirm_resolution(ctx, AGENT, lost_order.id, proposal.id)


async def test_who_is_not_an_approver_or_is_deactivated_says_nothing(ctx, lost_order):
    with pytest.raises(NotPermitted, match="not on the list of approvers"):
        await propose_resolution(ctx, replace(LEAD, groups=frozenset()), lost_order.id, NOT_BOUGHT, "x")
    proposal = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "x")
    with pytest.raises(NotPermitted, match="deactivated"):
        await confirm_resolution(ctx, replace(OTHER_LEAD, is_deactivated=True), lost_order.id, proposal.id)


async def test_what_is_paid_cannot_be_closed_as_not_bought(ctx, codes_missing):
    with pytest.raises(BadRequest, match="cannot have ended like this"):
        await propose_resolution(ctx, LEAD, codes_missing.id, NOT_BOUGHT, "x")


@pytest.mark.parametrize(("note", "says"), [("  ", "Say how you know"), ("x" * 501, "At most 500")])
async def test_a_proposal_says_how_it_is_known(ctx, lost_order, note, says):
    with pytest.raises(BadRequest, match=says):
        await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, note)


async def test_only_the_latest_proposal_can_be_confirmed(ctx, lost_order):
    first = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "not there")
    second = await propose_resolution(ctx, OTHER_LEAD, lost_order.id, RESOLVED, "it is there")

    with pytest.raises(StaleOrder, match="latest message"):
        await confirm_resolution(ctx, OTHER_LEAD, lost_order.id, first.id)

    assert (await proposal_to_show(ctx, lost_order.id, first.id))[1] is None
    assert (await confirm_resolution(ctx, LEAD, lost_order.id, second.id)).state is RESOLVED


async def test_an_order_that_was_recovered_meanwhile_is_not_closed(ctx, clock, back_office, lost_order):
    proposal = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "not there")
    await work_until(ctx, clock, lost_order, OrderState.DELIVERED)

    with pytest.raises(StaleOrder, match="is delivered now"):
        await confirm_resolution(ctx, OTHER_LEAD, lost_order.id, proposal.id)


async def test_two_who_confirm_at_once_close_it_once(ctx, lost_order):
    proposal = await propose_resolution(ctx, LEAD, lost_order.id, NOT_BOUGHT, "not there")
    await confirm_resolution(ctx, OTHER_LEAD, lost_order.id, proposal.id)
    with pytest.raises(StaleOrder, match="nothing left to resolve"):
        await confirm_resolution(ctx, OTHER_LEAD, lost_order.id, proposal.id)
    assert actions(ctx, lost_order).count("resolved") == 1


@pytest.mark.parametrize("lookups", [0, 1], ids=["looking it up", "about to ask again"])
async def test_a_closed_order_is_never_bought_not_even_by_a_worker_that_was_already_at_it(
    ctx, clock, back_office, lost_order, lookups
):
    order = await work(ctx, clock, lost_order, steps=lookups)
    proposal = await propose_resolution(ctx, LEAD, order.id, NOT_BOUGHT, "not there")

    looking = asyncio.create_task(recover_order(ctx, order))
    await asyncio.sleep(0)  # it has read the order and waits for the vendor
    closed = await confirm_resolution(ctx, OTHER_LEAD, order.id, proposal.id)
    with pytest.raises(StaleState):
        await looking

    assert bought(back_office, order) == []
    assert saved(ctx).orders.get(order.id) == closed


async def test_the_match_finds_out_when_two_approvers_were_wrong(ctx, clock, back_office):
    back_office.arm("drop-after")
    order = await work(ctx, clock, await approved(ctx, 2))
    proposal = await propose_resolution(ctx, LEAD, order.id, NOT_BOUGHT, "they say it is not there")
    await confirm_resolution(ctx, OTHER_LEAD, order.id, proposal.id)

    report = await reconcile_purchases(ctx, ctx.vendor("octopus"))

    assert [finding.kind for finding in report.findings] == ["not_approved"]
