"""Every refusal somebody is answered with goes on record once: who, attempting what, refused why."""

import re

import structlog

from bot.domain.audit_actions import AuditAction
from bot.domain.orders import Order
from bot.domain.people import PersonId
from bot.services.context import AppContext
from bot.services.errors import BadRequest, RequestRejected
from store import StorageFailed
from store.columns import JSON

log = structlog.get_logger(__name__)
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


async def record_refusal(
    ctx: AppContext, who: PersonId, attempted: str, refusal: RequestRejected, order: Order | None = None
) -> None:
    """Audit it, unless that was done already. Nothing of what the person typed is in the row.

    A disk that does not take the row must not keep the person from being answered: nothing was done.
    """
    if refusal.is_audited:
        return
    order = order or getattr(refusal, "order", None)
    try:
        await ctx.write(
            lambda tx: tx.audit.write(
                actor=who,
                action=AuditAction.REFUSED,
                order=order,
                details={"attempted": attempted} | _why(refusal),
            )
        )
    except StorageFailed as error:
        log.critical("refusal_not_on_record", who=str(who), attempted=attempted, why=str(error))
    refusal.is_audited = True


def _why(refusal: RequestRejected) -> dict[str, JSON]:
    """The reason as a word; of a form also which fields were wrong, and what the policy says to them."""
    denied = [denial.reason.value for denial in refusal.denials]
    if isinstance(refusal, BadRequest):
        return {"reason": _name(refusal), "fields": sorted(refusal.errors), "denials": [*sorted(denied)]}
    return {"reason": denied[0] if denied else _name(refusal)}


def _name(refusal: RequestRejected) -> str:
    return _CAPITAL.sub("_", type(refusal).__name__).lower()
