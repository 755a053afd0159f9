"""The names of a vendor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VendorIdentity:
    """How logs and people call a vendor."""

    name: str  # log events begin with it
    title: str
