"""Octopus Cards as the registry lists it."""

from functools import partial

from pydantic import Field

from bot.vendors.contract import Vendor
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.plugin import EventReader, VendorPlugin
from bot.vendors.settings import Secret


class OctopusPlugin(VendorPlugin):
    name = OCTOPUS.name
    title = OCTOPUS.title
    live_hosts = frozenset({"api.octopuscards.io"})
    stand_in = "bot.sandbox.octopus.command:octopus"

    base_url: str = Field(
        alias="OCTOPUS_BASE_URL", description="use the address of the vendor's sandbox or production API"
    )
    api_key: Secret = Field(alias="OCTOPUS_API_KEY", description="copy it from the vendor's dashboard")
    api_secret: Secret = Field(alias="OCTOPUS_API_SECRET", description="copy it from the vendor's dashboard")
    webhook_secret: Secret | None = Field(
        None,
        alias="OCTOPUS_WEBHOOK_SECRET",
        description="copy it from the webhook you set up in the vendor's dashboard, or leave it out",
    )

    def open_client(self) -> Vendor:
        # Here, because the HTTP client is slow to import and most commands need only the settings.
        from bot.vendors.octopus.client import OctopusCards
        from bot.vendors.octopus.rate_limit import QUOTAS, SANDBOX_QUOTAS, OctopusRateLimiter

        return OctopusCards(
            self.base_url,
            self.api_key.get_secret_value(),
            self.api_secret.get_secret_value(),
            rate_limiter=OctopusRateLimiter(QUOTAS if self.environment == "live" else SANDBOX_QUOTAS),
        )

    def event_reader(self) -> EventReader | None:
        from bot.vendors.octopus.webhooks import read_event

        secret = self.webhook_secret
        return partial(read_event, secret.get_secret_value()) if secret else None
