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
MOMENTS, DAYS = ("started_at", "completed_at", "at"), (DATE,)
WIDE, NARROW = 48, 12


def write(extract: Extract, file: BYTES) -> Counts:
    """The whole book. Raises Unfit when there is more than sheets can hold."""
    import xlsxwriter  # here, because only this format needs it

    with tempfile.TemporaryDirectory() as folder:  # its own, closed to others: rows pass through it
        book = _Book(
            xlsxwriter.Workbook(
                file, {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
            )
        )
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
    def __init__(self, book: Any) -> None:
        self._book = book
        plain = {"valign": "top"}
        self._head = book.add_format({"bold": True, "bg_color": "#DDE5EE", "bottom": 1, **plain})
        self._text = book.add_format({"num_format": "@", **plain})
        self._number = book.add_format(plain)
        self._day = book.add_format({"num_format": "yyyy-mm-dd", **plain})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", **plain})
        self._names: set[str] = set()
        self._long: list[tuple[str, int, str, int, str]] = []
        self._continued: Any = None
        self._lines = 0

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
        days = {column.name for column in table.columns if column.kind in DAYS} if table else set()
        wide = (
            {column.name for column in table.columns if column.kind == TEXT} if table else {"label"}
        )
        for place, (key, heading) in enumerate(zip(header, headings, strict=True)):
            longest = (
                WIDE if key.split(" ")[0] in wide or key in MOMENTS else min(WIDE, len(heading) + 2)
            )
            sheet.set_column(place, place, max(NARROW, 20 if key in MOMENTS else longest))
        self._row(sheet, name, 0, [(heading, heading) for heading in headings], set(), self._head)
        sheet.freeze_panes(1, 1)
        number = 0
        for number, row in enumerate(rows, 1):
            if number >= ROWS:
                raise Unfit(f"A sheet holds {ROWS:,} rows, and {name} has more. Choose CSV.")
            self._row(sheet, name, number, [(key, row[key]) for key in header], days, None)
        sheet.autofilter(0, 0, number, len(header) - 1)

    def _row(
        self,
        sheet: Any,
        name: str,
        number: int,
        cells: Iterable[tuple[str, Cell]],
        days: set[str],
        style: Any,
    ) -> None:
        for place, (key, cell) in enumerate(cells):
            if cell is None:
                continue
            moment = _moment(cell, key in MOMENTS, key in days) if style is None else None
            if moment is not None:
                form = self._moment if isinstance(moment, datetime) else self._day
                sheet.write_datetime(number, place, moment, form)
            elif isinstance(cell, int | float) and abs(cell) < EXACT:
                sheet.write_number(number, place, cell, self._number)
            else:
                self._words(sheet, name, (number, place, key), str(harmless(cell)), style)

    def _words(
        self, sheet: Any, name: str, where: tuple[int, int, str], text: str, style: Any
    ) -> None:
        """A text, the rest of a very long one on a sheet of its own."""
        number, place, key = where
        first, *rest = pieces(text)
        self._string(sheet, number, place, first, style or self._text)
        for part, piece in enumerate(rest, 2):
            if self._continued is None:
                self._continued = self._book.add_worksheet(self._name("continued"))
                for column, heading in enumerate(CONTINUED):
                    self._continued.write_string(0, column, heading, self._head)
                self._continued.set_column(4, 4, WIDE)
                self._continued.freeze_panes(1, 0)
            self._lines += 1
            for column, cell in enumerate((name, number + 1, key, part)):
                if isinstance(cell, int):
                    self._continued.write_number(self._lines, column, cell, self._number)
                else:
                    self._continued.write_string(self._lines, column, cell, self._text)
            self._string(self._continued, self._lines, 4, piece, self._text)

    def _string(self, sheet: Any, number: int, place: int, text: str, style: Any) -> None:
        if text.startswith(
            "<r>"
        ):  # xlsxwriter would take it for XML of its own: given in two parts it is text
            sheet.write_rich_string(number, place, "<", style, text[1:], style)
        else:
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


def _moment(cell: Cell, timed: bool, dated: bool) -> datetime | date | None:
    """A time or a day that a spreadsheet can hold: it knows none before 1900."""
    if not isinstance(cell, str) or not (timed or dated):
        return None
    try:
        found = (
            datetime.fromisoformat(cell).replace(tzinfo=None) if timed else date.fromisoformat(cell)
        )
    except ValueError:
        return None
    return found if found.year >= 1900 else None
