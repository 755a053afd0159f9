"""The fields of the order form, one builder each, and the options its selects offer."""

import re
from collections.abc import Callable, Sequence

from bot.domain.catalogue import Denomination, Product, Wallet
from bot.domain.money import InvalidAmount, parse_amount, precision
from bot.domain.money import plain as plain_amount
from bot.services.request_order import LONGEST_REASON
from handlers import ids
from handlers.views.blocks import Block, plain
from handlers.views.order_form_state import ANY, denomination_block, parse_quantity, wallet_block
from handlers.views.text import country_name, safe_plain_text

MAX_OPTIONS = 100
_MAX_OPTION_LENGTH = 75
_MAX_COUNTRY_LENGTH = 28
_MAX_VENDOR_LENGTH = 14
_MAX_LISTED_DENOMINATIONS = 3  # denominations that are listed one by one where there is little room
_ON_EVERY_KEYSTROKE = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
# What Slack takes as an initial value; anything else would make it refuse the whole view.
_LINK = re.compile(r"https?://[^\s/.]+\.\S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def product_option(product: Product, vendor: str = "") -> Block:
    """`Steam · United States · USD 5–100 · VENDOR`; a long name gives way, the rest does not."""
    country = safe_plain_text(country_name(product.country), _MAX_COUNTRY_LENGTH)
    seller = f" · {safe_plain_text(vendor, _MAX_VENDOR_LENGTH)}" if vendor else ""
    ending = f" · {country} · {product.currency} {_amount_range(product.denominations)}{seller}"
    return _option(
        safe_plain_text(product.name, max(_MAX_OPTION_LENGTH - len(ending), 10)) + ending, product.key
    )


def country_option(alpha_3: str) -> Block:
    return _option(country_name(alpha_3), alpha_3) if alpha_3 != ANY else _option("Any country", ANY)


def category_option(category: str) -> Block:
    return _option(category, category) if category != ANY else _option("Any category", ANY)


def filter_field(field: str, label: str, chosen: str | None, option: Callable[[str], Block]) -> Block:
    initial = {"initial_option": option(chosen)} if chosen else {}
    element = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(f"Any {label.lower()}", 150),
        **initial,
    }
    return _input(field, label, _element(field, element), dispatch=True, optional=True)


def product_field(product: Product | None, vendor: str = "", *, focus: bool = False) -> Block:
    element = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain("Type a brand, such as Steam", 150),
        **({"initial_option": product_option(product, vendor)} if product else {}),
        **({"focus_on_load": True} if focus else {}),
    }
    return _input(ids.PRODUCT, "Product", _element(ids.PRODUCT, element), dispatch=True)


def denomination_field(product: Product | None, typed: str | None) -> list[Block]:
    if product is None or not product.denominations:
        return []
    values = sorted({d.minimum: d for d in product.denominations}.values(), key=lambda d: d.minimum)
    if product.fixed_only and len(values) <= MAX_OPTIONS:
        options = [_value_option(d, product.currency) for d in values]
        only = product.only_face_value
        element = _select(ids.DENOMINATION, options, typed if only is None else plain_amount(only))
        hint = None
    else:
        element = _amount(product, typed)
        hint = f"Sold at {product.currency} {product.offered}"
    label = f"Denomination in {product.currency}"
    return [_input(denomination_block(product.key), label, element, dispatch=True, hint=hint)]


def _amount(product: Product, typed: str | None) -> Block:
    least = min(d.minimum for d in product.denominations)
    most = max(d.maximum for d in product.denominations)
    element = {
        "type": "number_input",
        "is_decimal_allowed": precision(product.currency) > 0,
        "min_value": plain_amount(least),
        "max_value": plain_amount(most),
        **_ON_EVERY_KEYSTROKE,
    }
    try:
        amount = parse_amount(typed or "")
    except InvalidAmount:
        amount = None
    if amount is not None and least <= amount <= most:
        element["initial_value"] = plain_amount(amount)
    return _element(ids.DENOMINATION, element)


def quantity_field(typed: str | None, most: int) -> Block:
    element = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": str(most),
        **_ON_EVERY_KEYSTROKE,
    }
    try:
        quantity = parse_quantity(typed)
    except ValueError:
        quantity = 0
    if 1 <= quantity <= most:
        element["initial_value"] = str(quantity)
    return _input(ids.QUANTITY, "Quantity", _element(ids.QUANTITY, element), dispatch=True)


def reason_field(typed: str | None) -> Block:
    element = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": LONGEST_REASON,
        "placeholder": plain("What happened, and what the customer was promised", 150),
        **({"initial_value": typed} if typed and len(typed) <= LONGEST_REASON else {}),
    }
    return _input(ids.REASON, "Reason", _element(ids.REASON, element))


def ticket_field(typed: str | None, *, required: bool) -> Block:
    initial = {"initial_value": typed} if typed and _LINK.fullmatch(typed) else {}
    element = {"type": "url_text_input", "placeholder": plain("https://…", 150), **initial}
    return _input(ids.TICKET, "Ticket link", _element(ids.TICKET, element), optional=not required)


def email_field(typed: str | None, *, vendor_sends_email: bool) -> Block:
    initial = {"initial_value": typed} if typed and _EMAIL.fullmatch(typed) else {}
    element = {"type": "email_text_input", "placeholder": plain("name@example.com", 150), **initial}
    who = "The vendor sends its delivery notice there." if vendor_sends_email else "For our records only."
    hint = f"{who} The codes come to you."
    return _input(ids.EMAIL, "Recipient e-mail", _element(ids.EMAIL, element), optional=True, hint=hint)


def wallet_field(product_key: str, options: Sequence[Block], chosen: str | None) -> Block:
    return _input(wallet_block(product_key), "Wallet", _select(ids.WALLET, options, chosen), dispatch=True)


def _input(
    block_id: str,
    label: str,
    element: Block,
    *,
    dispatch: bool = False,
    optional: bool = False,
    hint: str | None = None,
) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "dispatch_action": dispatch,
        "optional": optional,
        **({"hint": plain(hint, 2000)} if hint else {}),
    }


def _element(field: str, element: Block) -> Block:
    return {**element, "action_id": action_id(field)}


def action_id(field: str) -> str:
    return f"{field}_input"


def _select(field: str, options: Sequence[Block], chosen: str | None) -> Block:
    initial = next((option for option in options if option["value"] == chosen), None)
    element: Block = {"type": "static_select", "options": list(options)}
    return _element(field, {**element, **({"initial_option": initial} if initial else {})})


def _option(text: str, value: str) -> Block:
    return {"text": plain(text, _MAX_OPTION_LENGTH), "value": value}


def _value_option(denomination: Denomination, currency: str) -> Block:
    percent = denomination.discount
    off = f" · {plain_amount(abs(percent))} % {'off' if percent > 0 else 'more'}" if percent else ""
    return _option(f"{currency} {denomination}{off}", plain_amount(denomination.minimum))


def wallet_option(wallet: Wallet) -> Block:
    return _option(f"{wallet.balance.currency} wallet · holds {wallet.balance}", wallet.wallet_id)


def _amount_range(denominations: Sequence[Denomination]) -> str:
    if len(denominations) <= _MAX_LISTED_DENOMINATIONS:
        return ", ".join(str(d) for d in denominations)
    least, most = min(d.minimum for d in denominations), max(d.maximum for d in denominations)
    return f"{plain_amount(least)}–{plain_amount(most)}"
