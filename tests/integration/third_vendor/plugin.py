"""The corner shop for the registry: everything that a vendor may have, none of it in a shared file."""

import json
from collections.abc import Mapping
from datetime import datetime

import click
from pydantic import Field

from bot.domain.events import Subject, VendorEvent
from bot.vendors.contract import InvalidWebhook, Vendor
from bot.vendors.plugin import CheckNote, EventReader, VendorPlugin
from bot.vendors.settings import Secret, UnusableSetting
from tests.integration.third_vendor.corner_shop import CornerShop


class CornerShopPlugin(VendorPlugin):
    name, title = CornerShop.name, CornerShop.title
    live_hosts = frozenset({CornerShop.host})
    stand_in = "tests.integration.third_vendor.plugin:corner_shop"
    set_together = (frozenset({"CORNER_SHOP_AISLE", "CORNER_SHOP_SHELF"}),)

    base_url: str = Field(alias="CORNER_SHOP_BASE_URL", description="ask at the counter")
    api_key: Secret = Field(alias="CORNER_SHOP_API_KEY", description="copy it from your loyalty card")
    webhook_secret: Secret | None = Field(
        None, alias="CORNER_SHOP_WEBHOOK_SECRET", description="agree on a password"
    )
    aisle: int | None = Field(None, alias="CORNER_SHOP_AISLE", description="give its number")
    shelf: str | None = Field(None, alias="CORNER_SHOP_SHELF", description="look up")

    def open_client(self) -> Vendor:
        if self.shelf == "empty":
            raise UnusableSetting("CORNER_SHOP_SHELF", "is empty", "come back tomorrow")
        return CornerShop()

    def event_reader(self) -> EventReader | None:
        return self._read_event if self.webhook_secret else None

    def check_notes(self) -> tuple[CheckNote, ...]:
        return CheckNote("opening hours", "nine to five"), CheckNote("cat", "sleeps on the till", "wake it")

    def _read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> VendorEvent:
        assert self.webhook_secret
        if headers.get("x-password") != self.webhook_secret.get_secret_value():
            raise InvalidWebhook("it does not know the password", status=401)
        return VendorEvent(self.name, f"{now:%Y-%m-%d}", "restocked", Subject.OTHER, body)


@click.command()
def corner_shop() -> None:
    """Stand in for the corner shop."""
    click.echo(json.dumps({"env": {"CORNER_SHOP_BASE_URL": "http://127.0.0.1:9"}}))
