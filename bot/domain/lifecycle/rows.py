"""What one row of the table of transitions says."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.states import OrderState
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


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


def rows_in(states: Iterable[OrderState], cause: Cause, row: Transition) -> Transitions:
    return {(state, cause): row for state in states}


def rows_stay(states: Iterable[OrderState], cause: Cause, row: Transition) -> Transitions:
    """As `row`, but the order stays in its state."""
    return {(state, cause): row._replace(to=state) for state in states}
