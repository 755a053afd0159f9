"""Who somebody is: one person is one identity, whichever of their Slack ids a payload has."""

from dataclasses import replace

import pytest

from bot.domain.orders import OrderState
from bot.domain.people import PersonId
from bot.domain.policy import Policy
from bot.usecases.look_up_orders import order_file
from handlers.people import People
from handlers.views.cards import approval_card
from tests.unit.handlers.reading import buttons
from tests.unit.handlers.slack import TEAM

LOCAL, GLOBAL = "U0SAME001", "W0SAME001"
IN_AN_ORGANISATION = {"id": LOCAL, "enterprise_user": {"id": GLOBAL, "teams": [TEAM]}}
ECHOED = {"enterprise_user": {"id": GLOBAL, "teams": [TEAM]}}  # `id` is the one that was asked about
TRANSLATED = {"id": LOCAL}


def is_twofold(office, answer=IN_AN_ORGANISATION):
    office.slack.people |= {LOCAL: answer, GLOBAL: answer}


def policy(**changes):
    rules = {"requesters": {"users": [LOCAL]}, "approvers": {"users": [GLOBAL, "U0LEAD001"]}}
    return Policy.model_validate(rules | changes)


async def request_by(office, user_id):
    person = await office.front.people.who(user_id)
    return await office.request(by=person)


def approve_button(office, order):
    return buttons(approval_card(order_file(office.desk, order)).blocks)["Approve"]["value"]


@pytest.mark.parametrize("answer", [IN_AN_ORGANISATION, ECHOED, TRANSLATED])
@pytest.mark.parametrize(("asks", "decides"), [(LOCAL, GLOBAL), (GLOBAL, LOCAL)])
async def test_nobody_decides_on_their_own_request_under_another_id(office, answer, asks, decides):
    is_twofold(office, answer)
    office.desk.policy = policy(requesters={"users": [LOCAL, GLOBAL]}, approvers={"users": [LOCAL, GLOBAL]})
    order = await request_by(office, asks)
    await office.people.presses("approve", approve_button(office, order), by=decides)
    assert "your own request" in office.slack.sent("respond")[0]["text"]
    assert office.state(order) is OrderState.WAITING


@pytest.mark.parametrize("answer", [IN_AN_ORGANISATION, ECHOED, TRANSLATED])
async def test_two_ids_of_one_person_are_one_approver(office, answer):
    is_twofold(office, answer)
    office.desk.policy = policy(
        requesters={"users": ["U0AGENT01"]}, approvers={"users": [LOCAL, GLOBAL], "needed": 2}
    )
    order = await office.request()
    for by in (LOCAL, GLOBAL):
        await office.people.presses("approve", approve_button(office, order), by=by)
    assert office.state(order) is OrderState.WAITING
    assert "already approved this" in office.slack.sent("respond")[0]["text"]


async def test_an_order_from_before_the_organisation_is_still_ones_own(office):
    office.desk.policy = policy(approvers={"users": [LOCAL]})
    order = await request_by(office, LOCAL)
    is_twofold(office)
    office.front.people.forget()
    await office.people.presses("approve", approve_button(office, order), by=LOCAL)
    assert office.state(order) is OrderState.WAITING
    assert order.client_reference in (await office.people.types("mine", by=GLOBAL))["text"]


async def test_lists_and_groups_know_a_person_by_any_of_their_ids(office):
    is_twofold(office)
    office.slack.groups = {"S0LEADS01": [LOCAL]}
    people = People(office.messenger._client, TEAM, frozenset({"S0LEADS01"}))
    person = await people.who(GLOBAL)
    assert person.groups == {"S0LEADS01"}
    assert person.id == PersonId(TEAM, GLOBAL) == (await people.who(LOCAL)).id
    rules = policy()
    assert person in rules.requesters and person in rules.approvers
    assert replace(person, aliases=frozenset()) not in rules.requesters


@pytest.mark.parametrize("odd", [{"enterprise_user": None}, {"team_id": None}, {"enterprise_user": {}}])
async def test_what_slack_leaves_empty_does_not_make_somebody_a_stranger(office, odd):
    office.slack.people["U0AGENT01"] = odd
    person = await office.front.people.who("U0AGENT01")
    assert person.id == PersonId(TEAM, "U0AGENT01") and not person.is_foreign


async def test_a_person_of_another_workspace_of_the_organisation_is_foreign(office):
    office.slack.people[LOCAL] = {"team_id": "T0OTHER", "enterprise_user": {"id": GLOBAL, "teams": ["T0X"]}}
    assert (await office.front.people.who(LOCAL)).is_foreign


async def test_codes_go_to_the_id_our_workspace_knows_its_people_by(office):
    is_twofold(office)
    office.slack.unknown = {GLOBAL}
    office.desk.policy = policy()
    order = office.deliver_codes(await request_by(office, LOCAL), "CODE-1")
    await office.people.presses("show_codes", str(order.id), by=LOCAL, where="dm")
    [row] = office.rows_of("codes")
    await office.messenger.deliver(row)
    [message] = office.slack.sent("chat.postEphemeral")
    assert (message["channel"], message["user"]) == (f"D{LOCAL}", LOCAL)
