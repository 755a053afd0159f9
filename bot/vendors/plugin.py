"""What a vendor's package offers to the rest of the bot: its settings, and what is built from them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from bot.domain.events import VendorEvent
from bot.vendors.contract import Vendor
from bot.vendors.settings import Secret, host_of, web_address

Environment = Literal["sandbox", "live"]

# Takes the headers, with names in lower case, the raw body and the time. Raises InvalidWebhook.
EventReader = Callable[[Mapping[str, str], bytes, datetime], VendorEvent]


class CheckNote(NamedTuple):
    """A line that `giftcard check` prints about a vendor. With a hint it is a warning."""

    item: str
    what: str
    hint: str = ""


class VendorPlugin(BaseModel, ABC):
    """A vendor as it is set up here. Its package has one subclass, which bot/vendors/registry.py lists.

    Each setting is a field: alias is its variable, description tells how to set it right.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True
    )

    name: ClassVar[str]  # as in the database, in the policy and in `giftcard sandbox NAME`
    title: ClassVar[str]  # as people call it
    live_hosts: ClassVar[frozenset[str]]  # of the API that moves real money
    stand_in: ClassVar[str | None] = (
        None  # its command as "module:name": not imported, because the two share no code
    )
    set_together: ClassVar[tuple[frozenset[str], ...]] = ()  # variables that only work together

    # First, because the address is validated with it.
    allow_plain_http: bool = Field(default=False, alias="GIFTCARD_ALLOW_PLAIN_HTTP")
    base_url: str
    api_key: Secret
    webhook_secret: Secret | None = None  # subclasses of vendors with webhooks give it an alias

    @abstractmethod
    def open_client(self) -> Vendor:
        """Does not connect yet. Raises UnusableSetting."""

    def event_reader(self) -> EventReader | None:
        """For webhooks; None where there are none, or no secret to verify them with."""
        return None

    def check_notes(self) -> tuple[CheckNote, ...]:
        """Lines for `giftcard check`, in addition to the login and the wallets."""
        return ()

    @property
    def host(self) -> str:
        return host_of(self.base_url)

    @property
    def environment(self) -> Environment:
        return "live" if self.host in self.live_hosts else "sandbox"

    @classmethod
    def prefix(cls) -> str:
        return f"{cls.name.upper()}_"

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """The variables of this vendor alone."""
        fields = cls.model_fields.values()
        return {
            field.alias: field for field in fields if field.alias and field.alias.startswith(cls.prefix())
        }

    @classmethod
    def needed(cls) -> list[str]:
        """The variables without which the vendor cannot be used."""
        return [name for name, field in cls.variables().items() if field.is_required()]

    @classmethod
    def webhook_variable(cls) -> str | None:
        return cls.model_fields["webhook_secret"].alias

    @field_validator("base_url", mode="before")
    @classmethod
    def _check_address(cls, text: str, info: ValidationInfo) -> str:
        return web_address(
            text,
            is_live=lambda address: host_of(address) in cls.live_hosts,
            allow_plain_http=info.data.get("allow_plain_http", False),
        )
