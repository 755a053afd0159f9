"""What is on disk: orders, approvals, audit log, outbox, sealed codes, catalogue, vendor events and more."""

from store.audit import AuditRow
from store.audit_chain import VerifyResult
from store.catalogue import CatalogueSync, SyncCounts
from store.codes import CodeCounts
from store.columns import JSON
from store.errors import (
    AlreadyDecided,
    AlreadyRequested,
    BadKey,
    DatabaseInUse,
    LeaseLost,
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
from store.follow_ups import FollowUp
from store.keyring import Keyring
from store.order_rows import NewOrder, OrderChanges, request_details
from store.outbox import OutboxMessage
from store.product_search import SearchPage
from store.readonly import ReadOnlyStore, open_read_only, verify
from store.refunds import RefundWatch, RefundWatchOutcome
from store.store import Store
from store.transaction import Transaction

__all__ = [
    "JSON",
    "AlreadyDecided",
    "AlreadyRequested",
    "AuditRow",
    "BadKey",
    "CatalogueSync",
    "CodeCounts",
    "DatabaseInUse",
    "FollowUp",
    "Keyring",
    "LeaseLost",
    "NestedTransaction",
    "NewOrder",
    "NoSuchOrder",
    "NoTransaction",
    "NotADatabase",
    "OlderDatabase",
    "OrderChanges",
    "OutboxMessage",
    "ReadOnlyStore",
    "RefundWatch",
    "RefundWatchOutcome",
    "SearchPage",
    "SecretInPlainText",
    "StaleState",
    "StorageFailed",
    "Store",
    "StoreError",
    "SyncCounts",
    "Transaction",
    "VerifyResult",
    "open_read_only",
    "request_details",
    "verify",
]
