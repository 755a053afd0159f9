"""How much we ask CardPlusPay in a minute. It says that limits exist, and not which."""

from collections.abc import Mapping
from enum import StrEnum

from bot.providers.cardpluspay.vendor import CARDPLUSPAY
from bot.providers.http.pace import Turns


class Lane(StrEnum):
    """Kinds of calls that must not wait for each other: reading the catalogue takes minutes."""

    CATALOGUE = "catalogue"
    CHECK = "check"
    READ = "read"
    ORDER = "order"


QUOTAS: Mapping[Lane, int] = {  # ours: five a second all together, if nothing rests
    Lane.CATALOGUE: 60,
    Lane.CHECK: 120,
    Lane.READ: 120,
    Lane.ORDER: 20,
}


class Pace(Turns[Lane]):
    """Our turns with CardPlusPay."""

    vendor = CARDPLUSPAY
    usual = QUOTAS

    def hold(self, lane: Lane, for_s: float) -> None:  # noqa: ARG002  # it is for every lane
        """What the vendor counts together is not documented: all of our calls pause."""
        for each in self._buckets:
            super().hold(each, for_s)
