"""The command line: which commands there are. Each is loaded when it is called, so that help comes at once."""

import click

from bot.faults import fault
from bot.lazy import Lazy, Table

COMMANDS: Table = {
    "start": ("bot.commands.serve:start", "Set up whatever is missing, then serve (make run)."),
    "serve": ("bot.commands.serve:serve", "Answer webhooks and show the pages."),
    "worker": ("bot.commands.serve:worker", "Send what waits in the outbox (with WORK=worker)."),
    "chat": ("bot.commands.chat:chat", "Try a flow in the terminal."),
    "flows": ("bot.commands.flows:flows", "Write, check, translate, price and publish flows."),
    "export": ("bot.commands.export:export", "Write the answers to a flow into a file."),
    "erase": ("bot.commands.erase:erase", "Forget a person who asks for it."),
    "quarantine": ("bot.commands.quarantine:quarantine", "Bursts that looked automated."),
    "staff": ("bot.commands.staff:staff", "Add staff members, reset passwords."),
    "db": ("bot.commands.db:db", "Bring the database up to date."),
    "backup": ("bot.commands.backup:backup", "Take a backup, or check one."),
    "restore": ("bot.commands.restore:restore", "Bring a backup back."),
    "keys": ("bot.commands.keys:keys", "Make and change the keys that seal people's words."),
    "telegram": ("bot.commands.telegram:telegram", "Connect a Telegram bot."),
    "reconcile": (
        "bot.commands.reconcile:reconcile_now",
        "Fetch what Twilio received while the service was away.",
    ),
    "twilio": ("bot.commands.twilio:twilio", "Connect a Twilio number."),
}


@click.group(cls=Lazy, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="testimony", prog_name="testimony")
def main() -> None:
    """Residents tell by text message or Telegram how human rights are kept where they live."""


def console() -> None:
    """The command line as a console runs it: what nobody foresaw is told in a line as well, by its kind and place."""
    try:
        main(prog_name="testimony")
    except Exception as error:  # noqa: BLE001 - its words may hold a password, or what people said
        click.echo(
            f"The command failed by a fault of the program: {fault(error)}. Please report this line.",
            err=True,
        )
        raise SystemExit(1) from None
