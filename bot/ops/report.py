"""The result of an operator's action: lines to print, and the exit status."""

from dataclasses import dataclass

from bot.domain.orders import Order
from bot.services.context import AppContext
from bot.services.errors import NothingToLookUp, PurchaseInProgress, RequestRejected
from bot.services.problem_text import problem_line
from bot.services.reconcile_purchases import ReconciliationReport
from bot.services.support_note import order_and_note

OK, FOUND_PROBLEMS_STATUS = 0, 1


@dataclass(frozen=True, slots=True)
class Report:
    lines: tuple[str, ...]
    status: int = OK


def reconciliation_report(report: ReconciliationReport) -> Report:
    lines = [
        f"{report.title}: {report.orders_here} orders here, {report.orders_there} there, "
        f"{report.wallet_transactions} wallet transactions.",
        f"  Orders of others before {report.since:%Y-%m-%d %H:%M} UTC are ignored.",
    ]
    lines += [f"  refunded  {r.client_reference}: {r.amount}" for r in report.refunds]
    lines += [f"  {finding.kind.value:<18} {finding.message}" for finding in report.findings]
    lines.append(_verdict(len(report.findings)))
    return Report(tuple(lines), FOUND_PROBLEMS_STATUS if report.findings else OK)


async def order_report(ctx: AppContext, order: Order) -> Report:
    """The state of an order, with the note for the vendor's support while it is still looked up."""
    order, note = await order_and_note(ctx, order.id)
    held = await ctx.read(lambda tx: tx.codes.count(order.id))
    cards = f"{held} of {order.terms.line.units} codes are here"
    lines = [f"{order.client_reference} is {order.state.words}; {cards}."]
    if problem := problem_line(order):
        lines.append(problem)
    if order.next_at is not None:
        lines += [f"The bot looks again at {order.next_at:%Y-%m-%d %H:%M:%S} UTC.", "", note]
    return Report(tuple(lines))


def refusal_text(error: RequestRejected) -> str:
    match error:
        case PurchaseInProgress():
            return f"{error} Ask again in a minute."
        case NothingToLookUp(order=order):
            return f"{order.client_reference} is {order.state.words}: there is nothing to look up."
        case _:
            return str(error)


def _verdict(found: int) -> str:
    if not found:
        return "  The books agree."
    return "  1 thing does not fit." if found == 1 else f"  {found} things do not fit."
