"""The table of transitions: in each state, what follows from each cause. Nothing else moves an order."""

from collections.abc import Mapping

from bot.domain.lifecycle.approval import approval
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.fulfilment import children, vendor_reports
from bot.domain.lifecycle.people_and_clocks import people_and_clocks
from bot.domain.lifecycle.purchase import checks_before_money_moves, purchase, recovery
from bot.domain.lifecycle.rows import ForbiddenTransition, Transition
from bot.domain.lifecycle.states import OrderState

TRANSITIONS: Mapping[tuple[OrderState, Cause], Transition] = (
    approval()
    | checks_before_money_moves()
    | purchase()
    | recovery()
    | vendor_reports()
    | children()
    | people_and_clocks()
)

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
