"""Notices when the machine's clock is set back, so that nothing waits for a time that has passed once."""

from datetime import datetime, timedelta

import structlog

from bot.domain.lifecycle import OrderState
from bot.services.context import AppContext

log = structlog.get_logger(__name__)
_WORTH_A_WORD = timedelta(seconds=30)
# The due time of a request that waits for approvers is its expiry, which must not come early.
_LOOKED_AT_BY_US = [state for state in OrderState if state is not OrderState.PENDING_APPROVAL]


class ClockRegressionGuard:
    """Compares the clock with the latest time seen, which is first read from the audit log."""

    def __init__(self, ctx: AppContext) -> None:
        self._desk = ctx
        self._latest = _last_on_record(ctx)

    def now(self) -> datetime:
        """The time. When it has gone back, everything that waits is made due at once."""
        now = self._desk.clock()
        if now < self._latest - _WORTH_A_WORD:
            log.warning("clock_went_back", by_s=round((self._latest - now).total_seconds()))
            with self._desk.store.transaction():
                self._desk.store.orders.bring_forward(_LOOKED_AT_BY_US, now)
                self._desk.store.outbox.bring_forward(now)
        self._latest = now
        return now


def _last_on_record(ctx: AppContext) -> datetime:
    seq, _ = ctx.store.audit.head()
    return max((row.at for row in ctx.store.audit.rows(after_seq=seq - 1)), default=ctx.clock())
