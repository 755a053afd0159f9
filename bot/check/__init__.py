"""`giftcard check`: every item of a set-up in one line, in the order in which they are mended."""

from collections.abc import AsyncIterator, Callable, Mapping

from bot.check.database import check_database, check_keys
from bot.check.findings import Finding, any_failed, failed, ok
from bot.check.people import check_people
from bot.check.slack import check_slack
from bot.check.vendors import check_vendors
from bot.config import BadPolicy, BadSettings, ConfigError, Settings, load_policy
from bot.domain.policy import Policy
from bot.slack_client import web_client

__all__ = ["Finding", "any_failed", "check_everything"]


async def check_everything(
    variables: Mapping[str, str], *, http: bool, say: Callable[[str], None]
) -> list[Finding]:
    """Check, and say each finding as it is made. Raises nothing that can be expected to go wrong."""
    findings = []
    async for finding in _everything(variables, http=http):
        findings.append(finding)
        say(str(finding))
    return findings


async def _everything(variables: Mapping[str, str], *, http: bool) -> AsyncIterator[Finding]:
    try:
        settings = Settings.from_environment(variables, http=http)
    except BadSettings as bad:
        for problem in bad.problems:
            yield failed(problem.name, problem.what, problem.mend)
        yield failed("everything else", "was not checked", "mend the settings above first")
        return
    yield ok("settings", "complete")
    yield _environment(settings)
    policy, findings = _policy(settings)
    keyring, key_finding = check_keys(settings)
    for finding in [*findings, key_finding, *check_database(settings, keyring)]:
        yield finding
    works = False
    async for finding in check_slack(settings, http=http):
        works = works or (finding.item == "Slack token" and not any_failed([finding]))
        yield finding
    if works and policy:
        client = web_client(settings, settings.slack_bot_token)
        async for finding in check_people(client, policy):
            yield finding
    async for finding in check_vendors(settings, policy):
        yield finding


def _environment(settings: Settings) -> Finding:
    try:
        environment = settings.environment
    except ConfigError as mixed:
        return failed("environment", str(mixed))
    meaning = "real money" if environment == "live" else "play money"
    return ok("environment", f"{environment} ({meaning}), Slack is {settings.slack_environment}")


def _policy(settings: Settings) -> tuple[Policy | None, list[Finding]]:
    try:
        return load_policy(settings.policy), [ok("policy", f"{settings.policy} is in order")]
    except BadPolicy as bad:
        return None, [failed("policy", f"{p.name} {p.what}", p.mend) for p in bad.problems]
