"""What operators do is on record as well."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.policy import Policy
from bot.services.context import AppContext
from bot.services.record_start import record_start, rotate_keys
from tests.support.at_once import saved
from tests.support.database import open_store

RULES = {"requesters": {"users": ["U0AGENT01"]}, "approvers": {"users": ["U0LEAD001"]}}


async def test_a_start_names_the_policy_in_force_and_what_was_forced(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("# whatever is in it")
    store = open_store(tmp_path / "giftcard.sqlite3")
    ctx = AppContext(store, {}, Policy.model_validate(RULES), "sandbox", lambda: datetime.now(UTC))
    await record_start(ctx, policy, mixed=True)
    assert await rotate_keys(store) == 0
    started, rotated = saved(store).audit.rows()
    assert json.loads(started.details) == {
        "environment": "sandbox",
        "mixed": True,
        "policy_sha256": hashlib.sha256(policy.read_bytes()).hexdigest(),
    }
    assert (started.action, rotated.action, str(rotated.actor)) == (
        "started",
        "keys_rotated",
        "component/operator",
    )
    store.close()
