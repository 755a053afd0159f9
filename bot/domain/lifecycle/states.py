"""The states of an order, each with its row; and every set of states there is."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from bot.domain.notifications import NotificationEvent as Event


class Phase(StrEnum):
    """How far an order is."""

    APPROVAL = "approval"
    PURCHASE = "purchase"  # the vendor may be in trouble: an order goes round in these states
    FULFILMENT = "fulfilment"
    CLOSED = "closed"


class MoneyFact(StrEnum):
    """What is known of the money."""

    UNSPENT = "unspent"
    MAYBE_SPENT = "maybe_spent"  # never goes back without proof
    SPENT = "spent"
    RETURNING = "returning"  # the vendor refunds the wallet
    IN_CHILDREN = "in_children"  # the orders it was split into have spent it, or not


class Owner(StrEnum):
    """Whose move it is."""

    APPROVERS = "approvers"  # nothing happens until they press
    BOT = "bot"  # a worker takes it further by itself, at the order's `next_at`
    VENDOR = "vendor"  # a worker asks the vendor at `next_at`
    PEOPLE = "people"  # the vendor's support has to be asked; a worker still looks at `next_at`


class Step(StrEnum):
    """What a worker does with an order that is due."""

    EXPIRE = "expire"
    PURCHASE = "purchase"
    TAKE_OVER = "take_over"  # whoever was buying it is gone
    RECOVER = "recover"  # find out whether it was bought
    FOLLOW = "follow"  # read it again at the vendor
    COLLECT = "collect"  # bring it to where its children are


class Escalation(NamedTuple):
    """When the approvals channel is told of an order: at the age `first`, then after `again`, doubling."""

    first: timedelta
    again: timedelta
    event: Event = Event.OVERDUE


class StateInfo(NamedTuple):
    """One state. `step` and `waits_for` None: nothing more happens by itself."""

    phase: Phase
    money: MoneyFact
    waits_for: Owner | None = None
    step: Step | None = None
    escalation: Escalation | None = None
    delivers: bool = False  # deliverables came with it
    expects_refund: bool = False


def _after(first: timedelta, again: timedelta, event: Event = Event.OVERDUE) -> Escalation:
    return Escalation(first, again, event)


_MIN, _HOUR = timedelta(minutes=1), timedelta(hours=1)
P, M, O = Phase, MoneyFact, Owner  # noqa: E741


class OrderState(StrEnum):
    """Each member is the word in the database, and its row."""

    info: StateInfo

    def __new__(cls, word: str, info: StateInfo | None = None) -> Self:
        if info is None:
            raise TypeError(f"{word} has no row")
        member = str.__new__(cls, word)
        member._value_ = word
        member.info = info
        return member

    # Approval
    PENDING_APPROVAL = (
        "pending_approval",
        StateInfo(P.APPROVAL, M.UNSPENT, O.APPROVERS, Step.EXPIRE, _after(4 * _HOUR, 8 * _HOUR)),
    )
    DECLINED = "declined", StateInfo(P.CLOSED, M.UNSPENT)
    WITHDRAWN = "withdrawn", StateInfo(P.CLOSED, M.UNSPENT)
    EXPIRED = "expired", StateInfo(P.CLOSED, M.UNSPENT)
    # Purchase
    APPROVED = (
        "approved",
        StateInfo(P.PURCHASE, M.UNSPENT, O.BOT, Step.PURCHASE, _after(10 * _MIN, 30 * _MIN)),
    )
    SUBMITTING = (  # the intent is on disk; the vendor may or may not have it
        "submitting",
        StateInfo(
            P.PURCHASE,
            M.MAYBE_SPENT,
            O.BOT,
            Step.TAKE_OVER,
            _after(5 * _MIN, 30 * _MIN, Event.OUTCOME_UNKNOWN),
        ),
    )
    OUTCOME_UNKNOWN = (  # nobody knows yet: look it up, never buy anew
        "outcome_unknown",
        StateInfo(
            P.PURCHASE, M.MAYBE_SPENT, O.BOT, Step.RECOVER, _after(_MIN, 30 * _MIN, Event.OUTCOME_UNKNOWN)
        ),
    )
    REFUSED = "refused", StateInfo(P.CLOSED, M.UNSPENT)
    NOT_BOUGHT = "not_bought", StateInfo(P.CLOSED, M.UNSPENT)  # as two approvers found out
    # Fulfilment
    SPLIT = (  # more than the vendor sells at once: bought as several orders, its children
        "split",
        StateInfo(P.FULFILMENT, M.IN_CHILDREN, O.BOT, Step.COLLECT, _after(4 * _HOUR, 8 * _HOUR)),
    )
    PURCHASED = (
        "purchased",
        StateInfo(P.FULFILMENT, M.SPENT, O.VENDOR, Step.FOLLOW, _after(30 * _MIN, 2 * _HOUR)),
    )
    PARTIALLY_DELIVERED = (
        "partially_delivered",
        StateInfo(
            P.FULFILMENT,
            M.SPENT,
            O.VENDOR,
            Step.FOLLOW,
            _after(2 * _HOUR, 8 * _HOUR),
            delivers=True,
            expects_refund=True,
        ),
    )
    CODES_UNAVAILABLE = (  # paid, but the vendor shows us no readable codes
        "codes_unavailable",
        StateInfo(
            P.FULFILMENT,
            M.SPENT,
            O.PEOPLE,
            Step.FOLLOW,
            _after(0 * _MIN, 8 * _HOUR, Event.CODES_UNAVAILABLE),
        ),
    )
    DELIVERED = "delivered", StateInfo(P.CLOSED, M.SPENT, delivers=True)
    PARTIALLY_FULFILLED = (
        "partially_fulfilled",
        StateInfo(P.CLOSED, M.IN_CHILDREN),
    )  # some children fell short
    FAILED = "failed", StateInfo(P.CLOSED, M.RETURNING, expects_refund=True)
    CANCELLED = "cancelled", StateInfo(P.CLOSED, M.RETURNING, expects_refund=True)
    RESOLVED = "resolved", StateInfo(P.CLOSED, M.SPENT)  # paid, and closed by two approvers

    @property
    def words(self) -> str:
        """`pending approval`: as it stands in a sentence."""
        return self.value.replace("_", " ")


S = OrderState
STATES: Mapping[OrderState, StateInfo] = {state: state.info for state in OrderState}


def states_where(holds: Callable[[StateInfo], bool]) -> frozenset[OrderState]:
    return frozenset(state for state, info in STATES.items() if holds(info))


FINAL = states_where(lambda info: info.phase is Phase.CLOSED)
OPEN = states_where(lambda info: info.phase is not Phase.CLOSED)
AWAITING_DECISION = states_where(lambda info: info.waits_for is Owner.APPROVERS)
BEING_BOUGHT = states_where(lambda info: info.phase is Phase.PURCHASE)
MAYBE_SPENT = states_where(lambda info: info.money is MoneyFact.MAYBE_SPENT)
UNSPENT = states_where(lambda info: info.money is MoneyFact.UNSPENT)
NEVER_BOUGHT = FINAL & UNSPENT
RETURNING = states_where(lambda info: info.money is MoneyFact.RETURNING)
DELIVERING = states_where(lambda info: info.delivers)
FULFILLED = DELIVERING & FINAL
EXPECTING_REFUND = states_where(lambda info: info.expects_refund)
INTERRUPTED = states_where(lambda info: info.step is Step.TAKE_OVER)  # where nobody is buying
FOLLOWED = states_where(lambda info: info.step is Step.FOLLOW)
POLLED = FOLLOWED | states_where(lambda info: info.step is Step.RECOVER)  # at the vendor, again and again
