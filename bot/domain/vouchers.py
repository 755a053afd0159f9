"""What a customer redeems: the only secret in this product."""

import re
from dataclasses import dataclass, field

# The vendor's mask format is not documented: any run that looks like one counts as masked.
_MASK = re.compile(r"[*•●]|[xX]{4,}")


@dataclass(frozen=True, slots=True)
class UnparsedDeliverable:
    """What a vendor sent about an order and nobody could read: there may be codes in it."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Voucher:
    """One gift card. `repr` shows no secret, so that no log or exception can."""

    card_number: str | None = field(default=None, repr=False)
    pin_code: str | None = field(default=None, repr=False)
    claim_url: str | None = field(default=None, repr=False)
    expires_at: str | None = None
    voucher_reference_number: str | None = None
    more: str | None = field(default=None, repr=False)  # what else the vendor says of it, as it says it

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(s for s in (self.card_number, self.pin_code, self.claim_url) if s)

    @property
    def is_clear(self) -> bool:
        """True when it can be redeemed as it is: something is there and nothing of it is masked."""
        return bool(self.secrets) and not any(_MASK.search(secret) for secret in self.secrets)
