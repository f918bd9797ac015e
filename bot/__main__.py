"""``python -m bot``: the command line where the program is not installed."""

from bot.cli import console

console()
