"""Several files written anew together: all of them, or none as far as a file system lets itself be held to it."""

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from bot.commands import fail

Changed = Mapping[Path, tuple[str, str]]  # what stands in each file now, and what shall
BOM = "\ufeff"


def replace_all(changed: Changed) -> None:
    """Write each file beside itself, then put all in place; when one cannot be, the command ends with none changed."""
    ready: list[tuple[Path, Path, bytes]] = []
    with ExitStack() as drafts:
        try:
            for path, (before, after) in changed.items():
                place = path.resolve()  # a link stays a link
                old = place.read_bytes() if place.exists() else b""
                if old.decode("utf-8-sig").rstrip("\n") != before.rstrip("\n"):
                    fail(f"{path} was changed meanwhile. Try again.")
                mark = BOM if old.startswith(BOM.encode()) else ""
                draft = place.with_name(f".{place.name}.{os.getpid()}")
                drafts.callback(_remove, draft)
                _write(draft, f"{mark}{after}".encode())
                if place.exists():
                    shutil.copymode(place, draft)
                ready.append((draft, place, old))
            put_in_place(ready)
        except OSError as error:
            fail(
                f"{error.filename or 'A file'} cannot be written: {error.strerror}. Nothing was changed."
            )


def put_in_place(ready: list[tuple[Path, Path, bytes]]) -> None:
    """Put the drafts in place; what was put is taken back when one cannot be."""
    with ExitStack() as back:
        for draft, place, old in ready:
            existed = place.exists()
            draft.replace(place)
            if existed:
                back.callback(_write, place, old)
            else:
                back.callback(_remove, place)
        back.pop_all()


def _write(path: Path, raw: bytes) -> None:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
