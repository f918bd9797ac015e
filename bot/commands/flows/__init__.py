"""``testimony flows``: which commands there are for those who write flows."""

import click

from bot.lazy import Lazy, Table

COMMANDS: Table = {
    "check": ("bot.commands.flows.check:check", "Tell every mistake, and try the transcripts."),
    "publish": ("bot.commands.flows.publish:publish", "Check flow files and make them current."),
    "list": ("bot.commands.flows.publish:list_", "Name the published flows."),
}


@click.group(cls=Lazy, table=COMMANDS)
def flows() -> None:
    """Write, check, translate, price and publish flows."""
