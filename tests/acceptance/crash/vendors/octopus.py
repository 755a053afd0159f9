"""The Octopus Cards stand-in: one client, whose purchases carry our reference."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.kinds.gift_card import GIFT_CARD
from bot.services.purchase.record import purchase_of
from bot.services.quote_order import Selection
from bot.vendors.octopus.client import OctopusCards
from store import Store
from tests.acceptance.crash.accelerated_clock import AcceleratedClock
from tests.acceptance.crash.bot_run import now
from tests.acceptance.crash.vendor_ledger import AccountMovement, VendorSale
from tests.acceptance.crash.vendors.octopus_cases import LARGE, SMALL
from tests.acceptance.crash.vendors.stand_in import VendorStandIn, started
from tests.support.at_once import saved
from tests.support.terms import card_selection

_SPEED = 60.0
S = OrderState
_WORDS = {
    "DELIVERED": frozenset({S.DELIVERED, S.CODES_UNAVAILABLE, S.PURCHASED}),
    "PARTIALLY_DELIVERED": frozenset({S.PARTIALLY_DELIVERED, S.PURCHASED}),
    "PENDING": frozenset({S.PURCHASED}),
    "FAILED": frozenset({S.FAILED, S.PURCHASED}),
    "CANCELLED": frozenset({S.CANCELLED, S.PURCHASED}),
}


class OctopusStandIn(VendorStandIn):
    name = "octopus"
    orders_path = "/api/v1/orders"
    first_account = "client 7"

    def __init__(self, folder: Path) -> None:
        options = ("--products", "1", "--async-delay-s", "0.3", "--no-rate-limits")
        super().__init__(started(self.name, folder, *options))

    @property
    def time(self) -> AcceleratedClock:
        return AcceleratedClock(now(), _SPEED)

    def client(self, account: str) -> OctopusCards:
        env = self.env
        return OctopusCards(env["OCTOPUS_BASE_URL"], env["OCTOPUS_API_KEY"], env["OCTOPUS_API_SECRET"])

    def seed(self, store: Store, most: int) -> Mapping[str, Selection]:
        (product,) = saved(store).catalogue.search("steam usa", limit=1).products
        self._send("PATCH", f"/products/{product.product_id}", {"stock": 100_000})
        self._send("DELETE", "/quotes")
        for wallet in self._listed("/wallets"):
            self._send("PATCH", f"/wallets/{wallet['id']}", {"amount": "5000000"})
        minimum = product.denominations[0].minimum
        return {str(cards): card_selection(product, minimum, cards) for cards in (SMALL, LARGE)}

    async def buy_beside(self, order: Order) -> None:
        """An attempt under the same reference that nobody here remembers."""
        octopus = self.client(self.first_account)
        await octopus.sells[GIFT_CARD].place(purchase_of(order))
        await octopus.aclose()

    def sold(self) -> list[VendorSale]:
        return [self._sold(order) for order in self._listed("/orders")]

    def moved(self) -> list[AccountMovement]:
        return [self._moved(entry) for entry in self._listed("/ledger")]

    def _sold(self, order: dict[str, Any]) -> VendorSale:
        debited = Decimal(str(order["debited"]))
        given_back = order["status"] in {"FAILED", "CANCELLED"}
        cards = tuple((v["card_number"], v["pin_code"], v["claim_url"]) for v in order["vouchers"])
        return VendorSale(
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

    def _moved(self, entry: dict[str, Any]) -> AccountMovement:
        amount = Decimal(str(entry["amount"]))
        left = amount if entry["transaction_type"] == "DEBIT" else -amount
        number = None if entry["order_id"] is None else str(entry["order_id"])
        return AccountMovement(self.name, self.first_account, number, left)
