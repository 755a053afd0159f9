"""`giftcard check` against real servers: each fault in one line that says what and how to mend it."""

import os
import sqlite3
from pathlib import Path

import pytest

from bot.domain.audit_actions import AuditAction
from bot.domain.people import Component
from bot.ops.check import any_failed, check_everything
from store import Keyring, Store
from tests.support.at_once import write
from tests.support.database import open_store
from tests.unit.ops.check.conftest import SlackStandIn

Variables = dict[str, str]


class Report:
    """What `giftcard check` said, by item."""

    def __init__(self, lines: list[str], *, has_failed: bool) -> None:
        self.lines = lines
        self.has_failed = has_failed

    def about(self, item: str) -> str:
        return "\n".join(line for line in self.lines if line[6:].startswith(f"{item}:"))


async def report(variables: Variables, *, http: bool = False) -> Report:
    lines: list[str] = []
    findings = await check_everything(variables, http=http, say=lines.append)
    return Report(lines, has_failed=any_failed(findings))


def with_policy(variables: Variables, text: str) -> Variables:
    Path(variables["GIFTCARD_POLICY"]).write_text(text)
    return variables


def database(variables: Variables) -> Store:
    return open_store(Path(variables["GIFTCARD_DB"]), variables["GIFTCARD_KEYS"])


async def test_a_good_set_up_has_nothing_to_mend(variables: Variables) -> None:
    told = await report(variables)

    assert {line[:6] for line in told.lines} == {"ok    "}
    assert not told.has_failed


async def test_every_part_of_a_set_up_is_looked_at(variables: Variables) -> None:
    told = await report(variables)

    for item in (
        "settings", "environment", "policy", "keys", "SQLite", "database", "Slack token", "scopes",
        "app token", "approvals channel", "requesters", "approvers", "four eyes", "Octopus Cards login",
        "Octopus Cards wallet",
    ):  # fmt: skip
        assert told.about(item), item


async def test_missing_settings_are_all_told_and_nothing_else_is_tried() -> None:
    told = await report({"SLACK_BOT_TOKEN": "xoxb-1"})

    assert told.about("GIFTCARD_KEYS").startswith("FAIL  GIFTCARD_KEYS: is not set — run `giftcard keygen`")
    assert "was not checked" in told.lines[-1]
    assert told.has_failed


async def test_no_line_shows_a_secret(variables: Variables) -> None:
    bad = variables | {"SLACK_BOT_TOKEN": "xoxb-wrong-token", "OCTOPUS_API_SECRET": "wrong-secret"}

    shown = "\n".join((await report(bad)).lines)

    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "OCTOPUS_API_SECRET", "GIFTCARD_KEYS"):
        assert bad[name] not in shown


async def test_a_refused_bot_token_is_told_in_slacks_own_word(variables: Variables) -> None:
    told = await report(variables | {"SLACK_BOT_TOKEN": "xoxb-wrong"})

    assert told.about("Slack token").startswith("FAIL  Slack token: SLACK_BOT_TOKEN: invalid_auth — copy")


async def test_a_refused_app_token_is_told(variables: Variables) -> None:
    told = await report(variables | {"SLACK_APP_TOKEN": "xapp-wrong"})

    assert told.about("app token").startswith("FAIL  app token: SLACK_APP_TOKEN: invalid_auth")


async def test_http_mode_asks_for_no_app_token(variables: Variables) -> None:
    told = await report(variables | {"SLACK_APP_TOKEN": ""}, http=True)

    assert told.about("signing secret").startswith("ok")
    assert not told.has_failed


async def test_a_slack_that_is_not_there_is_told_with_its_address(variables: Variables) -> None:
    told = await report(variables | {"SLACK_API_URL": "http://127.0.0.1:9/api/"})

    assert "127.0.0.1:9 (SLACK_API_URL) answers" in told.about("Slack token")


async def test_an_unknown_approvals_channel_is_told(variables: Variables) -> None:
    told = await report(variables | {"GIFTCARD_APPROVALS_CHANNEL": "C0NOWHERE"})

    assert "does not see a channel C0NOWHERE — invite the bot" in told.about("approvals channel")


async def test_a_mix_of_live_and_stand_in_is_a_fault(variables: Variables) -> None:
    told = await report(variables | {"SLACK_API_URL": "https://no-such-host.slack.com/api/"})

    assert "Slack is live (no-such-host.slack.com) but the vendor is sandbox" in told.about("environment")


async def test_a_wrong_policy_is_told_with_its_place(variables: Variables) -> None:
    told = await report(with_policy(variables, '[requesters]\nusers = ["bob"]\n'))

    assert "[requesters] users bob: not a Slack user id" in told.about("policy")
    assert "[approvers] is not set" in told.about("policy")


async def test_ids_slack_does_not_know_are_told(variables: Variables) -> None:
    told = await report(
        with_policy(
            variables,
            '[requesters]\nusers = ["U0AGENT01", "U0NOBODY1"]\n[approvers]\ngroups = ["S0NOWHERE"]\n',
        )
    )

    assert "U0NOBODY1 is nobody Slack knows" in told.about("requesters")
    assert "there is no user group S0NOWHERE" in told.about("approvers")
    assert "nobody who is active" in told.about("approvers")


async def test_people_who_can_do_nothing_are_told(variables: Variables) -> None:
    told = await report(
        with_policy(
            variables,
            '[requesters]\nusers = ["U0AGENT01", "U0GONE001", "U0GUEST01", "U0OTHER01", "U0GIFTBOT"]\n'
            '[approvers]\nusers = ["U0LEAD001"]\n',
        )
    )

    lines = told.about("requesters")
    assert "U0GONE001 is deactivated" in lines
    assert "U0GUEST01 is a guest" in lines
    assert "U0OTHER01 belongs to another workspace" in lines
    assert "U0GIFTBOT is a bot" in lines
    assert "ok    requesters: 1 active" in lines


async def test_a_group_without_active_members_is_told(variables: Variables, slack: SlackStandIn) -> None:
    slack.change("groups", usergroup="S0LEADS01", users=["U0GONE001"])
    try:
        told = await report(variables)
    finally:
        slack.change("groups", usergroup="S0LEADS01", users=["U0LEAD001", "U0LEAD002"])

    assert "user group S0LEADS01 has no active members" in told.about("approvers")
    assert told.has_failed


async def test_a_requester_nobody_else_can_approve_for_is_told(variables: Variables) -> None:
    policy = '[requesters]\nusers = ["U0AGENT01", "U0LEAD001"]\n[approvers]\nusers = ["U0LEAD001"]\n'

    told = await report(with_policy(variables, policy))

    assert told.about("four eyes").startswith(
        "warn  four eyes: requests of U0LEAD001 can never get 1 approvals"
    )
    assert not told.has_failed


async def test_too_few_approvers_for_everybody_is_a_fault(variables: Variables) -> None:
    policy = '[requesters]\nusers = ["U0AGENT01"]\n[approvers]\nusers = ["U0LEAD001"]\nneeded = 2\n'

    assert (await report(with_policy(variables, policy))).about("four eyes").startswith("FAIL")


async def test_refused_vendor_credentials_are_told(variables: Variables) -> None:
    told = await report(variables | {"OCTOPUS_API_SECRET": "wrong"})

    assert told.about("Octopus Cards login").startswith("FAIL")
    assert "OCTOPUS_API_SECRET" in told.about("Octopus Cards login")


async def test_the_wallets_are_listed_with_their_balances(variables: Variables) -> None:
    assert "31 (prepaid) has USD 25,000.00" in (await report(variables)).about("Octopus Cards wallet")


async def test_a_key_that_is_no_key_is_told(variables: Variables) -> None:
    told = await report(variables | {"GIFTCARD_KEYS": "abc"})

    assert told.about("keys").startswith("FAIL  keys: GIFTCARD_KEYS: Key 1 of the list is not a key")


async def test_keys_of_another_database_are_told(variables: Variables) -> None:
    database(variables).close()

    told = await report(variables | {"GIFTCARD_KEYS": Keyring.generate()})

    assert told.about("keys").splitlines()[-1].startswith("FAIL  keys: not those of")


async def test_a_database_in_use_is_read_without_disturbing_its_owner(variables: Variables) -> None:
    store = database(variables)
    try:
        told = await report(variables)
    finally:
        store.close()

    assert "a bot is running on it" in told.about("database owner")
    assert "sound" in told.about("database")
    assert not told.has_failed, told.lines


async def test_a_database_others_can_read_is_told(variables: Variables) -> None:
    database(variables).close()
    os.chmod(variables["GIFTCARD_DB"], 0o644)  # noqa: PTH101  # pathlib's would count as blocking

    assert "chmod 600" in (await report(variables)).about("database file")


async def test_a_database_of_another_program_is_told(variables: Variables) -> None:
    with sqlite3.connect(variables["GIFTCARD_DB"]) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()

    assert "another program's database" in (await report(variables)).about("database")


async def test_a_database_of_an_earlier_version_does_not_keep_the_bot_from_starting(
    variables: Variables,
) -> None:
    database(variables).close()
    with sqlite3.connect(variables["GIFTCARD_DB"]) as earlier:
        earlier.execute("DELETE FROM _sqlite_migrations WHERE name = 'm008_catalogue'")
    earlier.close()

    told = await report(variables)
    assert told.about("database").splitlines()[-1].startswith("warn  database: ")
    assert "the next start brings it up to date" in told.about("database")
    assert not told.has_failed, told.lines


async def test_a_changed_audit_row_is_told(variables: Variables) -> None:
    store = database(variables)
    write(
        store,
        lambda tx: tx.audit.write(
            actor=Component("worker"), action=AuditAction.REFUSED, details={"attempted": "order"}
        ),
    )
    store.close()
    with sqlite3.connect(variables["GIFTCARD_DB"]) as tampering:
        for (trigger,) in tampering.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            tampering.execute(f'DROP TRIGGER "{trigger}"')
        tampering.execute("UPDATE audit SET action = 'approved'")
    tampering.close()

    assert (await report(variables)).about("audit log").startswith("FAIL  audit log: Row 1")


async def test_a_database_of_the_other_environment_is_told(variables: Variables) -> None:
    store = database(variables)
    write(store, lambda tx: tx.key_values.set("environment", "live"))
    store.close()

    assert "belongs to live systems" in (await report(variables)).about("database")


async def test_a_place_no_file_can_be_made_in_is_told(variables: Variables) -> None:
    told = await report(variables | {"GIFTCARD_DB": f"{variables['GIFTCARD_POLICY']}/giftcard.sqlite3"})

    assert told.about("database").startswith("FAIL")


async def test_a_stand_in_on_this_machine_is_reached_past_a_proxy(
    variables: Variables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    told = await report(variables)
    assert not told.has_failed, told.lines


PEOPLE = '[requesters]\nusers = ["U0AGENT01"]\n[approvers]\nusers = ["U0LEAD001"]\n'


async def test_each_vendor_that_is_set_up_is_looked_at_by_its_name(
    variables: Variables, cardpluspay_env: Variables
) -> None:
    told = await report(variables | cardpluspay_env)

    assert told.about("Octopus Cards login") == "ok    Octopus Cards login: the credentials are accepted"
    assert told.about("CardPlusPay login") == "ok    CardPlusPay login: the credentials are accepted"
    assert "has USD 25,000.00" in told.about("CardPlusPay wallet")
    assert "the vendor documents none; 127.0.0.1 is a stand-in" in told.about("CardPlusPay sandbox")
    assert not told.has_failed, told.lines


async def test_the_second_vendor_does_without_the_first(
    variables: Variables, cardpluspay_env: Variables
) -> None:
    alone = {name: text for name, text in variables.items() if not name.startswith("OCTOPUS_")}

    told = await report(alone | cardpluspay_env)

    assert not told.has_failed, told.lines
    assert not told.about("Octopus Cards login")


async def test_a_refused_key_of_one_vendor_is_told_beside_the_other(
    variables: Variables, cardpluspay_env: Variables
) -> None:
    told = await report(variables | cardpluspay_env | {"CARDPLUSPAY_API_KEY": "wrong-key"})

    assert told.about("Octopus Cards login").startswith("ok")
    assert told.about("CardPlusPay login").startswith("FAIL")
    assert "CARDPLUSPAY_API_KEY" in told.about("CardPlusPay login")
    assert "wrong-key" not in "\n".join(told.lines)


async def test_a_signing_key_that_cannot_be_read_is_told_and_the_other_vendor_still_looked_at(
    variables: Variables, cardpluspay_env: Variables, tmp_path: Path
) -> None:
    signing = {
        "CARDPLUSPAY_SIGNING_KEY": str(tmp_path / "nowhere.pem"),
        "CARDPLUSPAY_CHALLENGE_PATH": "/challenge",
    }

    told = await report(variables | cardpluspay_env | signing)

    assert "nowhere.pem cannot be read (FileNotFoundError)" in told.about("CardPlusPay signing key")
    assert told.about("Octopus Cards login").startswith("ok")
    assert told.has_failed


async def test_a_vendor_that_the_policy_forbids_is_told(variables: Variables) -> None:
    told = await report(with_policy(variables, f'{PEOPLE}[vendors]\nforbidden = ["octopus"]\n'))

    assert "forbidden by the policy" in told.about("Octopus Cards")
    assert told.about("vendors").startswith("FAIL  vendors: the policy forbids every one that is set up")


async def test_people_of_a_restricted_vendor_are_looked_up(variables: Variables) -> None:
    rules = '[vendors.restricted.octopus]\nusers = ["U0AGENT01", "U0NOBODY1"]\n'

    told = await report(with_policy(variables, PEOPLE + rules))

    assert "U0NOBODY1 is nobody Slack knows" in told.about("octopus requesters")
    assert "ok    octopus requesters: 1 active" in told.about("octopus requesters")
