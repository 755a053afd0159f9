"""What the operator says: settings from the environment, and policy.toml."""

from bot.config.policy_file import load_policy
from bot.config.problems import BadPolicy, BadSettings, ConfigError, MixedEnvironments, Problem
from bot.config.settings import DEFAULT_DATABASE, Environment, Settings, read_environment

__all__ = [
    "DEFAULT_DATABASE",
    "BadPolicy",
    "BadSettings",
    "ConfigError",
    "Environment",
    "MixedEnvironments",
    "Problem",
    "Settings",
    "load_policy",
    "read_environment",
]
