"""The Octopus Cards stand-in: one client, whose purchases carry our reference."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.orders import Order, OrderState
from bot.providers.octopus import OctopusCards
from bot.usecases.quote_order import Selection
from bot.usecases.record_receipt import purchase_of
from store import Store
from tests.acceptance.crash.books import Moved, Sold
from tests.acceptance.crash.hurry import Hurry
from tests.acceptance.crash.launch import now
from tests.acceptance.crash.vendors.octopus_cases import LARGE, SMALL
from tests.acceptance.crash.vendors.shop import Shop, started

_SPEED = 60.0
S = OrderState
_WORDS = {
    "DELIVERED": frozenset({S.DELIVERED, S.CODES_MISSING, S.PLACED}),
    "PARTIALLY_DELIVERED": frozenset({S.PARTLY_DELIVERED, S.PLACED}),
    "PENDING": frozenset({S.PLACED}),
    "FAILED": frozenset({S.FAILED, S.PLACED}),
    "CANCELLED": frozenset({S.CANCELLED, S.PLACED}),
}


class OctopusShop(Shop):
    name = "octopus"
    orders_path = "/api/v1/orders"
    first_account = "client 7"

    def __init__(self, folder: Path) -> None:
        options = ("--products", "1", "--async-delay-s", "0.3", "--no-rate-limits")
        super().__init__(started(self.name, folder, *options))

    @property
    def time(self) -> Hurry:
        return Hurry(now(), _SPEED)

    def client(self, account: str) -> OctopusCards:
        env = self.env
        return OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])

    def furnish(self, store: Store, most: int) -> Mapping[str, Selection]:
        (product,) = store.catalogue.search("steam usa", limit=1).products
        self._send("PATCH", f"/products/{product.product_id}", {"stock": 100_000})
        self._send("DELETE", "/quotes")
        for wallet in self._listed("/wallets"):
            self._send("PATCH", f"/wallets/{wallet['id']}", {"amount": "5000000"})
        minimum = product.denominations[0].minimum
        return {str(cards): Selection(product.key, minimum, cards) for cards in (SMALL, LARGE)}

    async def buy_beside(self, order: Order) -> None:
        """An attempt under the same reference that nobody here remembers."""
        octopus = self.client(self.first_account)
        await octopus.place(purchase_of(order))
        await octopus.aclose()

    def sold(self) -> list[Sold]:
        return [self._sold(order) for order in self._listed("/orders")]

    def moved(self) -> list[Moved]:
        return [self._moved(entry) for entry in self._listed("/ledger")]

    def _sold(self, order: dict[str, Any]) -> Sold:
        debited = Decimal(str(order["debited"]))
        given_back = order["status"] in {"FAILED", "CANCELLED"}
        cards = tuple((v["card_number"], v["pin_code"], v["claim_url"]) for v in order["vouchers"])
        return Sold(
            vendor=self.name,
            number=str(order["id"]),
            reference=order["client_reference"],
            account=self.first_account,
            product=str(order["product_id"]),
            quantity=order["quantity"],
            may_be=_WORDS[order["status"]],
            cards=cards,
            debited=debited,
            cost=Decimal(0) if given_back else debited,
            currency=order["deduction_currency"],
        )

    def _moved(self, entry: dict[str, Any]) -> Moved:
        amount = Decimal(str(entry["amount"]))
        left = amount if entry["transaction_type"] == "DEBIT" else -amount
        number = None if entry["order_id"] is None else str(entry["order_id"])
        return Moved(self.name, self.first_account, number, left)
