"""A genuine Bolt app works with the stand-in, over Socket Mode and over signed HTTP."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.integration.slack_sandbox.driver import MANIFEST, Json, Person, Slack, StandIn

PRODUCTS = {"steam": "Steam", "spotify": "Spotify"}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def form(chosen: str = "nothing yet") -> Json:
    return {
        "type": "modal",
        "callback_id": "order",
        "private_metadata": "draft-1",
        "notify_on_close": True,
        "title": plain("Order"),
        "submit": plain("Ask"),
        "blocks": [
            {
                "type": "input",
                "block_id": "product",
                "dispatch_action": True,
                "label": plain("Product"),
                "element": {"type": "external_select", "action_id": "pick", "min_query_length": 1},
            },
            {"type": "section", "block_id": "chosen", "text": plain(chosen)},
            {
                "type": "input",
                "block_id": "reason",
                "label": plain("Reason"),
                "element": {"type": "plain_text_input", "action_id": "text"},
            },
        ],
    }


def bolt_app(slack: StandIn) -> AsyncApp:
    client = AsyncWebClient(token=slack.env["SLACK_BOT_TOKEN"], base_url=slack.env["SLACK_API_URL"])
    app = AsyncApp(
        client=client, signing_secret=slack.env["SLACK_SIGNING_SECRET"], process_before_response=True
    )

    @app.command("/giftcard")
    async def order(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form())
        await ack()

    @app.options("pick")
    async def offer(ack: Any, payload: Json) -> None:
        found = [v for v in PRODUCTS if v.startswith(payload["value"])]
        await ack(options=[{"text": plain(PRODUCTS[v]), "value": v} for v in found])

    @app.action("pick")
    async def picked(ack: Any, body: Json, client: AsyncWebClient) -> None:
        name = body["actions"][0]["selected_option"]["text"]["text"]
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=form(name))
        await ack()

    @app.view("order")
    async def submitted(ack: Any, body: Json, view: Json, client: AsyncWebClient) -> None:
        reason = view["state"]["values"]["reason"]["text"]["value"]
        if len(reason) < 5:
            await ack(response_action="errors", errors={"reason": "Please say a little more."})
            return
        dm = await client.conversations_open(users=body["user"]["id"])
        button = {"type": "button", "action_id": "reveal", "value": "order-1", "text": plain("Reveal")}
        blocks = [{"type": "actions", "block_id": "buttons", "elements": [button]}]
        await client.chat_postMessage(channel=dm["channel"]["id"], text="Your card is ready", blocks=blocks)
        await ack()

    @app.action("reveal")
    async def reveal(ack: Any, respond: Any) -> None:
        await respond(text="CODE-1234", replace_original=False)
        await ack()

    return app


@pytest.fixture(params=["socket", "http"])
async def slack_with_bolt(request: pytest.FixtureRequest) -> AsyncIterator[Slack]:
    """A stand-in and a Bolt app that reach each other by the given transport."""
    over_http = request.param == "http"
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    process = StandIn(*(["--request-url", url] if over_http else []), manifest=MANIFEST)
    slack = Slack(process)
    app = bolt_app(process)
    if over_http:
        runner = web.AppRunner(app.web_app("/slack/events"))
        await runner.setup()
        await web.SockSite(runner, listening).start()
        yield slack
        await runner.cleanup()
    else:
        listening.close()
        web_client = AsyncWebClient(
            token=process.env["SLACK_APP_TOKEN"], base_url=process.env["SLACK_API_URL"]
        )
        handler = AsyncSocketModeHandler(app, app_token=process.env["SLACK_APP_TOKEN"], web_client=web_client)
        await handler.connect_async()
        yield slack
        await handler.close_async()
    await slack.http.aclose()
    assert process.stop() == 0


async def test_a_bolt_app_takes_an_order_from_command_to_revealed_code(slack_with_bolt: Slack) -> None:
    slack = slack_with_bolt
    async with Person(slack, "U0AGENT01") as agent:
        assert await agent.command("/giftcard") == {"ok": True}
        view = (await agent.frame("view_opened"))["view"]
        inside = {"type": "view", "view_id": view["id"]}
        pick = {"block_id": "product", "action_id": "pick"}

        offered = await agent.do("suggest", container=inside, value="st", **pick)
        assert [option["value"] for option in offered["options"]] == ["steam"]

        typed = {"reason": {"text": {"type": "plain_text_input", "value": "late"}}}
        assert (await agent.press(inside, **pick, value="steam", state=typed))["ok"]
        updated = (await agent.frame("view_updated"))["view"]
        assert updated["blocks"][1]["text"]["text"] == "Steam"
        assert updated["state"]["values"]["reason"]["text"]["value"] == "late"
        assert updated["hash"] != view["hash"]

        refused = await agent.do("submit", view_id=view["id"], state={})
        assert refused == {"ok": False, "errors": {"reason": "Please say a little more."}}
        typed["reason"]["text"]["value"] = "parcel two weeks late"
        assert await agent.do("submit", view_id=view["id"], state=typed) == {"ok": True}
        assert (await agent.frame("view_closed"))["view_id"] == view["id"]

        ready = await agent.frame("message")
        assert ready["message"]["text"] == "Your card is ready"
        where = {"type": "message", "channel": ready["channel"], "ts": ready["message"]["ts"]}
        assert (await agent.press(where, "reveal", "buttons"))["ok"]
        assert (await agent.frame("ephemeral"))["message"]["text"] == "CODE-1234"

    assert await slack.kept("CODE-1234") == []
    assert await slack.calls(contains="CODE-1234", kind="response_url") != []
