"""Where a client puts what it cannot read."""

import asyncio

from bot.providers.contract import Provider, Unread
from tests.rude_vendor import RudeVendor


class Vault:
    """Keeps what it is given, and how often the vendor had been asked by then."""

    def __init__(self, rude: RudeVendor, client: Provider, request: str) -> None:
        self.kept: list[Unread] = []
        self.asked: list[int] = []
        self._rude, self._request = rude, request
        client.keep_unread = self

    async def __call__(self, unread: Unread) -> None:
        await asyncio.sleep(0.01)  # as writing to a disk does
        self.kept.append(unread)
        self.asked.append(len(self._rude.asked(self._request)))
