"""A workbook (.xlsx) to sheets of words, and back. It knows spreadsheets and nothing of forms.

pyxform's own reader is not used: it turns no-break spaces into plain ones, so that French texts would not come back
equal, and it does not see the sheet on which the rest of a flow travels. Everything is bounded before it is parsed,
because a small zip can hold a large file.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from flows.xlsform.told import FormError

MAX_BYTES = 10_000_000
MAX_UNPACKED = 40_000_000
MAX_PARTS = 1_000
MAX_ROWS, MAX_COLUMNS = 5_000, 200
MAX_BLANK = 500  # blank rows after which a sheet is taken to end
MAX_CELL = 32_767  # characters that a cell holds
FIRST_ROWS = 10  # where the row of headings is looked for

OLD = b"\xd0\xcf\x11\xe0"
SAVE_AS = "Open it in Excel, LibreOffice or Google Sheets and save it as .xlsx, without a password."
BROKEN = "This .xlsx file is damaged and cannot be read. Open it, save it again and try once more."
TOO_LARGE = "This file is too large for a form. Take pictures and other sheets out of it."

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True)
class Row:
    """A row by its number in the sheet: the words under each heading, blank ones left out."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet's headings in their order, its rows that say something, and what stands under no heading."""

    name: str
    headings: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    astray: tuple[str, ...] = ()


def read_book(data: bytes, headed: Mapping[str, tuple[frozenset[str], ...]]) -> dict[str, Sheet]:
    """The sheets of a workbook by their names in small letters; raises FormError.

    ``headed`` names the sheets to read, each with the sets of headings of which its row of headings has one.
    """
    _bounded(data)
    try:
        return dict(_sheets(data, headed))
    except FormError:
        raise
    except UNREADABLE as error:
        raise FormError(BROKEN) from error


def _bounded(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FormError(TOO_LARGE)
    if data.startswith(OLD):
        raise FormError(f"This is an old Excel file (.xls), or one with a password. {SAVE_AS}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            listed = parts.infolist()
    except UNREADABLE as error:
        raise FormError(f"This is not an Excel workbook (.xlsx). {SAVE_AS}") from error
    if not any(part.filename == "xl/workbook.xml" for part in listed):
        raise FormError(f"This is not an Excel workbook (.xlsx). {SAVE_AS}")
    if len(listed) > MAX_PARTS or sum(part.file_size for part in listed) > MAX_UNPACKED:
        raise FormError(TOO_LARGE)


def _sheets(
    data: bytes, headed: Mapping[str, tuple[frozenset[str], ...]]
) -> Iterator[tuple[str, Sheet]]:
    from openpyxl import load_workbook  # a fifth of a second, which no other command should wait

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that are not looked at
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in book.worksheets:
                name = sheet.title.strip().lower()
                if name in headed:
                    sheet.reset_dimensions()  # some programs write wrong ones
                    yield name, _sheet(sheet.title, sheet.iter_rows(values_only=True), headed[name])
                else:
                    yield name, Sheet(sheet.title)
        finally:
            book.close()


def _sheet(name: str, raw: Iterable[Sequence[Any]], headed: tuple[frozenset[str], ...]) -> Sheet:
    rows = list(_filled(name, raw))
    start = next(
        (place for place, (_, row) in enumerate(rows[:FIRST_ROWS]) if _heads(row, headed)), 0
    )
    if not rows:
        return Sheet(name)
    headings: dict[int, str] = {}
    astray: dict[str, None] = {}
    for column, word in rows[start][1].items():
        if plain(word) in headings.values():
            astray[f"column {letter(column)} ({plain(word)} once more)"] = None
        else:
            headings[column] = plain(word)
    found = []
    for number, row in rows[start + 1 :]:
        astray |= {f"column {letter(at)}": None for at in row if at not in rows[start][1]}
        cells = {headings[at]: word for at, word in row.items() if at in headings}
        if cells:
            found.append(Row(number, cells))
    above = {f"row {number}": None for number, _ in rows[:start]}
    return Sheet(name, tuple(headings.values()), tuple(found), tuple(above | astray))


def _filled(name: str, raw: Iterable[Sequence[Any]]) -> Iterator[tuple[int, dict[int, str]]]:
    """The rows that say something, by their number, each cell by its column."""
    count = blank = 0
    for number, cells in enumerate(raw, 1):
        row = {at: word for at, word in enumerate(map(words, cells)) if word.strip()}
        blank = 0 if row else blank + 1
        if blank > MAX_BLANK:
            return
        count += bool(row)
        if count > MAX_ROWS or (row and max(row) >= MAX_COLUMNS):
            most = f"{MAX_ROWS} rows and {MAX_COLUMNS} columns"
            raise FormError(f"The sheet “{name}” is too large for a form: at most {most}.")
        if row:
            yield number, row


def _heads(row: Mapping[int, str], headed: tuple[frozenset[str], ...]) -> bool:
    """Whether a row is that of the headings, not a title that someone put above it."""
    found = {plain(word).lower().replace(" ", "_").split(":")[0] for word in row.values()}
    return any(found >= wanted for wanted in headed)


def plain(word: str) -> str:
    return " ".join(word.split())


def letter(column: int) -> str:
    """A column as Excel names it, from 0: "A", "Z", "AA"."""
    name = ""
    while column >= 0:
        name = chr(ord("A") + column % 26) + name
        column = column // 26 - 1
    return name


def words(value: Any) -> str:
    """What a cell says: numbers without .0, days as 2026-05-31, TRUE and FALSE as a sheet shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), str(value))


def write_book(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """A workbook of ``sheets``, each a row of headings and rows of words; every cell is a text, never a formula."""
    from openpyxl import Workbook  # see above

    book = Workbook()
    del book["Sheet"]  # the one that every new workbook has
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, row in enumerate(rows, 1):
            for column, word in enumerate(row, 1):
                if word:
                    _write(sheet.cell(number, column), word, heading=number == 1)
        for column, heading in enumerate(rows[0]):
            sheet.column_dimensions[letter(column)].width = 40 if "label" in heading else 18
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, word: str, *, heading: bool) -> None:
    from openpyxl.styles import Alignment, Font

    written = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", word)
    if len(written) > MAX_CELL:
        raise FormError(f"A text is too long for a spreadsheet: “{word[:40]}…”. Shorten it.")
    cell.value = written
    cell.data_type = "s"
    cell.number_format = "@"  # it stays a text when it is edited
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        cell.font = Font(bold=True)


UNREADABLE: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError),
    *(IndexError, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error),
)
