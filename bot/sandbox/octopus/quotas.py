"""Rate limits: calls per minute, by client and class of endpoint."""

from bot.sandbox.octopus.errors import too_many_requests
from bot.sandbox.vendors import quotas


class Quotas:
    def __init__(self) -> None:
        self.limits = self.usual()
        self._calls = quotas.Quotas()

    @staticmethod
    def usual() -> dict[str, int]:
        """The sandbox's calls per minute; the contract has none for `other`."""
        return {"login": 30, "refresh": 30, "get": 600, "orders": 120, "charges": 300, "other": 300}

    def spend(self, who: str, kind: str, now: float) -> None:
        """Count one call. Answers 429 when the limit of the last minute is reached."""
        wait_s = self._calls.spend(who, kind, most=self.limits[kind], now=now)
        if wait_s is not None:
            raise too_many_requests(wait_s)
