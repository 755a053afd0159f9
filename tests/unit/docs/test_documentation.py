"""The documents keep up with the code: what exists is described, and what is described exists."""

import re
from decimal import Decimal
from pathlib import Path

import click
import pytest
from dotenv import dotenv_values

from bot.cli.main import main
from bot.config import Settings, load_policy
from bot.domain.audit_actions import AuditAction
from bot.domain.lifecycle import OrderState
from bot.domain.policy import DenialReason, Policy
from bot.vendors.registry import VENDORS
from handlers.commands import COMMANDS
from tests.support.every import assert_every

PROJECT = Path(__file__).parents[3]
README = (PROJECT / "README.md").read_text()
SETTINGS = Settings.variables()
OF_VENDORS = {name: vendor.title for vendor in VENDORS for name in vendor.needed()}
DOCUMENTS = [path for path in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")) if path.is_file()]


def document(name: str) -> str:
    return (PROJECT / "docs" / name).read_text()


def command_names(group: click.Command = main, prefix: str = "giftcard") -> list[str]:
    if not isinstance(group, click.Group):
        return [prefix]
    context = click.Context(group)
    children = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return [
        full for name, child in children.items() if child for full in command_names(child, f"{prefix} {name}")
    ]


def test_the_readme_lists_exactly_the_settings_there_are() -> None:
    assert re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE) == sorted(
        SETTINGS, key=lambda name: README.index(f"| `{name}` |")
    )


def test_the_readme_says_which_settings_have_which_default() -> None:
    for name, field in SETTINGS.items():
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
        if vendor := OF_VENDORS.get(name):
            assert f"| for {vendor} |" in row, row
        else:
            assert ("| yes |" in row) == field.is_required(), row
        if field.default and not field.is_required():
            assert f"`{field.default}`" in row, row


def test_each_setting_has_its_own_paragraph() -> None:
    assert set(re.findall(r"^### `([A-Z_]+)`", document("configuration.md"), re.MULTILINE)) == SETTINGS.keys()


def test_the_example_file_explains_exactly_the_settings_there_are() -> None:
    text = (PROJECT / ".env.example").read_text()

    assert set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)) == SETTINGS.keys()


def test_the_example_file_holds_no_secret() -> None:
    values = dotenv_values(PROJECT / ".env.example")
    secrets = [text for name, text in values.items() if not name.endswith("_BASE_URL")]

    assert_every(secrets, lambda text: not text or text.endswith("-"))


def test_the_readme_lists_every_command() -> None:
    assert_every(command_names(), lambda name: f"`{name}" in README)


def test_the_readme_lists_every_word_after_the_slash_command() -> None:
    assert_every(COMMANDS.values(), lambda command: f"`/giftcard {command.usage}`" in README)


def test_every_key_of_the_policy_is_described() -> None:
    text = document("policy.md")
    keys = [
        f"{section}.{key}"
        for section, field in Policy.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    ]

    assert_every(keys, lambda key: f"`{key}`" in text)


def test_the_defaults_of_the_policy_are_those_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+\.\w+)` \| ([^|]+) \|", document("policy.md"), re.MULTILINE))
    defaults = {
        f"{section}.{key}": field.default
        for section, rule in Policy.model_fields.items()
        for key, field in getattr(rule.annotation, "model_fields", {}).items()
        if isinstance(field.default, bool | int | Decimal)
    }

    assert_every(defaults.items(), lambda item: rows[item[0]] == str(item[1]).lower())


def test_every_word_for_a_refusal_is_explained() -> None:
    reasons = [
        reason.value
        for reasons in DenialReason.__subclasses__()
        if reasons.__module__.startswith("bot.")
        for reason in reasons
    ]

    assert_every(reasons, lambda word: f"`{word}`" in document("policy.md"))


def test_no_two_rules_have_the_same_word_for_a_refusal() -> None:
    words = [reason.value for reasons in DenialReason.__subclasses__() for reason in reasons]

    assert len(words) == len(set(words)) > len(Policy.model_fields)


def test_the_policy_in_the_documents_is_a_good_one(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", document("policy.md"), re.DOTALL)
    assert example
    (tmp_path / "policy.toml").write_text(example[1])

    assert load_policy(tmp_path / "policy.toml").requesters


def test_every_state_that_needs_a_person_is_explained_to_operators() -> None:
    ends_well = {"submitting", "delivered", "declined", "withdrawn", "expired"}

    states = {state.value for state in OrderState} - ends_well

    assert_every(states, lambda state: f"`{state}`" in document("operations.md"))


def test_exactly_the_actions_of_the_audit_log_are_explained_to_auditors() -> None:
    tables = re.findall(
        r"^\| `action` \| What happened \|\n((?:\|.*\n)+)", document("auditing.md"), re.MULTILINE
    )
    first_cells = [row.split("|")[1] for table in tables for row in table.splitlines()]

    explained = re.findall(r"`([a-z_]+)`", "".join(first_cells))
    assert set(explained) == set(AuditAction)


def test_every_scope_has_its_reason() -> None:
    scopes = re.search(r"bot:\n((?: +- .*\n)+)", (PROJECT / "manifest.yml").read_text())
    assert scopes

    for scope in re.findall(r"- (\S+)", scopes[1]):
        assert f"| `{scope}` |" in document("slack-setup.md")


def test_links_lead_somewhere() -> None:
    links = [
        path.parent / target
        for path in DOCUMENTS
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text())
    ]

    assert_every(links, Path.exists)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(path: Path) -> None:
    known = {" ".join(name.split()[:2]) for name in command_names()}
    written = re.findall(r"(?:`|^|&& |bin/)(giftcard [a-z-]+)", path.read_text(), re.MULTILINE)

    assert set(written) <= known
