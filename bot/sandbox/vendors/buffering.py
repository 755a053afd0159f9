"""Buffers a request and its response, so that faults can be applied to either as a whole."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class BufferedResponse:
    """A complete response that is held back until it is known whether it may be sent."""

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], tuple(message.get("headers", ()))
        else:
            self.body += message.get("body", b"")

    async def leave(self, send: Send, *, cut: bool) -> None:
        """Send it; with `cut` only the first half of the body, and never the end."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        body = self.body[: len(self.body) // 2] if cut else self.body
        await send({"type": "http.response.body", "body": body, "more_body": cut})


async def buffer_request(receive: Receive) -> Receive:
    """Read the whole request now, so that it is processed even if the client disconnects meanwhile."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return again


async def buffer_response(app: ASGIApp, scope: Scope, receive: Receive) -> BufferedResponse:
    answer = BufferedResponse()
    await app(scope, receive, answer.take)
    return answer
