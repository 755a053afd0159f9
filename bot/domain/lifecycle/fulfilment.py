"""What the vendor says of an order, and what becomes of one that was split."""

from bot.domain.audit_actions import AuditAction as Audit
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.rows import A, Next, T, Transition, Transitions, rows_in, rows_stay
from bot.domain.lifecycle.states import FINAL, MAYBE_SPENT, UNSPENT, OrderState, S
from bot.domain.notifications import NotificationEvent as Event
from bot.domain.problems import ProblemCode as Problem


def vendor_reports() -> Transitions:
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
        rows |= rows_in(MAYBE_SPENT, cause, row)
        for state in progress:
            goes_on = row.to not in progress or progress.index(row.to) > progress.index(state)
            if goes_on or row.to in may_read_again.get(state, ()):
                rows[state, cause] = row
    at_vendor = [S.OUTCOME_UNKNOWN, *progress]
    same = T(S.PURCHASED, attempts=A.ADD)
    return (
        rows
        | rows_stay(
            MAYBE_SPENT | set(progress),
            Cause.NEW_DELIVERABLES,
            same._replace(tell=Event.PARTIALLY_DELIVERED, next=Next.POLL),
        )
        | rows_stay(at_vendor, Cause.NOTHING_NEW, same._replace(next=Next.POLL, refresh_card=False))
        | rows_stay(progress, Cause.NOT_READ, same._replace(next=Next.POLL, refresh_card=False))
        | rows_stay(
            [S.CODES_UNAVAILABLE], Cause.NOTHING_NEW, same._replace(next=Next.CODES, refresh_card=False)
        )
        | rows_stay(
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
        | rows_stay(
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
        | rows_stay(FINAL - UNSPENT, Cause.NOTHING_NEW, T(S.DELIVERED, attempts=A.KEEP, refresh_card=False))
        | rows_stay(
            OrderState,
            Cause.CHARGE_MISMATCH,
            T(S.PURCHASED, Audit.CHARGE_MISMATCH, alert=Event.CHARGE_MISMATCH, attempts=A.KEEP),
        )
        | rows_stay(
            [S.NOT_BOUGHT],
            Cause.FOUND_AFTER_CLOSING,
            T(S.NOT_BOUGHT, Audit.FOUND_AFTER_CLOSING, alert=Event.FOUND_AFTER_CLOSING, attempts=A.KEEP),
        )
    )


def children() -> Transitions:
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
