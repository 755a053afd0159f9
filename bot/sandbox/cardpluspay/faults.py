"""The faults that can be injected at this vendor."""

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.vendors import faults
from bot.sandbox.vendors.faults import EVERYWHERE, Fault

CHOOSE = "choose"
ERRORS = ("200", "403", "409", "500", "502", "503", "504")  # 200: with `success` false
KINDS = EVERYWHERE | {
    "commit-late": "hold the request until the client hangs up, and do the work `seconds` (1) after that",
    "rate-limited": "429 before anything is done; `seconds` (9) is its Retry-After, none with `header` no",
    "insufficient-funds": "this order is refused as if the balance were too low",
    "out-of-stock": "this check or order finds no stock",
    "vanish": "the item has gone just before this check or order",
    "price-change": "this check or order costs `percent` (10) more, or `price` for each card",
    "pending": "codes come later, `seconds` (3) from now or after `polls`; until then `status` (pending)",
    "stall": "codes do not come before the back office delivers them; until then `status` (pending)",
    "fail": "the order is paid, then `status` (failed) without codes; the money comes back with `refund` yes",
    "fewer-codes": "only `deliver` (all but one) codes; `status` (completed), `charge` full or delivered, "
    "`then` stay or complete, the latter after `seconds` (3)",
    "list-lag": "an order stays out of the list for `seconds` (5); on a list, what is younger is left out",
    CHOOSE: "this request is answered under other choices, named as options: choose; created_status=201",
}


class FaultCatalogue(faults.FaultCatalogue):
    def check(self, fault: Fault) -> Fault:
        if fault.kind == CHOOSE:
            Choices().change_by_words(fault.options)
            return fault
        if fault.kind == "error" and fault.options.get("status", "500") not in ERRORS:
            raise ValueError(f"status is one of {', '.join(ERRORS)}")
        return super().check(fault)


FAULT_CATALOGUE = FaultCatalogue(
    KINDS,
    numbers={"seconds", "percent", "price", "polls", "deliver"},
    words={
        "charge": ("full", "delivered"),
        "then": ("stay", "complete"),
        "refund": ("yes", "no"),
        "header": ("yes", "no"),
        "body": ("json", "html"),
        "when": ("before", "after"),
    },
)
