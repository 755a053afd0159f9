"""SQLite: orders, approvals, audit log, outbox, sealed codes, catalogue, quotes."""

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
    SecretInPlainText,
    StaleState,
    StorageFailed,
    StoreError,
)
from store.keyring import Keyring
from store.orders import NewOrder, OrderChanges
from store.outbox import OutboxRow
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
    "verify",
]
