"""The rules of composition objects: texts, options, confirmations."""

from bot.sandbox.slack.blocks.validation import Check, Place, array, boolean, by_type, choice, record, string
from bot.sandbox.slack.protocol import Json


def plain(most: int, least: int = 1) -> Check:
    return by_type({"plain_text": record({"text": string(most, least)}, {"emoji": boolean})})


def text(most: int, least: int = 1) -> Check:
    """Plain or mrkdwn."""
    return by_type(
        {
            "plain_text": record({"text": string(most, least)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(most, least)}, {"verbatim": boolean}),
        }
    )


PLACEHOLDER = plain(150)
IDENTIFIER = string(255)

CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)

OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = record(
    {"text": text(75), "value": string(150)}, {"description": text(75)}
)  # radios, checkboxes
OVERFLOW_OPTION = record(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": string(3000)}
)
OPTION_GROUP = record({"label": plain(75), "options": array(OPTION, 100)}, {})

DISPATCH = record({}, {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)})
CONVERSATION_FILTER = record(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def options_or_groups(value: Json, place: Place) -> None:
    """Exactly one of `options` and `option_groups`: for static menus and responses to block_suggestion."""
    given = [name for name in ("options", "option_groups") if value.get(name) is not None]
    if len(given) != 1:
        place.wrong("must define exactly one of `options` or `option_groups`")


def initial_among_options(value: Json, place: Place) -> None:
    """Initial options must equal one of the options."""
    offered = [*(value.get("options") or ())]
    for group in value.get("option_groups") or ():
        offered += (group.get("options") or ()) if isinstance(group, dict) else ()
    if value.get("initial_option") is not None and value["initial_option"] not in offered:
        place.under("initial_option").wrong("must match an option in `options` or `option_groups`")
    for number, option in enumerate(value.get("initial_options") or ()):
        if option not in offered:
            place.under("initial_options").under(number).wrong("must match an option in `options`")
