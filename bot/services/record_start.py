"""What operators do goes on record: a start, with the policy in force and what was forced, and new keys."""

import hashlib
from pathlib import Path

from bot.domain.audit_actions import AuditAction
from bot.domain.people import Component
from bot.services.context import AppContext
from store import JSON, Store, Transaction

STARTUP = Component("bot")
OPERATOR = Component("operator")  # whoever can run `giftcard` on the bot's machine


async def record_start(ctx: AppContext, policy_file: Path, *, mixed: bool) -> None:
    """Audit a start. `mixed`: a live service and a stand-in work together because somebody forced it."""
    details: dict[str, JSON] = {
        "environment": ctx.environment,
        "mixed": mixed,
        "policy_sha256": _sha256(policy_file),
    }
    await ctx.write(lambda tx: tx.audit.write(actor=STARTUP, action=AuditAction.STARTED, details=details))


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def rotate_keys(store: Store) -> int:
    """Seal everything with the newest key, which goes on record; how many codes."""

    def rotate(tx: Transaction) -> int:
        codes = tx.rotate_keys()
        tx.audit.write(actor=OPERATOR, action=AuditAction.KEYS_ROTATED, details={"cards": codes})
        return codes

    return await store.write(rotate)
