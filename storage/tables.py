"""Exports as files: CSV that every spreadsheet opens and none of them runs.

A cell that a spreadsheet could take for a formula gets an apostrophe before it; numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from storage.exports.cells import Cell

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_BEFORE = " \n\0"  # what may stand before it
_SUSPECT = frozenset((*_FORMULA, *_BEFORE))  # how a cell begins that has to be looked at

Some = TypeVar("Some", str, Cell)


def harmless(cell: Some) -> Some:
    """The cell, with an apostrophe before what could run as a formula."""
    if isinstance(cell, str) and cell[:1] in _SUSPECT and cell.lstrip(_BEFORE).startswith(_FORMULA):
        return "'" + cell
    return cell


def csv_lines(
    header: Sequence[str],
    rows: Iterable[dict[str, Cell]],
    headings: Sequence[str] | None = None,
    mark: str = BOM,
) -> Iterator[str]:
    """The table as CSV text with a BOM, a line at a time. ``headings`` stand above the columns instead of names."""
    tame = ([[harmless(row[name]) for name in header]] for row in rows)
    return csv_parts(headings or header, tame, mark)


def csv_parts(
    headings: Sequence[str], batches: Iterable[Sequence[Sequence[Cell]]], mark: str = BOM
) -> Iterator[str]:
    """The same a batch at a time, for rows whose cells went through ``harmless`` already."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(mark)
    writer.writerow([harmless(name) for name in headings])
    for batch in batches:
        yield _drain(buffer)
        writer.writerows(batch)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
