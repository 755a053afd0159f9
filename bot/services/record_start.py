"""What operators do goes on record: a start, with the policy in force and what was forced, and new keys."""

import hashlib
from pathlib import Path

from bot.domain.audit_actions import AuditAction
from bot.domain.people import Component
from bot.services.context import AppContext
from store import Store

STARTUP = Component("bot")
OPERATOR = Component("operator")  # whoever can run `giftcard` on the bot's machine


def record_start(ctx: AppContext, policy_file: Path, *, mixed: bool) -> None:
    """Audit a start. `mixed`: a live service and a stand-in work together because somebody forced it."""
    with ctx.transaction():
        ctx.store.audit.write(
            actor=STARTUP,
            action=AuditAction.STARTED,
            details={
                "environment": ctx.environment,
                "mixed": mixed,
                "policy_sha256": hashlib.sha256(policy_file.read_bytes()).hexdigest(),
            },
        )


def record_rotation(store: Store, codes: int) -> None:
    """Audit that so many codes were sealed anew with the newest key."""
    with store.transaction():
        store.audit.write(actor=OPERATOR, action=AuditAction.KEYS_ROTATED, details={"cards": codes})
