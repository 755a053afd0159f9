"""`giftcard check`: one line per item of a set-up, in the order in which problems are best fixed."""

from collections.abc import AsyncIterator, Callable, Mapping

from bot.config import ConfigError, InvalidPolicy, InvalidSettings, Settings, load_policy
from bot.domain.policy import Policy
from bot.ops.check.database import check_database, check_keys
from bot.ops.check.people import check_people
from bot.ops.check.results import CheckResult, any_failed, failed, ok
from bot.ops.check.slack import check_slack
from bot.ops.check.vendors import check_vendors
from bot.ops.slack_client import slack_client

__all__ = ["CheckResult", "any_failed", "check_everything"]


async def check_everything(
    variables: Mapping[str, str], *, http: bool, say: Callable[[str], None]
) -> list[CheckResult]:
    """Run all checks and report each result through `say` at once. Expected errors become results."""
    results = []
    async for result in _everything(variables, http=http):
        results.append(result)
        say(str(result))
    return results


async def _everything(variables: Mapping[str, str], *, http: bool) -> AsyncIterator[CheckResult]:
    try:
        settings = Settings.from_environment(variables, http=http)
    except InvalidSettings as error:
        for problem in error.problems:
            yield failed(problem.name, problem.what, problem.hint)
        yield failed("everything else", "was not checked", "fix the settings above first")
        return
    yield ok("settings", "complete")
    yield _environment(settings)
    policy, results = _policy(settings)
    keyring, key_finding = check_keys(settings)
    for result in [*results, key_finding, *check_database(settings, keyring)]:
        yield result
    works = False
    async for result in check_slack(settings, http=http):
        works = works or (result.item == "Slack token" and not any_failed([result]))
        yield result
    if works and policy:
        client = slack_client(settings, settings.slack_bot_token)
        async for result in check_people(client, policy):
            yield result
    async for result in check_vendors(settings, policy):
        yield result


def _environment(settings: Settings) -> CheckResult:
    try:
        environment = settings.environment
    except ConfigError as error:
        return failed("environment", str(error))
    meaning = "real money" if environment == "live" else "play money"
    return ok("environment", f"{environment} ({meaning}), Slack is {settings.slack_environment}")


def _policy(settings: Settings) -> tuple[Policy | None, list[CheckResult]]:
    try:
        return load_policy(settings.policy), [ok("policy", f"{settings.policy} is in order")]
    except InvalidPolicy as error:
        return None, [failed("policy", f"{p.name} {p.what}", p.hint) for p in error.problems]
