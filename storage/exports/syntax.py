"""SPSS, for whoever has it: a ZIP with the data as CSV and the syntax that reads them, one pair a table.

The data come first, so that the syntax knows how wide every text is.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO

from storage.exports.archive import archive
from storage.exports.cells import Cell
from storage.exports.columns import Table
from storage.exports.dictionary import (
    DAY,
    LABEL_BYTES,
    MOMENT,
    NUMBER,
    SAID,
    TEXT,
    VALUE_BYTES,
    Variable,
    cut,
    rows,
    variables,
)
from storage.exports.extract import Extract
from storage.exports.formats import Counted, Counts
from storage.exports.whole import BYTES
from storage.tables import csv_lines

FORMATS = {NUMBER: "F16", DAY: "SDATE10", MOMENT: "YMDHMS20"}
LINE = 80  # bytes of a text on one line of syntax, which takes 256
NOTE = """\
* Encoding: UTF-8.
* Run this in the folder of {data}, or write its whole path in FILE below.
* Line ends within a text are shown as ⏎, and a text that begins like a formula has an apostrophe before it.
"""


def write(extract: Extract, file: BYTES) -> Counts:
    """Of each table the data and the syntax."""
    extract = extract.coded()
    counts = {}
    with archive(file) as made:
        for table in extract.tables:
            stem = f"answers-{table.repeat}" if table.repeat else "answers"
            found = variables(extract, table)
            with made.entry(f"{stem}.csv") as entry:
                counts[table.repeat], widths = _data(extract, table, found, entry)
            made.text(f"{stem}.sps", "".join(syntax(f"{stem}.csv", found, widths)))
    return counts


def _data(
    extract: Extract, table: Table, found: list[Variable], entry: IO[bytes]
) -> tuple[int, dict[str, int]]:
    """Write the rows; returns how many there are, and the width of every text in bytes."""
    widths = {one.name: 8 for one in found if one.type == TEXT}
    header = [one.name for one in found]

    def measured() -> Iterator[dict[str, Cell]]:
        for row in rows(extract, table, found):
            for name, width in widths.items():
                cell = row[name]
                if isinstance(cell, str) and len(cell) * 4 + 1 > width:
                    widths[name] = max(
                        width, len(cell.encode()) + 1
                    )  # an apostrophe may come before
            moments = {one.name: _moment(row[one.name]) for one in found if one.type == MOMENT}
            yield row | moments

    counted = Counted(measured())
    for line in csv_lines(header, counted):
        entry.write(line.encode())
    return counted.number, widths


def _moment(cell: Cell) -> Cell:
    """A time as SPSS reads it: without the letters."""
    return cell.replace("T", " ").rstrip("Z") if isinstance(cell, str) else cell


def syntax(data: str, found: list[Variable], widths: Mapping[str, int]) -> Iterator[str]:
    """The commands that read the data and name everything in it."""
    yield NOTE.format(data=data)
    yield f"GET DATA /TYPE=TXT /FILE='{data}' /ENCODING='UTF8' /DELIMITERS=','\n"
    yield "  /QUALIFIER='\"' /ARRANGEMENT=DELIMITED /FIRSTCASE=2\n  /VARIABLES=\n"
    for one in found:
        width = f"A{min(widths.get(one.name, 8), 32_767)}"
        yield f"    {one.name} {FORMATS.get(one.type, width)}\n"
    yield "  .\n"
    for one in found:
        yield f"VARIABLE LABELS {one.name}\n  {quoted(cut(one.label, LABEL_BYTES))}.\n"
        yield from _values(one)
    yield "EXECUTE.\n"


def _values(one: Variable) -> Iterator[str]:
    said = {_constant(one, value): SAID[mark] for mark, value in one.missing.items()}
    values = {_constant(one, code): label for code, label in one.values.items()} | said
    if values:
        yield f"VALUE LABELS {one.name}"
        yield from (
            f"\n  {value} {quoted(cut(text, VALUE_BYTES))}" for value, text in values.items()
        )
        yield ".\n"
    if said:
        yield f"MISSING VALUES {one.name} ({', '.join(said)}).\n"


def _constant(one: Variable, value: Cell) -> str:
    """A value in the syntax. A day is the seconds since SPSS's calendar began, on 14 October 1582."""
    if one.type == DAY:
        return str(seconds(str(value)))
    return str(value) if one.type == NUMBER else quoted(str(value))


def seconds(day: str) -> int:
    return (date.fromisoformat(day) - date(1582, 10, 14)).days * 86_400


def quoted(text: str) -> str:
    """A text as syntax has it, on several lines where it is long: nothing in it ends it."""
    parts: list[str] = []
    rest = " ".join(text.replace("\0", "").split())
    while rest or not parts:
        part = cut(rest, LINE)
        parts.append("'" + part.replace("'", "''") + "'")
        rest = rest[len(part) :]
    return " +\n    ".join(parts)
