"""Builds the fields of the order form, and the options of its selects."""

import re
from collections.abc import Callable, Sequence

from slack_sdk.models.blocks import (
    EmailInputElement,
    ExternalDataSelectElement,
    Option,
    PlainTextInputElement,
    UrlInputElement,
)

from bot.domain.catalogue import Denomination, Product, Wallet
from bot.domain.countries import country_name
from bot.domain.money import plain
from bot.domain.policy.stated_reason import LONGEST_REASON
from handlers import ids
from handlers.block_kit.blocks import Block, input_block, plain_text
from handlers.block_kit.form_elements import MAX_OPTION_LENGTH, select_element, select_option
from handlers.block_kit.text import safe_plain_text
from handlers.views.order_form_state import ANY, wallet_block

_MAX_COUNTRY_LENGTH = 28
_MAX_VENDOR_LENGTH = 14
_MAX_LISTED_DENOMINATIONS = 3  # in an option; of more, only the range
# Slack refuses the whole view for an initial value that is no link or address.
_LINK = re.compile(r"https?://[^\s/.]+\.\S+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def product_option(product: Product, vendor: str = "") -> Option:
    """`Steam · United States · USD 5–100 · VENDOR`. Only the name is cut."""
    country = safe_plain_text(country_name(product.country), _MAX_COUNTRY_LENGTH)
    seller = f" · {safe_plain_text(vendor, _MAX_VENDOR_LENGTH)}" if vendor else ""
    ending = f" · {country} · {product.currency} {_amount_range(product.denominations)}{seller}"
    name = safe_plain_text(product.name, max(MAX_OPTION_LENGTH - len(ending), 10))
    return select_option(name + ending, product.key)


def country_option(alpha_3: str) -> Option:
    return (
        select_option(country_name(alpha_3), alpha_3) if alpha_3 != ANY else select_option("Any country", ANY)
    )


def category_option(category: str) -> Option:
    return select_option(category, category) if category != ANY else select_option("Any category", ANY)


def wallet_option(wallet: Wallet) -> Option:
    return select_option(f"{wallet.balance.currency} wallet · holds {wallet.balance}", wallet.wallet_id)


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
    select = select_element(ids.WALLET, options, chosen)
    return input_block(wallet_block(product_key), "Wallet", select, dispatch_action=True)


def _amount_range(denominations: Sequence[Denomination]) -> str:
    if len(denominations) <= _MAX_LISTED_DENOMINATIONS:
        return ", ".join(str(d) for d in denominations)
    least, most = min(d.minimum for d in denominations), max(d.maximum for d in denominations)
    return f"{plain(least)}–{plain(most)}"
