"""Where a command puts a file: what cannot be one is told before anything is done."""

from pathlib import Path

from bot.commands import WRONG_USE, fail
from storage.plain import is_plain


def placed(output: Path) -> None:
    """End the command where ``output`` cannot become a file, or where something else would be lost to it."""
    if str(output) == "-":
        fail("Nothing is written to standard output here: name a file.", WRONG_USE)
    if not output.absolute().parent.is_dir():
        fail(f"There is no folder {output.absolute().parent}.", WRONG_USE)
    if not is_plain(output):
        fail(f"{output} is a device, a pipe or a link, and no plain file: name another.", WRONG_USE)
