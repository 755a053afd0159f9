"""The faults that can be injected at this vendor."""

from bot.sandbox.cardpluspay.choices import Choices
from bot.sandbox.cardpluspay.fault_offers import FAULT_OFFERS
from bot.sandbox.vendors import faults
from bot.sandbox.vendors.faults import EVERYWHERE, Fault

CHOOSE = "choose"
ERRORS = ("200", "403", "409", "500", "502", "503", "504")  # 200: with `success` false
KINDS = EVERYWHERE | {
    "commit-late": "hold the request until the client hangs up, and do the work `seconds` (1) after that",
    "rate-limited": "429 before anything is done; `seconds` (9) is its Retry-After, none with `header` no",
    "insufficient-funds": "this order is refused as if the balance were too low",
    "out-of-stock": "this check or order finds no stock",
    "vanish": "the item is deactivated just before this check or order",
    "price-change": "this check or order costs `percent` (10) more, or `price` for each card",
    "pending": "codes are delivered after `seconds` (3) or `polls` reads; until then `status` (pending)",
    "stall": "codes are delivered only by the back office; until then `status` (pending)",
    "fail": "the order is paid, then `status` (failed) without codes; refunded with `refund` yes",
    "fewer-codes": "only `deliver` (all but one) codes; `status` (completed), `charge` full or delivered, "
    "`then` stay or complete, the latter after `seconds` (3)",
    "list-lag": "a purchase is not listed for `seconds` (5); on a list, younger orders are left out",
    CHOOSE: "other choices for this request, given as options: choose; created_status=201",
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
    offers=FAULT_OFFERS,
)
