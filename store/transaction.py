"""What a function that reads or writes is handed: everything on disk, by topic."""

from store.approvals import Approvals
from store.audit import Audit
from store.balances import Balances
from store.catalogue import Catalogue
from store.codes import Codes
from store.database import Database
from store.events import Events
from store.follow_ups import FollowUps
from store.key_values import KeyValues
from store.keyring import KEY_CHECK, Keyring
from store.leases import LEASED, Leases
from store.orders import Orders
from store.outbox import Outbox
from store.purchases import Purchases
from store.quotes import Quotes
from store.refunds import Refunds
from store.resolutions import Resolutions
from store.scope import Scope
from store.snapshots import Snapshots
from store.unparsed_responses import UnparsedResponses


class Transaction:
    """Inside `Store.write` everything written is one transaction; inside `Store.read` writing is refused."""

    def __init__(self, database: Database, scope: Scope, keys: Keyring) -> None:
        self.audit = Audit(database, scope)
        self.orders = Orders(database, scope)
        self.purchases = Purchases(database)
        self.approvals = Approvals(database)
        self.resolutions = Resolutions(database)
        self.outbox = Outbox(database, scope)
        self.codes = Codes(database, keys)
        self.unparsed_responses = UnparsedResponses(database, keys)
        self.snapshots = Snapshots(database)
        self.quotes = Quotes(database, scope)
        self.events = Events(database, scope, keys)
        self.refunds = Refunds(database, scope)
        self.follow_ups = FollowUps(database)
        self.balances = Balances(database, scope)
        self.key_values = KeyValues(database)
        self.catalogue = Catalogue(database, self.key_values)
        self._leases = [Leases(database, table) for table in LEASED]
        self._keys = keys

    def release_leases(self) -> int:
        """For a process that is the only one: claims of those before it are over. How many were."""
        return sum(leases.release_all() for leases in self._leases)

    def rotate_keys(self) -> int:
        """Seal everything with the newest key; how many codes. Older keys can go from the list afterwards."""
        self.key_values.set(KEY_CHECK, self._keys.seal(KEY_CHECK))
        self.events.rotate()
        self.unparsed_responses.rotate()
        return self.codes.rotate()
