"""Settings from the environment: read once, and all problems reported at once."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.errors import ConfigProblem, InvalidSettings, MixedEnvironments, sentence, unset
from bot.config.vendors import read_vendors, vendor_variables, webhook_secret_problems
from bot.vendors.plugin import Environment, VendorPlugin
from bot.vendors.settings import Secret, host_of, is_loopback, web_address

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]+")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_KINDS = {
    "xoxb-": "bot token",
    "xapp-": "app-level token",
    "xoxp-": "user token",
    "xoxe": "refresh token",
}
DEFAULT_DATABASE = Path("giftcard.sqlite3")


def _keys(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise ValueError("holds no key")
    return keys


class Settings(BaseModel):
    """Each variable is a field: alias is its name, description how to set it right. `vendors` have more."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True
    )

    # First, because the addresses below are validated with it.
    allow_plain_http: bool = Field(
        default=False, alias="GIFTCARD_ALLOW_PLAIN_HTTP", description="set 1 or leave it out"
    )
    slack_bot_token: Secret = Field(
        alias="SLACK_BOT_TOKEN",
        description="copy the Bot User OAuth Token (xoxb-…) from “OAuth & Permissions”",
    )
    slack_app_token: Secret | None = Field(
        None,
        alias="SLACK_APP_TOKEN",
        description="create an app-level token (xapp-…) with connections:write under “Basic Information”",
    )
    slack_signing_secret: Secret | None = Field(
        None, alias="SLACK_SIGNING_SECRET", description="copy the Signing Secret from “Basic Information”"
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", alias="SLACK_API_URL", description="leave it out for Slack itself"
    )
    vendors: tuple[VendorPlugin, ...] = ()  # those that are set up, in the order of the registry
    webhook_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        alias="GIFTCARD_WEBHOOK_PORT",
        description="give a free port and set a vendor's webhook secret too, or leave it out",
    )
    database: Path = Field(DEFAULT_DATABASE, alias="GIFTCARD_DB", description="give the path of a file")
    policy: Path = Field(Path("policy.toml"), alias="GIFTCARD_POLICY", description="give the path of a file")
    keys: Annotated[tuple[SecretStr, ...], BeforeValidator(_keys)] = Field(
        alias="GIFTCARD_KEYS", description="run `giftcard keygen` and paste what it prints"
    )
    approvals_channel: str = Field(
        alias="GIFTCARD_APPROVALS_CHANNEL",
        description="copy the channel's id (C…) from the foot of its “About” tab in Slack",
    )
    allow_mixed: bool = Field(
        default=False, alias="GIFTCARD_ALLOW_MIXED", description="set 1 or leave it out"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="GIFTCARD_LOG_LEVEL", description="use debug, info, warning or error"
    )

    @classmethod
    def from_environment(cls, variables: Mapping[str, str], *, http: bool | None = False) -> Self:
        """For HTTP mode or Socket Mode; None for commands that use neither. Raises InvalidSettings."""
        given = {name: text for name, text in variables.items() if text.strip()}
        vendors, problems = read_vendors(given)
        problems += _left_out(given, http=http)
        try:
            settings = cls.model_validate({**given, "vendors": vendors})
        except ValidationError as failure:
            errors = failure.errors(include_input=False, include_url=False)
            problems += [_problem(error) for error in errors]
        if problems:
            order = [*cls.variables(), "vendors"]
            raise InvalidSettings(sorted(problems, key=lambda problem: order.index(problem.name)))
        return settings

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """All variables, those of the vendors included, in the order in which problems are reported."""
        found: dict[str, FieldInfo] = {}
        for name, field in cls.model_fields.items():
            found |= vendor_variables() if name == "vendors" else {str(field.alias): field}
        return found

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _right_kind(cls, token: SecretStr | None, info: Any) -> SecretStr | None:
        wanted = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        for prefix, kind in _TOKEN_KINDS.items():
            if token and token.get_secret_value().startswith(prefix) and prefix != wanted:
                raise ValueError(
                    f"holds the wrong token: {kind} ({prefix}…) instead of {_TOKEN_KINDS[wanted]} ({wanted}…)"
                )
        if token and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("has a character in it that no token has")
        return token

    @field_validator("slack_api_url", mode="before")
    @classmethod
    def _check_address(cls, text: str, info: ValidationInfo) -> str:
        plain_http = info.data.get("allow_plain_http", False)
        address = web_address(text, is_live=_is_slack_itself, allow_plain_http=plain_http)
        return f"{address}/"  # slack_sdk appends the method to it as it is

    @field_validator("approvals_channel")
    @classmethod
    def _channel_id(cls, channel: str) -> str:
        if not _CHANNEL_ID.fullmatch(channel):
            raise ValueError("is not a channel id such as C012AB3CD (a name like #approvals does not do)")
        return channel

    @property
    def slack_is_on_this_machine(self) -> bool:
        """A proxy cannot reach it then, whatever the environment says."""
        return is_loopback(host_of(self.slack_api_url))

    @property
    def slack_environment(self) -> Environment:
        return "live" if _is_slack_itself(self.slack_api_url) else "sandbox"

    @property
    def vendor_environment(self) -> Environment:
        """Of all vendors. Raises MixedEnvironments if they differ, which no setting allows."""
        first, *others = self.vendors
        for other in others:
            if other.environment != first.environment:
                raise MixedEnvironments(
                    f"{first.title} is {first.environment} ({first.host}) but {other.title} is "
                    f"{other.environment} ({other.host}). Set up vendors of one kind: no flag lets real and "
                    "play money share a database."
                )
        return first.environment

    @property
    def environment(self) -> Environment:
        """Live if real money moves. Raises MixedEnvironments unless the settings allow a mix with Slack."""
        kind = self.vendor_environment
        if self.slack_environment != kind and not self.allow_mixed:
            hosts = ", ".join(vendor.host for vendor in self.vendors)
            raise MixedEnvironments(
                f"Slack is {self.slack_environment} ({host_of(self.slack_api_url)}) but "
                f"{'the vendor is' if len(self.vendors) == 1 else 'the vendors are'} {kind} ({hosts}). "
                "Point all at the same kind, or force it with --allow-mixed or GIFTCARD_ALLOW_MIXED=1."
            )
        return kind


def read_environment(directory: Path | None = None) -> dict[str, str]:
    """Variables of the process, and of `.env` in `directory` (by default the current one) where not set."""
    written = dotenv_values((directory or Path.cwd()) / ".env")
    return {**{name: text or "" for name, text in written.items()}, **os.environ}


def _is_slack_itself(address: str) -> bool:
    host = host_of(address)
    return host == "slack.com" or host.endswith(".slack.com")


def _left_out(given: Mapping[str, str], *, http: bool | None) -> Iterator[ConfigProblem]:
    """Variables that this mode of operation needs, and that are not set."""
    if http and "SLACK_SIGNING_SECRET" not in given:
        yield unset("SLACK_SIGNING_SECRET", "HTTP mode", _hint("SLACK_SIGNING_SECRET"))
    if http is False and "SLACK_APP_TOKEN" not in given:
        yield unset("SLACK_APP_TOKEN", "Socket Mode", _hint("SLACK_APP_TOKEN"))
    if http is False and "GIFTCARD_WEBHOOK_PORT" in given:
        yield from webhook_secret_problems(given)


def _problem(error: ErrorDetails) -> ConfigProblem:
    name = str(error["loc"][0])
    return ConfigProblem(name, sentence(error), _hint(name))


def _hint(variable: str) -> str:
    return str(Settings.variables()[variable].description)
