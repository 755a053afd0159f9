"""Looks people up in Slack: what a payload says of them is not trusted."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.people import Person, PersonId
from bot.domain.policy import Denial
from bot.domain.policy.identity import IdentityDenial
from bot.services.errors import NotPermitted, RequestRejected

log = structlog.get_logger(__name__)
_CACHE_S = 60.0
_LOOKUP_TIMEOUT_S = 2.0
_UNKNOWN = {"user_not_found", "user_not_visible", "users_not_found"}


class SlackUnavailable(RequestRejected):
    """Slack did not confirm who somebody is, so they are refused."""


class UserDirectory:
    """Looks up people and user groups. `team_id` is our workspace, `groups` are those of the policy."""

    def __init__(self, client: AsyncWebClient, team_id: str, groups: frozenset[str]) -> None:
        self._client = client
        self._team_id = team_id
        self._groups = sorted(groups)
        self._cached_people: dict[str, tuple[float, Person]] = {}
        self._cached_members: dict[str, tuple[float, frozenset[str]]] = {}

    async def lookup(self, user_id: str, *, refresh: frozenset[str] | None = None) -> Person:
        """The person as Slack knows them, cached for a minute.

        `refresh` names the groups that a decision depends on: the person and these are looked up again. Not
        all of them, because Slack answers for 20 groups a minute only.

        Raises SlackUnavailable, and NotPermitted for somebody Slack does not know.
        """
        known = self._cached_people.get(user_id)
        if known and refresh is None and time.monotonic() - known[0] < _CACHE_S:
            return known[1]
        try:
            async with asyncio.timeout(_LOOKUP_TIMEOUT_S):
                answer, members = await asyncio.gather(
                    self._client.users_info(user=user_id),
                    asyncio.gather(
                        *(self._group(group, refresh=group in (refresh or ())) for group in self._groups)
                    ),
                )
        except SlackApiError as error:
            if error.response["error"] in _UNKNOWN:
                raise NotPermitted(Denial(IdentityDenial.UNKNOWN_PERSON)) from error
            raise self._unavailable(error) from error
        except (SlackClientError, ClientError, TimeoutError) as error:
            raise self._unavailable(error) from error
        by_group = dict(zip(self._groups, members, strict=True))
        person = _person(self._team_id, user_id, answer["user"], by_group)
        self._cached_people[user_id] = (time.monotonic(), person)
        return person

    def cached_id(self, user_id: str) -> PersonId:
        """The cached person's id; for anybody else the id that the payload has."""
        known = self._cached_people.get(user_id)
        return known[1].id if known else PersonId(self._team_id, user_id)

    async def workspace_user_id(self, user_id: str) -> str:
        """The person's id in our workspace. Raises the Slack client's errors."""
        user = (await self._client.users_info(user=user_id))["user"]
        return str(user.get("id") or user_id)

    def clear_cache(self) -> None:
        """Slack said that a person or a group changed."""
        self._cached_people.clear()
        self._cached_members.clear()

    async def _group(self, group: str, *, refresh: bool) -> frozenset[str]:
        known = self._cached_members.get(group)
        if known and not refresh and time.monotonic() - known[0] < _CACHE_S:
            return known[1]
        try:
            # Slack leaves out disabled groups, as it should: they give no rights.
            answer = await self._client.usergroups_users_list(usergroup=group)
        except SlackApiError as error:
            if error.response["error"] not in {
                "no_such_subteam",
                "subteam_not_found",
                "plan_upgrade_required",
            }:
                raise
            log.warning("user_group_unusable", usergroup=group, error=error.response["error"])
            return frozenset()
        users = frozenset(answer["users"])
        self._cached_members[group] = (time.monotonic(), users)
        return users

    @staticmethod
    def _unavailable(cause: Exception) -> SlackUnavailable:
        log.warning("slack_lookup_failed", why=type(cause).__name__)
        return SlackUnavailable(
            "Slack did not confirm who you are just now, so nothing was done. Try again in a moment."
        )


def _person(
    team_id: str, user_id: str, user: Mapping[str, Any], members: Mapping[str, frozenset[str]]
) -> Person:
    """The same person is always the same PersonId, whichever of their ids a payload has.

    In an organisation they have one id in the workspace and one everywhere, and several workspaces: ours
    counts, and of the ids the one that is the same everywhere.
    """
    organisation = user.get("enterprise_user") or {}
    own_id = str(organisation.get("id") or user.get("id") or user_id)
    user_ids = frozenset({user_id, own_id, str(user.get("id") or user_id)})
    home = user.get("team_id") or team_id
    is_foreign = bool(user.get("is_stranger")) or team_id not in {home, *(organisation.get("teams") or ())}
    return Person(
        id=PersonId(home if is_foreign else team_id, own_id),
        aliases=user_ids - {own_id},
        groups=frozenset(group for group, users in members.items() if users & user_ids),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_bot=bool(user.get("is_bot")) or "USLACKBOT" in user_ids,
        is_deactivated=bool(user.get("deleted")),
        is_foreign=is_foreign,
    )
