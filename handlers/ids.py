"""Every callback_id, action_id and block_id we give to Slack. Buttons carry ids, never money or authority."""

import re

COMMAND = "/giftcard"

# shortcuts (manifest.yml names them too)
ISSUE_SHORTCUT = "issue_gift_card"
CONVERSATION_SHORTCUT = "gift_card_for_conversation"

# modals
ORDER_FORM = "order_form"
DECLINE_FORM = "decline_form"
RESOLVE_FORM = "resolve_form"
PRODUCT_DETAILS = "product_details"
NOTE = "note"  # a sentence in a modal, where there is nowhere else to say it

# the order form: block ids are the field names of BadField, action ids end in _input
COUNTRY = "country"
CATEGORY = "category"
PRODUCT = "product"
DENOMINATION = "denomination"
QUANTITY = "quantity"
WALLET = "wallet"
REASON = "reason"
TICKET = "ticket"
EMAIL = "email"

# how an order ended
OUTCOME = "outcome"
RESOLUTION_NOTE = "note_of_resolution"

# buttons
OPEN_ORDER_FORM = "open_order_form"  # value: a product key, or nothing
SEARCH_PAGE = "search_page"  # value: the query and an offset
SHOW_QUOTE = "show_quote"  # value: a product key
SHOW_DETAILS = "show_details"  # value: a product key
APPROVE = "approve"  # value: ORDER_ID.DIGEST of the terms on the card
DECLINE = "decline"  # value: ORDER_ID.DIGEST
RESOLVE = "resolve"  # value: ORDER_ID
CONFIRM_RESOLUTION = "confirm_resolution"  # value: ORDER_ID.PROPOSAL
WITHDRAW = "withdraw"  # value: ORDER_ID
SHOW_CODES = "show_codes"  # value: ORDER_ID


def terms_seen(order_id: int, digest: str) -> str:
    """What a decision button carries: which order, and the terms its card was showing."""
    return f"{order_id}.{digest}"


def parse_terms_seen(value: str) -> tuple[int, str | None]:
    """The order id and digest of a decision button. Raises ValueError for anything else."""
    order_id, _, digest = value.partition(".")
    return int(order_id), digest or None


def one_of(action_id: str, which: str | int) -> str:
    """An action id for a button that has twins in its row: Slack wants them told apart."""
    return f"{action_id}:{which}"


def any_of(action_id: str) -> re.Pattern[str]:
    """Matches the action id itself and each of its twins."""
    return re.compile(rf"^{re.escape(action_id)}(:\w+)?$")
