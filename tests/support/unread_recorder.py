"""Where a client puts what it cannot read."""

from bot.vendors.contract import UnparsedResponse, Vendor
from tests.support.scripted_server import ScriptedServer
from tests.support.waiting import let_others_run


class UnreadRecorder:
    """Keeps what it is given, and how often the vendor had been asked by then."""

    def __init__(self, server: ScriptedServer, client: Vendor, request: str) -> None:
        self.kept: list[UnparsedResponse] = []
        self.asked: list[int] = []
        self._server, self._request = server, request
        client.save_unparsed_response = self

    async def __call__(self, unread: UnparsedResponse) -> None:
        await let_others_run()  # as while a disk is written to
        self.kept.append(unread)
        self.asked.append(len(self._server.asked(self._request)))
