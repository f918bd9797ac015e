"""The table that a translator fills in: its columns, and the rows as cells. CSV is written and read here.

A cell that a spreadsheet would take for a formula goes out with an apostrophe before it, and comes back without.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from flows.language.entries import Entry, State
from flows.translating.sheet import Header, Row, Sheet, Unreadable

COLUMNS = (
    "id",
    "context",
    "source",
    "translation",
    "placeholders",
    "longest",
    "state",
    "note",
)
NEEDED = ("id", "source", "translation")
MARK = "testimony"  # the row that says whose texts these are: testimony:city-testimony:en:vi
KEEP_ROW = "This line says which survey and which languages these are. Please leave it as it is."
HEADER_WITHIN = 10  # rows
_FORMULA = "=+\\-@\t\r＝＋－＠"
_RISKY = re.compile(f"'*[{_FORMULA}]")
_GUARDED = re.compile(f"'+[{_FORMULA}]")


def cells(entries: Iterable[Entry], header: Header) -> Iterator[tuple[str, ...]]:
    """The rows of the table, the one with the names of the columns first."""
    yield COLUMNS
    mark = ":".join((MARK, header.name, header.source, header.language))
    yield mark, KEEP_ROW, *[""] * (len(COLUMNS) - 2)
    for entry in entries:
        yield (
            entry.id,
            entry.context,
            entry.source,
            entry.translation,
            "\n".join(f"{{{name}}}: {shown}" for name, shown in entry.placeholders.items()),
            str(entry.longest or ""),
            entry.state.value,
            entry.note,
        )


def sheet_of(rows: Sequence[Sequence[str]]) -> Sheet:
    """A sheet from the cells of a table; raises Unreadable when it is not one of ours."""
    start, places = _columns(rows)
    header = Header("", "", "")
    found = []
    for cells_ in rows[start + 1 :]:
        row = {name: cells_[at] if at < len(cells_) else "" for name, at in places.items()}
        name = row["id"].strip()
        if name.startswith(f"{MARK}:") and name.count(":") == 3:
            header = Header(*name.split(":")[1:])
        elif name:
            stale = row.get("state", "").strip().lower() == State.STALE
            found.append(Row(name, row["source"], row["translation"], stale=stale))
        elif row["translation"].strip():
            raise Unreadable(
                f"The translation “{row['translation'][:40]}” stands in a row without an id. "
                "Copy the ids back from the file that was exported."
            )
    return Sheet(header, tuple(found))


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Where the row of names is, and the place of each column."""
    best: dict[str, int] = {}
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        names = [cell.strip().lower() for cell in row]
        places = {name: names.index(name) for name in COLUMNS if name in names}
        if set(NEEDED) <= places.keys():
            return number, places
        best = max(best, places, key=len)
    missing = ", ".join(name for name in NEEDED if name not in best)
    raise Unreadable(
        f"The table has no column {missing}. Its first row must name the columns: {', '.join(COLUMNS)}."
    )


def write_csv(entries: Iterable[Entry], header: Header) -> bytes:
    """The table as CSV, in the form that spreadsheets open without asking."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in cells(entries, header):
        writer.writerow([guarded(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def read_csv(raw: bytes) -> Sheet:
    """The sheet in a CSV file, parted by commas, semicolons or tabs."""
    text = _decoded(raw)
    tables = (_parted(text, sign) for sign in ",;\t")
    rows = max(
        tables, key=lambda table: len({cell.strip().lower() for cell in table[0]} & {*COLUMNS})
    )
    return sheet_of([[unguarded(cell) for cell in row] for row in rows])


def _decoded(raw: bytes) -> str:
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's “Unicode text”
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            "The file is not UTF-8 text, so letters would be lost. "
            "In a spreadsheet, save it as “CSV UTF-8”, or as .xlsx."
        ) from None


def _parted(text: str, sign: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as error:
        raise Unreadable(f"This is not a CSV file: {error}.") from None
    return rows or [[]]


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that ``guarded`` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell
