"""Values and words in one column: told apart for formats whose columns have a type."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.language.expressions import BOOL, CODE, CODES, DATE, FILES, NUMBER
from storage.exports.cells import REFUSED, Cell, Row
from storage.exports.columns import Column, Table
from storage.exports.disclosing import WITHHELD
from storage.exports.extract import Extract
from storage.exports.labelling import Labels

MISSING = (REFUSED, WITHHELD)
TYPED = (NUMBER, BOOL, DATE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def is_number(column: Column) -> bool:
    """Whether its values are numbers: also 0 and 1 of a choice, and how many times of a repeat."""
    return bool(column.choice or column.inside) or column.kind in (NUMBER, BOOL)


def fits(column: Column, cell: Cell) -> bool:
    """Whether a cell is empty, missing, or of its column's type; what was kept as written is not."""
    if cell is None or cell in MISSING:
        return True
    if is_number(column):
        return not isinstance(cell, str)
    return column.kind != DATE or bool(_DATE.fullmatch(str(cell)))


def closed(labels: Labels, column: Column, cell: Cell) -> Cell:
    """The cell where it is a closed answer, else nothing: no word that a person wrote comes through."""
    if column.kind in (CODE, CODES) and isinstance(cell, str) and cell not in MISSING:
        return cell if labels.codes(column) >= set(cell.split(" ")) else None
    known = is_number(column) or column.kind in (DATE, CODE, CODES, FILES)
    return cell if known and fits(column, cell) else None


@dataclass(frozen=True)
class Field:
    """One column of a typed table: values, or ``words``, what was written where a value was asked for."""

    name: str
    column: Column | None = None
    words: bool = False


def fields_of(extract: Extract, table: Table) -> list[Field]:
    """The columns of a table; behind one of numbers or days another for words, where somebody's were kept."""
    worded = extract.worded()
    found = [Field(name) for name in table.key]
    for column in table.columns:
        found.append(Field(column.name, column))
        plain = column.choice is None and not column.inside
        if plain and column.kind in TYPED and column.question in worded:
            found.append(Field(f"{column.name}/words", column, words=True))
    return found


def typed(fields: list[Field], rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with every cell where its type is."""
    for row in rows:
        yield {field.name: _cell(field, row) for field in fields}


def _cell(field: Field, row: Row) -> Cell:
    if field.column is None:
        return row[field.name]
    cell = row[field.column.name]
    return cell if fits(field.column, cell) is not field.words else None
