"""The XML of a workbook: well formed whatever stands in it, and what every program of sheets understands."""

import io
import re
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from storage.db import Database
from storage.exports.book_parts import MAIN, inline
from storage.exports.sheets import Column, letters, line, pieces, serial
from tests.storage.exporting import extract, made, say, two
from tests.storage.material import examples

HALF = "\ud83c"  # of a character: no letter at all
NEAR = st.lists(
    st.sampled_from(["_", "x", "0041", "000D", "_x", "\x01", "\r", HALF, "&", "<", " "])
)
texts = st.one_of(st.text(st.characters()), NEAR.map("".join))


def understood(element: str) -> str:
    """A text as a spreadsheet takes it out of its element."""
    text = ElementTree.fromstring(element).text or ""  # noqa: S314 - we wrote it
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@given(texts)
@examples(500)
def test_any_text_is_well_formed_and_comes_back(text: str) -> None:
    assert understood(inline(text)) == text


@pytest.mark.parametrize(
    "text", [HALF, "_x0041_x0042_", "_x0041\x01", "\x7f\x85\ufffe", " a ", "\r\n"]
)
def test_hostile_texts_come_back(text: str) -> None:
    assert understood(inline(text)) == text
    inline(text).encode()


@pytest.mark.parametrize("place", [0, 25, 26, 701, 702, 16_383])
def test_columns_are_called_as_in_every_spreadsheet(place: int) -> None:
    assert letters(place) == get_column_letter(place + 1)


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001 - no zones there
@examples(300)
def test_a_moment_is_counted_as_in_every_spreadsheet(moment: datetime) -> None:
    assert serial(moment) == pytest.approx(to_excel(moment), abs=1e-9)


def test_a_row_says_where_its_cells_are_and_leaves_empty_ones_out() -> None:
    columns = [Column(key, place, "", lambda *_: None) for place, key in enumerate("abc")]
    assert line(7, columns, ["x", None, -2.5]) == (
        '<row r="7"><c r="A7" s="2" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="C7" s="3"><v>-2.5</v></c></row>'
    )


def test_the_rest_of_a_long_text_is_told_with_its_column() -> None:
    rest: list[tuple[str, int, str]] = []
    column = Column("said", 0, "text", lambda *about: rest.append(about))
    for _ in range(2):  # what is long is not kept: it must go on again
        assert column["x" * 70_000].count("x") == 30_000
    assert [(key, part) for key, part, _ in rest] == [("said", 2), ("said", 3)] * 2
    assert "".join(piece for *_, piece in rest[:2]) == "".join(pieces("x" * 70_000)[1:])


def test_every_part_of_a_book_is_well_formed_and_named(database: Database) -> None:
    two(database)
    say(database, HOSTILE)
    with zipfile.ZipFile(io.BytesIO(made("xlsx", extract(database)))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    trees = {name: ElementTree.fromstring(content) for name, content in parts.items()}  # noqa: S314
    types = {one.get("PartName") for one in trees["[Content_Types].xml"]} - {None}
    assert types == {f"/{name}" for name in parts if not name.endswith((".rels", "Types].xml"))}
    assert not any(
        tree.iter(f"{{{MAIN}}}f") and list(tree.iter(f"{{{MAIN}}}f")) for tree in trees.values()
    )
    sheet = [one.tag.split("}")[1] for one in trees["xl/worksheets/sheet1.xml"]]
    assert sheet == ["sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter"]


HOSTILE = "<r>\x00\x1b[2J&]]>=1+1 _x0041_x0042_\ufffe 🏠\r\n"


def test_it_is_read_the_same_by_who_reads_it_as_a_stream(database: Database) -> None:
    two(database)
    say(database, HOSTILE)
    content = made("xlsx", extract(database))
    ways = [load_workbook(io.BytesIO(content), read_only=fast) for fast in (True, False)]
    streamed, whole = ([list(sheet.values) for sheet in book] for book in ways)
    assert streamed == whole
    assert len(whole) == 4
