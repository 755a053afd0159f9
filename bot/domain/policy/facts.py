"""What rules are asked about: a stage, and what is known at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.domain.money import Money
from bot.domain.orders import Approval, Order
from bot.domain.people import Person, PersonId


class Stage(StrEnum):
    """What is about to happen."""

    VIEW = "view"  # orders, products or balances are looked at
    QUOTE = "quote"
    REQUEST = "request"
    WITHDRAW = "withdraw"
    DECIDE = "decide"  # a request is declined, or an order whose end is unknown is resolved
    APPROVE = "approve"
    PURCHASE = "purchase"
    REVEAL = "reveal"  # codes are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the requester typed, without blanks around it."""

    reason: str
    ticket_url: str | None = None
    recipient_email: str | None = None
    workspace_url: str = ""  # of our Slack: a link into it is a ticket too


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A request is put together step by step: rules say nothing about an order's part that is not known yet.

    People are different. Where a rule needs to know who somebody is, not knowing it is a denial.
    """

    person: Person | None = None  # who wants to do it; nobody at a purchase
    requester: PersonId | None = None
    proposer: PersonId | None = None  # of the resolution that is to be confirmed
    approvers: frozenset[PersonId] = frozenset()  # whose approvals cover the order as it is
    vendor: str | None = None
    product_id: str | None = None
    quantity: int | None = None
    charge: Money | None = None  # by the newest quote
    approved_charge: Money | None = None  # what approvals are for
    sibling_charges: tuple[Money, ...] = ()  # of the other children of the order's parent
    texts: Texts | None = None

    @property
    def is_own(self) -> bool:
        """Whether the person is the order's requester, as far as that is known."""
        return bool(self.person and self.requester and self.person.is_same_person(self.requester))

    @classmethod
    def of_order(
        cls, order: Order, *, person: Person | None = None, approvals: Iterable[Approval] = ()
    ) -> Self:
        """What an order tells. Only approvals for exactly its present terms count."""
        return cls(
            person=person,
            requester=order.requester,
            approvers=frozenset(
                approval.approver
                for approval in approvals
                if approval.approved and approval.digest == order.digest
            ),
            vendor=order.terms.vendor,
            product_id=order.terms.line.product_id,
            quantity=order.terms.line.units,
            approved_charge=order.charge,
            texts=Texts(
                reason=order.reason,
                ticket_url=order.ticket_url,
                recipient_email=order.recipient_email,
            ),
        )
