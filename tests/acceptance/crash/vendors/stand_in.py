"""A vendor's stand-in with its back office, as the scene uses it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import httpx

from bot.services.quote_order import Selection
from bot.vendors.contract import Vendor
from store import Store
from tests.acceptance.crash.accelerated_clock import AcceleratedClock
from tests.acceptance.crash.vendor_ledger import AccountMovement, VendorSale
from tests.support.processes import Process

_MOST = {"limit": 50_000}


class VendorStandIn(ABC):
    """Its accounts go by names of ours: all that is bought on one is compared with one database."""

    name: ClassVar[str]
    orders_path: ClassVar[str]  # of a purchase
    first_account: ClassVar[str]

    def __init__(self, stand_in: Process) -> None:
        self._stand_in = stand_in
        announced = stand_in.announced()
        self.env: dict[str, str] = announced["env"]
        self._back_office = httpx.Client(base_url=f"{announced['address']}/admin/api", timeout=30)

    @property
    @abstractmethod
    def time(self) -> AcceleratedClock:
        """The time of a new run."""

    @abstractmethod
    def client(self, account: str) -> Vendor: ...

    @abstractmethod
    def seed(self, store: Store, most: int) -> Mapping[str, Selection]:
        """Put money and stock there; what can be bought, `most` cards at once, by what a case calls it."""

    def open_account(self, name: str) -> str:
        return self.first_account

    def env_of(self, account: str) -> dict[str, str]:
        return self.env

    def happens_meanwhile(self, what: str, wanted: str, account: str) -> None:
        """What others do with an account while an order for what is `wanted` is being bought."""
        raise NotImplementedError

    @abstractmethod
    def sold(self) -> list[VendorSale]: ...

    @abstractmethod
    def moved(self) -> list[AccountMovement]: ...

    def arm(self, method: str, path: str, fault: Mapping[str, Any]) -> None:
        self._send("POST", "/faults", {"match": {"method": method, "path": path}, **fault})

    def disarm(self) -> None:
        self._send("DELETE", "/faults")

    def answers(self) -> int:
        """How many purchases the vendor has answered."""
        requests = self._listed("/requests")
        return sum(r["method"] == "POST" and r["path"] == self.orders_path for r in requests)

    def end(self) -> None:
        self._back_office.close()
        self._stand_in.end()

    def _listed(self, path: str) -> list[dict[str, Any]]:
        return list(self._back_office.get(path, params=_MOST).raise_for_status().json())

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._back_office.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def started(name: str, folder: Path, *options: str, time: AcceleratedClock | None = None) -> Process:
    """The stand-in as a process; by its own time where one is given."""
    module, before = "bot", []
    if time is not None:
        module, before = "tests.acceptance.crash.accelerated_clock", time.arguments()
    command = [*before, "sandbox", name, "--port", "0", *options]
    return Process(*command, log=folder / f"{name}.log", module=module)
