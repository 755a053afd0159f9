"""`giftcard sandbox …`: the stand-ins, imported only when one is started."""

from importlib import import_module

import click


class LazyGroup(click.Group):
    """Subcommands live in `bot/sandbox/NAME/command.py` as a click command called NAME."""

    names = ("octopus", "cardpluspay", "slack")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.names:
            return None
        command = getattr(import_module(f"bot.sandbox.{cmd_name}.command"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup)
def sandbox() -> None:
    """Start a stand-in for a vendor or for Slack on this machine."""
