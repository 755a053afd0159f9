"""Starts the stand-in by its command and talks to it as a client of the vendor would."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.support.stand_in_process import content, started

__all__ = ["StandIn", "content", "refusal", "running"]
STEAM_US, STEAM_DE, STEAM_JP = 8101, 8103, 8110
USD, EUR, GBP, JPY, CAD, CHF_POSTPAID = 31, 32, 33, 34, 35, 36


def refusal(answer: httpx.Response) -> tuple[int, str, str, str]:
    """Status, name, code and message of an error envelope, which holds nothing else."""
    body = answer.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["name", "code", "message"]
    return answer.status_code, *body["error"].values()


@dataclass
class StandIn:
    """A running stand-in and one client of it, logged in."""

    process: subprocess.Popen[str]
    announced: dict[str, Any]
    http: httpx.Client

    def log_in(self, key: str = "", secret: str = "") -> httpx.Response:
        env = self.announced["env"]
        pair = {
            "username": key or env["OCTOPUS_API_KEY"],
            "password": secret or env["OCTOPUS_API_SECRET"],
        }
        answer = self.http.post("/auth/login", json=pair)
        if answer.is_success:
            self.http.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
        return answer

    def get(self, path: str, fault: str = "", **query: Any) -> httpx.Response:
        headers = {"X-Sandbox-Fault": fault} if fault else {}
        return self.http.get(f"/api/v1{path}", params=query, headers=headers)

    def post(self, path: str, fault: str = "", **body: Any) -> httpx.Response:
        headers = {"X-Sandbox-Fault": fault} if fault else {}
        return self.http.post(f"/api/v1{path}", json=body, headers=headers)

    def order(self, fault: str = "", **wanted: Any) -> httpx.Response:
        """One Steam card of 20 USD unless told otherwise."""
        usual = {"product_id": STEAM_US, "denomination": 20, "quantity": 1}
        return self.post("/orders", fault, **usual | wanted)

    def balance(self, wallet_id: int) -> Decimal:
        wallets = {wallet["id"]: wallet["amount"] for wallet in content(self.get("/wallets"))}
        return Decimal(wallets[wallet_id])

    def back_office(self, method: str, path: str, **body: Any) -> Any:
        answer = self.http.request(method, f"{self.announced['admin']}/api/{path}", json=body or {})
        assert answer.is_success, answer.text
        return content(answer)

    def later(self, seconds: float) -> None:
        self.back_office("POST", "clock", shift_s=seconds)

    def settled(self, order_id: int, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The order as the back office sees it, once it is so; reading it there shows no code."""
        for _ in range(200):
            orders = {order["id"]: order for order in self.back_office("GET", "orders?limit=1000")}
            if is_so(orders[order_id]):
                found: dict[str, Any] = orders[order_id]
                return found
        raise AssertionError(f"order stayed {orders[order_id]['status']}")


@contextmanager
def running(*options: str) -> Iterator[StandIn]:
    """A process of its own on a free port, killed at the end if it still runs."""
    with started("octopus", *options) as (process, announced, http):
        stand_in = StandIn(process, announced, http)
        stand_in.log_in()
        yield stand_in
