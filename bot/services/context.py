"""Everything a service works with, put together once by `bot.app`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.domain.lines import Line
from bot.domain.orders import Order, OrderId
from bot.domain.policy import Policy
from bot.domain.quotes import OrderTerms
from bot.services.runtime_status import RuntimeStatus
from bot.vendors.contract import Sells, Vendor
from store import Store, Transaction

T = TypeVar("T")


@dataclass(slots=True)
class AppContext:
    """Store, vendors and rules. `environment` is `sandbox` or `live`; `clock` gives UTC."""

    store: Store
    vendors: Mapping[str, Vendor]
    policy: Policy
    environment: str
    clock: Callable[[], datetime]
    workspace_url: str = ""  # of our Slack workspace, known after the first auth.test
    runtime: RuntimeStatus = field(default_factory=RuntimeStatus)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """One local transaction, in a plain function; the workers look at its outcome after the commit."""
        result = await self.store.write(work)
        self.runtime.wake()
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """What a plain function reads."""
        return await self.store.read(work)

    async def order(self, order_id: OrderId) -> Order:
        """Raises NoSuchOrder."""
        return await self.read(lambda tx: tx.orders.get(order_id))

    def vendor(self, name: str) -> Vendor:
        return self.vendors[name]

    def sells(self, terms: OrderTerms[Line]) -> Sells[Any]:
        """How the vendor sells this kind of order."""
        return self.vendors[terms.vendor].sells[terms.line.kind]

    def vendor_title(self, name: str) -> str:
        """How people call a vendor: one that is no longer set up goes by its name."""
        return self.vendors[name].title if name in self.vendors else name

    @property
    def vendor_labels(self) -> dict[str, str]:
        """How people call each vendor, where there are several to tell apart."""
        return {name: self.vendor_title(name) for name in self.vendors} if len(self.vendors) > 1 else {}
