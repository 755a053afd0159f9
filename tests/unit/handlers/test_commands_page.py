"""docs/commands.md leaves nothing out."""

from pathlib import Path

import pytest

from handlers.commands import COMMANDS
from handlers.views.states import STATE_TEXTS

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("command", [c for c in COMMANDS.values() if c.name != "order"], ids=lambda c: c.name)
def test_every_command_is_documented_with_its_usage(command):
    assert f"| `/giftcard {command.usage}` |" in PAGE


def test_the_form_is_documented_with_and_without_its_word():
    assert "| `/giftcard` or `/giftcard order` |" in PAGE


@pytest.mark.parametrize("label", [text.label for text in STATE_TEXTS.values()])
def test_every_state_is_documented_in_the_words_people_read(label):
    assert f"| {label} |" in PAGE


@pytest.mark.parametrize(
    "label",
    [
        "Issue a gift card",
        "Order",
        "Quote",
        "Details",
        "Previous",
        "Next",
        "Approve",
        "Decline",
        "Withdraw",
        "Show codes",
    ],
)
def test_every_button_is_documented(label):
    assert f"*{label}*" in PAGE.split("## Buttons")[1]
