"""The rules of messages, modals and Home tabs as a whole: sizes and unique ids."""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.blocks.elements import ACTION_ID_NEEDED
from bot.sandbox.slack.blocks.kinds import BLOCK
from bot.sandbox.slack.blocks.parts import OPTION, OPTION_GROUP, options_or_groups, plain
from bot.sandbox.slack.blocks.validation import Place, array, boolean, record, string
from bot.sandbox.slack.protocol import Json

MESSAGE_BLOCKS = array(BLOCK, 50, 0)
VIEW_BLOCKS = array(BLOCK, 100, 0)
MARKDOWN_IN_A_MESSAGE = 12_000
VIEW_BYTES = 250_000

SHARED = {"callback_id": string(255, 0), "private_metadata": string(3000, 0), "external_id": string(255, 0)}
VIEWS = {
    "modal": record(
        {"title": plain(24), "blocks": VIEW_BLOCKS},
        {
            **SHARED,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": record({"blocks": VIEW_BLOCKS}, SHARED),
}


def faults_of_message(blocks: Any) -> list[str]:
    """Slack's errors for a message's blocks; empty when they are valid."""
    place = Place("/blocks", "message")
    MESSAGE_BLOCKS(blocks, place)
    if not place.found:
        _distinct_ids(blocks, place)
        _once_per_message(blocks, place)
    return place.found


def faults_of_view(view: Any, kind: str) -> list[str]:
    """Slack's errors for a view that must be a `modal` or a `home`."""
    place = Place("/view", kind)
    if not isinstance(view, dict):
        place.wrong("must provide an object")
    elif "type" not in view:
        place.wrong("missing required field: type")
    elif view["type"] != kind:
        place.under("type").wrong(f"must be a valid enum value ({kind})")
    else:
        VIEWS[kind](view, place)
        if not place.found:
            _distinct_ids(view["blocks"], place.under("blocks"))
            _submit_with_inputs(view, place)
    return place.found


def faults_of_options(answer: Any) -> list[str]:
    """Slack's errors for the response to a block_suggestion."""
    place = Place("", "message")
    record({}, {"options": array(OPTION, 100, 0), "option_groups": array(OPTION_GROUP, 100, 0)})(
        answer, place
    )
    if not place.found:
        options_or_groups(answer, place)
    return place.found


def too_large(view: Json) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json, str]]:
    """Every interactive element with its block and its JSON pointer within `blocks`."""
    for number, block in enumerate(blocks):
        if block["type"] == "actions":
            for index, element in enumerate(block["elements"]):
                yield block, element, f"{number}/elements/{index}"
        elif block["type"] == "input":
            yield block, block["element"], f"{number}/element"
        elif block["type"] == "section" and (block.get("accessory") or {}).get("type") in ACTION_ID_NEEDED:
            yield block, block["accessory"], f"{number}/accessory"


def _distinct_ids(blocks: list[Json], place: Place) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            place.under(number).under("block_id").wrong(f"block_id `{block_id}` already exists")
        if block_id:
            seen.add(block_id)
    taken: set[tuple[int, str]] = set()
    for block, element, pointer in elements_of(blocks):
        action_id = element.get("action_id")
        if (id(block), action_id) in taken:
            place.under(pointer).under("action_id").wrong(
                f"action_id `{action_id}` already exists in this block"
            )
        if action_id:
            taken.add((id(block), action_id))
    _one_focus(blocks, place)


def _one_focus(blocks: list[Json], place: Place) -> None:
    focused = [pointer for _, element, pointer in elements_of(blocks) if element.get("focus_on_load")]
    for pointer in focused[1:]:
        place.under(pointer).under("focus_on_load").wrong(
            "only one element may have focus_on_load set to true"
        )


def _once_per_message(blocks: list[Json], place: Place) -> None:
    tables = [number for number, block in enumerate(blocks) if block["type"] == "table"]
    for number in tables[1:]:
        place.under(number).wrong("only_one_table_allowed")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_IN_A_MESSAGE:
        place.wrong(f"markdown blocks must be less than {MARKDOWN_IN_A_MESSAGE + 1} characters together")


def _submit_with_inputs(view: Json, place: Place) -> None:
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and inputs and not view.get("submit"):
        place.wrong("missing required field: submit (a modal with an input block needs one)")
