"""The CardPlusPay stand-in: an account for each case, because one account buys one thing at a time."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.lifecycle import OrderState
from bot.services.quote_order import Selection
from bot.vendors.cardpluspay.account import MAX_ORDER_QUANTITY
from bot.vendors.cardpluspay.client import CardPlusPay
from store import Store
from tests.acceptance.crash.accelerated_clock import AcceleratedClock
from tests.acceptance.crash.bot_run import now
from tests.acceptance.crash.vendor_ledger import AccountMovement, VendorSale
from tests.acceptance.crash.vendors.cardpluspay_case import CARDS, PRODUCTS, TELLING
from tests.acceptance.crash.vendors.stand_in import VendorStandIn, started
from tests.support.every import assert_every
from tests.support.terms import card_selection_by_key

SPEED = 300.0  # the grace of a quarter of an hour takes three seconds
MANY = "many"  # cards, which are bought as several orders
S = OrderState
_WORDS = {
    "completed": frozenset({S.DELIVERED, S.CODES_UNAVAILABLE, S.PARTIALLY_DELIVERED, S.PURCHASED}),
    "pending": frozenset({S.PURCHASED}),
    "failed": frozenset({S.PURCHASED}),
}


class CardPlusPayStandIn(VendorStandIn):
    name = "cardpluspay"
    orders_path = "/v1/orders"
    first_account = "acme-cardpluspay-key"

    def __init__(self, folder: Path, speed: float) -> None:
        self._time = AcceleratedClock(now(), speed)
        options = ("--products", "80", "--balance", "5000000")  # the last has the first card with a PIN
        super().__init__(started(self.name, folder, *options, time=self._time))
        self._items = [item for item in self._listed("/items") if item["stock"] > CARDS * 1000]
        self._names: dict[int, str] = {}  # of accounts, by their numbers there

    @property
    def time(self) -> AcceleratedClock:
        return self._time

    def client(self, account: str) -> CardPlusPay:
        return CardPlusPay(self.env["CARDPLUSPAY_BASE_URL"], account)

    def seed(self, store: Store, most: int) -> Mapping[str, Selection]:
        cards = dict.fromkeys(PRODUCTS, CARDS) | ({MANY: most} if most > MAX_ORDER_QUANTITY else {})
        selections = {}
        for name, quantity in cards.items():
            item = self._with_pins(PRODUCTS.get(name, "mixed"))
            key, value = f"{self.name}:{item['item_code']}", Decimal(item["value"])
            selections[name] = card_selection_by_key(key, value, quantity)
            selections[f"{name}, before"] = card_selection_by_key(key, value, TELLING)
        return selections

    def open_account(self, name: str) -> str:
        """The name is its key."""
        self._send("POST", "/accounts", {"name": name, "api_key": name, "balance": "1000.00"})
        return name

    def env_of(self, account: str) -> dict[str, str]:
        return self.env | {"CARDPLUSPAY_API_KEY": account}

    def happens_meanwhile(self, what: str, wanted: str, account: str) -> None:
        match what:
            case "top-up":
                self.top_up(account, "50.00")
            case "same":
                self.buy_elsewhere(account, self._with_pins(PRODUCTS[wanted])["item_code"])
            case "other":
                self.buy_elsewhere(account, self.another_item, 1)
            case "more":
                self.buy_elsewhere(account, self.another_item, CARDS + 1)

    @property
    def another_item(self) -> str:
        """What the cases do not buy, and nothing that costs nearly the same."""
        return str(max(self._items, key=lambda item: Decimal(item["price"]))["item_code"])

    def top_up(self, account: str, amount: str) -> None:
        self._send("POST", f"/accounts/{account}/top-up", {"amount": amount})

    def buy_elsewhere(self, account: str, item_code: str, quantity: int = CARDS) -> None:
        self._send("POST", f"/accounts/{account}/buy", {"item_code": item_code, "quantity": quantity})

    def sold(self) -> list[VendorSale]:
        self._names = {each["id"]: each["api_key"] for each in self._listed("/accounts")}
        return [self._sold(order) for order in self._listed("/orders")]

    def moved(self) -> list[AccountMovement]:
        accounts = self._listed("/accounts")
        assert_every(accounts, lambda account: account["adds_up"])
        self._names = {each["id"]: each["api_key"] for each in accounts}
        return [self._moved(entry) for entry in self._listed("/ledger")]

    def _with_pins(self, pins: str) -> dict[str, Any]:
        return next(item for item in self._items if item["pins"] == pins)

    def _sold(self, order: dict[str, Any]) -> VendorSale:
        debited = Decimal(order["debited"])
        return VendorSale(
            vendor=self.name,
            number=str(order["order_id"]),
            reference=None,
            account=self._names[order["account_id"]],
            product=order["item_code"],
            quantity=order["quantity"],
            may_be=_WORDS[order["status"]],
            cards=tuple((code["code"], code["pin"], None) for code in order["codes"]),
            debited=debited,
            cost=debited - Decimal(order["refunded"]),
            currency=order["currency"],
            by_us=order["through"] == "api",
            shows_again=True,
        )

    def _moved(self, entry: dict[str, Any]) -> AccountMovement:
        number = None if entry["order_id"] is None else str(entry["order_id"])
        return AccountMovement(self.name, self._names[entry["account_id"]], number, -Decimal(entry["change"]))
