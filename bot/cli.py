"""The command line: which commands there are. Each is loaded when it is called, so that help comes at once."""

import importlib
from typing import Any

import click

# name -> (where it is, what the list of commands says)
COMMANDS = {
    "start": ("bot.commands.serve:start", "Set up whatever is missing, then serve (make run)."),
    "serve": ("bot.commands.serve:serve", "Answer webhooks and show the pages."),
    "worker": ("bot.commands.serve:worker", "Send what waits in the outbox (with WORK=worker)."),
    "chat": ("bot.commands.chat:chat", "Try a flow in the terminal."),
    "flows": ("bot.commands.flows:flows", "Check, publish and list flows."),
    "export": ("bot.commands.export:export", "Write the answers to a flow into a file."),
    "staff": ("bot.commands.staff:staff", "Add staff members, reset passwords."),
    "db": ("bot.commands.db:db", "Bring the database up to date."),
    "keys": ("bot.commands.keys:keys", "Make and change the keys that seal people's words."),
    "telegram": ("bot.commands.telegram:telegram", "Connect a Telegram bot."),
    "twilio": ("bot.commands.twilio:twilio", "Connect a Twilio number."),
}


class Lazy(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            known = ", ".join(COMMANDS)
            ctx.fail(f"There is no command “{args[0]}”. The commands are: {known}.")
        return super().resolve_command(ctx, args)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="testimony", prog_name="testimony")
def main() -> None:
    """Residents tell by text message or Telegram how human rights are kept where they live."""
