"""XLSX, written a row at a time: answers, one sheet a repeat, the codebook and the consents.

Every cell has its type, and text is text: nothing in a sheet is ever a formula.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flows.language.expressions import DATE, TEXT
from storage.exports.cells import Cell, Row
from storage.exports.columns import Table
from storage.exports.extract import CONSENTS, Extract
from storage.exports.formats import Counted, Counts, Unfit
from storage.exports.whole import BYTES
from storage.tables import harmless

ROWS, COLUMNS_MOST = 1_048_576, 16_384  # of a sheet, as Excel has them
PIECE = 30_000  # UTF-16 units of a text that go into one cell; Excel takes 32,767
EXACT = 10**15  # a spreadsheet keeps no more digits of a number
CONTINUED = ("sheet", "row", "column", "part", "text")
MOMENT = "moment"
NEVER = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook knows no zones
MOMENTS = ("started_at", "completed_at", "at")
WIDE, MIDDLE, NARROW = 48, 20, 12

Where = tuple[int, int, str]  # row, column, and what the column is called


def write(extract: Extract, file: BYTES) -> Counts:
    """The whole book. Raises Unfit when there is more than sheets can hold."""
    import xlsxwriter  # here, because only this format needs it

    with tempfile.TemporaryDirectory() as folder:  # its own, closed to others: rows pass through it
        book = _Book(
            xlsxwriter.Workbook(
                file, {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
            )
        )
        book.date(NEVER)
        counts = {}
        for table in extract.tables:
            rows = Counted(extract.rows(table))
            book.sheet(
                table.repeat or "answers", table.header, extract.headings(table), rows, table
            )
            counts[table.repeat] = rows.number
        labels = extract.labels
        book.sheet("codebook", labels.codebook_header, labels.codebook_header, labels.codebook())
        book.sheet("consents", CONSENTS, CONSENTS, extract.consents())
        book.close()
    return counts


class _Book:
    """One workbook under way."""

    def __init__(self, book: Any) -> None:
        self._book = book
        plain = {"valign": "top"}
        self._head = book.add_format({"bold": True, "bg_color": "#DDE5EE", "bottom": 1, **plain})
        self._text = book.add_format({"num_format": "@", **plain})
        self._number = book.add_format(plain)
        self._day = book.add_format({"num_format": "yyyy-mm-dd", **plain})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", **plain})
        self._names: set[str] = set()
        self._continued: Any = None
        self._lines = 0

    def date(self, at: datetime) -> None:
        """Say when it was made: the same answers are to give the same bytes."""
        self._book.set_properties({"created": at})

    def sheet(
        self,
        name: str,
        header: Sequence[str],
        headings: Sequence[str],
        rows: Iterable[Row],
        table: Table | None = None,
    ) -> None:
        if len(header) > COLUMNS_MOST:
            raise Unfit(f"A sheet holds {COLUMNS_MOST:,} columns, and {name} has more. Choose CSV.")
        name = self._name(name)
        sheet = self._book.add_worksheet(name)
        kinds = _kinds(header, table)
        for place, (key, heading) in enumerate(zip(header, headings, strict=True)):
            sheet.set_column(place, place, _width(heading, kinds.get(key, "")))
        for place, heading in enumerate(headings):
            self._words(sheet, name, (0, place, heading), harmless(heading), self._head)
        sheet.freeze_panes(1, 1)
        number = 0
        for number, row in enumerate(rows, 1):
            if number >= ROWS:
                raise Unfit(f"A sheet holds {ROWS:,} rows, and {name} has more. Choose CSV.")
            for place, key in enumerate(header):
                self._cell(sheet, name, (number, place, key), row[key], kinds.get(key, ""))
        sheet.autofilter(0, 0, number, len(header) - 1)

    def _cell(self, sheet: Any, name: str, where: Where, cell: Cell, kind: str) -> None:
        number, place, _ = where
        moment = _moment(cell, kind)
        if moment is not None:
            form = self._moment if kind == MOMENT else self._day
            sheet.write_datetime(number, place, moment, form)
        elif isinstance(cell, int | float) and abs(cell) < EXACT:
            sheet.write_number(number, place, cell, self._number)
        elif cell is not None:
            self._words(sheet, name, where, harmless(str(cell)), self._text)

    def _words(self, sheet: Any, name: str, where: Where, text: str, style: Any) -> None:
        """A text, the rest of a very long one on a sheet of its own."""
        first, *rest = pieces(text)
        self._string(sheet, where[0], where[1], first, style)
        for part, piece in enumerate(rest, 2):
            self._continue((name, where[0] + 1, where[2], part), piece)

    def _continue(self, about: Sequence[str | int], piece: str) -> None:
        if self._continued is None:
            self._continued = self._book.add_worksheet(self._name("continued"))
            self._continued.set_column(0, 0, MIDDLE)
            self._continued.set_column(len(CONTINUED) - 1, len(CONTINUED) - 1, WIDE)
            self._continued.freeze_panes(1, 0)
            for column, heading in enumerate(CONTINUED):
                self._continued.write_string(0, column, heading, self._head)
        self._lines += 1
        for column, cell in enumerate(about):
            if isinstance(cell, int):
                self._continued.write_number(self._lines, column, cell, self._number)
            else:
                self._continued.write_string(self._lines, column, harmless(cell), self._text)
        self._string(self._continued, self._lines, len(about), piece, self._text)

    def _string(self, sheet: Any, number: int, place: int, text: str, style: Any) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            text = f"'{text}"  # xlsxwriter would put it into the sheet as XML
        sheet.write_string(number, place, text, style)

    def _name(self, name: str) -> str:
        """A name that Excel takes and no other sheet has."""
        wanted = re.sub(r"[\[\]:*?/\\]", "_", name)[:31]
        found, number = wanted, 1
        while found.lower() in self._names | {"history"}:
            number += 1
            found = f"{wanted[:27]} {number}"
        self._names.add(found.lower())
        return found

    def close(self) -> None:
        self._book.close()


def pieces(text: str) -> list[str]:
    """The text in pieces that a cell can hold, none ending between the halves of a character. Together they are it."""
    found, start, units = [], 0, 0
    if len(text) * 2 <= PIECE:
        return [text]
    for place, letter in enumerate(text):
        units += 2 if ord(letter) > 0xFFFF else 1
        if units > PIECE:
            found.append(text[start:place])
            start, units = place, 2 if ord(letter) > 0xFFFF else 1
    return [*found, text[start:]]


def _kinds(header: Sequence[str], table: Table | None) -> dict[str, str]:
    """Of each column what its cells are; "" where nobody needs to know."""
    if table is None:
        return {key: MOMENT if key in MOMENTS else TEXT * key.startswith("label") for key in header}
    known = {column.name: column.kind for column in table.columns}
    return {key: MOMENT for key in table.key if key in MOMENTS} | known


def _width(heading: str, kind: str) -> int:
    most = {TEXT: WIDE, MOMENT: MIDDLE}.get(kind, min(WIDE, len(heading) + 2))
    return max(NARROW, most)


def _moment(cell: Cell, kind: str) -> datetime | date | None:
    """A time or a day that a spreadsheet can hold: it knows none before 1900."""
    if not isinstance(cell, str) or kind not in (MOMENT, DATE):
        return None
    try:
        found = datetime.fromisoformat(cell).replace(tzinfo=None)
    except ValueError:
        return None
    return found if found.year >= 1900 else None
