"""SPSS's own file, by pyreadstat, which is installed only by who wants it. It holds the whole table in memory."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

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

MANY = 1024 * 1024
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(frame, str(path), **_dictionary(found))
        _date(path)
        with path.open("rb") as made:
            while block := made.read(MANY):
                file.write(block)
    return {"": len(listed)}


def _date(path: Path) -> None:
    """Say of the file that it was always made at the same time: the same answers are to give the same bytes."""
    with path.open("r+b") as made:
        made.seek(MADE_AT)
        made.write(NEVER)


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
