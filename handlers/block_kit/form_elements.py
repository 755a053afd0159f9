"""What the fields of every form are made of."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Option, StaticSelectElement

from handlers import ids
from handlers.block_kit.blocks import plain_text

MAX_OPTIONS = 100
MAX_OPTION_LENGTH = 75


def product_block(field: str, product_key: str) -> str:
    """Another product, another block: so that Slack lets go of what was typed for the last one."""
    return f"{field}:{product_key}"


def select_element(field: str, options: Sequence[Option], chosen: str | None) -> StaticSelectElement:
    initial = next((option for option in options if option.value == chosen), None)
    return StaticSelectElement(action_id=ids.input_action_id(field), options=options, initial_option=initial)


def select_option(text: str, value: str) -> Option:
    return Option(text=plain_text(text, MAX_OPTION_LENGTH), value=value)
