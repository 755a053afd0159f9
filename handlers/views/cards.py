"""The approval card: everything to decide in five seconds, and afterwards what became of it."""

from bot.domain.orders import Order, OrderState
from bot.usecases.decide_request import DIGEST_LENGTH
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
from handlers.views.orders import STATE_WORDS, decisions, price_facts, purpose_facts, wares
from handlers.views.text import cards, line, mention, moment, quoted


def approval_card(file: OrderFile) -> Message:
    """Live buttons while the request waits; one line of outcome ever after."""
    order = file.order
    asker = mention(order.requester.user_id)
    blocks = [
        header(f"Gift card request {order.client_reference}"),
        section(f"{asker} asks for *{wares(order)}*"),
        section(f"*Why*\n{quoted(order.reason)}"),
        fields([*price_facts(order), *purpose_facts(order)]),
    ]
    waiting = order.state is OrderState.WAITING
    if waiting and order.trouble:
        blocks.append(section(f"⚠️ *Look twice:* {line(order.trouble, 1000)}"))
    blocks.append(context(f"Asked {moment(order.requested_at)} · {decisions(file)}"))
    if waiting:
        blocks.append(_decision_buttons(order))
        spoken = f"{asker} asks for {wares(order)}, charge {order.charge}."
    else:
        outcome = _outcome(file)
        blocks.append(section(outcome))
        spoken = f"{outcome} {wares(order)}, charge {order.charge}."
    return Message(f"Request {order.client_reference}: {spoken}", tuple(blocks))


def _decision_buttons(order: Order) -> Block:
    seen = ids.terms_seen(order.id, order.digest[:DIGEST_LENGTH])
    sure = confirmation(
        "Approve this purchase?",
        f"The bot then buys {cards(order.terms.quantity)} at {order.terms.denomination} "
        f"for {order.charge}. There is no way back.",
        yes="Approve",
        no="Not yet",
    )
    return actions(
        button("Approve", ids.APPROVE, seen, style="primary", confirm=sure),
        button("Decline", ids.DECLINE, seen, style="danger"),
    )


def _outcome(file: OrderFile) -> str:
    """`✅ delivered … · 2 of 2 codes`, with who decided and, where something went wrong, why."""
    order = file.order
    words = [f"*{STATE_WORDS[order.state]}* {moment(order.state_since)}"]
    by = [mention(a.approver.user_id) for a in file.approvals if a.approved]
    if order.state is OrderState.DECLINED:
        words += [f"by {mention(a.approver.user_id)}" for a in file.approvals if not a.approved]
    elif by:
        words.append(f"approved by {', '.join(by)}")
    if file.codes_held:
        words.append(f"{file.codes_held} of {order.terms.quantity} codes")
    if order.trouble:
        words.append(f"\n{quoted(order.trouble, 1000)}")
    return " · ".join(words).replace(" · \n", "\n")
