"""Submitting a form: what Slack itself refuses, what the app gets, what it may answer."""

import asyncio
from typing import Any

import pytest

from tests.integration.slack_sandbox.block_cases import ask, options, select
from tests.integration.slack_sandbox.driver import SILENT, App, Json, Person, Slack, named
from tests.integration.slack_sandbox.forms import SIMPLE, form, open_form, press_next, question, said


async def test_a_submission_carries_the_whole_view(slack: Slack, app: App, agent: Person) -> None:
    view = await open_form(
        slack, app, agent, form(question(), callback_id="order", private_metadata="draft-7", external_id="e1")
    )

    assert await agent.do("submit", view_id=view["id"], state=said("late parcel")) == {"ok": True}

    payload = await app.got("view_submission")
    sent = payload["view"]
    assert (sent["type"], sent["callback_id"], sent["private_metadata"]) == ("modal", "order", "draft-7")
    assert sent["state"]["values"] == said("late parcel")
    assert sent["hash"] == view["hash"]
    assert payload["user"] == {"id": "U0AGENT01", "username": "ava", "name": "ava", "team_id": "T0ACME001"}
    assert payload["team"] == {"id": "T0ACME001", "domain": "acme-support"}
    assert payload["response_urls"] == []
    assert (await agent.frame("view_closed"))["view_id"] == view["id"]


def asked(kind: str, **more: Any) -> Json:
    return ask({"type": kind, "action_id": "text", **more}, block_id="reason")


def filled(value: str) -> Json:
    return {"reason": {"text": {"value": value}}}


WHOLE, ANY = {"is_decimal_allowed": False}, {"is_decimal_allowed": True}
FORM_FAULTS: list[tuple[str, Json, Json]] = [
    ("a required text left empty", question(), said(None)),
    ("a text that is too short", question(min_length=5), filled("late")),
    ("a text that is too long", question(max_length=3), filled("late")),
    ("a number that is none", asked("number_input", **ANY), filled("ten")),
    ("not a number", asked("number_input", min_value="1", **ANY), filled("NaN")),
    ("a fraction where whole numbers go", asked("number_input", **WHOLE), filled("1.5")),
    ("a number below the least", asked("number_input", min_value="5", **ANY), filled("4.99")),
    ("a number above the most", asked("number_input", max_value="5", **ANY), filled("5.01")),
    ("an address without @", asked("email_text_input"), filled("maria")),
    ("a link without scheme", asked("url_text_input"), filled("example.com")),
    ("a menu without a choice", asked("static_select", options=options(2)), {}),
]


@pytest.mark.parametrize(("block", "state"), named(FORM_FAULTS))
async def test_slack_itself_refuses(slack: Slack, app: App, agent: Person, block: Json, state: Json) -> None:
    view = await open_form(slack, app, agent, form(block))

    answer = await agent.do("submit", view_id=view["id"], state=state)

    assert list(answer["errors"]) == ["reason"]
    assert await slack.calls(method="view_submission") == [], "the app is not troubled"


async def test_errors_stay_in_the_form(slack: Slack, app: App, agent: Person) -> None:
    app.answers["view_submission"] = {"response_action": "errors", "errors": {"reason": "Say more."}}
    view = await open_form(slack, app, agent)

    answer = await agent.do("submit", view_id=view["id"], state=said("x"))

    assert answer == {"ok": False, "errors": {"reason": "Say more."}}
    assert agent.all("view_closed") == []


async def test_a_submission_may_be_answered_with_an_update_a_push_or_clear(
    slack: Slack, app: App, agent: Person
) -> None:
    answers = iter(
        [
            {"response_action": "update", "view": form(question(), title="Second")},
            {"response_action": "push", "view": form(question(), title="On top")},
            {"response_action": "clear"},
        ]
    )
    app.answers["view_submission"] = lambda _: next(answers)
    view = await open_form(slack, app, agent)

    await agent.do("submit", view_id=view["id"], state=said("x"))
    assert (await agent.frame("view_updated"))["view"]["title"]["text"] == "Second"
    await agent.do("submit", view_id=view["id"], state=said("x"))
    on_top = (await agent.frame("view_pushed"))["view"]
    await agent.do("submit", view_id=on_top["id"], state=said("x"))
    gone = [(await agent.frame("view_closed"))["view_id"] for _ in range(2)]

    assert gone == [on_top["id"], view["id"]]


WRONG_ANSWERS: list[tuple[str, Any]] = [
    ("errors for a block that is not an input", {"response_action": "errors", "errors": {"steps": "no"}}),
    ("errors that name nothing", {"response_action": "errors", "errors": {}}),
    ("errors that are not text", {"response_action": "errors", "errors": {"reason": 1}}),
    ("an action nobody knows", {"response_action": "applaud"}),
    ("a body without an action", {"text": "thanks"}),
    ("an update to a wrong view", {"response_action": "update", "view": {"type": "modal", "blocks": []}}),
    ("a push of a wrong view", {"response_action": "push", "view": {"type": "home", "blocks": []}}),
]


@pytest.mark.parametrize("answer", named(WRONG_ANSWERS))
async def test_a_submission_may_not_be_answered_with(
    slack: Slack, app: App, agent: Person, answer: Any
) -> None:
    app.answers["view_submission"] = answer
    view = await open_form(slack, app, agent)

    refused = await agent.do("submit", view_id=view["id"], state=said("x"))

    assert refused == {"ok": False, "error": "invalid_response"}
    assert (await agent.frame("notice"))["text"] == "We had some trouble connecting. Try again?"
    assert len(await slack.calls(kind="refused")) == 1


async def test_a_submission_without_ack_fails_visibly_after_three_seconds(
    slack: Slack, app: App, agent: Person
) -> None:
    app.answers["view_submission"] = SILENT
    view = await open_form(slack, app, agent)

    submitting = asyncio.create_task(agent.do("submit", view_id=view["id"], state=said("x")))
    await app.got("view_submission")
    await slack.pass_time(3.1)

    assert await submitting == {"ok": False, "error": "operation_timeout"}
    assert (await agent.frame("notice"))["text"] == "We had some trouble connecting. Try again?"
    assert agent.all("view_closed") == [], "what was typed is still there"


@pytest.mark.parametrize(
    ("state", "error"),
    [
        pytest.param(said("x", "elsewhere"), "unknown_input", id="an input that is not there"),
        pytest.param(
            {"pick": {"pick": {"selected_option": {"value": "xbox"}}}}, "unknown_option", id="an option"
        ),
    ],
)
async def test_a_page_cannot_invent(slack: Slack, app: App, agent: Person, state: Json, error: str) -> None:
    view = await open_form(slack, app, agent, form(ask(select(), block_id="pick")))

    assert (await agent.do("submit", view_id=view["id"], state=state))["error"] == error


async def test_a_conversations_menu_can_mint_a_response_url(slack: Slack, app: App, agent: Person) -> None:
    menu = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    view = await open_form(slack, app, agent, form(ask(menu, block_id="place")))
    state = {"place": {"where": {"selected_conversation": "C0SUPPORT1"}}}

    await agent.do("submit", view_id=view["id"], state=state)

    (minted,) = (await app.got("view_submission"))["response_urls"]
    posted = await slack.http.post(
        minted["response_url"], json={"text": "done", "response_type": "in_channel"}
    )
    assert posted.json() == {"ok": True}
    assert (await agent.frame("message"))["channel"] == "C0SUPPORT1"


async def test_submitting_twice_closes_one_view_only(slack: Slack, app: App, agent: Person) -> None:
    root = await open_form(slack, app, agent)
    pushed = await slack.api("views.push", trigger_id=await press_next(app, agent, root["id"]), view=SIMPLE)
    top = pushed["view"]["id"]

    app.answers["view_submission"] = SILENT
    clicks = [asyncio.create_task(agent.do("submit", view_id=top, state=said("x"))) for _ in range(2)]
    await app.got("view_submission", times=2)
    for envelope in app.envelopes[-2:]:
        await app.ack(envelope)
    twice = await asyncio.gather(*clicks)

    assert list(twice) == [{"ok": True}, {"ok": True}]
    assert (await slack.api("views.update", view_id=top, view=SIMPLE))["error"] == "not_found"
    assert (await slack.api("views.update", view_id=root["id"], view=SIMPLE))["ok"]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(form(question(), submit_disabled=True), id="disabled"),
        pytest.param({k: v for k, v in form().items() if k != "submit"}, id="absent"),
    ],
)
async def test_a_form_cannot_be_sent_while_its_button_is(
    slack: Slack, app: App, agent: Person, view: Json
) -> None:
    opened = await open_form(slack, app, agent, view)

    assert (await agent.do("submit", view_id=opened["id"], state={}))["error"] == "not_submittable"
