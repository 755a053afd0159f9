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
    reading: Progress | None = None  # of the catalogue, while it is being read
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
