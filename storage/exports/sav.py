"""SPSS's own file, by pyreadstat, which is installed only by who wants it. It holds the whole table in memory."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from storage.exports.cells import Cell, Row
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
from storage.exports.formats import Counts, Unfit
from storage.exports.whole import BYTES

OPEN = Path("/proc/self/fd")
MADE_AT, NEVER = 92, b"01 Jan 8000:00:00"  # where a file says on which day and when it was made
ABSENT = (
    "SPSS's own format needs a library that is not installed: pip install 'testimony[sav]'. "
    "Or choose spss: syntax and data that SPSS reads."
)


def write(extract: Extract, file: BYTES) -> Counts:
    """The table of interviews. Raises Unfit without the library, and where there are repeats."""
    try:
        import pandas
        import pyreadstat
    except ImportError:
        raise Unfit(ABSENT) from None
    if len(extract.tables) > 1:
        raise Unfit("A SAV file holds one table, and this flow has repeats. Choose spss.")
    extract = extract.coded()
    table = extract.tables[0]
    found = variables(extract, table)
    listed = [_values(found, row) for row in rows(extract, table, found)]
    frame = pandas.DataFrame(listed, columns=[one.name for one in found])
    for one in found:  # an empty column, too, has a type
        if one.type == NUMBER:
            frame[one.name] = frame[one.name].astype("float64")
        elif one.type == TEXT:
            frame[one.name] = frame[one.name].fillna("").astype("object")
        else:
            frame[one.name] = frame[one.name].astype("object")
    with _named() as (name, made):
        pyreadstat.write_sav(frame, name, **_dictionary(found))
        made.seek(0)
        content = made.read(MADE_AT + len(NEVER))
        file.write(content[:MADE_AT] + NEVER)  # the same answers are to give the same bytes
        shutil.copyfileobj(made, file)
    return {"": len(listed)}


@contextmanager
def _named() -> Iterator[tuple[str, IO[bytes]]]:
    """A file with a name, for who opens it by that: in memory where the system has such, lest words lie on the disk.

    Elsewhere in a folder of our own, that is gone afterwards.
    """
    if hasattr(os, "memfd_create") and OPEN.is_dir():
        with os.fdopen(os.memfd_create("answers"), "rb") as made:
            yield str(OPEN / str(made.fileno())), made
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        path.touch(0o600)
        with path.open("rb") as made:
            yield str(path), made


def _dictionary(found: list[Variable]) -> dict[str, Any]:
    labels: dict[str, dict[Any, str]] = {}
    for one in found:
        said: dict[Any, str] = {value: SAID[mark] for mark, value in one.missing.items()}
        known: dict[Any, str] = {
            float(c) if one.type == NUMBER else c: text for c, text in one.values.items()
        }
        if one.type != DAY and (known or said):
            labels[one.name] = {
                value: cut(text, VALUE_BYTES) for value, text in {**known, **said}.items()
            }
    return {
        "column_labels": [cut(one.label, LABEL_BYTES) for one in found],
        "variable_value_labels": labels,
        "missing_ranges": {
            one.name: list(one.missing.values())
            for one in found
            if one.missing and one.type in (NUMBER, TEXT)
        },
    }


def _values(found: list[Variable], row: Row) -> dict[str, Any]:
    return {one.name: _value(one, row[one.name]) for one in found}


def _value(one: Variable, cell: Cell) -> Any:
    if cell is None or one.type not in (DAY, MOMENT):
        return cell
    if one.type == DAY:
        return date.fromisoformat(str(cell))
    return datetime.fromisoformat(str(cell)).replace(tzinfo=None)
