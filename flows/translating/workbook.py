"""Workbooks (XLSX): the same table as in CSV, as cells of text that a translator cannot break by mistake.

A workbook is a zip of XML from a stranger, so its sizes are looked at before anything is unpacked.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from babel.core import Locale, UnknownLocaleError

from flows.language.entries import Entry
from flows.translating.sheet import Header, Moment, Sheet, Unreadable, unreadable
from flows.translating.tables import COLUMNS, cells, sheet_of

WIDTHS = (24, 34, 60, 60, 30, 9, 9, 34)
FILLED_IN = ("translation", "state")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
MAX_UNPACKED = 30_000_000
MAX_CELLS = 100_000
MAX_ROWS, MAX_COLUMNS = 10_000, 40
STATES = ["missing", "stale", "done"]
_CELL = re.compile(rb"<(?:\w+:)?c[ >/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=[\"']([^\"']*)")
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def write_xlsx(entries: Iterable[Entry], header: Header, moment: Moment) -> bytes:
    """The table as a workbook of one sheet: names frozen, ids grey and locked, translations open."""
    import xlsxwriter  # here, because only translators' files need it

    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    book.set_properties(
        {"title": header.name, "created": moment.at.astimezone(UTC).replace(tzinfo=None)}
    )
    page = book.add_worksheet(header.language[:31])
    grey = {"bg_color": "#eeeeee", "text_wrap": True, "valign": "top", "num_format": "@"}
    formats = {
        name: book.add_format(
            grey | ({"locked": False, "bg_color": "#ffffff"} if name in FILLED_IN else {})
        )
        for name in COLUMNS
    }
    bold = book.add_format(grey | {"bold": True})
    for number, row in enumerate(cells(entries, header)):
        for at, cell in enumerate(row):
            style = bold if not number else formats[COLUMNS[at]]
            page.write_string(number, at, _CONTROL.sub("", cell), style)
    _lay_out(page, header.language)
    book.close()
    return raw.getvalue()


def _lay_out(page: Any, language: str) -> None:
    for at, width in enumerate(WIDTHS):
        page.set_column(at, at, width)
    page.freeze_panes(1, 1)
    state = COLUMNS.index("state")
    page.data_validation(1, state, MAX_ROWS, state, {"validate": "list", "source": STATES})
    allowed = ("format_cells", "format_columns", "format_rows", "sort", "autofilter")
    page.protect("", dict.fromkeys(allowed, True))
    if is_right_to_left(language):
        page.right_to_left()


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    try:
        return Locale.parse(language, sep="-").text_direction == "rtl"
    except (UnknownLocaleError, ValueError):
        return False


def read_xlsx(raw: bytes) -> Sheet:
    """The sheet in a workbook; raises Unreadable when there is none, or when it is not safe to open."""
    _look_into(raw)
    import openpyxl  # here, because only translators' files need it

    try:
        # read only: else a merge or a link over all cells of a sheet would make every one of them
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        pages = [_rows(page) for page in book.worksheets]
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - openpyxl has no error of its own: a damaged part raises anything
        raise Unreadable("The workbook is damaged. Save it again, or send it as CSV.") from None
    faults = []
    for page in pages:
        try:
            return sheet_of(page)
        except Unreadable as fault:
            faults.append(fault)
    raise faults[0] if faults else Unreadable("The workbook holds no sheet.")


def _look_into(raw: bytes) -> None:
    """Refuse what is no workbook, hides a program, or would grow too large. Nothing is parsed for that."""
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        unreadable("The workbook has a password, or is an old .xls. Save it as .xlsx without one.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            infos = parts.infolist()
            if any("vbaproject" in one.filename.lower() for one in infos):
                unreadable("The workbook has macros. Save it as .xlsx without them.")
            if sum(one.file_size for one in infos) > MAX_UNPACKED:
                unreadable("The workbook is too large for a file of texts.")
            if not any(one.filename.startswith("xl/worksheets/") for one in infos):
                unreadable("This is not a workbook (.xlsx).")
            _look_over(parts, infos)
    except Unreadable:
        raise
    except (*BROKEN_ZIP, ValueError, LookupError):
        raise Unreadable("This is not a workbook (.xlsx), or it is damaged.") from None


def _look_over(parts: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> None:
    count = 0
    for one in infos:
        if not one.filename.lower().endswith((".xml", ".rels")):
            continue
        part = parts.read(one).replace(b"\0", b"")  # in whichever encoding
        if _ENTITY.search(part):
            unreadable("The workbook declares entities of its own, as no spreadsheet does.")
        if merged := _MERGED.search(part):
            where = merged[1].decode("ascii", "replace")
            unreadable(f"The cells {where} are merged, so their texts are lost. Unmerge them.")
        count += len(_CELL.findall(part))
    if count > MAX_CELLS:
        unreadable("The workbook has too many cells for a file of texts.")


def _rows(page: Any) -> list[list[str]]:
    """What the cells of a sheet say; what lies far out is none of ours."""
    rows = page.iter_rows(min_row=1, max_row=MAX_ROWS, max_col=MAX_COLUMNS)
    return [[_words(cell) for cell in row] for row in rows]


def _words(cell: Any) -> str:
    """What a cell says, as text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool) or cell.data_type in ("f", "e", "d") or isinstance(value, datetime):
        kinds = {"f": "a formula", "e": "an error", "d": "a date", "b": "true or false"}
        kind = kinds.get(cell.data_type, "no text")
        unreadable(f"Cell {cell.coordinate} holds {kind}. Format it as text, and write it again.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("_x000D_", "")
