"""An order, the terms people approve, and their approvals."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NewType

from bot.domain.lifecycle import OrderState
from bot.domain.lines import Line
from bot.domain.money import Money
from bot.domain.people import PersonId
from bot.domain.problems import Problem
from bot.domain.quotes import OrderTerms

OrderId = NewType("OrderId", int)
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud without mistakes


@dataclass(frozen=True, slots=True)
class Order:
    """One request and everything that became of it. Amounts as quoted to the requester and the approvers."""

    id: OrderId
    client_reference: str
    state: OrderState
    requester: PersonId
    terms: OrderTerms[Line]
    product_name: str
    country: str
    discount: Money
    forex_rate: Decimal | None
    fee: Money | None
    charge: Money
    balance_after: Money
    reason: str
    ticket_url: str | None
    recipient_email: str | None
    requested_at: datetime
    state_since: datetime
    next_at: datetime | None = None  # when a worker looks at it again; None: a person's move or final
    attempts: int = 0  # of the work the present state asks for
    vendor_order_id: str | None = None
    vendor_request_id: str | None = None  # the vendor's X-Request-Id of the latest answer
    problem: Problem | None = None  # why it is where it is
    card_ref: str | None = None  # the approval card, as whoever posted it refers to it
    escalations: int = 0  # how often the approvals channel was told that it is still where it is
    escalate_at: datetime | None = None  # when it is told next; None: final
    expected_net: Money | None = None  # face value less discount, by the quote right before buying
    expected_debit: Money | None = None  # what should leave the wallet, by the same quote
    charge_details: Mapping[str, str] = field(default_factory=dict)  # what else the charge is made of
    charged: Money | None = None  # what the vendor says it cost
    codes_shown_at: datetime | None = None  # when its requester last saw codes of it
    outcome_lost_at: datetime | None = None  # when it last became unknown whether it was bought
    version: int = 0  # counts the states it has been in
    parent_id: OrderId | None = None  # the order this one is a part of
    fence: int | None = field(default=None, compare=False)  # of the claim a worker has it under, when read so

    @property
    def face_value(self) -> Money:
        return self.terms.face_value

    @property
    def digest(self) -> str:
        """SHA-256 over the exact terms an approval is for. A change of any of them is another digest."""
        terms = self.terms
        exact = [
            terms.vendor,
            *terms.line.canonical(),
            terms.wallet_id,
            str(self.charge.amount.normalize()),
            self.charge.currency,
            self.recipient_email,
            self.reason,
            self.ticket_url,
        ]
        return hashlib.sha256(json.dumps(exact, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """One approver's word on one order, for exactly the terms with this digest."""

    approver: PersonId
    approved: bool
    digest: str
    decided_at: datetime
    reason: str | None = None  # of a decline


def new_client_reference(requested_at: datetime) -> str:
    """`GC-261121-7K3MQ9VX`: unique to us, printable ASCII, short enough to read out; 39 random bits a day."""
    return f"GC-{requested_at:%y%m%d}-{''.join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))}"
