"""The desk: everything a use case works with, put together once by `bot.app`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.catalogue import Product
from bot.domain.orders import Order
from bot.domain.people import Person
from bot.domain.policy import BadField, NotPermitted, Policy
from bot.providers.contract import Provider
from store import Store


def _nobody_waits() -> None:
    """Until workers run, nobody has to be woken."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a catalogue is. `total` is None where the vendor does not say."""

    seen: int
    total: int | None


@dataclass(slots=True)
class Desk:
    """Store, vendors and rules. `environment` is `sandbox` or `live`; `clock` gives UTC."""

    store: Store
    providers: Mapping[str, Provider]
    policy: Policy
    environment: str
    clock: Callable[[], datetime]
    workspace_url: str = ""  # of our Slack workspace, known after the first auth.test
    reading: dict[str, Progress] = field(default_factory=dict)  # by vendor, while its catalogue is being read
    unread: set[str] = field(default_factory=set)  # vendors whose catalogue could not be read the last time
    wake: Callable[[], None] = field(default=_nobody_waits)  # tells the workers that something may be due

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One local transaction; whoever works on its outcome is woken after the commit."""
        with self.store.transaction():
            yield
        self.wake()

    @contextmanager
    def refusals_audited(self, person: Person, attempted: str, order: Order | None = None) -> Iterator[None]:
        """What a person may not do is refused, and the refusal is on record."""
        try:
            yield
        except NotPermitted as refusal:
            with self.transaction():
                self.store.audit.write(
                    actor=person.id,
                    action="refused",
                    order=order,
                    details={"attempted": attempted, "reason": refusal.reason.value},
                )
            refusal.on_record = True
            raise

    def provider(self, name: str) -> Provider:
        return self.providers[name]

    def vendor_title(self, name: str) -> str:
        """How people call a vendor: one that is no longer set up goes by its name."""
        return self.providers[name].title if name in self.providers else name

    @property
    def told_apart(self) -> dict[str, str]:
        """How people call each vendor, where there are several to tell apart."""
        return {name: self.vendor_title(name) for name in self.providers} if len(self.providers) > 1 else {}

    @property
    def vendors(self) -> dict[str, Provider]:
        """Those the policy does not forbid, the preferred one first."""
        allowed = [name for name in self.providers if not self.policy.vendor_forbidden(name)]
        return {name: self.providers[name] for name in sorted(allowed, key=self.policy.preference)}

    def vendors_for(self, person: Person) -> list[str]:
        """Those whose products this person may find and ask for, the preferred one first."""
        return [name for name in self.vendors if self.policy.vendor_open(person, name)]

    def check_vendor(self, person: Person, product_key: str, attempted: str) -> None:
        """Raises NotPermitted, which is on record, where this person may not ask for that vendor's cards."""
        vendor = product_key.partition(":")[0]
        with self.refusals_audited(person, attempted):
            self.policy.check_vendor(person, vendor, title=self.vendor_title(vendor))

    def product(self, key: str) -> Product:
        """Raises BadField on `product` for one that was never there or is no longer sold."""
        product = self.store.catalogue.get(key)
        if product is None or product.provider not in self.providers:
            gone = self.store.catalogue.was_there(key)
            raise BadField(
                "product",
                "This product is no longer sold. Choose another one."
                if gone
                else "There is no such product in the catalogue. Choose one from the list.",
            )
        return product
