"""Who takes an unfinished order further, and at which age its silence is broken in the approvals channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.lifecycle import OrderState

_MAX_GAP = timedelta(days=1)  # nobody is told of the same order less often than this, or much more


class Owner(StrEnum):
    """Whose move it is."""

    APPROVERS = "approvers"  # nothing happens until they press
    BOT = "bot"  # a worker takes it further by itself, at the order's `next_at`
    VENDOR = "vendor"  # a worker asks the vendor at `next_at`
    PEOPLE = "people"  # the vendor's support has to be asked; a worker still looks at `next_at`


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """`first` is the age at which the channel is told, `again` the gap after that; each next gap doubles."""

    owner: Owner
    first: timedelta
    again: timedelta

    def gap(self, escalations: int) -> timedelta:
        """How long to wait after the `escalations`-th word about the same order."""
        doubled: int = 2 ** min(max(escalations - 1, 0), 10)
        return min(_MAX_GAP, self.again * doubled)


def _minutes(first: int, again: int) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=first), timedelta(minutes=again)


S = OrderState
ESCALATION_RULES: dict[OrderState, EscalationRule] = {
    S.PENDING_APPROVAL: EscalationRule(Owner.APPROVERS, *_minutes(4 * 60, 8 * 60)),
    S.APPROVED: EscalationRule(Owner.BOT, *_minutes(10, 30)),
    S.SUBMITTING: EscalationRule(Owner.BOT, *_minutes(5, 30)),
    S.OUTCOME_UNKNOWN: EscalationRule(Owner.BOT, *_minutes(1, 30)),
    S.SPLIT: EscalationRule(Owner.BOT, *_minutes(4 * 60, 8 * 60)),  # each part has an alarm of its own
    S.PURCHASED: EscalationRule(Owner.VENDOR, *_minutes(30, 120)),
    S.PARTIALLY_DELIVERED: EscalationRule(Owner.VENDOR, *_minutes(120, 480)),
    S.CODES_UNAVAILABLE: EscalationRule(Owner.PEOPLE, *_minutes(0, 480)),
}
# An order may go round in these while the vendor is in trouble: one silence, whatever the state is called.
_BUYING = frozenset({S.APPROVED, S.SUBMITTING, S.OUTCOME_UNKNOWN})


def first_escalation_at(state: OrderState, now: datetime, next_at: datetime | None) -> datetime | None:
    """When the channel hears of an order that enters `state` now; None for a final state.

    A request that expires at `next_at` is called to mind half-way there at the latest.
    """
    rule = ESCALATION_RULES.get(state)
    if rule is None:
        return None
    if state is S.PENDING_APPROVAL and next_at is not None:
        return now + min(rule.first, (next_at - now) / 2)
    return now + rule.first


def escalation_after_transition(
    before: OrderState,
    after: OrderState,
    *,
    escalations: int,
    escalate_at: datetime | None,
    now: datetime,
    next_at: datetime | None,
) -> tuple[int, datetime | None]:
    """How often the channel has been told of what is now going on, and when it is told next."""
    first = first_escalation_at(after, now, next_at)
    if first is None or escalate_at is None or not {before, after} <= _BUYING:
        return 0, first
    return escalations, escalate_at if escalations else min(escalate_at, first)
