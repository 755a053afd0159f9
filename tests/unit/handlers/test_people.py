"""Who somebody is: one person is one identity, whichever of their Slack ids a payload has."""

from dataclasses import replace

import pytest

from bot.domain.lifecycle import OrderState
from bot.domain.people import PersonId
from bot.domain.policy import Policy
from bot.services.order_queries import order_details
from handlers.user_directory import UserDirectory
from handlers.views.approval_card import approval_card
from tests.unit.handlers.block_kit_checks import buttons
from tests.unit.handlers.fake_slack import TEAM

LOCAL, GLOBAL = "U0SAME001", "W0SAME001"
IN_AN_ORGANISATION = {"id": LOCAL, "enterprise_user": {"id": GLOBAL, "teams": [TEAM]}}
ECHOED = {"enterprise_user": {"id": GLOBAL, "teams": [TEAM]}}  # `id` is the one that was asked about
TRANSLATED = {"id": LOCAL}


def is_twofold(harness, answer=IN_AN_ORGANISATION):
    harness.slack.people |= {LOCAL: answer, GLOBAL: answer}


def policy(**changes):
    rules = {"requesters": {"users": [LOCAL]}, "approvers": {"users": [GLOBAL, "U0LEAD001"]}}
    return Policy.model_validate(rules | changes)


async def request_by(harness, user_id):
    person = await harness.slack_ctx.people.lookup(user_id)
    return await harness.request(by=person)


async def approve_button(harness, order):
    return buttons(approval_card(await order_details(harness.ctx, order)).blocks)["Approve"]["value"]


@pytest.mark.parametrize("answer", [IN_AN_ORGANISATION, ECHOED, TRANSLATED])
@pytest.mark.parametrize(("asks", "decides"), [(LOCAL, GLOBAL), (GLOBAL, LOCAL)])
async def test_nobody_decides_on_their_own_request_under_another_id(harness, answer, asks, decides):
    is_twofold(harness, answer)
    harness.ctx.policy = policy(requesters={"users": [LOCAL, GLOBAL]}, approvers={"users": [LOCAL, GLOBAL]})
    order = await request_by(harness, asks)
    await harness.people.presses("approve", await approve_button(harness, order), by=decides)
    assert "your own request" in harness.slack.sent("respond")[0]["text"]
    assert harness.state(order) is OrderState.PENDING_APPROVAL


@pytest.mark.parametrize("answer", [IN_AN_ORGANISATION, ECHOED, TRANSLATED])
async def test_two_ids_of_one_person_are_one_approver(harness, answer):
    is_twofold(harness, answer)
    harness.ctx.policy = policy(
        requesters={"users": ["U0AGENT01"]}, approvers={"users": [LOCAL, GLOBAL], "needed": 2}
    )
    order = await harness.request()
    for by in (LOCAL, GLOBAL):
        await harness.people.presses("approve", await approve_button(harness, order), by=by)
    assert harness.state(order) is OrderState.PENDING_APPROVAL
    assert "already approved this" in harness.slack.sent("respond")[0]["text"]


async def test_an_order_from_before_the_organisation_is_still_ones_own(harness):
    harness.ctx.policy = policy(approvers={"users": [LOCAL]})
    order = await request_by(harness, LOCAL)
    is_twofold(harness)
    harness.slack_ctx.people.clear_cache()
    await harness.people.presses("approve", await approve_button(harness, order), by=LOCAL)
    assert harness.state(order) is OrderState.PENDING_APPROVAL
    assert order.client_reference in (await harness.people.types("mine", by=GLOBAL))["text"]


async def test_lists_and_groups_know_a_person_by_any_of_their_ids(harness):
    is_twofold(harness)
    harness.slack.groups = {"S0LEADS01": [LOCAL]}
    people = UserDirectory(harness.client, TEAM, frozenset({"S0LEADS01"}))
    person = await people.lookup(GLOBAL)
    assert person.groups == {"S0LEADS01"}
    assert person.id == PersonId(TEAM, GLOBAL) == (await people.lookup(LOCAL)).id
    rules = policy()
    assert person in rules.requesters and person in rules.approvers
    assert replace(person, aliases=frozenset()) not in rules.requesters


@pytest.mark.parametrize("odd", [{"enterprise_user": None}, {"team_id": None}, {"enterprise_user": {}}])
async def test_what_slack_leaves_empty_does_not_make_somebody_a_stranger(harness, odd):
    harness.slack.people["U0AGENT01"] = odd
    person = await harness.slack_ctx.people.lookup("U0AGENT01")
    assert person.id == PersonId(TEAM, "U0AGENT01") and not person.is_foreign


async def test_a_person_of_another_workspace_of_the_organisation_is_foreign(harness):
    harness.slack.people[LOCAL] = {"team_id": "T0OTHER", "enterprise_user": {"id": GLOBAL, "teams": ["T0X"]}}
    assert (await harness.slack_ctx.people.lookup(LOCAL)).is_foreign


async def test_codes_go_to_the_id_our_workspace_knows_its_people_by(harness):
    is_twofold(harness)
    harness.slack.unknown = {GLOBAL}
    harness.ctx.policy = policy()
    order = harness.deliver_codes(await request_by(harness, LOCAL), "CODE-1")
    await harness.people.presses("show_codes", str(order.id), by=LOCAL, where="dm")
    [row] = harness.rows_of("codes")
    await harness.dispatcher.deliver(row)
    [message] = harness.slack.sent("chat.postEphemeral")
    assert (message["channel"], message["user"]) == (f"D{LOCAL}", LOCAL)
