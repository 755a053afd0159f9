"""What happens to a new order: delivery, unless a fault or a choice asks for something else."""

from collections.abc import Callable

from bot.sandbox.cardpluspay.fulfilment import deliver, end, mark, refund, wait
from bot.sandbox.cardpluspay.request_conditions import RequestConditions
from bot.sandbox.cardpluspay.vendor import Vendor
from bot.sandbox.vendors.faults import Fault


def begin(vendor: Vendor, number: int, quantity: int, conditions: RequestConditions) -> None:
    """Runs inside the caller's transaction."""
    for kind, action in INSTEAD.items():
        if kind in conditions.faults:
            action(vendor, number, quantity, conditions.faults[kind])
            return
    match conditions.choices.late_delivery:
        case "seconds":
            wait(vendor, number, seconds=conditions.choices.late_by)
        case "polls":
            wait(vendor, number, polls=conditions.choices.late_by)
        case "off":
            deliver(vendor, number)


def _fail(vendor: Vendor, number: int, _quantity: int, fault: Fault) -> None:
    end(vendor, number, fault.options.get("status", "failed"))
    if fault.options.get("refund") == "yes":
        refund(vendor, number, None, "Order could not be fulfilled")


def _stall(vendor: Vendor, number: int, _quantity: int, fault: Fault) -> None:
    mark(vendor, number, fault.options.get("status", "pending"))


def _delay(vendor: Vendor, number: int, _quantity: int, fault: Fault) -> None:
    mark(vendor, number, fault.options.get("status", "pending"))
    if "polls" in fault.options:
        wait(vendor, number, polls=int(fault.number("polls", 0)))
    else:
        wait(vendor, number, seconds=fault.seconds(3))


def _deliver_fewer(vendor: Vendor, number: int, quantity: int, fault: Fault) -> None:
    count = int(fault.number("deliver", quantity - 1))
    deliver(vendor, number, count, fault.options.get("status", "completed"))
    if fault.options.get("then") == "complete":
        wait(vendor, number, seconds=fault.seconds(3))


INSTEAD: dict[str, Callable[[Vendor, int, int, Fault], None]] = {
    "fail": _fail,
    "stall": _stall,
    "pending": _delay,
    "fewer-codes": _deliver_fewer,
}
