"""Octopus Cards' webhooks: verifies signature and time, and reads what an event is about. Pure."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import ValidationError

from bot.domain.events import Subject, VendorEvent
from bot.vendors.contract import InvalidWebhook
from bot.vendors.http import json_decimal
from bot.vendors.http.identifiers import Id
from bot.vendors.http.payloads import Lenient, Trimmed, log_unknown_once
from bot.vendors.octopus.identity import OCTOPUS
from bot.vendors.octopus.payloads import Payload

_WINDOW = timedelta(minutes=5)  # the vendor's clock may be ahead of ours or behind it
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST_ID = 200
_KNOWN = {
    *("order.delivered", "order.partially_delivered", "order.failed", "order.cancelled"),
    *("wallet.credited", "wallet.debited"),
}


class Content(Payload):
    """`data` of an event. Most of it is not used: the order itself is read instead."""

    unused: ClassVar[frozenset[str]] = frozenset(
        {"status", "product_name", "denomination", "quantity", "amount", "delivered_quantity"}
        | {"delivered_on", "created_at", "currency", "balance_before", "balance_after", "transaction_id"}
    )

    id: Lenient[Id] = None
    reference_code: Lenient[Trimmed] = None  # in the older version of the documentation
    client_reference: Lenient[Trimmed] = None
    wallet_id: Lenient[Id] = None


class Envelope(Payload):
    unused: ClassVar[frozenset[str]] = frozenset({"created_at"})

    id: Trimmed
    type: Trimmed
    data: Lenient[Content] = None


def read_event(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> VendorEvent:
    """The event in a request; header names in lower case. Raises InvalidWebhook, which shows no content."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), headers.get("x-signature", "").lower().encode()):
        raise InvalidWebhook("its signature is not made with our secret", status=401)
    _check_time(headers.get("x-timestamp", ""), now)
    envelope = _envelope(body)
    # The header is not signed: with it, an old event could be sent again under a new id.
    if headers.get("x-event-id", envelope.id) != envelope.id:
        raise InvalidWebhook("its header names another event than its body", status=400)
    return _event(envelope, body)


def _check_time(sent: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(sent):
        raise InvalidWebhook("it does not say when it was sent", status=400)
    age_s = now.timestamp() - int(sent)
    if abs(age_s) > _WINDOW.total_seconds():
        when = f"{age_s:.0f} s ago" if age_s > 0 else f"{-age_s:.0f} s ahead of our clock"
        raise InvalidWebhook(f"it was sent {when}, which is more than five minutes", status=400)


def _envelope(body: bytes) -> Envelope:
    value: Any = None
    try:
        value = json_decimal.decode(body)
        envelope = Envelope.model_validate(value)
    except (json_decimal.NotJson, ValidationError):
        envelope = None
    if envelope is None or max(len(envelope.id), len(envelope.type)) > _LONGEST_ID:
        raise InvalidWebhook("its body has no id and type that can be read", status=400)
    return envelope


def _event(envelope: Envelope, body: bytes) -> VendorEvent:
    if envelope.type not in _KNOWN:
        log_unknown_once(OCTOPUS, "event", "Envelope", envelope.type[:64])
    content = envelope.data or Content()
    family = envelope.type.partition(".")[0]
    subject = Subject(family) if family in (Subject.ORDER, Subject.WALLET) else Subject.OTHER
    of_order = subject is Subject.ORDER
    return VendorEvent(
        vendor=OCTOPUS.name,
        event_id=envelope.id,
        kind=envelope.type,
        subject=subject,
        body=body,
        vendor_order_id=content.id if of_order else None,
        client_reference=(content.client_reference or content.reference_code) if of_order else None,
        wallet_id=content.wallet_id if subject is Subject.WALLET else None,
    )
