"""`giftcard sandbox …`: the stand-ins, imported only when one is started."""

from importlib import import_module

import click

_SLACK = {"slack": "bot.sandbox.slack.command:slack"}


class StandIns(click.Group):
    """One command for each vendor that has a stand-in, and one for Slack."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_addresses())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        address = _addresses().get(cmd_name)
        if address is None:
            return None
        module, _, name = address.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


def _addresses() -> dict[str, str]:
    """By name, where each command is: `module:command`."""
    from bot.vendors import registry

    return {plugin.name: plugin.stand_in for plugin in registry.VENDORS if plugin.stand_in} | _SLACK


@click.group(cls=StandIns)
def sandbox() -> None:
    """Start a stand-in for a vendor or for Slack on this machine."""
