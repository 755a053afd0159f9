"""Builds the fields of the order form, and the options of its selects."""

import re
from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import (
    EmailInputElement,
    ExternalDataSelectElement,
    NumberInputElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UrlInputElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.domain.catalogue import Denomination, Product, Wallet
from bot.domain.countries import country_name
from bot.domain.money import InvalidAmount, parse_amount, plain, precision
from bot.domain.policy.stated_reason import LONGEST_REASON
from handlers import ids
from handlers.views.blocks import Block, input_block, plain_text
from handlers.views.order_form_state import ANY, denomination_block, parse_quantity, wallet_block
from handlers.views.text import safe_plain_text

MAX_OPTIONS = 100
_MAX_OPTION_LENGTH = 75
_MAX_COUNTRY_LENGTH = 28
_MAX_VENDOR_LENGTH = 14
_MAX_LISTED_DENOMINATIONS = 3  # in an option; of more, only the range
_ON_EVERY_KEYSTROKE = DispatchActionConfig(trigger_actions_on=["on_character_entered"])
# Slack refuses the whole view for an initial value that is no link or address.
_LINK = re.compile(r"https?://[^\s/.]+\.\S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def product_option(product: Product, vendor: str = "") -> Option:
    """`Steam · United States · USD 5–100 · VENDOR`. Only the name is cut."""
    country = safe_plain_text(country_name(product.country), _MAX_COUNTRY_LENGTH)
    seller = f" · {safe_plain_text(vendor, _MAX_VENDOR_LENGTH)}" if vendor else ""
    ending = f" · {country} · {product.currency} {_amount_range(product.denominations)}{seller}"
    name = safe_plain_text(product.name, max(_MAX_OPTION_LENGTH - len(ending), 10))
    return _option(name + ending, product.key)


def country_option(alpha_3: str) -> Option:
    return _option(country_name(alpha_3), alpha_3) if alpha_3 != ANY else _option("Any country", ANY)


def category_option(category: str) -> Option:
    return _option(category, category) if category != ANY else _option("Any category", ANY)


def wallet_option(wallet: Wallet) -> Option:
    return _option(f"{wallet.balance.currency} wallet · holds {wallet.balance}", wallet.wallet_id)


def filter_field(field: str, label: str, chosen: str | None, option: Callable[[str], Option]) -> Block:
    select = ExternalDataSelectElement(
        action_id=ids.input_action_id(field),
        placeholder=plain_text(f"Any {label.lower()}", 150),
        initial_option=option(chosen) if chosen else None,
        min_query_length=0,
    )
    return input_block(field, label, select, optional=True, dispatch_action=True)


def product_field(product: Product | None, vendor: str = "", *, focus: bool = False) -> Block:
    select = ExternalDataSelectElement(
        action_id=ids.input_action_id(ids.PRODUCT),
        placeholder=plain_text("Type a brand, such as Steam", 150),
        initial_option=product_option(product, vendor) if product else None,
        min_query_length=0,
        focus_on_load=focus or None,
    )
    return input_block(ids.PRODUCT, "Product", select, dispatch_action=True)


def denomination_field(product: Product | None, typed: str | None) -> list[Block]:
    if product is None or not product.denominations:
        return []
    block_id, label = denomination_block(product.key), f"Denomination in {product.currency}"
    values = sorted({d.minimum: d for d in product.denominations}.values(), key=lambda d: d.minimum)
    if product.fixed_only and len(values) <= MAX_OPTIONS:
        options = [_value_option(d, product.currency) for d in values]
        only = product.only_face_value
        select = _select(ids.DENOMINATION, options, typed if only is None else plain(only))
        return [input_block(block_id, label, select, dispatch_action=True)]
    hint = f"Sold at {product.currency} {product.offered}"
    return [input_block(block_id, label, _amount_input(product, typed), hint=hint, dispatch_action=True)]


def _amount_input(product: Product, typed: str | None) -> NumberInputElement:
    least = min(d.minimum for d in product.denominations)
    most = max(d.maximum for d in product.denominations)
    try:
        amount = parse_amount(typed or "")
    except InvalidAmount:
        amount = None
    return NumberInputElement(
        action_id=ids.input_action_id(ids.DENOMINATION),
        is_decimal_allowed=precision(product.currency) > 0,
        min_value=plain(least),
        max_value=plain(most),
        initial_value=plain(amount) if amount is not None and least <= amount <= most else None,
        dispatch_action_config=_ON_EVERY_KEYSTROKE,
    )


def quantity_field(typed: str | None, most: int) -> Block:
    try:
        quantity = parse_quantity(typed)
    except ValueError:
        quantity = 0
    number = NumberInputElement(
        action_id=ids.input_action_id(ids.QUANTITY),
        is_decimal_allowed=False,
        min_value=1,
        max_value=most,
        initial_value=quantity if 1 <= quantity <= most else None,
        dispatch_action_config=_ON_EVERY_KEYSTROKE,
    )
    return input_block(ids.QUANTITY, "Quantity", number, dispatch_action=True)


def reason_field(typed: str | None) -> Block:
    text = PlainTextInputElement(
        action_id=ids.input_action_id(ids.REASON),
        placeholder=plain_text("What happened, and what the customer was promised", 150),
        multiline=True,
        max_length=LONGEST_REASON,
        initial_value=typed if typed and len(typed) <= LONGEST_REASON else None,
    )
    return input_block(ids.REASON, "Reason", text)


def ticket_field(typed: str | None, *, required: bool) -> Block:
    link = UrlInputElement(
        action_id=ids.input_action_id(ids.TICKET),
        placeholder=plain_text("https://…", 150),
        initial_value=typed if typed and _LINK.fullmatch(typed) else None,
    )
    return input_block(ids.TICKET, "Ticket link", link, optional=not required)


def email_field(typed: str | None, *, vendor_sends_email: bool) -> Block:
    address = EmailInputElement(
        action_id=ids.input_action_id(ids.EMAIL),
        placeholder=plain_text("name@example.com", 150),
        initial_value=typed if typed and _EMAIL.fullmatch(typed) else None,
    )
    who = "The vendor sends its delivery notice there." if vendor_sends_email else "For our records only."
    hint = f"{who} The codes come to you."
    return input_block(ids.EMAIL, "Recipient e-mail", address, hint=hint, optional=True)


def wallet_field(product_key: str, options: Sequence[Option], chosen: str | None) -> Block:
    select = _select(ids.WALLET, options, chosen)
    return input_block(wallet_block(product_key), "Wallet", select, dispatch_action=True)


def _select(field: str, options: Sequence[Option], chosen: str | None) -> StaticSelectElement:
    initial = next((option for option in options if option.value == chosen), None)
    return StaticSelectElement(action_id=ids.input_action_id(field), options=options, initial_option=initial)


def _option(text: str, value: str) -> Option:
    return Option(text=plain_text(text, _MAX_OPTION_LENGTH), value=value)


def _value_option(denomination: Denomination, currency: str) -> Option:
    percent = denomination.discount
    off = f" · {plain(abs(percent))} % {'off' if percent > 0 else 'more'}" if percent else ""
    return _option(f"{currency} {denomination}{off}", plain(denomination.minimum))


def _amount_range(denominations: Sequence[Denomination]) -> str:
    if len(denominations) <= _MAX_LISTED_DENOMINATIONS:
        return ", ".join(str(d) for d in denominations)
    least, most = min(d.minimum for d in denominations), max(d.maximum for d in denominations)
    return f"{plain(least)}–{plain(most)}"
