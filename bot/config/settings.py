"""Settings from the environment: read once, checked once, every problem told at once."""

import os
import re
from collections.abc import Mapping
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

from bot.config.addresses import WebAddress, host_of, is_live, is_loopback
from bot.config.errors import ConfigProblem, InvalidSettings, MixedEnvironments, sentence
from bot.config.vendors import (
    VENDORS,
    CardPlusPaySettings,
    Environment,
    OctopusSettings,
    Secret,
    VendorSettings,
)

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]+")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TOKEN_KINDS = {
    "xoxb-": "bot token",
    "xapp-": "app-level token",
    "xoxp-": "user token",
    "xoxe": "refresh token",
}
_WITH_ANOTHER = (
    ("CARDPLUSPAY_CHALLENGE_PATH", "CARDPLUSPAY_SIGNING_KEY"),
    ("CARDPLUSPAY_SIGNING_KEY", "CARDPLUSPAY_CHALLENGE_PATH"),
)
DEFAULT_DATABASE = Path("giftcard.sqlite3")


def _keys(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise ValueError("holds no key")
    return keys


class Settings(BaseModel):
    """Everything the environment says. Each field's alias is the variable, its description how to mend it."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True
    )

    # First, because the addresses below are judged by it.
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
    slack_api_url: WebAddress = Field(
        "https://slack.com/api/", alias="SLACK_API_URL", description="leave it out for Slack itself"
    )
    octopus: OctopusSettings | None = None
    cardpluspay: CardPlusPaySettings | None = None
    webhook_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        alias="GIFTCARD_WEBHOOK_PORT",
        description="give a free port together with OCTOPUS_WEBHOOK_SECRET, or leave it out",
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
        """The settings for HTTP mode or for Socket Mode; None: for neither. Raises BadSettings."""
        given = {name: text for name, text in variables.items() if text.strip()}
        problems = _left_out(given, http=http)
        sections = {vendor.name: vendor.section_of(given) for vendor in VENDORS}
        if not any(sections.values()):
            problems.append(ConfigProblem(_NO_VENDOR, "none is set up", _HINTS[_NO_VENDOR]))
        try:
            settings = cls.model_validate({**given, **sections})
        except ValidationError as failure:
            problems += [_problem(error) for error in failure.errors(include_input=False, include_url=False)]
        if problems:
            raise InvalidSettings(sorted(problems, key=lambda problem: list(_HINTS).index(problem.name)))
        return settings

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """Every variable there is, those of the vendors included."""
        found: dict[str, FieldInfo] = {}
        for name, field in cls.model_fields.items():
            section = _SECTIONS.get(name)
            fields = section.model_fields.values() if section else [field]
            found |= {str(each.alias): each for each in fields if each.alias}
        return found

    @field_validator("octopus", "cardpluspay", mode="before")
    @classmethod
    def _judged_alike(cls, section: dict[str, Any] | None, info: ValidationInfo) -> dict[str, Any] | None:
        return section and section | {"allow_plain_http": info.data.get("allow_plain_http", False)}

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

    @field_validator("slack_api_url")
    @classmethod
    def _ends_in_slash(cls, address: str) -> str:
        return f"{address.rstrip('/')}/"  # slack_sdk appends the method to it as it is

    @field_validator("approvals_channel")
    @classmethod
    def _channel_id(cls, channel: str) -> str:
        if not _CHANNEL_ID.fullmatch(channel):
            raise ValueError("is not a channel id such as C012AB3CD (a name like #approvals does not do)")
        return channel

    @property
    def slack_is_on_this_machine(self) -> bool:
        """Then no proxy can reach it, whatever the environment says of proxies."""
        return is_loopback(host_of(self.slack_api_url))

    @property
    def slack_environment(self) -> Environment:
        return "live" if is_live(self.slack_api_url) else "sandbox"

    @property
    def vendors(self) -> tuple[VendorSettings, ...]:
        """Those that are set up, always in the same order."""
        return tuple(vendor for vendor in (self.octopus, self.cardpluspay) if vendor)

    @property
    def vendor_environment(self) -> Environment:
        """Of all vendors: raises MixedEnvironments where they differ, whatever was asked for."""
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
        """Whether real money moves. Raises MixedEnvironments unless a mix was asked for."""
        kind = self.vendor_environment
        if self.slack_environment != kind and not self.allow_mixed:
            hosts = ", ".join(vendor.host for vendor in self.vendors)
            raise MixedEnvironments(
                f"Slack is {self.slack_environment} ({host_of(self.slack_api_url)}) but "
                f"{'the vendor is' if len(self.vendors) == 1 else 'the vendors are'} {kind} ({hosts}). "
                "Point all at the same kind, or force it with --allow-mixed or GIFTCARD_ALLOW_MIXED=1."
            )
        return kind


_SECTIONS = {vendor.name: vendor for vendor in VENDORS}
_NO_VENDOR = "vendors"


def _hints() -> dict[str, str]:
    """How to mend each variable, in the order in which problems are told."""
    hints = {name: str(field.description) for name, field in Settings.variables().items()}
    sets = " or ".join(", ".join(vendor.needed()) for vendor in VENDORS)
    return hints | {_NO_VENDOR: f"set {sets}"}


_HINTS = _hints()


def read_environment(directory: Path | None = None) -> dict[str, str]:
    """The process environment over the `.env` file of `directory` (here, by default)."""
    written = dotenv_values((directory or Path.cwd()) / ".env")
    return {**{name: text or "" for name, text in written.items()}, **os.environ}


def _left_out(given: Mapping[str, str], *, http: bool | None) -> list[ConfigProblem]:
    """What only some set-ups need, and this one does."""
    problems = [_unset(name, other) for name, other in _WITH_ANOTHER if other in given and name not in given]
    if http and "SLACK_SIGNING_SECRET" not in given:
        problems.append(_unset("SLACK_SIGNING_SECRET", "HTTP mode"))
    if http is False and "SLACK_APP_TOKEN" not in given:
        problems.append(_unset("SLACK_APP_TOKEN", "Socket Mode"))
    if http is False and "GIFTCARD_WEBHOOK_PORT" in given and "OCTOPUS_WEBHOOK_SECRET" not in given:
        problems.append(_unset("OCTOPUS_WEBHOOK_SECRET", "the webhook port"))
    return problems


def _unset(name: str, needed_by: str) -> ConfigProblem:
    return ConfigProblem(name, f"is not set, and {needed_by} needs it", _HINTS[name])


def _problem(error: ErrorDetails) -> ConfigProblem:
    *section, name = map(str, error["loc"])
    if section and error["type"] == "missing":
        vendor = _SECTIONS[section[0]]
        half = _unset(name, vendor.title)
        return ConfigProblem(half.name, half.what, f"{half.hint}; or take every {vendor.prefix}… out")
    return ConfigProblem(name, sentence(error), _HINTS[name])
