"""Who is spoken to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VendorIdentity:
    """What people and logs call a vendor."""

    name: str  # log events begin with it
    title: str
