"""Files that appear whole or not at all: written beside their place under another name, renamed when all are done.

They are their owner's alone from the beginning. What a killed process leaves behind begins with a point and is never
taken for an export.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BYTES = IO[bytes]


class CannotWrite(Exception):
    """``path`` cannot be written, for this ``reason``."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} cannot be written: {error.strerror or type(error).__name__}")
        self.path = path


@dataclass(frozen=True)
class Written:
    """One file of an export. ``rows`` counts those of each table in it: "" are interviews, else a repeat's times."""

    path: Path
    sha256: str
    rows: Mapping[str, int] = field(default_factory=dict)


class Drafts:
    """The files that are being written."""

    def __init__(self) -> None:
        self._paths: dict[Path, Path] = {}

    def write(self, path: Path, work: Callable[[BYTES], Mapping[str, int]]) -> Written:
        """Have ``work`` write the file that will be at ``path``; returns what became of it. Raises CannotWrite."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        self._paths[draft] = path
        try:
            with suppress(
                FileNotFoundError
            ):  # of a process that was killed: it may be readable by all
                draft.unlink()
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            with os.fdopen(descriptor, "w+b") as file:
                rows = work(file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CannotWrite(path, error) from None
        return Written(path, digest, rows)

    def place(self) -> None:
        for draft, path in self._paths.items():
            try:
                draft.replace(path)
            except OSError as error:
                raise CannotWrite(path, error) from None

    def clear(self) -> None:
        for draft in self._paths:
            with suppress(OSError):
                draft.unlink()


@contextmanager
def drafts() -> Iterator[Drafts]:
    """Files that are put in place when the block ends well, and gone when it does not."""
    found = Drafts()
    try:
        yield found
        found.place()
    finally:
        found.clear()
