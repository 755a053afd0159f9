"""CardPlusPay as the registry lists it."""

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.contract import Vendor
from bot.vendors.plugin import CheckNote, VendorPlugin
from bot.vendors.settings import Secret

_PATH = re.compile(r"/[^\s?#]*")
_KEY = re.compile(r"[\x21-\x7e]+")


class CardPlusPayPlugin(VendorPlugin):
    name = CARDPLUSPAY.name
    title = CARDPLUSPAY.title
    live_hosts = frozenset({"api.cardpluspay.com"})
    stand_in = "bot.sandbox.cardpluspay.command:cardpluspay"
    set_together = (frozenset({"CARDPLUSPAY_SIGNING_KEY", "CARDPLUSPAY_CHALLENGE_PATH"}),)

    base_url: str = Field(
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

    def open_client(self) -> Vendor:
        # Here, because the HTTP client is slow to import and most commands need only the settings.
        from bot.vendors.cardpluspay.client import CardPlusPay
        from bot.vendors.cardpluspay.signing import RequestSigner, read_signing_key

        signing = None
        if self.signing_key and self.challenge_path:
            signing = RequestSigner(read_signing_key(self.signing_key), self.challenge_path)
        return CardPlusPay(self.base_url, self.api_key.get_secret_value(), signing=signing)

    def check_notes(self) -> tuple[CheckNote, ...]:
        is_live = self.environment == "live"
        money = "every key spends real money" if is_live else f"{self.host} is a stand-in"
        notes = [CheckNote("sandbox", f"the vendor documents none; {money}")]
        if self.signing_key:
            notes.append(CheckNote("signing key", f"{self.signing_key} is an RSA private key"))
        return tuple(notes)

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
