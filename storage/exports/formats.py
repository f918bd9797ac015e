"""What an export can be written as: one table of formats. The heavy libraries load where a format is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Generic, TypeVar

from storage.exports.columns import Table
from storage.exports.extract import Extract
from storage.exports.whole import BYTES, Drafts, Written
from storage.tables import csv_parts, harmless

T = TypeVar("T")
Counts = Mapping[str, int]
Writer = Callable[[Extract, BYTES], Counts]


class Unfit(Exception):
    """This export cannot be written in this format; the words say why and what to do instead."""


@dataclass(frozen=True)
class Format:
    """``module`` of this package has ``write``. ``ending`` names a file; ``endings`` are all that it is known by."""

    label: str
    ending: str
    content_type: str
    module: str
    endings: tuple[str, ...] = ()
    labelled: bool = False  # it always has labels beside the codes


ZIP = "application/zip"
FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV", ".csv", "text/csv; charset=utf-8", "", (".csv", ".txt", "")),
    "xlsx": Format(
        "Excel (XLSX)",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "workbook",
        (".xlsx",),
    ),
    "jsonl": Format(
        "JSON Lines", ".jsonl", "application/jsonl; charset=utf-8", "lines", (".jsonl", ".ndjson")
    ),
    "spss": Format(
        "SPSS syntax and data (ZIP)", ".spss.zip", ZIP, "syntax", (".spss.zip", ".sps.zip"), True
    ),
    "sav": Format("SPSS (SAV)", ".sav", "application/x-spss-sav", "sav", (".sav",), True),
    "geojson": Format(
        "GeoJSON, places on a map", ".geojson", "application/geo+json", "places", (".geojson",)
    ),
    "datapackage": Format(
        "Frictionless data package (ZIP)",
        ".datapackage.zip",
        ZIP,
        "package",
        (".datapackage.zip",),
        True,
    ),
    "zip": Format("Tables and files (ZIP)", ".zip", ZIP, "bundle", (".zip",)),
}


def available() -> dict[str, Format]:
    """The formats that can be written here: SPSS's own needs a library that not everybody has."""
    absent = find_spec("pyreadstat") is None
    return {name: form for name, form in FORMATS.items() if not (absent and name == "sav")}


def guessed(path: Path) -> str | None:
    """The format that a file's ending names, the longest ending first; None when it names none."""
    endings = sorted(
        ((ending, name) for name, form in FORMATS.items() for ending in form.endings if ending),
        key=lambda pair: -len(pair[0]),
    )
    found = next((name for ending, name in endings if path.name.lower().endswith(ending)), None)
    return found or ("csv" if not path.suffix else None)


def write(extract: Extract, form: str, output: Path, drafts: Drafts) -> Iterator[Written]:
    """Write the export, a file at a time: CSV has one for each repeat beside it, all others are one file.

    Raises Unfit and CannotWrite.
    """
    if form != "csv":
        yield drafts.write(output, partial(writer(form), extract))
        return
    for table in extract.tables:
        path = output.with_name(f"{output.stem}-{table.repeat}{output.suffix}")
        work = partial(write_csv, extract, table=table)
        yield drafts.write(path if table.repeat else output, work)


def writer(form: str) -> Writer:
    """What writes a format into one file; of CSV the table of interviews."""
    if form == "csv":
        return write_csv
    found: Writer = import_module(f"storage.exports.{FORMATS[form].module}").write
    return found


def write_csv(extract: Extract, file: IO[bytes], table: Table | None = None) -> Counts:
    """One table as CSV, as every spreadsheet opens it."""
    table = table or extract.tables[0]
    batches = Counted(extract.batches(table, harmless), len)
    for part in csv_parts(extract.headings(table), batches):
        file.write(part.encode())
    return {table.repeat: batches.number}


def _one(_: object) -> int:
    return 1


class Counted(Generic[T]):
    """Rows, or batches of them, and how many rows have gone by."""

    def __init__(self, items: Iterable[T], size: Callable[[T], int] = _one) -> None:
        self._items, self._size, self.number = items, size, 0

    def __iter__(self) -> Iterator[T]:
        for item in self._items:
            self.number += self._size(item)
            yield item
