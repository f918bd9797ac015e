"""The cells and rows of a sheet as XML. Every cell has its type, and text is text: a formula is never written.

What a column's cells are is known once; an element that comes again is made once.

There is no ``<dimension>``: it stands before the rows, and how many there will be is known only when they are written,
for interviews begin and are erased meanwhile. A wrong one cuts a sheet off where readers trust it; without one, which
the format allows, they look at the rows.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from flows.language.expressions import DATE, TEXT
from storage.exports.book_parts import (
    BEGIN,
    DAY_STYLE,
    MAIN,
    MOMENT_STYLE,
    NUMBER_STYLE,
    TEXT_STYLE,
    inline,
)
from storage.exports.cells import Cell
from storage.tables import harmless

PIECE = 30_000  # UTF-16 units of a text that go into one cell; Excel takes 32,767
EXACT = 10**15  # a spreadsheet keeps no more digits of a number
MOMENT = "moment"
WIDE, MIDDLE, NARROW = 48, 20, 12
KEPT, SHORT = 1000, 200  # so many elements of a column are kept ready, none of more characters
EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - a workbook knows no zones
LEAP = 59  # days until the 29th of February 1900, which spreadsheets believe in

GoOn = Callable[[str, int, str], None]  # a column, which part of its text, and the text


class Column(dict[Cell, str]):
    """The cells of one column, by what is in them: an element of XML without the beginning that says where it is.

    ``go_on`` is told the rest of a text that is too long for one cell.
    """

    def __init__(self, key: str, place: int, kind: str, go_on: GoOn) -> None:
        super().__init__()
        self._key, self._kind, self._go_on = key, kind, go_on
        self._dated = kind in (MOMENT, DATE)
        self.begin = f'<c r="{letters(place)}'

    def __missing__(self, cell: Cell) -> str:
        made = self._made(cell)
        if len(self) < KEPT and len(made) <= SHORT:
            self[cell] = made
        return made

    def _made(self, cell: Cell) -> str:
        moment = moment_of(cell, self._kind) if self._dated else None
        if moment is not None:
            style = MOMENT_STYLE if self._kind == MOMENT else DAY_STYLE
            return value(serial(moment), style)
        if isinstance(cell, int | float) and abs(cell) < EXACT:
            return value(cell, NUMBER_STYLE)
        return self.words(harmless(str(cell)), TEXT_STYLE)

    def words(self, text: str, style: int) -> str:
        """A text, the rest of a very long one where it goes on."""
        if len(text) * 2 <= PIECE:  # the most are
            return string(text, style)
        first, *rest = pieces(text)
        for part, piece in enumerate(rest, 2):
            self._go_on(self._key, part, piece)
        return string(first, style)


def value(number: float, style: int) -> str:
    return f'" s="{style}"><v>{number:.16G}</v></c>'


def string(text: str, style: int) -> str:
    if text.startswith("<r>") and text.endswith("</r>"):
        text = f"'{text}"  # as exports have always had it
    return f'" s="{style}" t="inlineStr"><is>{inline(text)}</is></c>'


def line(number: int, columns: Sequence[Column], row: Sequence[Cell]) -> str:
    """One row; ``number`` counts from 1."""
    cells = [
        f"{column.begin}{number}{column[cell]}"
        for column, cell in zip(columns, row, strict=True)
        if cell is not None
    ]
    if row[-1] is None:  # who reads a row at a time shall see how long it is
        cells.append(f'{columns[-1].begin}{number}"/>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def opening(widths: Iterable[int], *, first: bool, frozen: int) -> str:
    """What stands before the rows. ``frozen``: how many columns stay in sight, as the first row does."""
    split, corner = ('xSplit="1" ', "bottomRight") if frozen else ("", "bottomLeft")
    chosen = ' tabSelected="1"' if first else ""
    listed = (
        f'<col min="{place}" max="{place}" width="{_width(width)}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    return (
        f'{BEGIN}<worksheet xmlns="{MAIN}"><sheetViews><sheetView{chosen} '
        f'workbookViewId="0"><pane {split}ySplit="1" topLeftCell="{letters(frozen)}2" '
        f'activePane="{corner}" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{"".join(listed)}</cols><sheetData>'
    )


def closing(filtered: str) -> str:
    """What stands behind the rows."""
    over = f'<autoFilter ref="{filtered}"/>' if filtered else ""
    return f"</sheetData>{over}</worksheet>"


def _width(letters: int) -> float:
    """The width of so many letters, in the units of a sheet."""
    return int((letters * 7 + 5) / 7 * 256) / 256


def letters(place: int) -> str:
    """What a column is called; ``place`` counts from 0."""
    found, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def serial(moment: datetime) -> float:
    """A moment as a spreadsheet counts: the days since 1900 began."""
    days: float = (moment - EPOCH) / timedelta(days=1)
    return days + 1 if days >= LEAP + 1 else days


def moment_of(cell: Cell, kind: str) -> datetime | None:
    """A time or a day that a spreadsheet can hold: it knows none before 1900."""
    if not isinstance(cell, str) or kind not in (MOMENT, DATE):
        return None
    try:
        found = datetime.fromisoformat(cell).replace(tzinfo=None)
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def width_of(heading: str, kind: str) -> int:
    """How many letters a column shows."""
    most = {TEXT: WIDE, MOMENT: MIDDLE}.get(kind, min(WIDE, len(heading) + 2))
    return max(NARROW, most)


def sheet_name(name: str) -> str:
    """A name without what a spreadsheet does not take in one."""
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31]


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
