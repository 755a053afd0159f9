"""A tiny app for the page to talk to: one form, one whisper, one card, one hostile message."""

import asyncio
import threading
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]
PRODUCTS = ("Steam USA", "Steam Germany", "Spotify", "Netflix")
HOSTILE = "<img src=x onerror=alert(1)> *<script>alert(2)</script>* <javascript:alert(3)|press me> &lt;b&gt;"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def form(quote: str = "Choose a product.") -> Json:
    typed = {"trigger_actions_on": ["on_character_entered"]}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Order a card"),
        "submit": plain("Order"),
        "blocks": [
            field(
                "product", "Product", {"type": "external_select", "min_query_length": 2}, dispatch_action=True
            ),
            field(
                "quantity",
                "Quantity",
                {"type": "number_input", "is_decimal_allowed": False, "dispatch_action_config": typed},
                dispatch_action=True,
            ),
            field("reason", "Reason", {"type": "plain_text_input", "multiline": True, "max_length": 200}),
            field("ticket", "Ticket link", {"type": "url_text_input"}, hint=plain("From the help desk")),
            field("email", "Recipient", {"type": "email_text_input"}, optional=True),
            {"type": "section", "block_id": "quote", "text": mrkdwn(quote)},
            {"type": "actions", "block_id": "more", "elements": [button("terms", "Terms")]},
        ],
    }


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


CONFIRM = {
    "title": plain("Approve it?"),
    "text": mrkdwn("No *way* back."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
CARD = [
    {"type": "header", "text": plain("Request 7")},
    section("*Steam USA* 25.00 USD"),
    {
        "type": "actions",
        "block_id": "decision",
        "elements": [
            button("approve", "Approve", style="primary", confirm=CONFIRM),
            button("decline", "Decline", style="danger"),
        ],
    },
]


def build(client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret="unused over a socket", process_before_response=True)

    @app.command("/shop")
    async def shop(ack: AsyncAck, command: Json) -> None:
        where, wish = command["channel_id"], command["text"]
        if wish == "sulk":
            return
        if wish == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=form())
        elif wish == "whisper":
            whisper = [
                section("Code: `AAAA-1111`"),
                {"type": "actions", "elements": [button("again", "Once more")]},
            ]
            await client.chat_postEphemeral(
                channel=where, user=command["user_id"], text="A secret", blocks=whisper
            )
        elif wish == "card":
            await client.chat_postMessage(channel=where, text="Request 7", blocks=CARD)
        elif wish == "ready":
            ready = [section("Ready."), {"type": "actions", "elements": [button("codes", "Show codes")]}]
            await client.chat_postMessage(channel=command["user_id"], text="Ready", blocks=ready)
        elif wish == "hostile":
            await client.chat_postMessage(
                channel=where,
                text=HOSTILE,
                blocks=[section(HOSTILE), {"type": "header", "text": plain(HOSTILE)}],
            )
        await ack()

    @app.shortcut("open_form")
    async def open_form(ack: AsyncAck, shortcut: Json) -> None:
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form())
        await ack()

    @app.shortcut("order_for_this")
    async def order_for_this(ack: AsyncAck, shortcut: Json) -> None:
        await client.views_open(
            trigger_id=shortcut["trigger_id"], view=form(f"For: {shortcut['message']['text']}")
        )
        await ack()

    @app.options("product")
    async def offer(ack: AsyncAck, payload: Json) -> None:
        fitting = [name for name in PRODUCTS if payload["value"].lower() in name.lower()]
        await ack(options=[{"text": plain(name), "value": name} for name in fitting])

    async def quote(ack: AsyncAck, body: Json) -> None:
        await ack()
        values = body["view"]["state"]["values"]
        product = (values["product"]["product"]["selected_option"] or {}).get("value", "nothing")
        said = f"{values['quantity']['quantity'].get('value')} × {product}"
        await client.views_update(view_id=body["view"]["id"], view=form(said))

    app.action("product")(quote)
    app.action("quantity")(quote)

    @app.action("terms")
    async def terms(ack: AsyncAck, body: Json) -> None:
        view = {"type": "modal", "title": plain("Terms"), "blocks": [section("Small print.")]}
        await client.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.view("form")
    async def submitted(ack: AsyncAck, view: Json) -> None:
        reason = view["state"]["values"]["reason"]["reason"]["value"]
        if reason == "sulk":
            return
        await (
            ack(response_action="errors", errors={"ticket": "Not one of our tickets."})
            if reason == "refuse"
            else ack()
        )

    @app.action("again")
    async def again(ack: AsyncAck, respond: Any) -> None:
        await ack()
        await respond(text="Code: `BBBB-2222`", replace_original=True)

    @app.action("codes")
    async def codes(ack: AsyncAck, body: Json) -> None:
        await ack()
        where, who = body["channel"]["id"], body["user"]["id"]
        await client.chat_postEphemeral(channel=where, user=who, text="Code: CCCC-3333")

    @app.action("approve")
    async def approve(ack: AsyncAck, body: Json) -> None:
        await ack()
        outcome = [section("Approved by <@" + body["user"]["id"] + ">")]
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Approved", blocks=outcome
        )

    @app.event("app_home_opened")
    async def home(event: Json) -> None:
        if event["tab"] == "home":
            view = {"type": "home", "blocks": [{"type": "header", "text": plain("Welcome to the shop")}]}
            await client.views_publish(user_id=event["user"], view=view)

    return app


class RunningApp:
    """The app on its own thread; `env` is what the stand-in printed."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._loop = asyncio.new_event_loop()
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    def start(self) -> None:
        self._thread.start()
        assert self._connected.wait(15), "the app did not connect to the stand-in"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(15)

    async def _run(self) -> None:
        self._done = asyncio.Event()
        base_url = self._env["SLACK_API_URL"]
        client = AsyncWebClient(token=self._env["SLACK_BOT_TOKEN"], base_url=base_url)
        outer = AsyncWebClient(token=self._env["SLACK_APP_TOKEN"], base_url=base_url)
        handler = AsyncSocketModeHandler(build(client), self._env["SLACK_APP_TOKEN"], web_client=outer)
        await handler.connect_async()
        self._connected.set()
        await self._done.wait()
        await handler.close_async()
