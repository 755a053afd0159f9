"""Orders in one line, in full and in lists."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.domain.countries import country_name
from bot.domain.lifecycle import Cause, happens
from bot.domain.orders import Order
from bot.services.order_queries import OrderDetails
from bot.services.problem_text import problem_line
from handlers import ids
from handlers.block_kit.blocks import Block, Message, actions, button, confirmation, context, fields, section
from handlers.block_kit.dates import slack_datetime
from handlers.block_kit.text import blockquote, link, mention, safe_line
from handlers.kinds import KIND_VIEWS
from handlers.views.charge_fields import order_fields
from handlers.views.states import state_label

_MAX_CHILDREN = 20  # lines that fit a section


def order_summary(order: Order) -> str:
    """`2 × USD 25.00 Steam (United States)`, escaped."""
    line = order.terms.line
    return (
        f"{KIND_VIEWS[line.kind].short_amount(line)} {safe_line(order.product_name, 120)} "
        f"({safe_line(country_name(order.country), 60)})"
    )


def units_of(order: Order) -> str:
    """`2 cards`"""
    line = order.terms.line
    return KIND_VIEWS[line.kind].units(line.units)


def order_line(details: OrderDetails) -> str:
    order = details.order
    asked = f"asked {slack_datetime(order.requested_at)}"
    return (
        f"*{order.client_reference}* · {state_label(order)}\n"
        f"{order_summary(order)} for {order.charge}{at_vendor(details)} · {asked}"
    )


def at_vendor(details: OrderDetails) -> str:
    return f" at {safe_line(details.vendor, 80)}" if details.vendor else ""


def order_buttons(order: Order, codes_held: int) -> list[ButtonElement]:
    """What the requester can still do with it."""
    buttons = []
    if codes_held:
        buttons.append(show_codes_button(order))
    if happens(order.state, Cause.WITHDRAWN):
        buttons.append(withdraw_button(order))
    return buttons


def show_codes_button(order: Order) -> ButtonElement:
    return button("Show codes", ids.SHOW_CODES, str(order.id), style="primary")


def withdraw_button(order: Order) -> ButtonElement:
    return button(
        "Withdraw",
        ids.WITHDRAW,
        str(order.id),
        confirm=confirmation(
            "Withdraw this request?",
            f"{order.client_reference} will not be bought. You can ask again at any time.",
            yes="Withdraw",
            no="Keep it",
        ),
    )


def purpose_fields(order: Order) -> list[tuple[str, str]]:
    recipient = (
        safe_line(order.recipient_email, 300) if order.recipient_email else "handed over by the requester"
    )
    return [
        ("For", recipient),
        ("Ticket", link(order.ticket_url) if order.ticket_url else "none given"),
    ]


def order_status(details: OrderDetails, *, own: bool, catalogue_status: str | None = None) -> Message:
    """One order in full. `own`: the reader is its requester."""
    order = details.order
    since = f"{state_label(order)} since {slack_datetime(order.state_since)}"
    asked = f"{mention(order.requester.user_id)} asked {slack_datetime(order.requested_at)}:"
    blocks = [
        section(f"*{order.client_reference}* · {since}\n{order_summary(order)}"),
        fields(
            [
                *order_fields(order, at_vendor(details)),
                *purpose_fields(order),
                ("Codes here", _codes_here(details)),
            ]
        ),
        section(f"{asked}\n{blockquote(order.reason)}"),
    ]
    if problem := problem_line(order):
        blocks.append(section(f"⚠️ {safe_line(problem, 1000)}"))
    if details.children:
        blocks.append(section(child_order_lines(details)))
    if refunded := refund_line(details):
        blocks.append(section(f"💶 {refunded}"))
    blocks.append(context(decisions(details)))
    if catalogue_status:
        blocks.append(context(catalogue_status))
    if own and (buttons := order_buttons(order, details.codes_held)):
        blocks.append(actions(*buttons))
    return Message(f"{order.client_reference}: {state_label(order)}. {order_summary(order)}.", tuple(blocks))


def child_order_lines(details: OrderDetails) -> str:
    """A line for each child: `GC-261121-7K3MQ9VX-1 · 100 cards · ✅ delivered`."""
    children = details.children[:_MAX_CHILDREN]
    lines = [f"`{child.client_reference}` · {units_of(child)} · {state_label(child)}" for child in children]
    if more := len(details.children) - len(children):
        lines.append(f"and {more} more parts")
    return "\n".join(lines)


def decisions(details: OrderDetails) -> str:
    """The decisions so far, and how many approvals are needed."""
    approving = [a for a in details.approvals if a.approved]
    clauses = [f"Approvals: {len(approving)} of {details.approvals_needed}"]
    for each in details.approvals:
        verdict = "approved" if each.approved else "declined"
        clauses.append(f"{verdict} by {mention(each.approver.user_id)} {slack_datetime(each.decided_at)}")
    return " · ".join(clauses)


def own_orders(orders: Sequence[OrderDetails], *, catalogue_status: str | None = None) -> Message:
    if not orders:
        return Message(
            "You have not asked for any gift card yet.",
            (
                section("You have not asked for any gift card yet."),
                *([context(catalogue_status)] if catalogue_status else []),
                actions(button("Issue a gift card", ids.OPEN_ORDER_FORM, style="primary")),
            ),
        )
    blocks: list[Block] = [section(f"*Your latest {'request' if len(orders) == 1 else 'requests'}*")]
    for details in orders:
        blocks.append(section(order_line(details)))
        if buttons := order_buttons(details.order, details.codes_held):
            blocks.append(actions(*buttons))
    fallback_text = "; ".join(f"{f.order.client_reference} {state_label(f.order)}" for f in orders)
    return Message(f"Your latest requests: {fallback_text}", tuple(blocks))


def pending(orders: Sequence[OrderDetails], *, approvals_channel: str, can_view_all: bool) -> Message:
    if not orders:
        return Message.from_text(
            "Nothing waits for a decision." if can_view_all else "None of your requests waits for a decision."
        )
    where = (
        f"Decide on the cards in <#{approvals_channel}>." if can_view_all else "You hear when they decide."
    )
    title = f"{len(orders)} waiting for a decision, oldest first"
    blocks = [section(f"*{title}.* {where}"), *(section(_pending_line(details)) for details in orders)]
    fallback_text = "; ".join(f"{f.order.client_reference} for {f.order.charge}" for f in orders)
    return Message(f"{title}: {fallback_text}", tuple(blocks))


def _pending_line(details: OrderDetails) -> str:
    order = details.order
    why = blockquote(" ".join(order.reason.split()), 300)
    return f"{order_line(details)} by {mention(order.requester.user_id)}\n{why}\n{decisions(details)}"


def refund_line(details: OrderDetails) -> str | None:
    """`refunded USD 40.00 on 21 Nov 2026`, or that a refund is missing; None where none is expected."""
    clauses = [f"refunded {refund.amount} on {slack_datetime(refund.at)}" for refund in details.refunds]
    if details.refund_missing:
        clauses.append("⚠️ the rest was not refunded" if clauses else "⚠️ no refund was found within a day")
    return ", ".join(clauses) or None


def _codes_here(details: OrderDetails) -> str:
    return f"{details.codes_held} of {details.order.terms.line.units}"
