"""``testimony flows``: which commands there are for those who write flows."""

import click

from bot.lazy import Lazy, Table

COMMANDS: Table = {
    "check": ("bot.commands.flows.check:check", "Tell every mistake, and try the transcripts."),
    "publish": ("bot.commands.flows.publish:publish", "Check flow files and make them current."),
    "rollback": ("bot.commands.flows.publish:rollback", "Make an earlier version current again."),
    "list": ("bot.commands.flows.publish:list_", "Name the published flows."),
    "translate": ("bot.commands.flows.translate:translate", "Send texts to translators, and back."),
    "import": ("bot.commands.flows.xlsform:import_", "Make a flow from an XLSForm."),
    "export": ("bot.commands.flows.xlsform:export", "Write a flow as an XLSForm."),
    "cost": ("bot.commands.flows.cost:cost", "Tell what a flow costs as text messages."),
    "picture": ("bot.commands.flows.picture:picture", "Draw a flow into an SVG file."),
    "print": ("bot.commands.flows.print:print_", "Print a flow as a form for pens."),
    "schema": ("bot.commands.flows.schema:schema", "Print the JSON Schema, for editors."),
}


@click.group(cls=Lazy, table=COMMANDS)
def flows() -> None:
    """Write, check, translate, price and publish flows."""
