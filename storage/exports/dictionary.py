"""What SPSS calls the columns of an export: names, types, labels and missing values. Shared by its two formats."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.language.expressions import CODE, CODES, DATE
from storage.exports.cells import REFUSED, Cell, Row
from storage.exports.columns import Column, Table
from storage.exports.disclosing import WITHHELD
from storage.exports.extract import Extract
from storage.exports.values import Field, fields_of, is_number, typed

NAME_BYTES, LABEL_BYTES, VALUE_BYTES = 64, 250, 118
TEXT_BYTES = 32_766  # and an apostrophe
RESERVED = frozenset(
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"]
)
NUMBER, DAY, MOMENT, TEXT = "number", "day", "moment", "text"
# what stands for an answer that is not there; of a text at most 8 bytes
MISSING: Mapping[str, Mapping[str, Cell]] = {
    NUMBER: {REFUSED: -999_999_999, WITHHELD: -999_999_998},
    DAY: {REFUSED: "1583-01-01", WITHHELD: "1583-01-02"},
    TEXT: {REFUSED: "#refused", WITHHELD: "#hidden"},
    MOMENT: {},
}
SAID = {REFUSED: "Refused", WITHHELD: "Withheld"}


@dataclass(frozen=True)
class Variable:
    """One variable of SPSS: where its cells come from, its type, its label and those of its values."""

    name: str
    source: Field
    type: str
    label: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> Mapping[str, Cell]:
        """What stands for a refused and for a withheld answer; nothing where there is always a value."""
        return MISSING[self.type] if self.source.column else {}


def variables(extract: Extract, table: Table) -> list[Variable]:
    """The variables of a table. Several choices are a variable each, 0 or 1; their list is left out."""
    fields = [
        one
        for one in fields_of(extract, table)
        if not (one.column and one.column.kind == CODES and one.column.choice is None)
    ]
    names = valid_names(one.name for one in fields)
    return [_variable(extract, one, name) for one, name in zip(fields, names, strict=True)]


def _variable(extract: Extract, source: Field, name: str) -> Variable:
    column, labels = source.column, extract.labels
    if column is None:
        kind = NUMBER if source.name in ("interview", "index") else TEXT
        kind = MOMENT if source.name.endswith("_at") else kind
        tongues = labels.languages if source.name == "language" else ()
        return Variable(
            name, source, kind, source.name, {code: labels.tongue(code) for code in tongues}
        )
    label = labels.heading(column) + (" (in words)" if source.words else "")
    kind = TEXT if source.words else _type(column)
    values = labels.of(column) if column.kind == CODE else {}
    if column.choice:
        values = {"0": "No", "1": "Yes"}
    return Variable(name, source, kind, label, values)


def _type(column: Column) -> str:
    return NUMBER if is_number(column) else DAY if column.kind == DATE else TEXT


def rows(extract: Extract, table: Table, found: list[Variable]) -> Iterator[Row]:
    """The rows as SPSS takes them, by the names of its variables."""
    fields = [one.source for one in found]
    reread = list({*fields, *(Field(c.name, c) for c in table.columns if c.choice is None)})
    for row in typed(reread, extract.rows(table)):
        yield {one.name: _cell(one, row) for one in found}


def _cell(variable: Variable, row: Row) -> Cell:
    column, cell = variable.source.column, row[variable.source.name]
    if column and column.choice and cell is None:
        cell = row[column.question]  # refused or withheld: so is each of its choices
        return variable.missing.get(cell) if isinstance(cell, str) else None
    if isinstance(cell, str) and cell in variable.missing:
        return variable.missing[cell]
    if variable.type == DAY and isinstance(cell, str) and date.fromisoformat(cell).year < 1583:
        return None  # before its calendar begins
    return _one_line(cell) if variable.type == TEXT and isinstance(cell, str) else cell


def _one_line(text: str) -> str:
    """A text as its reader of CSV needs it: on one line, and without what it cannot hold."""
    text = re.sub(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", " ⏎ ", text).replace("\0", "")
    return cut(text, TEXT_BYTES)


def valid_names(names: Iterable[str]) -> list[str]:
    """Names that SPSS takes: letters, digits and _, begun by a letter, 64 bytes, no word of its own, none twice."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "v"
        plain = plain if plain[0].isalpha() else f"v_{plain}"
        plain = f"{plain}_" if plain.upper() in RESERVED else plain
        found.append(_unique(plain[:NAME_BYTES].rstrip("_"), taken))
        taken.add(found[-1].upper())
    return found


def _unique(name: str, taken: Collection[str]) -> str:
    tried, number = name, 1
    while tried.upper() in taken or tried.upper() in RESERVED:
        number += 1
        end = f"_{number}"
        tried = name[: NAME_BYTES - len(end)] + end
    return tried


def cut(text: str, most: int) -> str:
    """The text, cut to so many bytes of UTF-8, no character in two."""
    return text.encode()[:most].decode(errors="ignore")
