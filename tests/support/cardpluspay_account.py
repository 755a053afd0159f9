"""One account at the stand-in, as its owner's back office and the tests see it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.vendors.cardpluspay.client import CardPlusPay
from bot.vendors.cardpluspay.rate_limit import CardPlusPayRateLimiter, QuotaClass
from bot.vendors.http.transport import Timeouts
from tests.support.cardpluspay_stand_in import StandIn

BUY, CHECK, LIST, BALANCE = "POST /v1/orders", "POST /v1/orders/check", "GET /v1/orders", "GET /v1/balance"
READ = "GET /v1/orders/*"


@dataclass
class Account:
    """Faults and choices made here hit this account alone."""

    stand_in: StandIn

    @classmethod
    def opened(cls, vendor: StandIn, **wanted: Any) -> "Account":
        return cls(vendor.another(**{"balance": "5000.00"} | wanted))

    def client(self, base_url: str = "", **given: Any) -> CardPlusPay:
        """With little patience, and without our own limits: both are tested elsewhere."""
        how: dict[str, Any] = {
            "timeouts": Timeouts(1, 1, 2.5),
            "rate_limiter": CardPlusPayRateLimiter(dict.fromkeys(QuotaClass, 1_000_000)),
        } | given
        base_url = base_url or self.stand_in.announced["env"]["CARDPLUSPAY_BASE_URL"]
        return CardPlusPay(base_url, self.key, **how)

    @property
    def key(self) -> str:
        return str(self.stand_in.http.headers["X-API-Key"])

    def arm(self, kind: str, on: str = BUY, **options: Any) -> None:
        method, _, path = on.partition(" ")
        match = {"method": method, "path": path, "account": str(self.stand_in.account)}
        self._back_office("POST", "faults", kind=kind, match=match, **options)

    def choose(self, **choices: Any) -> None:
        """From now on, for everything that is asked of this account."""
        self.arm("choose", on="* *", times=0, **choices)

    def disarm(self) -> None:
        self._back_office("DELETE", "faults")

    def orders(self) -> list[dict[str, Any]]:
        """What was really bought, oldest first."""
        return list(self.stand_in.book()["orders"])

    def only_order(self) -> dict[str, Any]:
        (order,) = self.orders()
        return order

    def balance(self) -> Decimal:
        return Decimal(self.stand_in.book()["balance"])

    def spent(self) -> Decimal:
        """On orders, and not given back."""
        return sum((Decimal(o["debited"]) - Decimal(o["refunded"]) for o in self.orders()), Decimal(0))

    def codes(self) -> list[tuple[str, str | None]]:
        """Of all orders: code and PIN."""
        return [(code["code"], code["pin"]) for order in self.orders() for code in order["codes"]]

    def buys_by_hand(self, item_code: str, quantity: int = 1) -> dict[str, Any]:
        """On the vendor's dashboard."""
        return dict(self._back_office("POST", self._of("buy"), item_code=item_code, quantity=quantity))

    def buys_elsewhere(self, item_code: str, quantity: int = 1) -> dict[str, Any]:
        """By the API, with our key and without our knowledge; no fault hits it unless it is armed."""
        return self.stand_in.ordered(item_code=item_code, quantity=quantity)

    def top_up(self, amount: str) -> None:
        self._back_office("POST", self._of("top-up"), amount=amount)

    def withdraw(self, amount: str) -> None:
        """Money leaves for no order."""
        left = self.balance() - Decimal(amount)
        self._back_office("PATCH", f"accounts/{self.stand_in.account}", balance=str(left))

    def refund(self, order_id: int, amount: str | None = None) -> None:
        self._back_office("POST", f"orders/{order_id}", do="refund", **({"amount": amount} if amount else {}))

    def deliver(self, order_id: int) -> None:
        self._back_office("POST", f"orders/{order_id}", do="deliver")

    def change(self, **changes: Any) -> None:
        self._back_office("PATCH", f"accounts/{self.stand_in.account}", **changes)

    def asked(self, request: str) -> list[dict[str, Any]]:
        """Every such request with our key, latest first."""
        entries = self._back_office("GET", "requests?limit=1000")
        return [
            entry
            for entry in entries
            if entry.get("account") == str(self.stand_in.account)
            and f"{entry['method']} {entry['path'].partition('?')[0]}" == request
        ]

    def _of(self, what: str) -> str:
        return f"accounts/{self.stand_in.account}/{what}"

    def _back_office(self, method: str, path: str, **body: Any) -> Any:
        return self.stand_in.back_office(method, path, **body)


def in_short(value: object) -> str | None:
    """Names a case by its options."""
    return "-".join(map(str, value.values())) or "plain" if isinstance(value, dict) else None
