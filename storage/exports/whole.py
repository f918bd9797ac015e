"""Files that appear whole or not at all: written without a name, and linked into their place when all are done.

They are their owner's alone from the beginning. What a killed process was writing is gone with it, where the system has
files without names (Linux). Elsewhere a file has a name of its own beside its place, which begins with a point: it is
never taken for an export, and taken away by the next.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from storage.plain import is_plain

BYTES = IO[bytes]
MINE = 0o600
OWN_FILES = Path("/proc/self/fd")  # a file without a name is linked from here
NAMELESS: int = getattr(os, "O_TMPFILE", 0) if OWN_FILES.is_dir() else 0
# what a system or a file system says that has no such files
UNKNOWN_HERE = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT)


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
    """The files that are being written. ``nameless``: the system's flag for files without a name; 0: it has none."""

    def __init__(self, nameless: int = NAMELESS) -> None:
        self._nameless = nameless
        self._open: dict[Path, int] = {}  # where it will be, and the file that has no name
        self._named: dict[Path, Path] = {}  # the draft, and where it will be

    def write(self, path: Path, work: Callable[[BYTES], Mapping[str, int]]) -> Written:
        """Have ``work`` write the file that will be at ``path``; returns what became of it. Raises CannotWrite."""
        try:
            with os.fdopen(self._begun(path), "w+b") as file:
                rows = work(file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CannotWrite(path, error) from None
        return Written(path, digest, rows)

    def _begun(self, path: Path) -> int:
        """A new file to write into; one without a name stays open until it is in its place."""
        if not is_plain(path):
            raise OSError(errno.EEXIST, "there is a device, a pipe, a folder or a link")
        draft = _draft(path)
        with suppress(FileNotFoundError):  # of a process that was killed: it may be readable by all
            draft.unlink()
        if self._nameless:
            try:
                held = os.open(path.absolute().parent, self._nameless | os.O_RDWR, MINE)
            except OSError as error:
                if error.errno not in UNKNOWN_HERE:
                    raise
            else:
                self._open[path] = held
                return os.dup(held)
        self._named[draft] = path
        return os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, MINE)

    def place(self) -> None:
        """Put all of them in their places, in the place of what was there."""
        try:
            for path, held in self._open.items():
                try:
                    _link(held, path)
                except (
                    FileExistsError
                ):  # nothing is linked over it; but what has a name is renamed over it
                    draft = _draft(path)
                    self._named[draft] = path
                    _link(held, draft)
            for draft, path in self._named.items():
                draft.replace(path)
        except OSError as error:
            raise CannotWrite(path, error) from None

    def clear(self) -> None:
        for held in self._open.values():
            os.close(held)
        for draft in self._named:
            with suppress(OSError):
                draft.unlink()


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _link(held: int, path: Path) -> None:
    """Give a file without a name one. Only with a ``src_dir_fd``, though it is not looked at, the link is followed."""
    os.link(OWN_FILES / str(held), path, src_dir_fd=held, follow_symlinks=True)


@contextmanager
def drafts() -> Iterator[Drafts]:
    """Files that are put in place when the block ends well, and gone when it does not."""
    found = Drafts()
    try:
        yield found
        found.place()
    finally:
        found.clear()
