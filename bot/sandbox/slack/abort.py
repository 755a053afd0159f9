"""Breaks a connection as a network failure does: without a closing frame or the rest of the response."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


def abort_connection(receive: Receive) -> None:
    """ASGI has no message for this, so it uses the transport that uvicorn keeps behind `receive`."""
    protocol: Any = receive.__self__  # type: ignore[attr-defined]
    protocol.transport.abort()


class AbortedResponse(Response):
    """No response: the caller sees its connection close."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI
        abort_connection(receive)
        await asyncio.sleep(0.01)  # until uvicorn has noticed, else it tries to send a 500
