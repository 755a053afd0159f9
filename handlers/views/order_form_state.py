"""Reads what is filled in out of Slack's view. What is missing or odd counts as not filled in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.catalogue import Product
from bot.services.errors import BadRequest
from bot.services.quote_order import Selection
from bot.services.request_order import OrderRequest
from handlers import ids
from handlers.block_kit.form_elements import product_block
from handlers.kinds import KIND_VIEWS
from handlers.surrogates import replace_surrogates

ANY = "any"  # the option that takes a filter away
_OF_EVERY_KIND = frozenset(
    {ids.COUNTRY, ids.CATEGORY, ids.PRODUCT, ids.WALLET, ids.REASON, ids.TICKET, ids.EMAIL}
)
_MAX_KEY_LENGTH = 150  # of an option's value in Slack
_MAX_ID = 10**12


@dataclass(frozen=True, slots=True)
class FormState:
    """The form as it stands: every field as typed, None where there is nothing."""

    country: str | None = None
    category: str | None = None
    product_key: str | None = None
    line: Mapping[str, str | None] = field(default_factory=dict)  # by the names of the kind's own fields
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


def wallet_block(product_key: str) -> str:
    """The wallet that suits one currency may not suit the next."""
    return product_block(ids.WALLET, product_key)


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

    def chosen(name: str) -> str | None:
        value = state[name] if name in state else metadata.get(name)
        return value if isinstance(value, str) and value != ANY and len(value) <= _MAX_KEY_LENGTH else None

    product_key = chosen(ids.PRODUCT)
    return FormState(
        country=chosen(ids.COUNTRY),
        category=chosen(ids.CATEGORY),
        product_key=product_key,
        line=dict(_line(state, product_key)),
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
    line = KIND_VIEWS[product.kind].line(product, form_state.line)
    return Selection(product.key, line, form_state.wallet_id)


def parse_request(form_state: FormState, product: Product | None) -> OrderRequest:
    """The request. Raises BadRequest like `parse_selection`; the policy checks the texts."""
    return OrderRequest(
        selection=parse_selection(form_state, product),
        reason=form_state.reason or "",
        ticket_url=form_state.ticket_url,
        recipient_email=form_state.email,
        shown_quote_id=form_state.quote_id,
    )


def _state(view: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """(block id, value) of every block; each of ours has one element."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    for block_id, elements in values.items() if isinstance(values, Mapping) else ():
        for element in elements.values() if isinstance(elements, Mapping) else ():
            yield block_id, _element_value(element) if isinstance(element, Mapping) else None


def _line(state: Mapping[str, str | None], product_key: str | None) -> Iterator[tuple[str, str | None]]:
    """What was typed into the fields that the kind of the product has for itself."""
    for block_id, value in state.items():
        name, _, key = block_id.partition(":")
        if name not in _OF_EVERY_KIND and key in ("", product_key):
            yield name, value


def _change(
    action: Mapping[str, Any], state: Mapping[str, str | None], metadata: Mapping[str, Any]
) -> dict[str, str | None]:
    """The changed field as the state would have it, by its block; nothing for a mere button."""
    name, is_input, _ = str(action.get("action_id") or "").partition("_input")
    if not is_input:
        return {}
    product_key = str(state.get(ids.PRODUCT) or metadata.get(ids.PRODUCT))
    is_kept = name in _OF_EVERY_KIND - {ids.WALLET} or name in ids.KEPT_WITH_ANOTHER_PRODUCT
    return {name if is_kept else product_block(name, product_key): _element_value(action)}


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
