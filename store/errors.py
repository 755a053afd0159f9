"""What can go wrong in the store, each condition by its name."""

from bot.domain.orders import Order


class StoreError(Exception):
    """Root of everything the store raises."""


class DatabaseInUse(StoreError):
    """Another process owns this database file; the message says which, and what to do."""


class NotADatabase(StoreError):
    """The file is damaged, belongs to another program, or was written by a version unknown to this one."""


class OlderDatabase(NotADatabase):
    """The file was written by an earlier version; the next start of the bot brings it up to date."""


class StorageFailed(StoreError):
    """SQLite could not read or write: full disk, lock, damaged page. Nothing was changed."""


class NoTransaction(StoreError):
    """A write outside `with store.transaction()`."""


class NestedTransaction(StoreError):
    """A transaction inside another one, or one that was left open across an await."""


class BadKey(StoreError):
    """A key is not a key, or none of them opens what is stored. The message shows no key."""


class SecretInPlainText(StoreError):
    """Somebody tried to write a code, PIN or claim link where it would stay readable."""


class NoSuchOrder(StoreError):
    """No order has this id."""


class AlreadyRequested(StoreError):
    """The same form was submitted before; `order` is what became of it."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"{order.client_reference} was already requested with this form")
        self.order = order


class StaleState(StoreError):
    """The order left the state the caller saw, or another worker claimed it; `order` is how it is now."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"{order.client_reference} is {order.state} by now")
        self.order = order


class LeaseLost(StoreError):
    """The row was claimed by another worker meanwhile: this one came too late."""


class AlreadyDecided(StoreError):
    """This person already approved or declined exactly these terms."""
