"""Octopus Cards: the vendor's HTTP interface as a Provider."""

from bot.vendors.http.transport import Timeouts
from bot.vendors.octopus.client import OctopusCards
from bot.vendors.octopus.rate_limit import QUOTAS, SANDBOX_QUOTAS, OctopusRateLimiter

__all__ = ["QUOTAS", "SANDBOX_QUOTAS", "OctopusCards", "OctopusRateLimiter", "Timeouts"]
