"""Every refusal somebody is answered with goes on record once: who, attempting what, refused why."""

import re

import structlog

from bot.domain.orders import Order
from bot.domain.people import PersonId
from bot.domain.policy import BadField, NotPermitted
from bot.usecases.desk import Desk
from bot.usecases.rejections import BadRequest, Rejected
from store import StorageFailed
from store.columns import JSON

log = structlog.get_logger(__name__)
Refusal = Rejected | NotPermitted | BadField
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def record_refusal(
    desk: Desk, who: PersonId, attempted: str, refusal: Refusal, order: Order | None = None
) -> None:
    """Audit it, unless that was done already. Nothing of what the person typed is in the row.

    A disk that does not take the row must not keep the person from being answered: nothing was done.
    """
    if refusal.on_record:
        return
    order = order or getattr(refusal, "order", None)
    try:
        with desk.transaction():
            desk.store.audit.write(
                actor=who, action="refused", order=order, details={"attempted": attempted} | _why(refusal)
            )
    except StorageFailed as failure:
        log.critical("refusal_not_on_record", who=str(who), attempted=attempted, why=str(failure))
    refusal.on_record = True


def _why(refusal: Refusal) -> dict[str, JSON]:
    """The reason as a word, and the names of the fields that were wrong."""
    if isinstance(refusal, NotPermitted):
        return {"reason": refusal.reason.value}
    reason: dict[str, JSON] = {"reason": _CAPITAL.sub("_", type(refusal).__name__).lower()}
    if isinstance(refusal, BadField):
        reason["fields"] = [refusal.field]
    if isinstance(refusal, BadRequest):
        reason["fields"] = sorted(refusal.errors)
    return reason
