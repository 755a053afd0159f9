"""DMs to requesters: one message for each event of their order."""

from collections.abc import Callable

from bot.domain.notifications import NotificationEvent
from bot.services.order_queries import OrderDetails
from bot.services.problem_text import problem_line
from handlers.block_kit.blocks import Message, actions, section
from handlers.block_kit.text import blockquote, mention, safe_line
from handlers.kinds import KIND_VIEWS
from handlers.views.orders import (
    at_vendor,
    order_summary,
    refund_line,
    show_codes_button,
    units_of,
    withdraw_button,
)

_WITH_CODES = (
    NotificationEvent.DELIVERED,
    NotificationEvent.PARTIALLY_DELIVERED,
    NotificationEvent.CODES_NOT_SHOWN,
)


def notification_message(details: OrderDetails, event: NotificationEvent) -> Message:
    order = details.order
    words = _RENDERERS[event](details)
    blocks = [section(words)]
    if event is NotificationEvent.REQUESTED:
        blocks.append(actions(withdraw_button(order)))
    if event in _WITH_CODES or (event is NotificationEvent.PARTIALLY_FULFILLED and details.codes_held):
        blocks.append(actions(show_codes_button(order)))
    return Message(words, tuple(blocks))


def _requested(details: OrderDetails) -> str:
    order = details.order
    return (
        f"Your request *{order.client_reference}* is before the approvers: {order_summary(order)} "
        f"for {order.charge}{at_vendor(details)}. You hear from me here as soon as they decide."
    )


def _approved(details: OrderDetails) -> str:
    by = ", ".join(mention(a.approver.user_id) for a in details.approvals if a.approved)
    return f"*{details.order.client_reference}* is approved{f' by {by}' if by else ''}. I am buying it now."


def _declined(details: OrderDetails) -> str:
    by = ", ".join(mention(a.approver.user_id) for a in details.approvals if not a.approved)
    problem = problem_line(details.order)
    reason = f"\n{blockquote(problem, 1500)}" if problem else ""
    declined = f"*{details.order.client_reference}* was declined{f' by {by}' if by else ''}."
    return f"{declined} Nothing was bought.{reason}"


def _partially_delivered(details: OrderDetails) -> str:
    return (
        f"Part of *{details.order.client_reference}* is here: {details.codes_held} of "
        f"{units_of(details.order)}. The rest follows, and I tell you when it is complete."
    )


def _delivered(details: OrderDetails) -> str:
    return (
        f"*{details.order.client_reference}* is ready: {order_summary(details.order)}. "
        "Press the button when you need the codes; only you will see them."
    )


def _partially_fulfilled(details: OrderDetails) -> str:
    ended = f"*{details.order.client_reference}* ended with {details.codes_held} of"
    return f"{ended} {units_of(details.order)}.{_why(details)} Ask again for those the customer still needs."


def _refused(details: OrderDetails) -> str:
    return f"*{details.order.client_reference}* was not bought.{_why(details)} No money was moved."


def _outcome_unknown(details: OrderDetails) -> str:
    return (
        f"The vendor's answer about *{details.order.client_reference}* got lost, so I am looking up "
        "whether it was bought. It cannot be bought twice, and there is nothing for you to do."
    )


def _price_changed(details: OrderDetails) -> str:
    goes_back = f"*{details.order.client_reference}* goes back to the approvers."
    return f"{goes_back}{_why(details)} Nothing was bought yet."


def _failed(details: OrderDetails) -> str:
    return (
        f"The vendor could not deliver *{details.order.client_reference}*.{_why(details)} "
        "It refunds the wallet by itself. Ask again if the customer still waits."
    )


def _codes_unavailable(details: OrderDetails) -> str:
    return (
        f"*{details.order.client_reference}* is paid, but the vendor shows us no readable codes. "
        "The approvers channel knows and takes it up with the vendor; do not ask for a second card."
    )


def _refunded(details: OrderDetails) -> str:
    return f"*{details.order.client_reference}*: {refund_line(details) or 'refunded'}."


def _followed_up(details: OrderDetails) -> str:
    views = KIND_VIEWS[details.order.terms.line.kind]
    return f"*{details.order.client_reference}*: {views.follow_up_text(details.follow_up or '')}"


def _why(details: OrderDetails) -> str:
    problem = problem_line(details.order)
    return f" {safe_line(problem, 1000)}" if problem else ""


def _sentence(words: str) -> Callable[[OrderDetails], str]:
    return lambda details: words.format(f"*{details.order.client_reference}*")


def _closed_by_approvers(how: str) -> Callable[[OrderDetails], str]:
    return lambda details: f"Two approvers closed *{details.order.client_reference}*: {how}{_why(details)}"


_RENDERERS: dict[NotificationEvent, Callable[[OrderDetails], str]] = {
    NotificationEvent.REQUESTED: _requested,
    NotificationEvent.APPROVED: _approved,
    NotificationEvent.DECLINED: _declined,
    NotificationEvent.WITHDRAWN: _sentence("You withdrew {}. Nothing was bought."),
    NotificationEvent.EXPIRED: _sentence(
        "Nobody decided on {} in time, so it expired. Nothing was bought; you can ask again."
    ),
    NotificationEvent.PRICE_MOVED: _price_changed,
    NotificationEvent.PURCHASED: _sentence(
        "{} is bought. Its codes are on their way; I tell you when they are here."
    ),
    NotificationEvent.PARTIALLY_DELIVERED: _partially_delivered,
    NotificationEvent.DELIVERED: _delivered,
    NotificationEvent.PARTIALLY_FULFILLED: _partially_fulfilled,
    NotificationEvent.REFUSED: _refused,
    NotificationEvent.OUTCOME_UNKNOWN: _outcome_unknown,
    NotificationEvent.FAILED: _failed,
    NotificationEvent.CANCELLED: _sentence(
        "The vendor cancelled {} and refunds the wallet by itself. You can ask again."
    ),
    NotificationEvent.CODES_UNAVAILABLE: _codes_unavailable,
    NotificationEvent.CODES_NOT_SHOWN: _sentence(
        "The codes of {} could not be shown, or not all of them. Press *Show codes* again."
    ),
    NotificationEvent.FOLLOWED_UP: _followed_up,
    NotificationEvent.REFUNDED: _refunded,
    NotificationEvent.REFUND_MISSING: _sentence(
        "The refund of {} has not arrived within a day. The approvers channel takes it up with the vendor."
    ),
    NotificationEvent.NOT_BOUGHT: _closed_by_approvers(
        "it was not bought, and nothing was paid. Ask again if it is still needed."
    ),
    NotificationEvent.RESOLVED: _closed_by_approvers(
        "it is paid, and what is missing here is dealt with elsewhere."
    ),
    NotificationEvent.CHARGE_MISMATCH: _sentence(
        "{} was charged otherwise than quoted. The approvers channel knows."
    ),
    NotificationEvent.FOUND_AFTER_CLOSING: _sentence("{} was bought after all. The approvers channel knows."),
    NotificationEvent.OVERDUE: _sentence("{} takes longer than it should. The approvers channel knows."),
    NotificationEvent.ACCESS_DENIED: _sentence(
        "{} has to wait: the vendor does not let us in. The operator knows."
    ),
}
