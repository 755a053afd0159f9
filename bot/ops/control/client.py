"""The command's side of the control socket."""

from http import HTTPStatus
from pathlib import Path

import httpx

from bot.ops.actions import NOT_COMPLETED
from bot.ops.control import RECONCILE_PATH, RECOVER_PATH, socket_path
from bot.ops.report import Report

_TIMEOUT_S = 15 * 60.0  # reconciling a large account reads many pages


class BotNotRunning(Exception):
    """No bot answers for this database."""


class RunningBot:
    """The bot that owns this database. Every method raises BotNotRunning."""

    def __init__(self, database: Path) -> None:
        self._socket = socket_path(database)

    def reconcile(self) -> Report:
        return self._post(RECONCILE_PATH)

    def recover(self, reference: str) -> Report:
        return self._post(RECOVER_PATH, reference=reference)

    def _post(self, path: str, **body: str) -> Report:
        transport = httpx.HTTPTransport(uds=str(self._socket))
        with httpx.Client(transport=transport, base_url="http://bot", timeout=_TIMEOUT_S) as client:
            try:
                response = client.post(path, json=body)
            except httpx.TransportError as error:
                raise BotNotRunning from error
        if response.status_code == HTTPStatus.OK:
            report = response.json()
            return Report(tuple(report["lines"]), report["status"])
        if response.status_code == HTTPStatus.NOT_FOUND:
            return Report(("The running bot is of another version. Restart it.",), NOT_COMPLETED)
        return Report(("The running bot failed at this. Its log says why.",), NOT_COMPLETED)
