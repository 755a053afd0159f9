"""Modals: triggers, the stack, hashes, what stays typed, and what may answer a submission."""

import asyncio
from typing import Any

import pytest

from tests.integration.slack_sandbox.block_cases import ask, options, select
from tests.integration.slack_sandbox.desk import SILENT, App, Json, Person, Slack, named
from tests.integration.slack_sandbox.forms import (
    NEXT,
    SIMPLE,
    form,
    open_form,
    press_next,
    question,
    said,
    trigger,
)


async def test_a_trigger_opens_one_modal_only(slack: Slack, app: App, agent: Person) -> None:
    trigger_id = await trigger(app, agent)

    first = await slack.api("views.open", trigger_id=trigger_id, view=SIMPLE)
    second = await slack.api("views.open", trigger_id=trigger_id, view=SIMPLE)

    assert first["ok"]
    assert second["error"] == "exchanged_trigger_id"


async def test_a_trigger_expires_after_three_seconds(slack: Slack, app: App, agent: Person) -> None:
    in_time, too_late = await trigger(app, agent), await trigger(app, agent)

    await slack.pass_time(2.5)
    assert (await slack.api("views.open", trigger_id=in_time, view=SIMPLE))["ok"]
    await slack.pass_time(0.6)
    assert (await slack.api("views.open", trigger_id=too_late, view=SIMPLE))["error"] == "expired_trigger_id"


async def test_a_stack_holds_three_views(slack: Slack, app: App, agent: Person) -> None:
    root = await open_form(slack, app, agent)
    below = root["id"]
    for _ in range(2):
        pushed = await slack.api("views.push", trigger_id=await press_next(app, agent, below), view=SIMPLE)
        assert pushed["view"]["previous_view_id"] == below
        assert pushed["view"]["root_view_id"] == root["id"]
        below = pushed["view"]["id"]

    fourth = await slack.api("views.push", trigger_id=await press_next(app, agent, below), view=SIMPLE)

    assert fourth["error"] == "push_limit_reached"


async def test_a_push_needs_a_trigger_from_inside_the_modal(slack: Slack, app: App, agent: Person) -> None:
    answer = await slack.api("views.push", trigger_id=await trigger(app, agent), view=SIMPLE)

    assert answer["error"] == "not_found"


async def test_closing_shows_the_view_below_and_the_cross_closes_all(
    slack: Slack, app: App, agent: Person
) -> None:
    root = await open_form(slack, app, agent, form(question(), NEXT, notify_on_close=True))
    for _ in range(2):
        pushed = await slack.api(
            "views.push", trigger_id=await press_next(app, agent, root["id"]), view=SIMPLE
        )
        await agent.do("close", view_id=pushed["view"]["id"], clear=False)
        assert (await agent.frame("view_closed"))["view_id"] == pushed["view"]["id"]

    await agent.do("close", view_id=root["id"], clear=True)

    closed = await app.got("view_closed")
    assert closed["is_cleared"] is True
    assert closed["view"]["id"] == root["id"]
    assert "trigger_id" not in closed


async def test_an_update_with_an_old_hash_is_refused(slack: Slack, app: App, agent: Person) -> None:
    view = await open_form(slack, app, agent)
    newer = await slack.api("views.update", view_id=view["id"], hash=view["hash"], view=SIMPLE)

    stale = await slack.api("views.update", view_id=view["id"], hash=view["hash"], view=SIMPLE)

    assert newer["view"]["hash"] != view["hash"]
    assert stale["error"] == "hash_conflict"


async def test_a_view_is_found_by_its_external_id_which_is_unique(
    slack: Slack, app: App, agent: Person
) -> None:
    named_view = form(question(), external_id="draft-1")
    view = await open_form(slack, app, agent, named_view)

    again = await slack.api("views.open", trigger_id=await trigger(app, agent), view=named_view)
    updated = await slack.api("views.update", external_id="draft-1", view=named_view)

    assert again["error"] == "duplicate_external_id"
    assert updated["view"]["id"] == view["id"]


async def test_what_was_typed_stays_where_block_and_action_stay(
    slack: Slack, app: App, agent: Person
) -> None:
    view = await open_form(slack, app, agent, form(question("kept"), question("renamed"), NEXT))
    state = said("this stays", "kept") | said("this goes", "renamed")
    await agent.press({"type": "view", "view_id": view["id"]}, "next", "steps", state=state)

    await slack.api("views.update", view_id=view["id"], view=form(question("kept"), question("new"), NEXT))

    values = (await agent.frame("view_updated"))["view"]["state"]["values"]
    assert values["kept"]["text"]["value"] == "this stays"
    assert values["new"]["text"]["value"] is None
    assert "renamed" not in values


async def test_a_closed_view_cannot_be_updated(slack: Slack, app: App, agent: Person) -> None:
    view = await open_form(slack, app, agent)
    await agent.do("close", view_id=view["id"], clear=False)

    assert (await slack.api("views.update", view_id=view["id"], view=SIMPLE))["error"] == "not_found"


async def test_a_modal_lives_in_one_tab_and_dies_with_it(slack: Slack, app: App, agent: Person) -> None:
    async with Person(slack, "U0AGENT01") as other_tab:
        view = await open_form(slack, app, other_tab)
        assert agent.all("view_opened") == []
    assert (await slack.api("views.update", view_id=view["id"], view=SIMPLE))["error"] == "not_found"


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
