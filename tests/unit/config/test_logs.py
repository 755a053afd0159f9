"""Log lines: key=value, UTC, and nothing secret."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.cli import logs


@pytest.fixture(autouse=True)
def configuration_of_pytest() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_has_its_time_in_utc_its_level_and_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    structlog.get_logger("bot.test").info("order_placed", order_id=7)

    line = capsys.readouterr().err
    assert line.startswith("timestamp=20")
    assert "Z level=info event=order_placed" in line
    assert "order_id=7" in line


def test_nothing_is_written_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    structlog.get_logger("bot.test").warning("anything")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "name",
    [
        "card_number",
        "pin_code",
        "claim_url",
        "authorization",
        "password",
        "Authorization",
        "api_secret",
        "token",
    ],
)
def test_what_is_named_like_a_secret_is_hidden_at_any_depth(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info")
    structlog.get_logger("bot.test").info("seen", **{name: "hunter2"}, inner={"list": [{name: "hunter2"}]})

    line = capsys.readouterr().err
    assert "hunter2" not in line
    assert "event=seen" in line


@pytest.mark.parametrize(
    "secret",
    ["xoxb-123-456-abc", "xapp-1-A1-2-f00", "xoxe.xoxp-1-abc", "Bearer eyJhbGciOi.x.y", "Basic dXNlcjpwYXNz"],
)
def test_tokens_are_hidden_wherever_they_stand(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    structlog.get_logger("bot.test").info(f"sent {secret} off", header=("x", secret))
    logging.getLogger("a.library").warning("got %s", secret)

    lines = capsys.readouterr().err
    assert secret.split()[-1] not in lines
    assert lines.count("(hidden)") == 3


def test_a_token_inside_a_traceback_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    try:
        int("xoxb-1-2-3")
    except ValueError:
        structlog.get_logger("bot.test").exception("failed")

    line = capsys.readouterr().err
    assert "ValueError" in line
    assert "xoxb-1" not in line


def test_the_chatter_of_http_libraries_stays_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logging.getLogger("httpx").info("GET https://vendor/orders?client_reference=1")

    assert capsys.readouterr().err == ""
