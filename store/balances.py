"""What the wallets held when they were last read."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.catalogue import Wallet
from store.columns import from_timestamp, money, money_columns, to_timestamp
from store.database import Database
from store.scope import Scope


class Balances:
    def __init__(self, database: Database, scope: Scope) -> None:
        self._db, self._scope = database, scope

    def put(self, vendor: str, wallets: Sequence[Wallet], read_at: datetime) -> None:
        """All wallets of one vendor, in place of those read before."""
        self._db.write("DELETE FROM balances WHERE vendor = ?", [vendor])
        self._db.insert_all(
            "balances",
            (
                {
                    "vendor": vendor,
                    "vendor_account": self._scope.account(vendor),
                    "wallet_id": wallet.wallet_id,
                    "position": position,
                    **money_columns("balance", wallet.balance),
                    "kind": wallet.kind,
                    "read_at": to_timestamp(read_at),
                }
                for position, wallet in enumerate({wallet.wallet_id: wallet for wallet in wallets}.values())
            ),
        )

    def of(self, vendor: str) -> list[tuple[Wallet, datetime]]:
        """Each wallet and when it was read, as the vendor lists them."""
        rows = self._db.rows("SELECT * FROM balances WHERE vendor = ? ORDER BY position", [vendor])
        return [
            (
                Wallet(vendor, row["wallet_id"], money(row, "balance"), row["kind"]),
                from_timestamp(row["read_at"]),
            )
            for row in rows
        ]
