"""The quotas of Octopus Cards."""

from collections.abc import Mapping
from enum import StrEnum

from bot.vendors.http.rate_limit import RateLimiter
from bot.vendors.octopus.identity import OCTOPUS


class QuotaClass(StrEnum):
    """Requests that the vendor counts together."""

    LOGIN = "login"
    REFRESH = "refresh"
    READ = "read"
    ORDER = "order"
    CHARGES = "charges"
    OTHER = "other"


QUOTAS: Mapping[QuotaClass, int] = {  # per minute: the defaults in production, which are the strictest
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
    """A rate limiter for Octopus Cards, by default with the quotas of production."""

    vendor = OCTOPUS
    default_quotas = QUOTAS
