"""From the decision to the purchase: the last checks, the purchase, and finding out what became of it."""

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.rows import A, Next, T, Transitions
from bot.domain.lifecycle.states import S
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


def checks_before_money_moves() -> Transitions:
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


def purchase() -> Transitions:
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


def recovery() -> Transitions:
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
