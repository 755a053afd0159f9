"""What the operator is told: lines to print, and the exit status that goes with them."""

from dataclasses import dataclass

from bot.domain.orders import Order
from bot.usecases.desk import Desk
from bot.usecases.match_purchases import MatchReport
from bot.usecases.support_note import order_and_note

FINE, FOUND_SOMETHING = 0, 1


@dataclass(frozen=True, slots=True)
class Said:
    lines: tuple[str, ...]
    status: int = FINE


def said_of_match(report: MatchReport) -> Said:
    lines = [
        f"{report.title}: {report.orders_here} orders here, {report.orders_there} there, "
        f"{report.movements} movements.",
        f"  What strangers did before {report.since:%Y-%m-%d %H:%M} UTC is left out.",
    ]
    lines += [f"  refunded  {r.client_reference}: {r.amount}" for r in report.refunds]
    lines += [f"  {finding.kind.value:<18} {finding.says}" for finding in report.findings]
    lines.append(_verdict(len(report.findings)))
    return Said(tuple(lines), FOUND_SOMETHING if report.findings else FINE)


def said_of_order(desk: Desk, order: Order) -> Said:
    """Where an order is now, and the note for the vendor's support while people may need it."""
    order, note = order_and_note(desk, order.id)
    cards = f"{desk.store.codes.count(order.id)} of {order.terms.quantity} codes are here"
    lines = [f"{order.client_reference} is {order.state.value.replace('_', ' ')}; {cards}."]
    if order.trouble:
        lines.append(order.trouble)
    if order.next_at is not None:
        lines += [f"The bot looks again at {order.next_at:%Y-%m-%d %H:%M:%S} UTC.", "", note]
    return Said(tuple(lines))


def _verdict(found: int) -> str:
    if not found:
        return "  The books agree."
    return "  1 thing does not fit." if found == 1 else f"  {found} things do not fit."
