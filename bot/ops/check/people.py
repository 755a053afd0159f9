"""Checks that the people and groups of the policy exist, and that every requester has enough approvers."""

from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import Policy, PrincipalSet
from bot.ops.check.results import CheckResult, failed, ok, warn
from bot.ops.check.slack import error_of
from handlers.client import UNREACHABLE

_LOOK_UP_AT_MOST = 60  # people; Slack allows about 100 look-ups a minute
_UNKNOWN_GROUP = {"no_such_subteam", "subteam_not_found"}
_EDIT = "edit the policy, or the group in Slack"


async def check_people(client: AsyncWebClient, policy: Policy) -> AsyncIterator[CheckResult]:
    directory = _Directory(client)
    active: dict[str, set[str]] = {}
    try:
        for name, principals in policy.principal_sets.items():
            active[name], findings = await directory.active(name, principals)
            for finding in findings:
                yield finding
    except UNREACHABLE as error:
        yield failed("people", f"could not be looked up: {error_of(error)}", "run this again in a minute")
        return
    for name, people in active.items():
        if people:
            yield ok(name, f"{len(people)} active")
        elif name != "controllers":
            yield failed(name, "nobody who is active", _EDIT)
    if active["requesters"] and active["approvers"]:
        yield _four_eyes(active["requesters"], active["approvers"], policy.approvers.needed)


def _four_eyes(requesters: set[str], approvers: set[str], needed: int) -> CheckResult:
    """People cannot approve their own requests, so each requester needs enough *other* approvers."""
    stuck = sorted(who for who in requesters if len(approvers - {who}) < needed)
    if not stuck:
        return ok("four eyes", f"every request finds {needed} or more approvers besides the requester")
    finding = failed if len(stuck) == len(requesters) else warn
    return finding(
        "four eyes",
        f"requests of {', '.join(stuck)} can never get {needed} approvals by others",
        "add approvers, or lower `needed`",
    )


class _Directory:
    """Slack's people and groups; each is looked up once."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._inactive: dict[str, str | None] = {}  # why somebody is not active; None for active people

    async def active(self, name: str, principals: PrincipalSet) -> tuple[set[str], list[CheckResult]]:
        """The active people among these, and the problems with the others. Raises UNREACHABLE errors."""
        people: set[str] = set()
        findings = []
        for user in sorted(principals.users):
            if why := await self._why_inactive(user):
                findings.append(warn(name, f"{user} {why}", "remove the id from the policy"))
            else:
                people.add(user)
        for group in sorted(principals.groups):
            members, finding = await self._members(name, group)
            people |= members
            if finding:
                findings.append(finding)
        return people, findings

    async def _members(self, name: str, group: str) -> tuple[set[str], CheckResult | None]:
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except SlackApiError as refusal:
            error = error_of(refusal)
            if error in _UNKNOWN_GROUP:
                return set(), failed(name, f"there is no user group {group}", _EDIT)
            if error == "plan_upgrade_required":
                return set(), failed(
                    name, f"{group}: this Slack plan has no user groups", "name users instead"
                )
            raise
        members = {user for user in answer["users"] if not await self._why_inactive(user)}
        if members:
            return members, None
        return members, warn(name, f"user group {group} has no active members", _EDIT)

    async def _why_inactive(self, user_id: str) -> str | None:
        if user_id not in self._inactive:
            if len(self._inactive) >= _LOOK_UP_AT_MOST:
                return None
            self._inactive[user_id] = await self._ask(user_id)
        return self._inactive[user_id]

    async def _ask(self, user_id: str) -> str | None:
        try:
            user: dict[str, Any] = (await self._client.users_info(user=user_id))["user"]
        except SlackApiError as error:
            if error_of(error) in {"user_not_found", "user_not_visible"}:
                return "is nobody Slack knows"
            raise
        if user.get("deleted"):
            return "is deactivated"
        if user.get("is_bot"):
            return "is a bot"
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return "is a guest, and guests can do nothing here"
        return "belongs to another workspace" if user.get("is_stranger") else None
