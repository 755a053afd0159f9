"""The life of an order: its states, and what each cause makes of an order in each state.

`OrderState` carries one row for each state, `TRANSITIONS` one for each state and cause. Nothing else knows
states: every set of them is derived here or by `states_where`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import Enum, StrEnum
from typing import NamedTuple, Self

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


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


class Cause(StrEnum):
    """What happened to an order."""

    REQUESTED = "requested"
    CHILD_CREATED = "child_created"
    # People
    APPROVAL_GIVEN = "approval_given"  # one of several
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RESOLUTION_PROPOSED = "resolution_proposed"
    RESOLVED_NOT_BOUGHT = "resolved_not_bought"
    RESOLVED_PAID = "resolved_paid"
    # Checks before money moves
    APPROVAL_NO_LONGER_VALID = "approval_no_longer_valid"  # too few approvals cover it now
    VENDOR_FORBIDDEN = "vendor_forbidden"  # by the policy, since it was approved
    OVER_LIMIT = "over_limit"
    PRICE_MOVED = "price_moved"
    DENIED_BY_POLICY = "denied_by_policy"  # by any other rule
    QUOTE_REFUSED = "quote_refused"
    QUOTE_UNAVAILABLE = "quote_unavailable"
    QUOTE_ACCESS_DENIED = "quote_access_denied"
    AWAITING_TURN = "awaiting_turn"  # another purchase with this account has to be over first
    # The purchase
    SPLIT = "split"
    SUBMITTED = "submitted"  # the intent is on disk from here on
    NOT_SENT = "not_sent"  # surely never acted on
    ACCESS_DENIED = "access_denied"
    REFUSED = "refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OUTCOME_STILL_UNKNOWN = "outcome_still_unknown"  # told before
    REFUSAL_NOT_TRUSTED_YET = (
        "refusal_not_trusted_yet"  # after a lost answer a no is believed only after a while
    )
    LEASE_EXPIRED = "lease_expired"  # whoever was buying it is gone
    # Recovery
    NOT_FOUND_YET = "not_found_yet"  # or nobody could look
    NOT_FOUND_LEFT_TO_PEOPLE = "not_found_left_to_people"
    ATTRIBUTION_INCONCLUSIVE = "attribution_inconclusive"  # from what the account shows nobody can tell
    PROVEN_NOT_SENT = "proven_not_sent"
    PROVEN_NOT_CREATED = "proven_not_created"
    # What the vendor says of the order
    PURCHASED = "purchased"
    CODES_UNREAD = "codes_unread"  # delivered, and its codes are in another answer
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    CODES_UNAVAILABLE = "codes_unavailable"
    PINS_UNKNOWN = "pins_unknown"  # its codes are here, perhaps without their PINs
    PINS_UNKNOWN_INCOMPLETE = "pins_unknown_incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEW_DELIVERABLES = "new_deliverables"  # some more, and the state is the same
    NOTHING_NEW = "nothing_new"
    NOT_READ = "not_read"  # nobody could read it, or it is not listed
    PURCHASE_MISMATCH = "purchase_mismatch"  # our purchase was answered with something else
    FOREIGN_ORDER = "foreign_order"  # under our reference is something we did not order
    CHARGE_MISMATCH = "charge_mismatch"
    FOUND_AFTER_CLOSING = "found_after_closing"  # though closed as not bought
    # Its children
    CHILDREN_IN_PROGRESS = "children_in_progress"
    CHILDREN_DELIVERED = "children_delivered"
    CHILDREN_FELL_SHORT = "children_fell_short"
    CHILDREN_REFUSED = "children_refused"
    # Afterwards
    REFUNDED = "refunded"
    REFUND_MISSING = "refund_missing"
    ESCALATED = "escalated"  # it is where it is for too long
    NEWS = "news"  # a vendor's event, or an operator, asks for another look


class Next(Enum):
    """When a worker looks at the order again; see `backoff.next_look`."""

    KEEP = "keep"  # as it was
    NEVER = "never"
    NOW = "now"
    EXPIRY = "expiry"  # the end of the time approvers have
    LEASE_END = "lease_end"  # longer than log-in, waiting for a turn and buying can take
    LOOK_UP = "look_up"
    RETRY = "retry"
    TURN = "turn"
    POLL = "poll"
    CHILDREN = "children"
    CODES = "codes"  # that the vendor may show again
    FOREIGN = "foreign"  # people have to act first


class Attempts(Enum):
    """What becomes of the count of attempts."""

    RESET = "reset"
    KEEP = "keep"
    ADD = "add"


class Keep(Enum):
    """The order's problem stays what it is."""

    PROBLEM = "problem"


KEEP_PROBLEM = Keep.PROBLEM


class Transition(NamedTuple):
    """What follows from one cause in one state: all of it happens in one transaction, by `apply`.

    `once`: it goes on record and is escalated only when its problem is not the order's already.
    """

    to: OrderState
    action: Audit | None = None  # what goes on record; None: bookkeeping that is no event
    tell: Event | None = None  # the requester
    alert: Event | None = None  # the approvals channel; of attempts, at the first alone
    problem: Problem | Keep | None = KEEP_PROBLEM
    next: Next = Next.KEEP
    attempts: Attempts = Attempts.RESET
    escalate_now: bool = False
    once: bool = False
    refresh_card: bool = True


T, A = Transition, Attempts
Transitions = dict[tuple[OrderState, Cause], Transition]


class ForbiddenTransition(Exception):
    """The table has no such row."""

    def __init__(self, client_reference: str, state: OrderState, cause: Cause) -> None:
        super().__init__(f"{client_reference} is {state.words}, where {cause} cannot happen")
        self.state, self.cause = state, cause


def _in(states: Iterable[OrderState], cause: Cause, row: Transition) -> Transitions:
    return {(state, cause): row for state in states}


def _stay(states: Iterable[OrderState], cause: Cause, row: Transition) -> Transitions:
    """As `row`, but the order stays in its state."""
    return {(state, cause): row._replace(to=state) for state in states}


def _vendor_reports() -> Transitions:
    """What the vendor says of an order takes it further, and never back."""
    reports: dict[Cause, Transition] = {
        Cause.PURCHASED: T(S.PURCHASED, Audit.PURCHASED, Event.PURCHASED, problem=None, next=Next.POLL),
        Cause.CODES_UNREAD: T(S.PURCHASED, Audit.PURCHASED, problem=None, next=Next.NOW),
        Cause.PINS_UNKNOWN_INCOMPLETE: T(
            S.PURCHASED, Audit.PURCHASED, Event.PURCHASED, problem=Problem.PINS_UNKNOWN, next=Next.POLL
        ),
        Cause.PARTIALLY_DELIVERED: T(
            S.PARTIALLY_DELIVERED,
            Audit.PARTIALLY_DELIVERED,
            Event.PARTIALLY_DELIVERED,
            problem=None,
            next=Next.POLL,
        ),
        Cause.CODES_UNAVAILABLE: T(
            S.CODES_UNAVAILABLE,
            Audit.CODES_UNAVAILABLE,
            Event.CODES_UNAVAILABLE,
            problem=Problem.CODES_UNAVAILABLE,
            next=Next.CODES,
        ),
        Cause.PINS_UNKNOWN: T(
            S.CODES_UNAVAILABLE,
            Audit.CODES_UNAVAILABLE,
            Event.CODES_UNAVAILABLE,
            problem=Problem.PINS_UNKNOWN,
            next=Next.CODES,
        ),
        Cause.DELIVERED: T(S.DELIVERED, Audit.DELIVERED, Event.DELIVERED, problem=None, next=Next.NEVER),
        Cause.FAILED: T(S.FAILED, Audit.FAILED, Event.FAILED, problem=Problem.FAILED, next=Next.NEVER),
        Cause.CANCELLED: T(
            S.CANCELLED, Audit.CANCELLED, Event.CANCELLED, problem=Problem.CANCELLED, next=Next.NEVER
        ),
    }
    # In this order an order goes on: no report takes it back to a state further up.
    progress = [S.PURCHASED, S.PARTIALLY_DELIVERED, S.CODES_UNAVAILABLE]
    may_read_again = {S.CODES_UNAVAILABLE: {S.PARTIALLY_DELIVERED}}
    rows: Transitions = {}
    for cause, row in reports.items():
        rows |= _in(MAYBE_SPENT, cause, row)
        for state in progress:
            goes_on = row.to not in progress or progress.index(row.to) > progress.index(state)
            if goes_on or row.to in may_read_again.get(state, ()):
                rows[state, cause] = row
    at_vendor = [S.OUTCOME_UNKNOWN, *progress]
    same = T(S.PURCHASED, attempts=A.ADD)
    return (
        rows
        | _stay(
            MAYBE_SPENT | set(progress),
            Cause.NEW_DELIVERABLES,
            same._replace(tell=Event.PARTIALLY_DELIVERED, next=Next.POLL),
        )
        | _stay(at_vendor, Cause.NOTHING_NEW, same._replace(next=Next.POLL, refresh_card=False))
        | _stay(progress, Cause.NOT_READ, same._replace(next=Next.POLL, refresh_card=False))
        | _stay([S.CODES_UNAVAILABLE], Cause.NOTHING_NEW, same._replace(next=Next.CODES, refresh_card=False))
        | _stay(
            at_vendor,
            Cause.PURCHASE_MISMATCH,
            T(
                S.PURCHASED,
                Audit.PURCHASE_MISMATCH,
                problem=Problem.PURCHASE_MISMATCH,
                next=Next.FOREIGN,
                attempts=A.KEEP,
                escalate_now=True,
                once=True,
            ),
        )
        | _stay(
            at_vendor,
            Cause.FOREIGN_ORDER,
            T(
                S.PURCHASED,
                Audit.FOREIGN_ORDER_FOUND,
                problem=Problem.FOREIGN_ORDER,
                next=Next.FOREIGN,
                attempts=A.KEEP,
                escalate_now=True,
                once=True,
            ),
        )
        | {
            (S.SUBMITTING, Cause.PURCHASE_MISMATCH): T(
                S.CODES_UNAVAILABLE,
                Audit.PURCHASE_MISMATCH,
                Event.CODES_UNAVAILABLE,
                problem=Problem.PURCHASE_MISMATCH,
                next=Next.FOREIGN,
                escalate_now=True,
            ),
            (S.SUBMITTING, Cause.FOREIGN_ORDER): T(
                S.OUTCOME_UNKNOWN,
                Audit.FOREIGN_ORDER_FOUND,
                problem=Problem.FOREIGN_ORDER,
                next=Next.FOREIGN,
                escalate_now=True,
            ),
        }
        | _stay(FINAL - UNSPENT, Cause.NOTHING_NEW, T(S.DELIVERED, attempts=A.KEEP, refresh_card=False))
        | _stay(
            OrderState,
            Cause.CHARGE_MISMATCH,
            T(S.PURCHASED, Audit.CHARGE_MISMATCH, alert=Event.CHARGE_MISMATCH, attempts=A.KEEP),
        )
        | _stay(
            [S.NOT_BOUGHT],
            Cause.FOUND_AFTER_CLOSING,
            T(S.NOT_BOUGHT, Audit.FOUND_AFTER_CLOSING, alert=Event.FOUND_AFTER_CLOSING, attempts=A.KEEP),
        )
    )


def _approval() -> Transitions:
    pending = S.PENDING_APPROVAL
    return {
        (pending, Cause.APPROVAL_GIVEN): T(pending, Audit.APPROVAL_GIVEN, attempts=A.KEEP),
        (pending, Cause.APPROVED): T(S.APPROVED, Audit.APPROVED, Event.APPROVED, problem=None, next=Next.NOW),
        (pending, Cause.DECLINED): T(
            S.DECLINED, Audit.DECLINED, Event.DECLINED, problem=Problem.DECLINED, next=Next.NEVER
        ),
        (pending, Cause.WITHDRAWN): T(S.WITHDRAWN, Audit.WITHDRAWN, Event.WITHDRAWN, next=Next.NEVER),
        (pending, Cause.EXPIRED): T(
            S.EXPIRED, Audit.EXPIRED, Event.EXPIRED, problem=Problem.EXPIRED, next=Next.NEVER
        ),
    }


def _checks_before_money_moves() -> Transitions:
    """The same causes for the first attempt, and for one more under the same reference.

    An order that may be bought already never goes back to the approvers, nor does it end: people decide.
    """
    first, again = S.APPROVED, S.OUTCOME_UNKNOWN
    to_approvers = T(S.PENDING_APPROVAL, tell=Event.PRICE_MOVED, next=Next.EXPIRY)
    refused = T(S.REFUSED, tell=Event.REFUSED, next=Next.NEVER)
    to_people = T(
        again,
        Audit.RESUBMISSION_BLOCKED,
        next=Next.LOOK_UP,
        attempts=A.KEEP,
        escalate_now=True,
        once=True,
    )
    not_yet = T(first, problem=Problem.NOT_BOUGHT_YET, next=Next.RETRY, attempts=A.ADD)
    look_again = T(again, next=Next.LOOK_UP, attempts=A.KEEP, refresh_card=False)
    return {
        (first, Cause.APPROVAL_NO_LONGER_VALID): to_approvers._replace(action=Audit.APPROVAL_NO_LONGER_VALID),
        (first, Cause.PRICE_MOVED): to_approvers._replace(
            action=Audit.PRICE_MOVED, problem=Problem.PRICE_MOVED
        ),
        (first, Cause.VENDOR_FORBIDDEN): refused._replace(
            action=Audit.VENDOR_FORBIDDEN, problem=Problem.VENDOR_FORBIDDEN
        ),
        (first, Cause.OVER_LIMIT): refused._replace(action=Audit.OVER_LIMIT, problem=Problem.OVER_LIMIT),
        (first, Cause.DENIED_BY_POLICY): refused._replace(
            action=Audit.DENIED_BY_POLICY, problem=Problem.DENIED_BY_POLICY
        ),
        (first, Cause.QUOTE_REFUSED): refused._replace(
            action=Audit.REFUSED_BY_VENDOR, problem=Problem.REFUSED_BY_VENDOR
        ),
        (first, Cause.QUOTE_UNAVAILABLE): not_yet,
        (first, Cause.QUOTE_ACCESS_DENIED): not_yet._replace(alert=Event.ACCESS_DENIED),
        (first, Cause.AWAITING_TURN): T(
            first, problem=Problem.AWAITING_TURN, next=Next.TURN, attempts=A.KEEP
        ),
        (again, Cause.APPROVAL_NO_LONGER_VALID): to_people._replace(
            problem=Problem.RESUBMISSION_BLOCKED_APPROVAL_NO_LONGER_VALID
        ),
        (again, Cause.PRICE_MOVED): to_people._replace(problem=Problem.RESUBMISSION_BLOCKED_PRICE_MOVED),
        (again, Cause.VENDOR_FORBIDDEN): to_people._replace(
            problem=Problem.RESUBMISSION_BLOCKED_VENDOR_FORBIDDEN
        ),
        (again, Cause.OVER_LIMIT): to_people._replace(problem=Problem.RESUBMISSION_BLOCKED_OVER_LIMIT),
        (again, Cause.DENIED_BY_POLICY): to_people._replace(
            problem=Problem.RESUBMISSION_BLOCKED_DENIED_BY_POLICY
        ),
        (again, Cause.QUOTE_REFUSED): to_people._replace(problem=Problem.RESUBMISSION_BLOCKED_QUOTE_REFUSED),
        (again, Cause.QUOTE_UNAVAILABLE): look_again,
        (again, Cause.QUOTE_ACCESS_DENIED): look_again,
        (again, Cause.AWAITING_TURN): look_again,
    }


def _purchase() -> Transitions:
    submitted = T(S.SUBMITTING, Audit.PURCHASE_INTENDED, next=Next.LEASE_END, attempts=A.KEEP)
    unknown = T(
        S.OUTCOME_UNKNOWN,
        Audit.OUTCOME_UNKNOWN,
        Event.OUTCOME_UNKNOWN,
        problem=Problem.OUTCOME_UNKNOWN,
        next=Next.LOOK_UP,
    )
    not_sent = T(S.APPROVED, Audit.NOT_SENT, problem=Problem.NOT_BOUGHT_YET, next=Next.RETRY, attempts=A.ADD)
    refused = T(
        S.REFUSED,
        Audit.REFUSED_BY_VENDOR,
        Event.REFUSED,
        problem=Problem.REFUSED_BY_VENDOR,
        next=Next.NEVER,
    )
    return {
        (S.APPROVED, Cause.SUBMITTED): submitted,
        (S.OUTCOME_UNKNOWN, Cause.SUBMITTED): submitted,
        (S.APPROVED, Cause.SPLIT): T(S.SPLIT, Audit.SPLIT, problem=None, next=Next.CHILDREN),
        (S.SUBMITTING, Cause.NOT_SENT): not_sent,
        (S.SUBMITTING, Cause.ACCESS_DENIED): not_sent._replace(alert=Event.ACCESS_DENIED),
        (S.SUBMITTING, Cause.REFUSED): refused,
        (S.OUTCOME_UNKNOWN, Cause.REFUSED): refused,
        (S.SUBMITTING, Cause.OUTCOME_UNKNOWN): unknown,
        (S.SUBMITTING, Cause.LEASE_EXPIRED): unknown,
        (S.SUBMITTING, Cause.OUTCOME_STILL_UNKNOWN): unknown._replace(tell=None, attempts=A.ADD),
        (S.SUBMITTING, Cause.REFUSAL_NOT_TRUSTED_YET): unknown._replace(
            action=Audit.REFUSAL_NOT_TRUSTED_YET, tell=None, attempts=A.ADD
        ),
    }


def _recovery() -> Transitions:
    unknown = S.OUTCOME_UNKNOWN
    back = T(S.APPROVED, problem=Problem.BOUGHT_ANEW, next=Next.NOW)
    return {
        (unknown, Cause.NOT_FOUND_YET): T(unknown, next=Next.LOOK_UP, attempts=A.ADD, refresh_card=False),
        (unknown, Cause.ATTRIBUTION_INCONCLUSIVE): T(
            unknown,
            Audit.ATTRIBUTION_INCONCLUSIVE,
            problem=Problem.ATTRIBUTION_INCONCLUSIVE,
            next=Next.LOOK_UP,
            attempts=A.ADD,
            escalate_now=True,
            once=True,
        ),
        (unknown, Cause.PROVEN_NOT_SENT): back._replace(action=Audit.PROVEN_NOT_SENT),
        (unknown, Cause.PROVEN_NOT_CREATED): back._replace(action=Audit.PROVEN_NOT_CREATED),
    }


def _children() -> Transitions:
    return {
        (S.SPLIT, Cause.CHILDREN_IN_PROGRESS): T(
            S.SPLIT, next=Next.CHILDREN, attempts=A.KEEP, refresh_card=False
        ),
        (S.SPLIT, Cause.CHILDREN_DELIVERED): T(
            S.DELIVERED, Audit.DELIVERED, Event.DELIVERED, problem=None, next=Next.NEVER
        ),
        (S.SPLIT, Cause.CHILDREN_FELL_SHORT): T(
            S.PARTIALLY_FULFILLED,
            Audit.PARTIALLY_FULFILLED,
            Event.PARTIALLY_FULFILLED,
            problem=Problem.CHILDREN_FELL_SHORT,
            next=Next.NEVER,
        ),
        (S.SPLIT, Cause.CHILDREN_REFUSED): T(
            S.REFUSED,
            Audit.REFUSED,
            Event.REFUSED,
            problem=Problem.CHILDREN_FELL_SHORT,
            next=Next.NEVER,
        ),
    }


def _people_and_clocks() -> Transitions:
    paid = [S.OUTCOME_UNKNOWN, S.PURCHASED, S.PARTIALLY_DELIVERED, S.CODES_UNAVAILABLE]
    note = T(S.RESOLVED, attempts=A.KEEP)
    return (
        _in(
            paid,
            Cause.RESOLVED_PAID,
            T(S.RESOLVED, Audit.RESOLVED, Event.RESOLVED, problem=Problem.RESOLVED, next=Next.NEVER),
        )
        | _in(
            [S.OUTCOME_UNKNOWN],
            Cause.RESOLVED_NOT_BOUGHT,
            T(S.NOT_BOUGHT, Audit.RESOLVED, Event.NOT_BOUGHT, problem=Problem.RESOLVED, next=Next.NEVER),
        )
        | _stay(
            paid,
            Cause.RESOLUTION_PROPOSED,
            note._replace(action=Audit.RESOLUTION_PROPOSED, refresh_card=False),
        )
        | {
            (state, Cause.ESCALATED): note._replace(
                to=state, action=Audit.ESCALATED, alert=info.escalation.event, refresh_card=False
            )
            for state, info in STATES.items()
            if info.escalation is not None
        }
        | _stay(EXPECTING_REFUND, Cause.REFUNDED, note._replace(action=Audit.REFUNDED, tell=Event.REFUNDED))
        | _stay(
            EXPECTING_REFUND,
            Cause.REFUND_MISSING,
            note._replace(action=Audit.REFUND_MISSING, alert=Event.REFUND_MISSING),
        )
        | _stay(POLLED, Cause.NEWS, note._replace(next=Next.NOW, refresh_card=False))
    )


TRANSITIONS: Mapping[tuple[OrderState, Cause], Transition] = (
    _approval()
    | _checks_before_money_moves()
    | _purchase()
    | _recovery()
    | _vendor_reports()
    | _children()
    | _people_and_clocks()
)

# How an order begins: there is no state before.
BEGINNINGS: Mapping[Cause, Transition] = {
    Cause.REQUESTED: Transition(
        S.PENDING_APPROVAL, Audit.REQUESTED, Event.REQUESTED, problem=None, next=Next.EXPIRY
    ),
    Cause.CHILD_CREATED: Transition(S.APPROVED, Audit.CHILD_CREATED, problem=None, next=Next.NOW),
}

# How two approvers may say that an order in a state ended.
RESOLUTIONS: Mapping[OrderState, Mapping[OrderState, Cause]] = {
    state: outcomes
    for state in OrderState
    if (
        outcomes := {
            TRANSITIONS[state, cause].to: cause
            for cause in (Cause.RESOLVED_NOT_BOUGHT, Cause.RESOLVED_PAID)
            if (state, cause) in TRANSITIONS
        }
    )
}


def happens(state: OrderState, cause: Cause) -> bool:
    """Whether `cause` means anything for an order in `state`."""
    return (state, cause) in TRANSITIONS


def transition(client_reference: str, state: OrderState, cause: Cause) -> Transition:
    """What follows. Raises ForbiddenTransition."""
    row = TRANSITIONS.get((state, cause))
    if row is None:
        raise ForbiddenTransition(client_reference, state, cause)
    return row
