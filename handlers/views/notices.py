"""What requesters are told by DM, one message for each thing that happens to their order."""

from collections.abc import Callable

from bot.usecases.look_up_orders import OrderFile
from bot.usecases.notices import Event
from handlers.views.blocks import Message, actions, section
from handlers.views.orders import at_vendor, refund_line, show_codes_button, wares, withdraw_button
from handlers.views.text import cards, line, mention, quoted

_WITH_CODES = (Event.DELIVERED, Event.PARTLY_DELIVERED, Event.CODES_NOT_SHOWN)


def notice(file: OrderFile, event: Event) -> Message:
    order = file.order
    words = _WORDS[event](file)
    blocks = [section(words)]
    if event is Event.REQUESTED:
        blocks.append(actions(withdraw_button(order)))
    if event in _WITH_CODES or (event is Event.DELIVERED_SHORT and file.codes_held):
        blocks.append(actions(show_codes_button(order)))
    return Message(words, tuple(blocks))


def _requested(file: OrderFile) -> str:
    order = file.order
    return (
        f"Your request *{order.client_reference}* is before the approvers: {wares(order)} "
        f"for {order.charge}{at_vendor(file)}. You hear from me here as soon as they decide."
    )


def _approved(file: OrderFile) -> str:
    by = ", ".join(mention(a.approver.user_id) for a in file.approvals if a.approved)
    return f"*{file.order.client_reference}* is approved{f' by {by}' if by else ''}. I am buying it now."


def _declined(file: OrderFile) -> str:
    by = ", ".join(mention(a.approver.user_id) for a in file.approvals if not a.approved)
    said = f"\n{quoted(file.order.trouble, 1500)}" if file.order.trouble else ""
    return (
        f"*{file.order.client_reference}* was declined{f' by {by}' if by else ''}. Nothing was bought.{said}"
    )


def _partly(file: OrderFile) -> str:
    return (
        f"Part of *{file.order.client_reference}* is here: {file.codes_held} of "
        f"{cards(file.order.terms.quantity)}. The rest follows, and I tell you when it is complete."
    )


def _delivered(file: OrderFile) -> str:
    return (
        f"*{file.order.client_reference}* is ready: {wares(file.order)}. "
        "Press the button when you need the codes; only you will see them."
    )


def _delivered_short(file: OrderFile) -> str:
    return (
        f"*{file.order.client_reference}* ended with {file.codes_held} of "
        f"{cards(file.order.terms.quantity)}.{_why(file)} Ask again for those the customer still needs."
    )


def _refused(file: OrderFile) -> str:
    return f"*{file.order.client_reference}* was not bought.{_why(file)} No money was moved."


def _unsettled(file: OrderFile) -> str:
    return (
        f"The vendor's answer about *{file.order.client_reference}* got lost, so I am looking up "
        "whether it was bought. It cannot be bought twice, and there is nothing for you to do."
    )


def _price_moved(file: OrderFile) -> str:
    return f"*{file.order.client_reference}* goes back to the approvers.{_why(file)} Nothing was bought yet."


def _failed(file: OrderFile) -> str:
    return (
        f"The vendor could not deliver *{file.order.client_reference}*.{_why(file)} "
        "It refunds the wallet by itself. Ask again if the customer still waits."
    )


def _codes_missing(file: OrderFile) -> str:
    return (
        f"*{file.order.client_reference}* is paid, but the vendor shows us no readable codes. "
        "The approvers channel knows and takes it up with the vendor; do not ask for a second card."
    )


def _refunded(file: OrderFile) -> str:
    return f"*{file.order.client_reference}*: {refund_line(file) or 'refunded'}."


def _why(file: OrderFile) -> str:
    return f" {line(file.order.trouble, 1000)}" if file.order.trouble else ""


def _short(words: str) -> Callable[[OrderFile], str]:
    return lambda file: words.format(f"*{file.order.client_reference}*")


def _closed(how: str) -> Callable[[OrderFile], str]:
    return lambda file: f"Two approvers closed *{file.order.client_reference}*: {how}{_why(file)}"


_WORDS: dict[Event, Callable[[OrderFile], str]] = {
    Event.REQUESTED: _requested,
    Event.APPROVED: _approved,
    Event.DECLINED: _declined,
    Event.WITHDRAWN: _short("You withdrew {}. Nothing was bought."),
    Event.EXPIRED: _short(
        "Nobody decided on {} in time, so it expired. Nothing was bought; you can ask again."
    ),
    Event.PRICE_MOVED: _price_moved,
    Event.PLACED: _short("{} is bought. Its codes are on their way; I tell you when they are here."),
    Event.PARTLY_DELIVERED: _partly,
    Event.DELIVERED: _delivered,
    Event.DELIVERED_SHORT: _delivered_short,
    Event.REFUSED: _refused,
    Event.UNSETTLED: _unsettled,
    Event.FAILED: _failed,
    Event.CANCELLED: _short("The vendor cancelled {} and refunds the wallet by itself. You can ask again."),
    Event.CODES_MISSING: _codes_missing,
    Event.CODES_NOT_SHOWN: _short(
        "The codes of {} could not be shown, or not all of them. Press *Show codes* again."
    ),
    Event.REFUNDED: _refunded,
    Event.REFUND_MISSING: _short(
        "The refund of {} has not arrived within a day. The approvers channel takes it up with the vendor."
    ),
    Event.NOT_BOUGHT: _closed("it was not bought, and nothing was paid. Ask again if it is still needed."),
    Event.RESOLVED: _closed("it is paid, and what is missing here is dealt with elsewhere."),
    Event.CHARGED_OTHERWISE: _short("{} was charged otherwise than quoted. The approvers channel knows."),
    Event.FOUND_AFTER_ALL: _short("{} was bought after all. The approvers channel knows."),
    Event.OVERDUE: _short("{} takes longer than it should. The approvers channel knows."),
    Event.ACCESS_DENIED: _short("{} has to wait: the vendor does not let us in. The operator knows."),
}
