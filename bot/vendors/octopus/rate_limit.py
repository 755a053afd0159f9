"""What Octopus Cards counts, and how much of it in a minute."""

from collections.abc import Mapping
from enum import StrEnum

from bot.vendors.http.rate_limit import RateLimiter
from bot.vendors.octopus.identity import OCTOPUS


class QuotaClass(StrEnum):
    """What the vendor counts together."""

    LOGIN = "login"
    REFRESH = "refresh"
    READ = "read"
    ORDER = "order"
    CHARGES = "charges"
    OTHER = "other"


QUOTAS: Mapping[QuotaClass, int] = {  # per minute: production defaults, the strictest there are
    QuotaClass.LOGIN: 10,
    QuotaClass.REFRESH: 20,
    QuotaClass.READ: 300,
    QuotaClass.ORDER: 60,
    QuotaClass.CHARGES: 120,
    QuotaClass.OTHER: 120,  # not documented
}

SANDBOX_QUOTAS: Mapping[QuotaClass, int] = {
    QuotaClass.LOGIN: 30,
    QuotaClass.REFRESH: 30,
    QuotaClass.READ: 600,
    QuotaClass.ORDER: 120,
    QuotaClass.CHARGES: 300,
    QuotaClass.OTHER: 300,  # not documented
}


class OctopusRateLimiter(RateLimiter[QuotaClass]):
    """Our turns with Octopus Cards, by default those of production."""

    vendor = OCTOPUS
    default_quotas = QUOTAS
