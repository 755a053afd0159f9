"""Octopus Cards: the vendor's HTTP interface as a Provider."""

from bot.providers.octopus.client import OctopusCards
from bot.providers.octopus.pace import QUOTAS, SANDBOX_QUOTAS, Pace
from bot.providers.octopus.transport import Timeouts

__all__ = ["QUOTAS", "SANDBOX_QUOTAS", "OctopusCards", "Pace", "Timeouts"]
