"""Starts a vendor's stand-in by its command."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from threading import Barrier
from typing import Any

import httpx


def content(answer: httpx.Response) -> Any:
    """The JSON body with its decimals exact."""
    return json.loads(answer.text, parse_float=Decimal)


@contextmanager
def started(name: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any], httpx.Client]]:
    """A process of its own on a free port, what it announced, and a client of it. Killed at the end."""
    command = [sys.executable, "-m", "bot", "sandbox", name, "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        announced = json.loads(process.stdout.readline())
        with httpx.Client(base_url=announced["address"], trust_env=False) as http:
            yield process, announced, http
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def at_once(http: httpx.Client, path: str, wanted: list[dict[str, Any]]) -> list[httpx.Response]:
    """Each of these posts on a connection of its own, all sent at the same moment."""
    start = Barrier(len(wanted))

    def post(body: dict[str, Any]) -> httpx.Response:
        with httpx.Client(base_url=http.base_url, headers=http.headers, trust_env=False) as own:
            own.get("/")
            start.wait()
            return own.post(path, json=body)

    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(post, wanted))
