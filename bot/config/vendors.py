"""Settings of the vendors. Each is set up with all variables it needs, or with none."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.errors import ConfigProblem, sentence, unset
from bot.vendors import registry
from bot.vendors.plugin import VendorPlugin

Plugin = type[VendorPlugin]


def vendor_variables() -> dict[str, FieldInfo]:
    """All variables of all vendors."""
    return {name: field for plugin in registry.VENDORS for name, field in plugin.variables().items()}


def read_vendors(given: Mapping[str, str]) -> tuple[list[VendorPlugin], list[ConfigProblem]]:
    """The vendors that are set up, in the order of the registry, and what is wrong with their settings."""
    vendors: list[VendorPlugin] = []
    problems: list[ConfigProblem] = []
    for plugin in _set_up(given):
        problems += _left_out_of_a_set(plugin, given)
        try:
            vendors.append(plugin.model_validate(given))
        except ValidationError as failure:
            errors = failure.errors(include_input=False, include_url=False)
            # Problems of variables that are not the vendor's own are reported by Settings.
            problems += [_problem(plugin, error) for error in errors if error["loc"][0] in plugin.variables()]
    if not vendors and not problems:
        sets = " or ".join(", ".join(plugin.needed()) for plugin in registry.VENDORS)
        problems = [ConfigProblem("vendors", "none is set up", f"set {sets}")]
    return vendors, problems


def webhook_secret_problems(given: Mapping[str, str]) -> list[ConfigProblem]:
    """The webhook port is useless without at least one vendor's secret to verify requests with."""
    if given.keys() & set(_webhook_secrets(registry.VENDORS)):
        return []
    # If no vendor that is set up has webhooks, one that has them is missing.
    missing = _webhook_secrets(_set_up(given)) or _webhook_secrets(registry.VENDORS)
    return [unset(name, "the webhook port", _hint(name)) for name in missing]


def _set_up(given: Mapping[str, str]) -> Iterator[Plugin]:
    return (plugin for plugin in registry.VENDORS if plugin.variables().keys() & given.keys())


def _webhook_secrets(plugins: Iterable[Plugin]) -> list[str]:
    return [variable for plugin in plugins if (variable := plugin.webhook_variable())]


def _left_out_of_a_set(plugin: Plugin, given: Mapping[str, str]) -> Iterator[ConfigProblem]:
    for variables in plugin.set_together:
        if present := sorted(variables & given.keys()):
            for missing in sorted(variables - given.keys()):
                yield unset(missing, present[0], _hint(missing))


def _problem(plugin: Plugin, error: ErrorDetails) -> ConfigProblem:
    variable = str(error["loc"][0])
    hint = _hint(variable)
    if error["type"] == "missing":
        return unset(variable, plugin.title, f"{hint}; or take every {plugin.prefix()}… out")
    return ConfigProblem(variable, sentence(error), hint)


def _hint(variable: str) -> str:
    return str(vendor_variables()[variable].description)
