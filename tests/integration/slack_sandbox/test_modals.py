"""Modals: triggers, the stack, hashes, and what stays typed."""

from tests.integration.slack_sandbox.driver import App, Person, Slack
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


async def test_opening_from_inside_a_modal_stacks(slack: Slack, app: App, agent: Person) -> None:
    root = await open_form(slack, app, agent)

    await slack.api("views.open", trigger_id=await press_next(app, agent, root["id"]), view=SIMPLE)

    assert (await agent.frame("view_pushed"))["view"]["previous_view_id"] == root["id"]


async def test_a_view_under_another_cannot_be_acted_in(slack: Slack, app: App, agent: Person) -> None:
    root = await open_form(slack, app, agent)
    await slack.api("views.push", trigger_id=await press_next(app, agent, root["id"]), view=SIMPLE)

    assert (await agent.do("submit", view_id=root["id"], state=said("x")))["error"] == "view_not_open"
