"""Views and messages that the behaviour tests share."""

from typing import Any

from tests.integration.slack_sandbox.block_cases import actions, ask, button, plain, typed
from tests.integration.slack_sandbox.driver import App, Json, Person, Slack


def form(*blocks: Json, title: str = "Form", **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Go"), "blocks": list(blocks), **more}


def question(block_id: str = "reason", **element: Any) -> Json:
    return ask(typed(**element), block_id=block_id)


NEXT = {**actions(button(action_id="next", text=plain("Next"))), "block_id": "steps"}
SIMPLE = form(question(), NEXT)


def said(text: str | None, block_id: str = "reason") -> Json:
    """The state of one filled-in text."""
    return {block_id: {"text": {"type": "plain_text_input", "value": text}}}


async def trigger(app: App, person: Person) -> str:
    """A fresh trigger of this person's slash command."""
    before = len(app.envelopes)
    assert (await person.command("/giftcard"))["ok"]
    await app.until(lambda: len(app.envelopes) > before)
    return str(app.envelopes[-1]["payload"]["trigger_id"])


async def open_form(slack: Slack, app: App, person: Person, view: Json = SIMPLE) -> Json:
    """Opens a modal as the app would; the view as the person's tab got it."""
    answer = await slack.api("views.open", trigger_id=await trigger(app, person), view=view)
    assert answer["ok"], answer
    opened: Json = (await person.frame("view_opened"))["view"]
    return opened


async def press_next(app: App, person: Person, view_id: str) -> str:
    """Presses the form's button; the trigger this gives the app."""
    assert (await person.press({"type": "view", "view_id": view_id}, "next", "steps"))["ok"]
    return str((await app.got("block_actions"))["trigger_id"])
