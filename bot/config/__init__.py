"""What the operator says: settings from the environment, and policy.toml."""

from bot.config.policy_file import load_policy
from bot.config.problems import BadPolicy, BadSettings, ConfigError, MixedEnvironments, Problem
from bot.config.settings import DEFAULT_DATABASE, Settings, read_environment
from bot.config.vendors import (
    VENDORS,
    CardPlusPaySettings,
    Environment,
    OctopusSettings,
    VendorSettings,
)

__all__ = [
    "DEFAULT_DATABASE",
    "VENDORS",
    "BadPolicy",
    "BadSettings",
    "CardPlusPaySettings",
    "ConfigError",
    "Environment",
    "MixedEnvironments",
    "OctopusSettings",
    "Problem",
    "Settings",
    "VendorSettings",
    "load_policy",
    "read_environment",
]
