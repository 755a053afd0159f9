"""The table of Web API methods."""

from collections.abc import Callable

from bot.sandbox.slack.protocol import Json
from bot.sandbox.slack.stand_in import StandIn

Method = Callable[[StandIn, Json], Json]
TABLE: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def keep(function: Method) -> Method:
        TABLE[name] = function
        return function

    return keep
