"""ZIP archives that are written as a stream, and come out the same from the same content."""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from storage.exports.cells import Row
from storage.exports.whole import BYTES
from storage.tables import BOM, csv_lines

NEVER = (1980, 1, 1, 0, 0, 0)  # the time of every entry: the archive depends on its content alone
PRIVATE = 0o600 << 16


class Archive:
    """One archive under way; close it by leaving ``archive``."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A file of the archive to write into; what is ``packed`` already is not packed again."""
        about = zipfile.ZipInfo(name, NEVER)
        about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        about.external_attr = PRIVATE
        with self._packed.open(about, "w", force_zip64=True) as file:
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
def archive(file: BYTES) -> Iterator[Archive]:
    with zipfile.ZipFile(file, "w") as packed:
        yield Archive(packed)
