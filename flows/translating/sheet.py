"""What travels between us and a translator, whatever the format: a name, a language, and rows of texts.

Bytes in, bytes out. A file is first held against what a file of texts can be, because it comes back from strangers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

MAX_BYTES = 10_000_000
FORMATS = ("po", "xlsx", "csv")


class Unreadable(ValueError):
    """A file that cannot be taken; the message says why, and what to do about it."""


@dataclass(frozen=True)
class Header:
    """Whose texts they are (a flow's name, or "phrases"), and from which language into which."""

    name: str
    source: str
    language: str


@dataclass(frozen=True)
class Row:
    """One text as it comes back. ``unsure``: marked as unfinished. ``stale``: still marked as older than its source."""

    id: str
    source: str
    translation: str
    unsure: bool = False
    stale: bool = False


@dataclass(frozen=True)
class Sheet:
    """A file as it comes back; its name and languages are "" where the file does not say them."""

    header: Header
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Moment:
    """When a file is written, and by which program: both come from outside."""

    at: datetime
    program: str = "Testimony"


def ending(name: str) -> str:
    """The ending of a file's name that tells its format: po, xlsx or csv. Raises Unreadable for another."""
    _, dot, end = name.rpartition(".")
    if dot and end.lower() in FORMATS:
        return end.lower()
    raise Unreadable(f"“{name}” must end in .po, .xlsx or .csv.")


def unreadable(message: str) -> NoReturn:
    """Say that a file cannot be taken."""
    raise Unreadable(message)
