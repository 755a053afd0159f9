"""Every callback_id, action_id and block_id we give to Slack. Buttons carry ids, never money or authority."""

import re

from bot.domain.orders import OrderId
from bot.services.decide_request import DIGEST_LENGTH

COMMAND = "/giftcard"

# shortcuts (manifest.yml names them too)
ISSUE_SHORTCUT = "issue_gift_card"
CONVERSATION_SHORTCUT = "gift_card_for_conversation"

# modals
ORDER_FORM = "order_form"
DECLINE_FORM = "decline_form"
RESOLVE_FORM = "resolve_form"
PRODUCT_DETAILS = "product_details"
MESSAGE_MODAL = "note"  # a message where there is no conversation to post it in

# the order form: block ids are the field names of FieldError
COUNTRY = "country"
CATEGORY = "category"
PRODUCT = "product"
DENOMINATION = "denomination"
QUANTITY = "quantity"
WALLET = "wallet"
KEPT_WITH_ANOTHER_PRODUCT = frozenset({QUANTITY})  # of the fields that a kind of order has for itself
REASON = "reason"
TICKET = "ticket"
EMAIL = "email"

# how an order ended
OUTCOME = "outcome"
RESOLUTION_NOTE = "note_of_resolution"
VENDOR_NUMBER = "vendor_number"

# buttons
OPEN_ORDER_FORM = "open_order_form"  # value: a product key, with AMOUNT QUANTITY from a quote, or nothing
SEARCH_PAGE = "search_page"  # value: the query and an offset
SHOW_QUOTE = "show_quote"  # value: a product key
SHOW_DETAILS = "show_details"  # value: a product key
APPROVE = "approve"  # value: ORDER_ID.DIGEST of the terms on the card
DECLINE = "decline"  # value: ORDER_ID.DIGEST
RESOLVE = "resolve"  # value: ORDER_ID
CONFIRM_RESOLUTION = "confirm_resolution"  # value: ORDER_ID.PROPOSAL
WITHDRAW = "withdraw"  # value: ORDER_ID
SHOW_CODES = "show_codes"  # value: ORDER_ID
ASK_FOR_PRICE = "ask_for_the_price_again"


_ID = "[1-9][0-9]{0,17}"  # fits the database's integers
_ORDER = re.compile(_ID)
_DECISION_VALUE = re.compile(rf"({_ID})\.([0-9a-f]{{{DIGEST_LENGTH}}})")
_CONFIRMATION_VALUE = re.compile(rf"({_ID})\.({_ID})")


def decision_value(order_id: int, digest: str) -> str:
    """The value of a decision button: the order, and the terms that its card shows."""
    return f"{order_id}.{digest[:DIGEST_LENGTH]}"


def parse_decision_value(value: str) -> tuple[OrderId, str]:
    """The order id and digest of a decision button. Raises ValueError for anything else."""
    order_id, digest = _read(_DECISION_VALUE, value).groups()
    return OrderId(int(order_id)), digest


def confirmation_value(order_id: int, proposal_id: int) -> str:
    """The value of a *Confirm* button: the order, and the proposal of how it ended."""
    return f"{order_id}.{proposal_id}"


def parse_confirmation_value(value: str) -> tuple[OrderId, int]:
    """Raises ValueError for anything else."""
    order_id, proposal_id = _read(_CONFIRMATION_VALUE, value).groups()
    return OrderId(int(order_id)), int(proposal_id)


def parse_order_id(value: str) -> OrderId:
    """The order a button is about. Raises ValueError for anything else."""
    return OrderId(int(_read(_ORDER, value)[0]))


def _read(pattern: re.Pattern[str], value: str) -> re.Match[str]:
    match = pattern.fullmatch(value)
    if match is None:
        raise ValueError("not a value of our buttons")
    return match


def indexed_action_id(action_id: str, which: str | int) -> str:
    """An action id for one of several buttons of a kind: Slack wants distinct ids in a block."""
    return f"{action_id}:{which}"


def input_action_id(field: str) -> str:
    """The action id of the element in which a field of the order form is filled in."""
    return f"{field}_input"


def action_id_pattern(action_id: str) -> re.Pattern[str]:
    """Matches the action id itself, and every `indexed_action_id` of it."""
    return re.compile(rf"^{re.escape(action_id)}(:\w+)?$")
