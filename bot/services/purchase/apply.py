"""The one place where an order changes: everything that follows from a cause, in one transaction.

State, audit row, problem, when a worker looks next, escalation, card, notices, refund watch, and the parent
it was split from. `bot/domain/lifecycle/table.py` says what follows from what.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Unpack

from bot.domain.backoff import next_look
from bot.domain.escalation import escalation_after
from bot.domain.lifecycle import (
    BEGINNINGS,
    DELIVERING,
    EXPECTING_REFUND,
    FINAL,
    FULFILLED,
    KEEP_PROBLEM,
    NEVER_BOUGHT,
    Attempts,
    Cause,
    Next,
    Transition,
    happens,
    transition,
)
from bot.domain.notifications import NotificationEvent
from bot.domain.orders import Order, OrderId
from bot.domain.people import Actor, Component
from bot.domain.problems import JSON, Problem
from bot.kinds import KINDS
from bot.services.context import AppContext
from bot.services.notifications import alert_approvers, refresh_card, tell_requester
from store import NewOrder, OrderChanges, Transaction, request_details

PURCHASER = Component("purchaser")
CHILD_ROLLUP = Component("child_rollup")


def begin(tx: Transaction, draft: NewOrder, cause: Cause, *, request_key: str, actor: Actor) -> Order:
    """Put a new order on disk, with everything that follows. Raises AlreadyRequested."""
    row = BEGINNINGS[cause]
    order = tx.orders.insert(draft, row.to, request_key=request_key)
    assert row.action is not None, "every beginning is on record"
    tx.audit.write(
        actor=actor, action=row.action, order=order, after=order.state, details=request_details(order)
    )
    if row.tell is not None:
        refresh_card(tx, order)
        tell_requester(tx, order, row.tell)
    return order


def apply(
    ctx: AppContext,
    tx: Transaction,
    order: Order,
    cause: Cause,
    *,
    actor: Actor = PURCHASER,
    details: Mapping[str, JSON] | None = None,
    parameters: Mapping[str, JSON] | None = None,
    retry_after_s: float = 0.0,
    **changes: Unpack[OrderChanges],
) -> Order:
    """Take the order, as the caller saw it, where `cause` takes it.

    `details` go into the audit row, `parameters` into the problem; `changes` are further facts about the
    order, which win over what the table says.
    Raises StaleState when it is no longer as the caller saw it, ForbiddenTransition.
    """
    row = transition(order.client_reference, order.state, cause)
    after = _after(ctx, order, row, parameters or {}, retry_after_s, changes)
    is_news = after.get("problem", order.problem) != order.problem
    before, order = order, tx.orders.update(order, row.to, **after)
    if row.action is not None and (is_news or not row.once):
        tx.audit.write(
            actor=actor,
            action=row.action,
            order=order,
            before=before.state,
            after=order.state,
            details=details,
        )
    moved = order.state is not before.state
    if row.refresh_card and (moved or is_news or row.action is not None or row.tell is not None):
        refresh_card(tx, order)
    if row.tell is not None:
        tell_requester(tx, order, row.tell)
    if row.alert is not None and not (row.attempts is Attempts.ADD and order.attempts > 1):
        alert_approvers(tx, order, row.alert)
    if (
        moved
        and order.state in EXPECTING_REFUND
        and ctx.vendor(order.terms.vendor).wallet_statement is not None
    ):
        tx.refunds.watch(order.id, ctx.clock())
    if moved and order.state in FULFILLED and KINDS[order.terms.line.kind].follows_delivery:
        tx.follow_ups.start(order.id, ctx.clock())
    if order.parent_id is not None and (moved or row.tell is not None):
        has_more = cause is Cause.NEW_DELIVERABLES or (moved and order.state in DELIVERING)
        roll_up(ctx, tx, order.parent_id, has_more=has_more)
    return order


async def commit(
    ctx: AppContext,
    order: Order,
    cause: Cause,
    *,
    actor: Actor = PURCHASER,
    details: Mapping[str, JSON] | None = None,
    parameters: Mapping[str, JSON] | None = None,
    retry_after_s: float = 0.0,
    **changes: Unpack[OrderChanges],
) -> Order:
    """`apply` in a transaction of its own."""
    return await ctx.write(
        lambda tx: apply(
            ctx,
            tx,
            order,
            cause,
            actor=actor,
            details=details,
            parameters=parameters,
            retry_after_s=retry_after_s,
            **changes,
        )
    )


def approvers_of(tx: Transaction, order: Order) -> list[JSON]:
    """Whose approvals cover the order's present terms, as the audit log names them."""
    return [*sorted({str(approval.approver) for approval in tx.approvals.valid(order)})]


async def collect_children(ctx: AppContext, parent: Order) -> Order:
    """Bring an order that was split to where its children are, should one of them have been missed."""
    return await ctx.write(lambda tx: roll_up(ctx, tx, parent.id))


def roll_up(ctx: AppContext, tx: Transaction, parent_id: OrderId, *, has_more: bool = False) -> Order:
    """Move a split order to where its children are; until they ended, tell of each that delivered."""
    parent, children = tx.orders.get(parent_id), tx.orders.children_of(parent_id)
    if not happens(parent.state, Cause.CHILDREN_IN_PROGRESS):
        return parent
    if not all(child.state in FINAL for child in children):
        if has_more:
            tell_requester(tx, parent, NotificationEvent.PARTIALLY_DELIVERED)
        return apply(ctx, tx, parent, Cause.CHILDREN_IN_PROGRESS, actor=CHILD_ROLLUP)
    held = tx.codes.count(parent.id)
    return apply(
        ctx,
        tx,
        parent,
        _end(children, held),
        actor=CHILD_ROLLUP,
        details={
            "cards_held": held,
            "children": {child.client_reference: child.state.value for child in children},
        },
        parameters={"children": [_shortfall(child) for child in children if child.state not in FULFILLED]},
    )


def _end(children: Sequence[Order], held: int) -> Cause:
    if all(child.state in FULFILLED for child in children):
        return Cause.CHILDREN_DELIVERED
    nothing_bought = not held and all(child.state in NEVER_BOUGHT for child in children)
    return Cause.CHILDREN_REFUSED if nothing_bought else Cause.CHILDREN_FELL_SHORT


def _shortfall(child: Order) -> dict[str, JSON]:
    problem = child.problem
    return {
        "reference": child.client_reference,
        "units": child.terms.line.units,
        "state": child.state.value,
        "problem": {"code": problem.code.value, "parameters": dict(problem.parameters)} if problem else None,
    }


def _after(
    ctx: AppContext,
    order: Order,
    row: Transition,
    parameters: Mapping[str, JSON],
    retry_after_s: float,
    changes: OrderChanges,
) -> OrderChanges:
    """What changes of the order itself."""
    now = ctx.clock()
    attempts = {Attempts.RESET: 0, Attempts.KEEP: order.attempts, Attempts.ADD: order.attempts + 1}
    after: OrderChanges = {"attempts": attempts[row.attempts]}
    after |= changes
    if row.problem is None:
        after["problem"] = None
    elif row.problem is not KEEP_PROBLEM:
        after["problem"] = Problem(row.problem, dict(parameters))
    if row.next is not Next.KEEP and "next_at" not in changes:
        after["next_at"] = next_look(
            row.next,
            now,
            age=timedelta() if row.to is not order.state else now - order.state_since,
            attempts=after["attempts"],
            expire_after=timedelta(hours=ctx.policy.purchases.expire_after_hours),
            retry_after_s=retry_after_s,
        )
    if row.to is not order.state:
        escalation = escalation_after(order, row.to, now=now, next_at=after.get("next_at"))
        after["escalations"], after["escalate_at"] = escalation
    if row.escalate_now and after.get("problem") != order.problem:
        after["escalate_at"] = now
    return after
