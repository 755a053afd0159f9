"""SQLite: orders, approvals, audit log, outbox, sealed codes, catalogue, quotes, vendor events, refunds."""

from store.audit import AuditRow
from store.catalogue import Changes, SyncToken
from store.chain import VerifyResult, verify
from store.codes import KeptCodes
from store.columns import JSON
from store.errors import (
    AlreadyDecided,
    AlreadyRequested,
    BadKey,
    DatabaseInUse,
    NestedTransaction,
    NoSuchOrder,
    NotADatabase,
    NoTransaction,
    OlderDatabase,
    SecretInPlainText,
    StaleState,
    StorageFailed,
    StoreError,
)
from store.keyring import Keyring
from store.order_rows import NewOrder, OrderChanges
from store.outbox import OutboxRow
from store.refunds import Watch, WatchEnd
from store.search import SearchPage
from store.store import Store

__all__ = [
    "JSON",
    "AlreadyDecided",
    "AlreadyRequested",
    "AuditRow",
    "BadKey",
    "Changes",
    "DatabaseInUse",
    "KeptCodes",
    "Keyring",
    "NestedTransaction",
    "NewOrder",
    "NoSuchOrder",
    "NoTransaction",
    "NotADatabase",
    "OlderDatabase",
    "OrderChanges",
    "OutboxRow",
    "SearchPage",
    "SecretInPlainText",
    "StaleState",
    "StorageFailed",
    "Store",
    "StoreError",
    "SyncToken",
    "VerifyResult",
    "Watch",
    "WatchEnd",
    "verify",
]
