"""Settings: what is needed, what is refused, and in which words."""

from pathlib import Path

import pytest

from bot.config import InvalidSettings, MixedEnvironments, Settings, read_environment
from bot.vendors.cardpluspay.plugin import CardPlusPayPlugin

LIVE_VENDOR = "https://api.octopuscards.io"
STAND_IN = "http://127.0.0.1:3000/api/"
COMPLETE = {
    "SLACK_BOT_TOKEN": "xoxb-1-bot",
    "SLACK_APP_TOKEN": "xapp-1-app",
    "SLACK_SIGNING_SECRET": "5190f00d",
    "SLACK_API_URL": STAND_IN,
    "OCTOPUS_BASE_URL": "https://sandbox-api.octopuscards.io",
    "OCTOPUS_API_KEY": "the-key",
    "OCTOPUS_API_SECRET": "the-secret",
    "GIFTCARD_KEYS": "newest,older",
    "GIFTCARD_APPROVALS_CHANNEL": "C0APPROVE1",
}
CARDPLUSPAY = {"CARDPLUSPAY_BASE_URL": "http://127.0.0.1:8302/v1", "CARDPLUSPAY_API_KEY": "cpp-key"}
SIGNED = {"CARDPLUSPAY_SIGNING_KEY": "key.pem", "CARDPLUSPAY_CHALLENGE_PATH": "/auth/challenge"}
WITHOUT_OCTOPUS = {name: text for name, text in COMPLETE.items() if not name.startswith("OCTOPUS_")}


def settings(**changed: str) -> Settings:
    return Settings.from_environment(COMPLETE | changed)


def problems(variables: dict[str, str], *, http: bool | None = False) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment(variables, http=http)
    return {problem.name: problem.what for problem in refusal.value.problems}


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert set(problems({})) == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "vendors",
        "GIFTCARD_KEYS",
        "GIFTCARD_APPROVALS_CHANNEL",
    }


def test_missing_and_wrong_settings_are_told_together() -> None:
    told = problems({"OCTOPUS_BASE_URL": "octopus", "GIFTCARD_LOG_LEVEL": "loud"})

    assert told["SLACK_BOT_TOKEN"] == "is not set"
    assert "is not a web address" in told["OCTOPUS_BASE_URL"]
    assert "debug" in told["GIFTCARD_LOG_LEVEL"]


def test_a_setting_left_empty_counts_as_not_set() -> None:
    assert problems(COMPLETE | {"GIFTCARD_KEYS": " "}) == {"GIFTCARD_KEYS": "is not set"}


def test_each_problem_says_how_to_mend_it() -> None:
    with pytest.raises(InvalidSettings, match="GIFTCARD_KEYS: is not set — run `giftcard keygen`"):
        Settings.from_environment({})


def test_socket_mode_needs_the_app_token_and_no_signing_secret() -> None:
    without = {name: text for name, text in COMPLETE.items() if name != "SLACK_SIGNING_SECRET"}

    assert Settings.from_environment(without).slack_signing_secret is None
    assert "Socket Mode" in problems(without | {"SLACK_APP_TOKEN": ""})["SLACK_APP_TOKEN"]


def test_http_mode_needs_the_signing_secret_and_no_app_token() -> None:
    without = {name: text for name, text in COMPLETE.items() if name != "SLACK_APP_TOKEN"}

    assert Settings.from_environment(without, http=True).slack_app_token is None
    assert "HTTP mode" in problems(without | {"SLACK_SIGNING_SECRET": ""}, http=True)["SLACK_SIGNING_SECRET"]


def test_a_port_for_webhooks_needs_their_secret_and_the_secret_needs_no_port() -> None:
    port, secret = {"GIFTCARD_WEBHOOK_PORT": "8081"}, {"OCTOPUS_WEBHOOK_SECRET": "whk_1"}

    assert "webhook port" in problems(COMPLETE | port)["OCTOPUS_WEBHOOK_SECRET"]
    assert Settings.from_environment(COMPLETE | port | secret).webhook_port == 8081
    assert Settings.from_environment(COMPLETE | secret).webhook_port is None


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    assert "GIFTCARD_WEBHOOK_PORT" in problems(COMPLETE | {"GIFTCARD_WEBHOOK_PORT": port})


def test_no_secret_shows_in_the_settings() -> None:
    settings = Settings.from_environment(COMPLETE | {"OCTOPUS_WEBHOOK_SECRET": "whk_shown"})
    assert "whk_shown" not in repr(settings)


def test_a_command_that_uses_no_transport_needs_neither() -> None:
    without = COMPLETE | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}

    assert Settings.from_environment(without, http=None).slack_app_token is None


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_tokens_in_each_others_place_are_recognised(name: str) -> None:
    swapped = COMPLETE | {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"}

    assert "wrong token" in problems(swapped)[name]


def test_a_stand_ins_own_kind_of_token_is_taken() -> None:
    assert settings(SLACK_BOT_TOKEN="anything").slack_bot_token.get_secret_value() == "anything"


def test_slacks_own_address_is_the_default() -> None:
    assert settings(SLACK_API_URL="").slack_api_url == "https://slack.com/api/"


@pytest.mark.parametrize("given", ["http://127.0.0.1:3000/api", "http://127.0.0.1:3000/api/"])
def test_the_slack_address_always_ends_in_one_slash(given: str) -> None:
    assert settings(SLACK_API_URL=given).slack_api_url == "http://127.0.0.1:3000/api/"


@pytest.mark.parametrize(
    "address", ["http://localhost:3000/api", "http://[::1]:3000/api", "http://127.8.0.1/api"]
)
def test_plain_http_is_allowed_on_this_machine(address: str) -> None:
    assert settings(SLACK_API_URL=address).slack_environment == "sandbox"


@pytest.mark.parametrize(
    "address",
    [
        "http://slack.com/api/",
        "http://10.0.0.7/api/",
        "http://localhost.example/api/",
        "http://127.0.0.1.example/",
    ],
)
def test_plain_http_is_refused_anywhere_else(address: str) -> None:
    assert "plain http" in problems(COMPLETE | {"SLACK_API_URL": address})["SLACK_API_URL"]


@pytest.mark.parametrize(
    "address", ["ftp://host/", "https://", "//host/api", "https://host/api?x=1", "https://a b/"]
)
def test_what_is_not_a_web_address_is_refused(address: str) -> None:
    assert "OCTOPUS_BASE_URL" in problems(COMPLETE | {"OCTOPUS_BASE_URL": address})


def test_credentials_inside_an_address_are_refused_and_not_repeated() -> None:
    told = problems(COMPLETE | {"OCTOPUS_BASE_URL": "https://me:hunter2@host/"})

    assert "password" in told["OCTOPUS_BASE_URL"]
    assert "hunter2" not in str(told)


@pytest.mark.parametrize("channel", ["#approvals", "approvals", "U0123", "c0123", "C"])
def test_the_approvals_channel_is_given_by_id(channel: str) -> None:
    assert (
        "channel id"
        in problems(COMPLETE | {"GIFTCARD_APPROVALS_CHANNEL": channel})["GIFTCARD_APPROVALS_CHANNEL"]
    )


@pytest.mark.parametrize("channel", ["C1", "G1", "D1"])
def test_a_stand_ins_short_ids_are_taken(channel: str) -> None:
    assert settings(GIFTCARD_APPROVALS_CHANNEL=channel).approvals_channel == channel


def test_plain_http_to_another_machine_can_be_forced_for_stand_ins() -> None:
    forced = settings(
        SLACK_API_URL="http://slack-emulator:3000/api/",
        OCTOPUS_BASE_URL="http://vendor:8080",
        GIFTCARD_ALLOW_PLAIN_HTTP="1",
    )

    assert (forced.slack_api_url, forced.environment) == ("http://slack-emulator:3000/api/", "sandbox")


@pytest.mark.parametrize(
    ("name", "address"),
    [("SLACK_API_URL", "http://slack.com/api/"), ("OCTOPUS_BASE_URL", "http://api.octopuscards.io")],
)
def test_plain_http_to_a_live_service_cannot_be_forced(name: str, address: str) -> None:
    assert "live service" in problems(COMPLETE | {name: address, "GIFTCARD_ALLOW_PLAIN_HTTP": "1"})[name]


@pytest.mark.parametrize(
    "name",
    [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "OCTOPUS_API_KEY",
        "OCTOPUS_API_SECRET",
        "OCTOPUS_WEBHOOK_SECRET",
        "CARDPLUSPAY_API_KEY",
    ],
)
def test_a_secret_with_a_line_break_inside_is_refused_and_not_repeated(name: str) -> None:
    told = problems(COMPLETE | CARDPLUSPAY | {name: "hunter\n2"})

    assert "line break" in told[name]
    assert "hunter" not in str(told)


def test_a_line_break_after_a_secret_is_no_part_of_it() -> None:
    assert settings(SLACK_BOT_TOKEN="xoxb-1-bot\n").slack_bot_token.get_secret_value() == "xoxb-1-bot"


@pytest.mark.parametrize("token", ["xoxb-né", "xoxb-…", "xoxb-a b"])
def test_a_token_that_could_not_go_into_a_header_is_refused(token: str) -> None:
    assert "no token has" in problems(COMPLETE | {"SLACK_BOT_TOKEN": token})["SLACK_BOT_TOKEN"]


@pytest.mark.parametrize("key", ["cpp-né", "cpp key"])
def test_a_vendors_key_that_could_not_go_into_a_header_is_refused_and_not_repeated(key: str) -> None:
    told = problems(COMPLETE | CARDPLUSPAY | {"CARDPLUSPAY_API_KEY": key})
    assert told == {"CARDPLUSPAY_API_KEY": "has a character in it that no key has"}


def test_keys_come_newest_first() -> None:
    keys = settings(GIFTCARD_KEYS="newest, older,").keys

    assert [key.get_secret_value() for key in keys] == ["newest", "older"]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    printed = f"{settings()!r} {settings()}"

    for secret in ("xoxb-1-bot", "xapp-1-app", "5190f00d", "the-key", "the-secret", "newest", "older"):
        assert secret not in printed


def test_the_vendors_sandbox_with_a_slack_stand_in_is_a_sandbox() -> None:
    assert settings().environment == "sandbox"


@pytest.mark.parametrize(
    "slack", ["https://slack.com/api/", "https://acme.slack.com/api/", "https://SLACK.com./api/"]
)
def test_slack_and_the_vendors_production_are_live(slack: str) -> None:
    assert settings(SLACK_API_URL=slack, OCTOPUS_BASE_URL=LIVE_VENDOR).environment == "live"


def test_an_address_that_only_looks_like_slack_is_a_sandbox() -> None:
    assert settings(SLACK_API_URL="https://notslack.com/api/").slack_environment == "sandbox"


def test_a_live_vendor_with_a_slack_stand_in_is_refused_with_both_named() -> None:
    mixed = settings(OCTOPUS_BASE_URL=LIVE_VENDOR)

    with pytest.raises(MixedEnvironments, match=r"127\.0\.0\.1.*api\.octopuscards\.io.*--allow-mixed"):
        _ = mixed.environment


@pytest.mark.parametrize(
    ("slack", "vendor", "environment"),
    [
        ("https://slack.com/api/", "https://sandbox-api.octopuscards.io", "sandbox"),
        (STAND_IN, LIVE_VENDOR, "live"),
    ],
)
def test_a_forced_mix_is_what_its_vendor_is(slack: str, vendor: str, environment: str) -> None:
    mixed = settings(SLACK_API_URL=slack, OCTOPUS_BASE_URL=vendor, GIFTCARD_ALLOW_MIXED="1")

    assert mixed.environment == environment


def test_the_real_environment_wins_over_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GIFTCARD_DB=from-file\nGIFTCARD_POLICY=from-file\n")
    monkeypatch.setenv("GIFTCARD_DB", "from-environment")
    monkeypatch.delenv("GIFTCARD_POLICY", raising=False)

    variables = read_environment(tmp_path)

    assert (variables["GIFTCARD_DB"], variables["GIFTCARD_POLICY"]) == ("from-environment", "from-file")


def test_a_vendor_is_there_when_its_settings_are() -> None:
    assert [vendor.title for vendor in settings().vendors] == ["Octopus Cards"]
    assert [vendor.title for vendor in settings(**CARDPLUSPAY).vendors] == ["Octopus Cards", "CardPlusPay"]
    alone = Settings.from_environment(WITHOUT_OCTOPUS | CARDPLUSPAY)
    assert [vendor.title for vendor in alone.vendors] == ["CardPlusPay"]


def test_without_any_vendor_every_way_to_mend_it_is_told() -> None:
    with pytest.raises(
        InvalidSettings, match=r"none is set up — .*OCTOPUS_API_SECRET or CARDPLUSPAY_BASE_URL"
    ):
        Settings.from_environment(WITHOUT_OCTOPUS)


@pytest.mark.parametrize(
    ("missing", "title"),
    [
        *((name, "Octopus Cards") for name in ("OCTOPUS_BASE_URL", "OCTOPUS_API_KEY", "OCTOPUS_API_SECRET")),
        *((name, "CardPlusPay") for name in CARDPLUSPAY),
    ],
)
def test_half_a_vendor_is_told_by_what_it_lacks(missing: str, title: str) -> None:
    assert problems(COMPLETE | CARDPLUSPAY | {missing: ""}) == {
        missing: f"is not set, and {title} needs it",
    }


def test_a_webhook_secret_alone_is_half_a_vendor_too() -> None:
    told = problems(WITHOUT_OCTOPUS | CARDPLUSPAY | {"OCTOPUS_WEBHOOK_SECRET": "whk_1"})
    assert told.keys() == {"OCTOPUS_BASE_URL", "OCTOPUS_API_KEY", "OCTOPUS_API_SECRET"}


def test_a_variable_nobody_knows_makes_no_vendor() -> None:
    found = Settings.from_environment(WITHOUT_OCTOPUS | CARDPLUSPAY | {"OCTOPUS_HOME": "/opt"})
    assert [vendor.title for vendor in found.vendors] == ["CardPlusPay"]


def test_requests_are_signed_with_a_key_and_a_path_for_the_challenge() -> None:
    _, signed = settings(**CARDPLUSPAY, **SIGNED).vendors

    assert isinstance(signed, CardPlusPayPlugin)
    assert (signed.signing_key, signed.challenge_path) == (Path("key.pem"), "/auth/challenge")


@pytest.mark.parametrize("left_out", SIGNED)
def test_half_of_what_signing_needs_is_told(left_out: str) -> None:
    (other,) = SIGNED.keys() - {left_out}
    told = problems(COMPLETE | CARDPLUSPAY | SIGNED | {left_out: ""})
    assert told == {left_out: f"is not set, and {other} needs it"}


@pytest.mark.parametrize("path", ["auth", "https://elsewhere.example/challenge", "/a b", "/a?b=1"])
def test_a_challenge_path_that_is_none_is_told(path: str) -> None:
    told = problems(COMPLETE | CARDPLUSPAY | SIGNED | {"CARDPLUSPAY_CHALLENGE_PATH": path})
    assert "begins with /" in told["CARDPLUSPAY_CHALLENGE_PATH"]


def test_cardpluspays_own_address_is_live() -> None:
    live = {"CARDPLUSPAY_BASE_URL": "https://api.cardpluspay.com/v1", "CARDPLUSPAY_API_KEY": "cpp-key"}
    slack = {"SLACK_API_URL": "https://slack.com/api/"}
    assert Settings.from_environment(WITHOUT_OCTOPUS | live | slack).environment == "live"


def test_vendors_of_two_kinds_are_refused_even_when_a_mix_is_asked_for() -> None:
    mixed = settings(OCTOPUS_BASE_URL=LIVE_VENDOR, GIFTCARD_ALLOW_MIXED="1", **CARDPLUSPAY)

    with pytest.raises(MixedEnvironments, match=r"Octopus Cards is live .* but CardPlusPay is sandbox"):
        _ = mixed.environment


def test_plain_http_to_another_machine_is_judged_alike_for_every_vendor() -> None:
    address = {"CARDPLUSPAY_BASE_URL": "http://vendor:8080"}

    assert "plain http" in problems(COMPLETE | CARDPLUSPAY | address)["CARDPLUSPAY_BASE_URL"]
    assert settings(**(CARDPLUSPAY | address), GIFTCARD_ALLOW_PLAIN_HTTP="1").environment == "sandbox"
