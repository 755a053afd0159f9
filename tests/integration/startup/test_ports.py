"""A port that somebody else has is said in a sentence, and ends nothing but the start."""

import asyncio
import socket

import pytest

from bot.web.server import PortUnusable, serve_webhooks


async def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortUnusable, match=f"Cannot listen on 127.0.0.1:{port}"):
            await serve_webhooks([], host="127.0.0.1", port=port)


async def test_a_host_that_is_not_ours_is_named():
    async with asyncio.timeout(5):
        with pytest.raises(PortUnusable, match=r"192\.0\.2\.1"):
            await serve_webhooks([], host="192.0.2.1", port=8080)
