"""From the request to the decision."""

from collections.abc import Mapping

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.rows import A, Next, T, Transition, Transitions
from bot.domain.lifecycle.states import S
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


def approval() -> Transitions:
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


# How an order begins: there is no state before.
BEGINNINGS: Mapping[Cause, Transition] = {
    Cause.REQUESTED: Transition(
        S.PENDING_APPROVAL, Audit.REQUESTED, Event.REQUESTED, problem=None, next=Next.EXPIRY
    ),
    Cause.CHILD_CREATED: Transition(S.APPROVED, Audit.CHILD_CREATED, problem=None, next=Next.NOW),
}
