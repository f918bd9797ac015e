"""Exports as CSV: what a person wrote comes back whole, and no spreadsheet takes it for a formula."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.exports import Cell
from storage.tables import csv_lines, harmless
from tests.storage.material import examples

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def through_a_file(folder: Path, *cells: Cell) -> list[str]:
    """The cells of one column, written as an export is and read as the csv module wants it."""
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(["words", "n"], [{"words": cell, "n": 1} for cell in cells]))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["words"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", "\n", "\0", " \n \0"])
def test_what_could_run_as_a_formula_gets_an_apostrophe(before: str, start: str) -> None:
    cell = f"{before}{start}HYPERLINK()"
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["home justice", "a=b", "1-2", "", "'quoted", "¿Qué?", 3, -3, 2.5, -2.5, None]
)
def test_everything_else_is_left_alone(cell: Cell) -> None:
    assert harmless(cell) == cell


@given(st.text())
@examples(200)
def test_whatever_is_written_comes_back(tmp_path: Path, words: str) -> None:
    (read,) = through_a_file(tmp_path, words)
    assert read == harmless(words)
    assert read.removeprefix("'") == words.removeprefix("'")


@given(st.text(alphabet=" \n\r\t\0\ufeff\u3000=＝+-@1a", min_size=1))
@examples(200)
def test_no_cell_that_is_read_begins_as_a_formula(tmp_path: Path, words: str) -> None:
    (read,) = through_a_file(tmp_path, words)
    assert not read.lstrip(" \n\0").startswith(STARTS)


def test_a_file_opens_with_its_marks_and_ends_its_lines_as_rfc_4180_says() -> None:
    rows: list[dict[str, Cell]] = [{"a": "x,y", "b": None}, {"a": 'say "no"', "b": 2}]
    text = "".join(csv_lines(["a", "b"], rows))
    assert text == '\ufeffa,b\r\n"x,y",\r\n"say ""no""",2\r\n'


def test_a_table_without_rows_still_has_its_header() -> None:
    assert list(csv_lines(["a", "b"], [])) == ["\ufeffa,b\r\n"]


def test_lines_come_one_at_a_time() -> None:
    """A row is written before the next is asked for, so that an export is never held in memory."""
    asked: list[int] = []

    def rows():  # type: ignore[no-untyped-def]
        for number in range(3):
            asked.append(number)
            yield {"a": number}

    lines = csv_lines(["a"], rows())
    assert next(lines) == "\ufeffa\r\n"
    assert next(lines) == "0\r\n"
    assert asked == [0, 1]
