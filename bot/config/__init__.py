"""What the operator configures: settings in the environment, and policy.toml."""

from bot.config.errors import ConfigError, ConfigProblem, InvalidPolicy, InvalidSettings, MixedEnvironments
from bot.config.policy_file import load_policy
from bot.config.settings import DEFAULT_DATABASE, Settings, read_environment

__all__ = [
    "DEFAULT_DATABASE",
    "ConfigError",
    "ConfigProblem",
    "InvalidPolicy",
    "InvalidSettings",
    "MixedEnvironments",
    "Settings",
    "load_policy",
    "read_environment",
]
