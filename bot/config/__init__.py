"""What the operator says: settings from the environment, and policy.toml."""

from bot.config.errors import ConfigError, ConfigProblem, InvalidPolicy, InvalidSettings, MixedEnvironments
from bot.config.policy_file import load_policy
from bot.config.settings import DEFAULT_DATABASE, Settings, read_environment
from bot.config.vendors import VENDORS, CardPlusPaySettings, Environment, OctopusSettings, VendorSettings

__all__ = [
    "DEFAULT_DATABASE",
    "VENDORS",
    "CardPlusPaySettings",
    "ConfigError",
    "ConfigProblem",
    "Environment",
    "InvalidPolicy",
    "InvalidSettings",
    "MixedEnvironments",
    "OctopusSettings",
    "Settings",
    "VendorSettings",
    "load_policy",
    "read_environment",
]
