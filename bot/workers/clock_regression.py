"""Notices when the machine's clock is set back, so that nothing waits for a time that has passed once."""

from datetime import datetime, timedelta

import structlog

from bot.domain.lifecycle import AWAITING_DECISION, OrderState
from bot.services.context import AppContext
from store import Transaction

log = structlog.get_logger(__name__)
_WORTH_A_WORD = timedelta(seconds=30)
# The due time of a request that waits for approvers is its expiry, which must not come early.
_LOOKED_AT_BY_US = frozenset(OrderState) - AWAITING_DECISION


class ClockRegressionGuard:
    """Compares the clock with the latest time seen, which is first read from the audit log."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._latest: datetime | None = None

    async def check(self) -> None:
        """When the clock has gone back, everything that waits is made due at once."""
        now = self._ctx.clock()
        latest = self._latest or await self._ctx.read(_last_on_record) or now
        if now < latest - _WORTH_A_WORD:
            log.warning("clock_went_back", by_s=round((latest - now).total_seconds()))
            await self._ctx.store.write(lambda tx: _bring_forward(tx, now))
        self._latest = now


def _bring_forward(tx: Transaction, now: datetime) -> None:
    tx.orders.bring_forward(_LOOKED_AT_BY_US, now)
    tx.outbox.bring_forward(now)


def _last_on_record(tx: Transaction) -> datetime | None:
    seq, _ = tx.audit.head()
    return max((row.at for row in tx.audit.rows(after_seq=seq - 1)), default=None)
