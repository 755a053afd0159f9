"""Starts the stand-in by its command and talks to it as a client of the vendor would."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.support.stand_in_process import content, started

__all__ = ["StandIn", "content", "refusal", "running"]
STEAM, STEAM_PRICE = "STEAM-20USD-xCJc", Decimal("19.28")  # every second code of an order has a PIN
STEAM_EUR, STEAM_EUR_PRICE = "STEAM-20EUR-YKZV", Decimal("20.93")
TARGET = "TARGET-25USD-NQHm"  # every code has a PIN


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and message of a refusal, which holds nothing to tell it from others by machine."""
    body = answer.json()
    assert list(body) == ["success", "message", "data"]
    assert body["success"] is False
    return answer.status_code, body["message"]


@dataclass
class StandIn:
    """A running stand-in and one account of it."""

    process: subprocess.Popen[str]
    announced: dict[str, Any]
    http: httpx.Client
    account: int = 1201

    def get(self, path: str, fault: str = "", **query: Any) -> httpx.Response:
        return self.http.get(f"/v1{path}", params=query, headers=_asked(fault))

    def post(self, path: str, fault: str = "", **body: Any) -> httpx.Response:
        return self.http.post(f"/v1{path}", json=body, headers=_asked(fault))

    def order(self, fault: str = "", **wanted: Any) -> httpx.Response:
        """One Steam card of 20 USD unless told otherwise."""
        return self.post("/orders", fault, **{"item_code": STEAM} | wanted)

    def ordered(self, fault: str = "", **wanted: Any) -> dict[str, Any]:
        """As `order`, and what a good answer holds."""
        answer = self.order(fault, **wanted)
        assert answer.is_success, answer.text
        data: dict[str, Any] = content(answer)["data"]
        return data

    def check(self, fault: str = "", **wanted: Any) -> httpx.Response:
        return self.post("/orders/check", fault, **{"item_id": STEAM} | wanted)

    def read(self, order_id: int, fault: str = "") -> dict[str, Any]:
        data: dict[str, Any] = content(self.get(f"/orders/{order_id}", fault))["data"]
        return data

    def listed(self, fault: str = "", **query: Any) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = content(self.get("/orders", fault, **query))["data"]["orders"]
        return orders

    def balance(self) -> Decimal:
        return Decimal(self.get("/balance").json()["data"]["balance"])

    def items(self, **query: Any) -> list[dict[str, Any]]:
        products: list[dict[str, Any]] = content(self.get("/catalog", **query))["data"]["products"]
        return products

    def back_office(self, method: str, path: str, **body: Any) -> Any:
        answer = self.http.request(method, f"{self.announced['admin']}/api/{path}", json=body or {})
        assert answer.is_success, answer.text
        return content(answer)

    def book(self) -> dict[str, Any]:
        book: dict[str, Any] = self.back_office("GET", f"accounts/{self.account}/book")
        return book

    def choose(self, **choices: Any) -> None:
        self.back_office("PATCH", "choices", **choices)

    def later(self, seconds: float) -> None:
        self.back_office("POST", "clock", shift_s=seconds)

    def another(self, **wanted: Any) -> "StandIn":
        """The same stand-in as the holder of a new account sees it."""
        opened = self.back_office("POST", "accounts", **wanted)
        http = httpx.Client(
            base_url=self.http.base_url, headers={"X-API-Key": opened["api_key"]}, trust_env=False
        )
        return StandIn(self.process, self.announced, http, opened["id"])


def _asked(fault: str) -> dict[str, str]:
    return {"X-Sandbox-Fault": fault} if fault else {}


@contextmanager
def running(*options: str) -> Iterator[StandIn]:
    """A process of its own on a free port, killed at the end if it still runs."""
    with started("cardpluspay", *options) as (process, announced, http):
        http.headers["X-API-Key"] = announced["env"]["CARDPLUSPAY_API_KEY"]
        yield StandIn(process, announced, http)
