"""Octopus Cards: the vendor's HTTP interface as a Provider."""

from bot.providers.http.transport import Timeouts
from bot.providers.octopus.client import OctopusCards
from bot.providers.octopus.pace import QUOTAS, SANDBOX_QUOTAS, Pace

__all__ = ["QUOTAS", "SANDBOX_QUOTAS", "OctopusCards", "Pace", "Timeouts"]
