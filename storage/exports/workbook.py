"""XLSX, written a row at a time to where it goes: answers, one sheet a repeat, the codebook and the consents.

Nothing waits on the disk but what goes on in the sheet *continued*, and that is sealed.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO

from flows.language.expressions import TEXT
from storage.exports.archive import Archive, archive
from storage.exports.book_parts import HEAD_STYLE, NUMBER_STYLE, TEXT_STYLE, Part, parts
from storage.exports.cells import Cell, Row
from storage.exports.columns import Table
from storage.exports.extract import CONSENTS, Extract
from storage.exports.formats import Counted, Counts, Unfit
from storage.exports.scratch import scratch
from storage.exports.sheets import (
    MIDDLE,
    MOMENT,
    NARROW,
    WIDE,
    Column,
    closing,
    letters,
    line,
    opening,
    sheet_name,
    string,
    value,
    width_of,
)
from storage.exports.whole import BYTES
from storage.tables import harmless

ROWS, COLUMNS_MOST = 1_048_576, 16_384  # of a sheet, as Excel has them
CONTINUED = ("sheet", "row", "column", "part", "text")
MOMENTS = ("started_at", "completed_at", "at")
QUICK = 1  # how hard it is packed: harder takes twice as long, for files a quarter smaller

Batches = Iterable[Sequence[Sequence[Cell]]]


def write(extract: Extract, file: BYTES) -> Counts:
    """The whole book. Raises Unfit when there is more than sheets can hold."""
    counts = {}
    with archive(file, QUICK) as made, _Book(made) as book:
        for table in extract.tables:
            batches = Counted(extract.batches(table), len)
            name = table.repeat or "answers"
            book.sheet(name, table.header, extract.headings(table), batches, table)
            counts[table.repeat] = batches.number
        labels = extract.labels
        known = labels.codebook_header
        book.sheet("codebook", known, known, _listed(known, labels.codebook()))
        book.sheet("consents", CONSENTS, CONSENTS, _listed(CONSENTS, extract.consents()))
        book.finish()
    return counts


def _listed(header: Sequence[str], rows: Iterable[Row]) -> Iterator[list[list[Cell]]]:
    return ([[row[key] for key in header]] for row in rows)


class _Book:
    """One workbook under way."""

    def __init__(self, made: Archive) -> None:
        self._made = made
        self._sheets: list[Part] = []
        self._continued: _Continued | None = None

    def __enter__(self) -> "_Book":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _at: TracebackType | None
    ) -> None:
        if self._continued is not None:
            self._continued.rows.close()

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        headings: Sequence[str],
        batches: Batches,
        table: Table | None = None,
    ) -> None:
        if len(header) > COLUMNS_MOST:
            raise Unfit(f"A sheet holds {COLUMNS_MOST:,} columns, and {name} has more. Choose CSV.")
        place, kinds = self._add(name), _kinds(header, table)
        widths = [
            width_of(heading, kinds.get(key, ""))
            for key, heading in zip(header, headings, strict=True)
        ]
        sheet = _Sheet(self, self._sheets[place].name, header, kinds)
        with self._entry(place) as entry:
            entry.write(opening(widths, first=not place, frozen=1).encode())
            entry.write(sheet.head(headings).encode())
            for batch in batches:
                entry.write("".join(map(sheet.line, batch)).encode())
            last, number = letters(len(header) - 1), sheet.number
            entry.write(closing(f"A1:{last}{number}").encode())
        self._sheets[place] = Part(sheet.name, f"$A$1:${last}${number}")

    def _entry(self, place: int) -> AbstractContextManager[IO[bytes]]:
        return self._made.entry(f"xl/worksheets/sheet{place + 1}.xml")

    def go_on(self, *about: Cell) -> None:
        """Have a piece of a text stand in the sheet for what is too long for a cell."""
        if self._continued is None:
            self._continued = _Continued(self._add("continued"))
        self._continued.add(about)

    def _add(self, name: str) -> int:
        """Put a sheet behind the others, under a name that no other has; returns its place."""
        wanted = sheet_name(name)
        found, number, taken = wanted, 1, {one.name.lower() for one in self._sheets} | {"history"}
        while found.lower() in taken:
            number += 1
            found = f"{wanted[:27]} {number}"
        self._sheets.append(Part(found, ""))
        return len(self._sheets) - 1

    def finish(self) -> None:
        """Write what is left when all sheets are there."""
        if self._continued is not None:
            with self._entry(self._continued.place) as entry:
                self._continued.pour(entry)
        for name, content in parts(self._sheets):
            self._made.text(name, content)


class _Sheet:
    """The rows of one sheet; ``number`` is that of the newest."""

    def __init__(
        self, book: _Book, name: str, header: Sequence[str], kinds: dict[str, str]
    ) -> None:
        self.name, self.number, self._book = name, 1, book
        self._columns = [
            Column(key, place, kinds.get(key, ""), self._go_on) for place, key in enumerate(header)
        ]

    def head(self, headings: Sequence[str]) -> str:
        cells = (
            f"{column.begin}1{column.words(harmless(heading), HEAD_STYLE)}"
            for column, heading in zip(self._columns, headings, strict=True)
        )
        return f'<row r="1">{"".join(cells)}</row>'

    def line(self, row: Sequence[Cell]) -> str:
        self.number += 1
        _fits(self.number, self.name)
        return line(self.number, self._columns, row)

    def _go_on(self, column: str, part: int, piece: str) -> None:
        self._book.go_on(self.name, self.number, column, part, piece)


class _Continued:
    """What goes on: other sheets are being written meanwhile, so its rows wait, sealed."""

    def __init__(self, place: int) -> None:
        self.place, self.rows, self._number = place, scratch(), 0
        widths = (MIDDLE, NARROW, NARROW, NARROW, WIDE)
        self.rows.write(opening(widths, first=False, frozen=0).encode())
        self._put(string(heading, HEAD_STYLE) for heading in CONTINUED)

    def add(self, about: Sequence[Cell]) -> None:
        *where, piece = about
        cells = [
            value(cell, NUMBER_STYLE)
            if isinstance(cell, int)
            else string(harmless(str(cell)), TEXT_STYLE)
            for cell in where
        ]
        self._put([*cells, string(str(piece), TEXT_STYLE)])

    def _put(self, cells: Iterable[str]) -> None:
        self._number += 1
        _fits(self._number, "continued")
        told = (f'<c r="{letters(place)}{self._number}{cell}' for place, cell in enumerate(cells))
        self.rows.write(f'<row r="{self._number}">{"".join(told)}</row>'.encode())

    def pour(self, entry: IO[bytes]) -> None:
        self.rows.write(closing("").encode())
        self.rows.seek(0)
        shutil.copyfileobj(self.rows, entry)


def _fits(number: int, name: str) -> None:
    if number > ROWS:
        raise Unfit(f"A sheet holds {ROWS:,} rows, and {name} has more. Choose CSV.")


def _kinds(header: Sequence[str], table: Table | None) -> dict[str, str]:
    """Of each column what its cells are; "" where nobody needs to know."""
    if table is None:
        return {key: MOMENT if key in MOMENTS else TEXT * key.startswith("label") for key in header}
    known = {column.name: column.kind for column in table.columns}
    return {key: MOMENT for key in table.key if key in MOMENTS} | known
