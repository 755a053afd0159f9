"""What keeps the bot from starting: each problem with its place and how to mend it."""

from dataclasses import dataclass

from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong: the setting's or the policy's place, what is wrong there, how to mend it."""

    name: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what} — {self.hint}"


def unset(variable: str, needed_by: str, hint: str) -> ConfigProblem:
    return ConfigProblem(variable, f"is not set, and {needed_by} needs it", hint)


class ConfigError(Exception):
    """Root of what keeps the bot from starting. The message is for the operator and shows no secret."""


class InvalidSettings(ConfigError):
    """Settings are missing or wrong; `problems` has all of them."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class InvalidPolicy(InvalidSettings):
    """policy.toml is missing or wrong; `problems` names the places in it."""


class MixedEnvironments(ConfigError):
    """One side is live and the other is a stand-in, and nobody said that this is meant."""


def sentence(error: ErrorDetails) -> str:
    """What pydantic found, in our words and without the value itself."""
    if error["type"] == "missing":
        return "is not set"
    if error["type"] == "extra_forbidden":
        return "is not a setting that exists"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return error["msg"][0].lower() + error["msg"][1:]
