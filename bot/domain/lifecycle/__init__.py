"""The life of an order: its states, and what each cause makes of an order in each state.

`OrderState` carries one row for each state, `TRANSITIONS` one for each state and cause. Nothing else knows
states: every set of them is derived here, or by `states_where`.
"""

from bot.domain.lifecycle.approval import BEGINNINGS
from bot.domain.lifecycle.causes import Cause
from bot.domain.lifecycle.rows import (
    KEEP_PROBLEM,
    Attempts,
    ForbiddenTransition,
    Next,
    Transition,
    Transitions,
)
from bot.domain.lifecycle.states import (
    AWAITING_DECISION,
    BEING_BOUGHT,
    DELIVERING,
    EXPECTING_REFUND,
    FINAL,
    FOLLOWED,
    FULFILLED,
    INTERRUPTED,
    MAYBE_SPENT,
    NEVER_BOUGHT,
    OPEN,
    POLLED,
    RETURNING,
    STATES,
    UNSPENT,
    Escalation,
    MoneyFact,
    OrderState,
    Owner,
    Phase,
    StateInfo,
    Step,
    states_where,
)
from bot.domain.lifecycle.table import RESOLUTIONS, TRANSITIONS, happens, transition

__all__ = [
    "AWAITING_DECISION",
    "BEGINNINGS",
    "BEING_BOUGHT",
    "DELIVERING",
    "EXPECTING_REFUND",
    "FINAL",
    "FOLLOWED",
    "FULFILLED",
    "INTERRUPTED",
    "KEEP_PROBLEM",
    "MAYBE_SPENT",
    "NEVER_BOUGHT",
    "OPEN",
    "POLLED",
    "RESOLUTIONS",
    "RETURNING",
    "STATES",
    "TRANSITIONS",
    "UNSPENT",
    "Attempts",
    "Cause",
    "Escalation",
    "ForbiddenTransition",
    "MoneyFact",
    "Next",
    "OrderState",
    "Owner",
    "Phase",
    "StateInfo",
    "Step",
    "Transition",
    "Transitions",
    "happens",
    "states_where",
    "transition",
]
