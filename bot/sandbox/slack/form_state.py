"""The `state.values` of a view or message, and the checks Slack's own form makes."""

import re
from decimal import Decimal
from typing import Any

from bot.sandbox.slack.blocks.surfaces import elements_of
from bot.sandbox.slack.protocol import Json, SlackError

FIELD = {  # element type -> the field of its state
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
STATELESS = ("button", "overflow")
Suggested = dict[tuple[str, str], dict[str, Json]]  # (block, action) -> value -> option


def complete(blocks: list[Json], given: Json, kept: Json, suggested: Suggested) -> Json:
    """Every input's state: the person's input, else the kept value, else the initial value."""
    _refuse_unknown(blocks, given)
    values: Json = {}
    for block, element, _ in elements_of(blocks):
        if element["type"] in STATELESS:
            continue
        where = (block["block_id"], element["action_id"])
        filled = given.get(where[0], {}).get(where[1])
        if filled is not None:
            state = accepted(element, filled.get(FIELD[element["type"]]), suggested.get(where, {}))
        else:
            state = _kept_or_initial(element, kept.get(where[0], {}).get(where[1]))
        values.setdefault(where[0], {})[where[1]] = state
    return values


def accepted(element: Json, chosen: Any, suggested: dict[str, Json]) -> Json:
    """The element's state with this choice; options are looked up by value, not taken from the client."""
    kind = element["type"]
    name = FIELD[kind]
    if name == "selected_option":
        chosen = None if chosen is None else _option(element, chosen, suggested)
    elif name == "selected_options":
        chosen = [_option(element, one, suggested) for one in chosen or ()]
    elif name.endswith("s") and kind.startswith("multi"):
        chosen = list(chosen or ())
    elif chosen == "":
        chosen = None
    return {"type": kind, name: chosen}


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    for block, element, _ in elements_of(blocks):
        if block["block_id"] == block_id and element.get("action_id") == action_id:
            return block, element
    raise SlackError("unknown_action", detail=f"no element {action_id} in block {block_id}")


def form_errors(blocks: list[Json], values: Json) -> dict[str, str]:
    """The errors that Slack shows without asking the app: block_id -> text."""
    errors = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = values[block["block_id"]][element["action_id"]][FIELD[element["type"]]]
            problem = _problem(element, value, optional=bool(block.get("optional")))
            if problem:
                errors[block["block_id"]] = problem
    return errors


def _problem(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "Please complete this required field."
    return {
        "plain_text_input": _length_problem,
        "number_input": _number_problem,
        "email_text_input": _email_problem,
        "url_text_input": _url_problem,
    }.get(element["type"], _no_problem)(element, value)


def _no_problem(_element: Json, _value: Any) -> None:
    return None


def _length_problem(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _number_problem(element: Json, value: str) -> str | None:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", value):
        return "Please enter a number."
    number = Decimal(value)
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _email_problem(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url_problem(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _refuse_unknown(blocks: list[Json], given: Json) -> None:
    known = {
        (block["block_id"], element.get("action_id"))
        for block, element, _ in elements_of(blocks)
        if element["type"] not in STATELESS
    }
    for block_id, actions in given.items():
        for action_id in actions:
            if (block_id, action_id) not in known:
                raise SlackError("unknown_input", detail=f"no input {action_id} in block {block_id}")


def _offered(element: Json) -> list[Json]:
    offered = list(element.get("options") or ())
    for group in element.get("option_groups") or ():
        offered += group["options"]
    if element.get("initial_option"):
        offered.append(element["initial_option"])
    return offered + list(element.get("initial_options") or ())


def _option(element: Json, chosen: Any, suggested: dict[str, Json]) -> Json:
    value = chosen["value"] if isinstance(chosen, dict) else chosen
    for option in (*_offered(element), *suggested.values()):
        if option["value"] == value:
            return option
    raise SlackError("unknown_option", detail=f"{element['action_id']} does not offer {value!r}")


def _kept_or_initial(element: Json, kept: Json | None) -> Json:
    kind = element["type"]
    if kept is not None and kept["type"] == kind and _still_offered(element, kept):
        return kept
    name = FIELD[kind]
    several = kind.startswith("multi") or kind == "checkboxes"
    initial = element.get("initial_" + name.removeprefix("selected_"))
    return {"type": kind, name: ([] if several else None) if initial is None else initial}


def _still_offered(element: Json, kept: Json) -> bool:
    if "external" in element["type"]:
        return True
    offered = _offered(element)
    chosen = [*(kept.get("selected_options") or ()), *filter(None, [kept.get("selected_option")])]
    return all(option in offered for option in chosen)
