"""What keeps the bot from starting: each problem, where it is, and how to fix it."""

from dataclasses import dataclass

from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One problem: the variable or the place in the policy, what is wrong there, and how to fix it."""

    name: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what} — {self.hint}"


def unset(variable: str, needed_by: str, hint: str) -> ConfigProblem:
    return ConfigProblem(variable, f"is not set, and {needed_by} needs it", hint)


class ConfigError(Exception):
    """The root of all errors that keep the bot from starting. Messages are for operators, without secrets."""


class InvalidSettings(ConfigError):
    """Settings are missing or wrong. `problems` lists all of them."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class InvalidPolicy(InvalidSettings):
    """policy.toml is missing or wrong. `problems` lists all mistakes with their places."""


class MixedEnvironments(ConfigError):
    """Live systems are configured together with stand-ins or sandboxes, and that was not asked for."""


def sentence(error: ErrorDetails) -> str:
    """A pydantic error in our words, without the value."""
    if error["type"] == "missing":
        return "is not set"
    if error["type"] == "extra_forbidden":
        return "is not a setting that exists"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return error["msg"][0].lower() + error["msg"][1:]
