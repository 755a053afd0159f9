"""Sends into our DMs with people. A DM is opened once, and again where it is gone."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import PersonId
from handlers.slack_errors import error_code
from handlers.user_directory import UserDirectory

NO_UNFURL: Mapping[str, Any] = {"unfurl_links": False, "unfurl_media": False}
_UNKNOWN_USER_ERRORS = {"user_not_found", "users_not_found", "user_not_visible"}


class _DirectMessage(NamedTuple):
    """Our DM with a person, and the user id that Slack knows them by in it."""

    channel: str
    user_id: str


class DirectMessages:
    """Its methods raise the Slack client's errors."""

    def __init__(self, client: AsyncWebClient, people: UserDirectory) -> None:
        self._client = client
        self._people = people
        self._open: dict[PersonId, _DirectMessage] = {}

    async def post(self, person: PersonId, payload: Mapping[str, Any]) -> None:
        """Send a message that stays."""
        await self._send(person, payload, ephemeral=False)

    async def show(self, person: PersonId, payload: Mapping[str, Any]) -> None:
        """Send an ephemeral message."""
        await self._send(person, payload, ephemeral=True)

    async def _send(self, person: PersonId, payload: Mapping[str, Any], *, ephemeral: bool) -> None:
        known = self._open.get(person)
        dm = known or await self._open_dm(person)
        try:
            await self._send_to(dm, payload, ephemeral=ephemeral)
        except SlackApiError as error:
            if known is None or error_code(error) != "channel_not_found":
                raise
            self._open.pop(person, None)
            await self._send_to(await self._open_dm(person), payload, ephemeral=ephemeral)

    async def _send_to(self, dm: _DirectMessage, payload: Mapping[str, Any], *, ephemeral: bool) -> None:
        if ephemeral:
            await self._client.chat_postEphemeral(channel=dm.channel, user=dm.user_id, **payload)
        else:
            await self._client.chat_postMessage(channel=dm.channel, **payload, **NO_UNFURL)

    async def _open_dm(self, person: PersonId) -> _DirectMessage:
        user_id = person.user_id
        try:
            opened = await self._client.conversations_open(users=user_id)
        except SlackApiError as error:
            # With an organisation's ids, a workspace may know its people by its own ids only.
            if error_code(error) not in _UNKNOWN_USER_ERRORS:
                raise
            user_id = await self._people.workspace_user_id(person.user_id)
            if user_id == person.user_id:
                raise
            opened = await self._client.conversations_open(users=user_id)
        dm = self._open[person] = _DirectMessage(str(opened["channel"]["id"]), user_id)
        return dm
