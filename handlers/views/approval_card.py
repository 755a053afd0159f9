"""The approval card: what an approver needs for the decision, and afterwards what came of it."""

from bot.domain.lifecycle import Cause, happens
from bot.services.order_queries import OrderDetails
from bot.services.problem_text import problem_line
from handlers import ids
from handlers.block_kit.blocks import (
    Block,
    Message,
    actions,
    button,
    confirmation,
    context,
    fields,
    header,
    section,
)
from handlers.block_kit.dates import slack_datetime
from handlers.block_kit.text import blockquote, mention, safe_line
from handlers.kinds import KIND_VIEWS
from handlers.views.charge_fields import order_fields
from handlers.views.orders import (
    at_vendor,
    child_order_lines,
    decisions,
    order_summary,
    purpose_fields,
    refund_line,
)
from handlers.views.states import state_label


def approval_card(details: OrderDetails) -> Message:
    """With buttons while the request waits, afterwards with its outcome."""
    order = details.order
    requester_mention = mention(order.requester.user_id)
    blocks = [
        header(f"Gift card request {order.client_reference}"),
        section(f"{requester_mention} asks for *{order_summary(order)}*"),
        section(f"*Why*\n{blockquote(order.reason)}"),
        fields([*order_fields(order, at_vendor(details)), *purpose_fields(order)]),
    ]
    is_pending = happens(order.state, Cause.APPROVED)
    if is_pending and (problem := problem_line(order)):
        blocks.append(section(f"⚠️ *Look twice:* {safe_line(problem, 1000)}"))
    asked = f"Asked {slack_datetime(order.requested_at)}"
    if is_pending:
        blocks += [context(f"{asked} · {decisions(details)}"), _decision_buttons(details)]
    else:
        blocks += [context(asked), section(_outcome(details))]
        if details.children:
            blocks.append(section(child_order_lines(details)))
    fallback_text = (
        f"{requester_mention} asks for {order_summary(order)}, charge {order.charge}: {state_label(order)}."
    )
    return Message(f"Request {order.client_reference}. {fallback_text}", tuple(blocks))


def _decision_buttons(details: OrderDetails) -> Block:
    order = details.order
    value = ids.decision_value(order.id, order.digest)
    confirm = confirmation(
        "Approve this purchase?",
        f"The bot then buys {KIND_VIEWS[order.terms.line.kind].amount(order.terms.line)} "
        f"for {order.charge}{at_vendor(details)}. There is no way back.",
        yes="Approve",
        no="Not yet",
    )
    return actions(
        button("Approve", ids.APPROVE, value, style="primary", confirm=confirm),
        button("Decline", ids.DECLINE, value, style="danger"),
    )


def _outcome(details: OrderDetails) -> str:
    """`✅ delivered … · approved by … · 2 of 2 codes`, and the problem where there is one."""
    order = details.order
    clauses = [f"*{state_label(order)}* {slack_datetime(order.state_since)}"]
    no = [mention(a.approver.user_id) for a in details.approvals if not a.approved]
    yes = [mention(a.approver.user_id) for a in details.approvals if a.approved]
    if yes:
        clauses.append(f"approved by {', '.join(yes)}")
    if no:
        clauses.append(f"declined by {', '.join(no)}")
    if details.codes_held:
        clauses.append(f"{details.codes_held} of {order.terms.line.units} codes")
    if refunded := refund_line(details):
        clauses.append(refunded)
    outcome = " · ".join(clauses)
    problem = problem_line(order)
    return f"{outcome}\n{blockquote(problem, 1000)}" if problem else outcome
