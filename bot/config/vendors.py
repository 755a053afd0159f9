"""The settings of each vendor: everything that one vendor needs, or nothing of it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from bot.config.addresses import WebAddress, host_of, is_live

Environment = Literal["sandbox", "live"]
_PATH = re.compile(r"/[^\s?#]*")
_KEY = re.compile(r"[\x21-\x7e]+")


def _one_line(text: object) -> object:
    if isinstance(text, str) and not text.strip().isprintable():
        raise ValueError("has a line break or another invisible character in it")
    return text.strip() if isinstance(text, str) else text


Secret = Annotated[SecretStr, BeforeValidator(_one_line)]


class VendorSettings(BaseModel):
    """What every vendor needs. `name` and `title` are those of its client."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True
    )

    name: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]  # of its variables

    # First, because the address below is judged by it. It has no variable of its own.
    allow_plain_http: bool = False
    base_url: WebAddress
    api_key: Secret

    @property
    def host(self) -> str:
        return host_of(self.base_url)

    @property
    def environment(self) -> Environment:
        return "live" if is_live(self.base_url) else "sandbox"

    @classmethod
    def section_of(cls, given: Mapping[str, str]) -> dict[str, str] | None:
        """What is set of this vendor; None: nothing."""
        known = {field.alias for field in cls.model_fields.values()}
        return {name: text for name, text in given.items() if name in known} or None

    @classmethod
    def needed(cls) -> list[str]:
        """The variables without which it is half a vendor."""
        return [str(field.alias) for field in cls.model_fields.values() if field.is_required()]


class OctopusSettings(VendorSettings):
    name = "octopus"
    title = "Octopus Cards"
    prefix = "OCTOPUS_"

    base_url: WebAddress = Field(
        alias="OCTOPUS_BASE_URL", description="use the address of the vendor's sandbox or production API"
    )
    api_key: Secret = Field(alias="OCTOPUS_API_KEY", description="copy it from the vendor's dashboard")
    api_secret: Secret = Field(alias="OCTOPUS_API_SECRET", description="copy it from the vendor's dashboard")
    webhook_secret: Secret | None = Field(
        None,
        alias="OCTOPUS_WEBHOOK_SECRET",
        description="copy it from the webhook you set up in the vendor's dashboard, or leave it out",
    )


class CardPlusPaySettings(VendorSettings):
    name = "cardpluspay"
    title = "CardPlusPay"
    prefix = "CARDPLUSPAY_"

    base_url: WebAddress = Field(
        alias="CARDPLUSPAY_BASE_URL", description="use https://api.cardpluspay.com/v1, or that of a stand-in"
    )
    api_key: Secret = Field(alias="CARDPLUSPAY_API_KEY", description="copy it from the vendor's dashboard")
    signing_key: Path | None = Field(
        None,
        alias="CARDPLUSPAY_SIGNING_KEY",
        description="give the path of the PEM file with your RSA private key, or leave it out",
    )
    challenge_path: str | None = Field(
        None,
        alias="CARDPLUSPAY_CHALLENGE_PATH",
        description="ask the vendor for the path of its challenge endpoint, such as /auth/challenge",
    )

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError("has a character in it that no key has")
        return key

    @field_validator("challenge_path")
    @classmethod
    def _is_a_path(cls, path: str | None) -> str | None:
        if path is not None and not _PATH.fullmatch(path):
            raise ValueError("is not a path that begins with /")
        return path


# In the order in which they are listed everywhere.
VENDORS: tuple[type[VendorSettings], ...] = (OctopusSettings, CardPlusPaySettings)
