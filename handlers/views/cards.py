"""The approval card: everything to decide in five seconds, and afterwards what became of it."""

from bot.domain.orders import OrderState
from bot.usecases.look_up_orders import OrderFile
from handlers import ids
from handlers.views.blocks import (
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
from handlers.views.orders import (
    STATE_WORDS,
    at_vendor,
    decisions,
    parts_lines,
    price_facts,
    purpose_facts,
    refund_line,
    wares,
)
from handlers.views.text import cards, line, mention, moment, quoted


def approval_card(file: OrderFile) -> Message:
    """Live buttons while the request waits; one line of outcome ever after."""
    order = file.order
    asker = mention(order.requester.user_id)
    blocks = [
        header(f"Gift card request {order.client_reference}"),
        section(f"{asker} asks for *{wares(order)}*"),
        section(f"*Why*\n{quoted(order.reason)}"),
        fields([*price_facts(file), *purpose_facts(order)]),
    ]
    waiting = order.state is OrderState.WAITING
    if waiting and order.trouble:
        blocks.append(section(f"⚠️ *Look twice:* {line(order.trouble, 1000)}"))
    asked = f"Asked {moment(order.requested_at)}"
    if waiting:
        blocks += [context(f"{asked} · {decisions(file)}"), _decision_buttons(file)]
    else:
        blocks += [context(asked), section(_outcome(file))]
        if file.parts:
            blocks.append(section(parts_lines(file)))
    spoken = f"{asker} asks for {wares(order)}, charge {order.charge}: {STATE_WORDS[order.state]}."
    return Message(f"Request {order.client_reference}. {spoken}", tuple(blocks))


def _decision_buttons(file: OrderFile) -> Block:
    order = file.order
    seen = ids.terms_seen(order.id, order.digest)
    sure = confirmation(
        "Approve this purchase?",
        f"The bot then buys {cards(order.terms.quantity)} at {order.terms.denomination} "
        f"for {order.charge}{at_vendor(file)}. There is no way back.",
        yes="Approve",
        no="Not yet",
    )
    return actions(
        button("Approve", ids.APPROVE, seen, style="primary", confirm=sure),
        button("Decline", ids.DECLINE, seen, style="danger"),
    )


def _outcome(file: OrderFile) -> str:
    """`✅ delivered … · approved by … · 2 of 2 codes`, and where something went wrong, why."""
    order = file.order
    said = [f"*{STATE_WORDS[order.state]}* {moment(order.state_since)}"]
    no = [mention(a.approver.user_id) for a in file.approvals if not a.approved]
    yes = [mention(a.approver.user_id) for a in file.approvals if a.approved]
    if yes:
        said.append(f"approved by {', '.join(yes)}")
    if no:
        said.append(f"declined by {', '.join(no)}")
    if file.codes_held:
        said.append(f"{file.codes_held} of {order.terms.quantity} codes")
    if refunded := refund_line(file):
        said.append(refunded)
    outcome = " · ".join(said)
    return f"{outcome}\n{quoted(order.trouble, 1000)}" if order.trouble else outcome
