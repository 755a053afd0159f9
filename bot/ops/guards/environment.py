"""A database is used with live systems or with stand-ins, never with both."""

from bot.config import ConfigError
from store import Store


class WrongEnvironment(ConfigError):
    """The database was used with live systems and is now opened with stand-ins, or the other way round."""


async def check_environment(store: Store, environment: str) -> None:
    """Raises WrongEnvironment. The first start decides which it is."""
    used_in = await store.read(lambda tx: tx.key_values.get("environment"))
    if used_in is None:
        await store.write(lambda tx: tx.key_values.set("environment", environment))
    elif used_in != environment:
        raise WrongEnvironment(
            f"This database belongs to {used_in} systems, and the settings are for {environment} ones. "
            "Give GIFTCARD_DB another path."
        )
