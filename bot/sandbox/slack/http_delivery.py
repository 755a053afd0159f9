"""Delivery to a request URL: signed POSTs, as for an app with a public address."""

import asyncio
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.sandbox.slack.delivery import Ack, AppPayload

if TYPE_CHECKING:
    import httpx

GIVE_UP_S = 30.0  # Slack gives up after 3 s; a later ack is only recorded
FORM = "application/x-www-form-urlencoded"


class HttpDelivery:
    def __init__(self, url: str, signing_secret: str) -> None:
        self._url = url
        self._secret = signing_secret.encode()
        self._client: httpx.AsyncClient | None = None

    def send(self, payload: AppPayload, *, copies: int) -> "asyncio.Future[Ack]":
        tasks = [asyncio.ensure_future(self._post(payload)) for _ in range(copies)]
        return tasks[0]

    def cut(self) -> None:
        """Nothing to do: the response was dropped, and every request opens its own connection."""

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _post(self, payload: AppPayload) -> Ack:
        import httpx  # slow to import, and Socket Mode never needs it

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=GIVE_UP_S, trust_env=False)
        content_type, body = _encoded(payload)
        try:
            answer = await self._client.post(
                self._url, content=body, headers=self._headers(payload, content_type, body)
            )
        except httpx.TimeoutException:
            return Ack(status=None, error="operation_timeout")
        except httpx.HTTPError:
            return Ack(status=None, error="dispatch_failed")
        return _ack(answer)

    def _headers(self, payload: AppPayload, content_type: str, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))  # the app checks it against its own clock, which tests do not move
        signature = hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        if payload.retry:
            headers |= {
                "X-Slack-Retry-Num": str(payload.retry),
                "X-Slack-Retry-Reason": _reason(payload.retry_reason),
            }
        return headers


def _reason(reason: str) -> str:
    return "http_timeout" if reason == "timeout" else reason


def _encoded(payload: AppPayload) -> tuple[str, bytes]:
    if payload.type == "events_api":
        return "application/json", json.dumps(payload.body).encode()
    fields = payload.body if payload.type == "slash_commands" else {"payload": json.dumps(payload.body)}
    return FORM, urlencode(fields).encode()


def _ack(answer: "httpx.Response") -> Ack:
    no_retry = answer.headers.get("x-slack-no-retry") == "1"
    if answer.status_code != 200:
        error = "http_client_error" if answer.status_code < 500 else "http_service_error"
        return Ack(answer.text, answer.status_code, error, retry=not no_retry)
    if not answer.content:
        return Ack()
    body: Any = answer.text
    if answer.headers.get("content-type", "").startswith("application/json"):
        try:
            body = answer.json()
        except ValueError:
            return Ack(answer.text, 200, "invalid_response")
    return Ack(body)
