"""What a server may do to a client, whoever the vendor is, and that nothing may be left of it."""

import asyncio
import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.support.scripted_server import ScriptedReply, ScriptedServer, answers, drips, hangs, resets, sends

OK = b"HTTP/1.1 200 OK\r\n"
MALFORMED_RESPONSES: dict[str, ScriptedReply] = {
    "no JSON": answers(200, raw=b'{"id": 5'),
    "a page": answers(200, raw=b"<html><body>Welcome</body></html>", Content_Type="text/html"),
    "an error page": answers(403, raw=b"<html>Forbidden by the firewall</html>"),
    "a gateway's page": answers(502, raw=b"<html>" + b"bad gateway " * 1000),
    "nothing": answers(204, raw=b""),
    "wrong types": answers(200, [{"id": {"a": 1}, "amount": [], "name": 7, "available_denominations": 3}]),
    "numbers nobody can mean": answers(200, raw=b'[{"id": 1e999999999, "amount": NaN, "currency_id": -0}]'),
    "a number of a million digits": answers(200, raw=b'{"id": ' + b"9" * 1_000_000 + b"}"),
    "a hundred thousand brackets": answers(200, raw=b"[" * 100_000),
    "random bytes": answers(200, raw=bytes(range(256)) * 100),
    "no HTTP": sends(b"\x16\x03\x01\x02\x00SSH-2.0-OpenSSH\r\n\r\n"),
    "a redirect": answers(302, raw=b"", Location="/elsewhere"),
    "a redirect of the method": answers(307, raw=b"", Location="http://127.0.0.1:9/elsewhere"),
    "a status nobody knows": answers(299, raw=b"?"),
    "headers without end": drips(OK, b"X-More: " + b"x" * 4000 + b"\r\n", 0.001),
    "a body without end": drips(OK + b"\r\n", b"x" * 1_000_000, 0),
    "chunks that are none": sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
    "two lengths": sends(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc"),
    "fewer bytes than it said": sends(OK + b"Content-Length: 500\r\n\r\n{}"),
    "more inside than outside": answers(
        200, raw=gzip.compress(b" " * 50_000_000), Content_Encoding="gzip", Content_Type="application/json"
    ),
    "a lie about its encoding": answers(200, raw=b"{}", Content_Encoding="gzip"),
    "continue, for ever": drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "a slow drip": drips(OK + b"Content-Length: 9000\r\n\r\n{", b" ", 0.05),
    "silence": hangs,
    "a reset": resets,
}


async def assert_no_task_left_running(server: ScriptedServer) -> None:
    """Of ours: what was given up ends within a moment."""
    ours = asyncio.all_tasks() - server.conversations - {asyncio.current_task()}
    if ours:
        _, left = await asyncio.wait(ours, timeout=0.5)
        assert not left


@contextmanager
def unresponsive_address() -> Iterator[str]:
    """A listener whose queue is full: connecting takes for ever."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def exception_chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything that hangs on it, shown in a traceback or not."""
    while error is not None:
        yield error
        error = error.__context__
