"""What Octopus Cards counts, and how much of it in a minute."""

from collections.abc import Mapping
from enum import StrEnum

from bot.providers.http.pace import Turns
from bot.providers.octopus.vendor import OCTOPUS


class Lane(StrEnum):
    """What the vendor counts together."""

    LOGIN = "login"
    REFRESH = "refresh"
    READ = "read"
    ORDER = "order"
    CHARGES = "charges"
    OTHER = "other"


QUOTAS: Mapping[Lane, int] = {  # per minute: production defaults, the strictest there are
    Lane.LOGIN: 10,
    Lane.REFRESH: 20,
    Lane.READ: 300,
    Lane.ORDER: 60,
    Lane.CHARGES: 120,
    Lane.OTHER: 120,  # not documented
}

SANDBOX_QUOTAS: Mapping[Lane, int] = {
    Lane.LOGIN: 30,
    Lane.REFRESH: 30,
    Lane.READ: 600,
    Lane.ORDER: 120,
    Lane.CHARGES: 300,
    Lane.OTHER: 300,  # not documented
}


class Pace(Turns[Lane]):
    """Our turns with Octopus Cards, by default those of production."""

    vendor = OCTOPUS
    usual = QUOTAS
