"""Delivers webhook events: signed, retried with growing pauses, duplicated or delayed by faults."""

import asyncio
import hashlib
import hmac
from contextlib import suppress
from typing import Any

import httpx

from bot.sandbox.octopus.vendor import Vendor, Webhook
from bot.sandbox.vendors.faults import WEBHOOK, Faults

PAUSES_S = (10, 30, 120, 600, 1800)  # after the first, second … failed attempt
TIMEOUT_S = 30
LEASE_S = 2 * TIMEOUT_S  # an attempt that a crash interrupted is repeated after this


async def deliver_events(vendor: Vendor) -> None:
    """Until cancelled: send due events in order; each at least once unless a fault drops it."""
    if vendor.webhook is None:
        return
    due = "SELECT * FROM events WHERE due_at <= ? ORDER BY due_at, rowid LIMIT 1"
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        while True:
            while event := vendor.db.one(due, vendor.clock.now()):
                lease = vendor.clock.now() + LEASE_S
                vendor.db.run("UPDATE events SET due_at = ? WHERE id = ?", lease, event["id"])
                await _deliver(vendor, vendor.webhook, client, event, lease)
            vendor.work.clear()
            upcoming = vendor.db.one("SELECT min(due_at) FROM events")[0]
            wait_s = None if upcoming is None else max(0.0, upcoming - vendor.clock.now())
            with suppress(TimeoutError):
                await asyncio.wait_for(vendor.work.wait(), wait_s)


async def _deliver(
    vendor: Vendor, webhook: Webhook, client: httpx.AsyncClient, event: Any, lease: float
) -> None:
    faults = vendor.faults.take(WEBHOOK, event["type"], None)
    now = vendor.clock.now()
    if "webhook-lost" in faults:
        _note(vendor, event, lease, "lost on purpose", due_at=None)
        return
    if "webhook-late" in faults:
        _note(vendor, event, lease, "held back", due_at=now + faults["webhook-late"].seconds(2))
        return
    for _ in range(2 if "webhook-duplicate" in faults else 1):
        answer = await _post(vendor, webhook, client, event, faults)
    if answer.startswith("2"):
        _note(vendor, event, lease, answer, due_at=None, delivered_at=now)
        return
    retry = dict(enumerate(PAUSES_S)).get(event["attempts"])
    _note(vendor, event, lease, answer, due_at=None if retry is None else vendor.clock.now() + retry)


async def _post(
    vendor: Vendor, webhook: Webhook, client: httpx.AsyncClient, event: Any, faults: Faults
) -> str:
    """The status of the response, or the kind of network failure."""
    body: bytes = event["body"].encode()
    secret = "forged" if "webhook-forged" in faults else webhook.secret
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "octopusrewards.com/webhook-agent",
        "X-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "X-OCTOPUS-WEBHOOK-TOKEN": webhook.secret,
        "X-Timestamp": str(int(vendor.clock.now())),
        "X-Event-ID": event["id"],
        "X-Event-Type": event["type"],
        "X-Webhook-ID": str(webhook.id),
    }
    try:
        answer = await client.post(webhook.url, content=body, headers=headers)
    except httpx.TransportError as error:
        return type(error).__name__
    return str(answer.status_code)


def _note(
    vendor: Vendor,
    event: Any,
    lease: float,
    answer: str,
    *,
    due_at: float | None,
    delivered_at: float | None = None,
) -> None:
    """Record how the attempt ended, unless another one was requested meanwhile."""
    vendor.db.run(
        """UPDATE events SET attempts = attempts + 1, last_answer = ?,
        delivered_at = coalesce(?, delivered_at),
        due_at = CASE WHEN due_at = ? THEN ? ELSE due_at END WHERE id = ?""",
        answer,
        delivered_at,
        lease,
        due_at,
        event["id"],
    )
    vendor.work.set()
