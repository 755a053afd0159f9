"""Our rate limits for CardPlusPay, which documents that it has limits, and not which."""

from collections.abc import Mapping
from enum import StrEnum

from bot.vendors.cardpluspay.identity import CARDPLUSPAY
from bot.vendors.http.rate_limit import RateLimiter


class QuotaClass(StrEnum):
    """Kinds of requests that must not wait for each other: reading the catalogue takes minutes."""

    CATALOGUE = "catalogue"
    CHECK = "check"
    READ = "read"
    ORDER = "order"


QUOTAS: Mapping[QuotaClass, int] = {  # ours: about five a second in all
    QuotaClass.CATALOGUE: 60,
    QuotaClass.CHECK: 120,
    QuotaClass.READ: 120,
    QuotaClass.ORDER: 20,
}


class CardPlusPayRateLimiter(RateLimiter[QuotaClass]):
    """A rate limiter for CardPlusPay."""

    vendor = CARDPLUSPAY
    default_quotas = QUOTAS

    def hold(self, quota_class: QuotaClass, for_s: float) -> None:  # noqa: ARG002  # it counts for all classes
        """What the vendor counts together is not documented, so all requests pause."""
        for each in self._buckets:
            super().hold(each, for_s)
