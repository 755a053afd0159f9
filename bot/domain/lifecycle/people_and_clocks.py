"""What people say of an order that the bot cannot finish, and what time does to it."""

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.rows import A, Next, T, Transitions, rows_in, rows_stay
from bot.domain.lifecycle.states import EXPECTING_REFUND, FULFILLED, POLLED, STATES, S
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


def people_and_clocks() -> Transitions:
    paid = [S.OUTCOME_UNKNOWN, S.PURCHASED, S.PARTIALLY_DELIVERED, S.CODES_UNAVAILABLE]
    note = T(S.RESOLVED, attempts=A.KEEP)
    return (
        rows_in(
            paid,
            Cause.RESOLVED_PAID,
            T(S.RESOLVED, Audit.RESOLVED, Event.RESOLVED, problem=Problem.RESOLVED, next=Next.NEVER),
        )
        | rows_in(
            [S.OUTCOME_UNKNOWN],
            Cause.RESOLVED_NOT_BOUGHT,
            T(S.NOT_BOUGHT, Audit.RESOLVED, Event.NOT_BOUGHT, problem=Problem.RESOLVED, next=Next.NEVER),
        )
        | rows_stay(
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
        | rows_stay(
            EXPECTING_REFUND, Cause.REFUNDED, note._replace(action=Audit.REFUNDED, tell=Event.REFUNDED)
        )
        | rows_stay(
            EXPECTING_REFUND,
            Cause.REFUND_MISSING,
            note._replace(action=Audit.REFUND_MISSING, alert=Event.REFUND_MISSING),
        )
        | rows_stay(
            FULFILLED,
            Cause.FOLLOWED_UP,
            note._replace(action=Audit.FOLLOWED_UP, tell=Event.FOLLOWED_UP),
        )
        | rows_stay(POLLED, Cause.NEWS, note._replace(next=Next.NOW, refresh_card=False))
    )
