"""ZIP archives that are written as a stream, and come out the same from the same content."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from storage.exports.cells import Row
from storage.exports.whole import BYTES
from storage.tables import BOM, csv_lines

NEVER = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the time of every entry, as zipfile has it too: all depends on the content alone
PRIVATE = 0o600 << 16  # the same


class Archive:
    """One archive under way; close it by leaving ``archive``."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A file of the archive to write into; what is ``packed`` already is not packed again."""
        about = zipfile.ZipInfo(name, NEVER)
        about.external_attr = PRIVATE
        with self._packed.open(name if packed else about, "w", force_zip64=True) as file:
            yield file

    def text(self, name: str, text: str) -> None:
        with self.entry(name) as file:
            file.write(text.encode())

    def table(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Row],
        headings: Sequence[str] | None = None,
        mark: str = BOM,
    ) -> None:
        """A table as CSV."""
        with self.entry(name) as file:
            for line in csv_lines(header, rows, headings, mark):
                file.write(line.encode())


@contextmanager
def archive(file: BYTES, level: int | None = None) -> Iterator[Archive]:
    """An archive to be written into ``file``; ``level``: how hard it is packed, 1 to 9."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as packed:
        yield Archive(packed)
