"""The `giftcard` command."""

import click

from bot.sandbox.command import sandbox


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Ask for, approve, buy and hand over gift cards in Slack."""


main.add_command(sandbox)

if __name__ == "__main__":
    main()
