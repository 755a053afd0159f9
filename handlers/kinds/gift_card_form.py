"""The fields that the order form has for gift cards: how much each card is worth, and how many cards."""

import re
from collections.abc import Mapping
from decimal import Decimal

from slack_sdk.models.blocks import NumberInputElement, Option
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.domain.catalogue import Denomination, InvalidDenomination, Product
from bot.domain.money import InvalidAmount, parse_amount, plain, precision
from bot.kinds.gift_card import GiftCardLine, gift_card_line
from bot.services.errors import BadRequest
from handlers import ids
from handlers.block_kit.blocks import Block, input_block
from handlers.block_kit.form_elements import MAX_OPTIONS, product_block, select_element, select_option
from handlers.block_kit.text import safe_plain_text

_WHOLE_NUMBER = re.compile(r"(\d+)(\.0*)?")  # in any script's digits
_MAX_DIGITS = 6  # far above any policy's limit, far below what would be slow to read
_ON_EVERY_KEYSTROKE = DispatchActionConfig(trigger_actions_on=["on_character_entered"])


def read_line(product: Product, typed: Mapping[str, str | None]) -> GiftCardLine:
    """Raises BadRequest with a sentence for every field that is missing or wrong."""
    errors: dict[str, str] = {}
    denomination, quantity = Decimal(0), 0
    try:
        denomination = _denomination(product, typed.get(ids.DENOMINATION))
    except (InvalidAmount, InvalidDenomination) as error:
        errors[ids.DENOMINATION] = str(error)
    try:
        quantity = parse_quantity(typed.get(ids.QUANTITY))
    except ValueError as error:
        errors[ids.QUANTITY] = str(error)
    if errors:
        raise BadRequest(errors)
    return gift_card_line(product, denomination, quantity)


def _denomination(product: Product, typed: str | None) -> Decimal:
    if typed is not None:
        return product.denomination(parse_amount(typed))
    if (value := product.only_face_value) is not None:
        return value
    if not product.denominations:
        raise InvalidDenomination(f"{product.name} has no amounts on sale right now. Choose another product.")
    raise InvalidAmount("Say how much each card is to be worth.")


def parse_quantity(typed: str | None) -> int:
    """How many cards. Raises ValueError with a sentence for the person who typed it."""
    if typed is None:
        raise ValueError("Type how many cards, for example 1.")
    number = _WHOLE_NUMBER.fullmatch(typed.strip())
    if number is None:
        raise ValueError(
            f"“{safe_plain_text(typed, 40)}” is not a number of cards. Type a whole number such as 1 or 2."
        )
    digits = number[1].lstrip("0") or "0"
    if len(digits) > _MAX_DIGITS:
        raise ValueError(
            f"“{safe_plain_text(digits, 20)}” cards are too many for one order. Type a smaller number."
        )
    return int(digits)


def denomination_field(product: Product | None, typed: str | None) -> list[Block]:
    if product is None or not product.denominations:
        return []
    block_id, label = product_block(ids.DENOMINATION, product.key), f"Denomination in {product.currency}"
    values = sorted({d.minimum: d for d in product.denominations}.values(), key=lambda d: d.minimum)
    if product.fixed_only and len(values) <= MAX_OPTIONS:
        options = [_value_option(d, product.currency) for d in values]
        only = product.only_face_value
        select = select_element(ids.DENOMINATION, options, typed if only is None else plain(only))
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


def _value_option(denomination: Denomination, currency: str) -> Option:
    percent = denomination.discount
    off = f" · {plain(abs(percent))} % {'off' if percent > 0 else 'more'}" if percent else ""
    return select_option(f"{currency} {denomination}{off}", plain(denomination.minimum))
