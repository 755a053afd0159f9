"""The back office of the vendor's stand-in, as tests use it."""

from typing import Any

import httpx


class BackOffice:
    """The vendor's back office: what was really bought, and how to make it misbehave."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=f"{address}/admin/api", timeout=10)

    def arm(self, kind: str, *, method: str = "POST", path: str = "/api/v1/orders", **options: Any) -> None:
        self._ok(
            self._http.post(
                "/faults", json={"kind": kind, "match": {"method": method, "path": path}, **options}
            )
        )

    def orders(self) -> list[dict[str, Any]]:
        return list(self._ok(self._http.get("/orders")).json())

    def wallets(self) -> list[dict[str, Any]]:
        return list(self._ok(self._http.get("/wallets")).json())

    def change_product(self, product_id: str, **changes: Any) -> None:
        self._ok(self._http.patch(f"/products/{product_id}", json=changes))
        self._ok(self._http.delete("/quotes"))

    def change_client(self, **changes: Any) -> None:
        self._ok(self._http.patch("/clients/7", json=changes))

    def set_wallet(self, wallet_id: str, amount: str) -> None:
        self._ok(self._http.patch(f"/wallets/{wallet_id}", json={"amount": amount}))

    def choose(self, **choices: Any) -> None:
        self._ok(self._http.patch("/choices", json=choices))

    def disarm(self) -> None:
        self._ok(self._http.delete("/faults"))

    def reset(self) -> None:
        self._ok(self._http.post("/reset"))
        self.disarm()

    @staticmethod
    def _ok(answer: httpx.Response) -> httpx.Response:
        assert answer.is_success, answer.text
        return answer
