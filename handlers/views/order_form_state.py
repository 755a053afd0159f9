"""Reads what is filled in out of Slack's view. What is missing or odd counts as not filled in."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.domain.catalogue import InvalidDenomination, Product
from bot.domain.money import InvalidAmount, parse_amount
from bot.services.errors import BadRequest
from bot.services.quote_order import Selection
from bot.services.request_order import OrderRequest
from handlers import ids
from handlers.surrogates import replace_surrogates
from handlers.views.text import safe_plain_text

ANY = "any"  # the option that removes a filter
_WHOLE_NUMBER = re.compile(r"(\d+)(\.0*)?")  # in any script's digits
_MAX_DIGITS = 6  # more than any policy allows
_MAX_KEY_LENGTH = 150  # of an option's value in Slack
_MAX_ID = 10**12


@dataclass(frozen=True, slots=True)
class FormState:
    """The form as it stands: every field as typed, None where there is nothing."""

    country: str | None = None
    category: str | None = None
    product_key: str | None = None
    denomination: str | None = None
    quantity: str | None = None
    wallet_id: str | None = None
    reason: str | None = None
    ticket_url: str | None = None
    email: str | None = None
    quote_id: int | None = None  # of the price on screen
    form_id: str | None = None  # unique to this form

    @property
    def metadata(self) -> str:
        """The view's private_metadata: ids, never an amount."""
        metadata = {
            "quote": self.quote_id,
            "form": self.form_id,
            ids.PRODUCT: self.product_key,
            ids.COUNTRY: self.country,
            ids.CATEGORY: self.category,
        }
        return json.dumps(
            {name: value for name, value in metadata.items() if value is not None}, ensure_ascii=False
        )


def denomination_block(product_key: str) -> str:
    """A block of its own for each product, so that Slack forgets what was typed for another one."""
    return f"{ids.DENOMINATION}:{product_key}"


def wallet_block(product_key: str) -> str:
    """As with denominations: another product may need another wallet."""
    return f"{ids.WALLET}:{product_key}"


def field_of(block_id: str) -> str:
    """The name that FieldError uses for the field in this block."""
    return block_id.partition(":")[0]


def read_form(view: Mapping[str, Any], changed: Mapping[str, Any] | None = None) -> FormState:
    """The form in a payload's `view`. What its state lacks is taken from its metadata.

    `changed` is the action that told of a change, for a Slack that sends no state with it.
    """
    state, metadata = dict(_state(view)), _metadata(view)
    if changed is not None:
        state |= _change(changed, state, metadata)
    quote_id, form_id = metadata.get("quote"), metadata.get("form")

    def chosen(field: str) -> str | None:
        value = state[field] if field in state else metadata.get(field)
        return value if isinstance(value, str) and value != ANY and len(value) <= _MAX_KEY_LENGTH else None

    product_key = chosen(ids.PRODUCT)
    return FormState(
        country=chosen(ids.COUNTRY),
        category=chosen(ids.CATEGORY),
        product_key=product_key,
        denomination=state.get(denomination_block(product_key)) if product_key else None,
        quantity=state.get(ids.QUANTITY),
        wallet_id=state.get(wallet_block(product_key)) if product_key else None,
        reason=state.get(ids.REASON),
        ticket_url=state.get(ids.TICKET),
        email=state.get(ids.EMAIL),
        form_id=form_id if isinstance(form_id, str) and len(form_id) <= _MAX_KEY_LENGTH else None,
        quote_id=quote_id if isinstance(quote_id, int) and 0 < quote_id < _MAX_ID else None,
    )


def parse_selection(form_state: FormState, product: Product | None) -> Selection:
    """The selection to quote. Raises BadRequest with a sentence for each field that is missing or wrong."""
    if product is None:
        raise BadRequest({ids.PRODUCT: "Choose a product to see the price."})
    errors: dict[str, str] = {}
    denomination, quantity = Decimal(0), 0
    try:
        denomination = _denomination(form_state, product)
    except (InvalidAmount, InvalidDenomination) as error:
        errors[ids.DENOMINATION] = str(error)
    try:
        quantity = parse_quantity(form_state.quantity)
    except ValueError as error:
        errors[ids.QUANTITY] = str(error)
    if errors:
        raise BadRequest(errors)
    return Selection(product.key, denomination, quantity, form_state.wallet_id)


def parse_request(form_state: FormState, product: Product | None) -> OrderRequest:
    """The request. Raises BadRequest like `parse_selection`; the policy checks the texts."""
    return OrderRequest(
        selection=parse_selection(form_state, product),
        reason=form_state.reason or "",
        ticket_url=form_state.ticket_url,
        recipient_email=form_state.email,
        shown_quote_id=form_state.quote_id,
    )


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


def _denomination(form_state: FormState, product: Product) -> Decimal:
    if form_state.denomination is not None:
        return product.denomination(parse_amount(form_state.denomination))
    if (value := product.only_face_value) is not None:
        return value
    if not product.denominations:
        raise InvalidDenomination(f"{product.name} has no amounts on sale right now. Choose another product.")
    raise InvalidAmount("Say how much each card is to be worth.")


def _state(view: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """(block id, value) of every block; each of ours has one element."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    for block_id, elements in values.items() if isinstance(values, Mapping) else ():
        for element in elements.values() if isinstance(elements, Mapping) else ():
            yield block_id, _element_value(element) if isinstance(element, Mapping) else None


def _change(
    action: Mapping[str, Any], state: Mapping[str, str | None], metadata: Mapping[str, Any]
) -> dict[str, str | None]:
    """The changed field as the state would have it, by its block; empty for a button."""
    field, is_input, _ = str(action.get("action_id") or "").partition("_input")
    if not is_input:
        return {}
    product_key = str(state.get(ids.PRODUCT) or metadata.get(ids.PRODUCT))
    block_of = {ids.DENOMINATION: denomination_block, ids.WALLET: wallet_block}.get(field)
    return {block_of(product_key) if block_of else field: _element_value(action)}


def _element_value(element: Mapping[str, Any]) -> str | None:
    option = element.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else element.get("value")
    # Slack sends numbers as strings. A JSON integer is accepted; a float is not, it may have lost cents.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_ID:
        value = str(value)
    return value if isinstance(value, str) and value.strip() else None


def _metadata(view: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        metadata = json.loads(view.get("private_metadata") or "{}")
    except (TypeError, ValueError, RecursionError):
        return {}
    return replace_surrogates(metadata) if isinstance(metadata, dict) else {}
