"""Whatever people write comes back from an export as they wrote it, and no program takes it for anything but words."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from storage.db import Database
from storage.exports.sheets import PIECE, pieces
from storage.library import Library
from storage.tables import harmless
from tests.storage.exporting import extract, made, say
from tests.storage.material import examples, publish, source, tell

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\t=1+1",
    "\r=1+1",
    " \n\0=1+1",
    "\u202e=1+1\u202c",
    "a\rb\r\nc\nd",
    'say "no", he; said\t',
    "\0",
    "a\0b",
    "<r><t>x</t></r>",
    "<r>=1+1</r>",
    "_x003D_1+1",
    "_x0000_",
    "]]>&amp;<c t='str'><f>1</f></c>",
    "{=1+1}",
    " leading and trailing ",
    "\ufeff=1",
    "\ufffe\uffff",
    "\x1f\x7f\x85\u2028",
    "’'quoted",
    "(refused) ",
)
LONG = ("x" * 100_000, "=" * 100_000, "🏠" * 40_000, "<r>" + "=" * PIECE + "</r>")
PARTS = ["=", "＝", "+", "-", "@", "\t", "\r", "\n", "\0", "'", '"', ",", "\u202e", "\ufeff", "<r>"]
PARTS += ["</r>", "_x000D_", "🏠", "a", "1", " ", "&", "]]>"]
words = st.one_of(
    st.sampled_from(HOSTILE), st.text(), st.lists(st.sampled_from(PARTS)).map("".join)
).filter(bool)


@pytest.fixture(autouse=True, scope="module")
def cells_of_any_size() -> Iterator[None]:
    """Python's reader refuses cells above 128 KB; its limit is the process's, and other tests rely on it."""
    limit = csv.field_size_limit(10**9)
    yield
    csv.field_size_limit(limit)


@pytest.fixture
def told(database: Database) -> Database:
    publish(database, source("  said: {type: text, label: What?}\n"))
    tell(database, Library(), "SMALL", "yes", "something")
    return database


def from_csv(database: Database) -> str:
    content = made("csv", extract(database)).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    return row["said"]


def from_package(database: Database) -> str:
    with zipfile.ZipFile(io.BytesIO(made("datapackage", extract(database)))) as packed:
        content = packed.read("answers.csv").decode()
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    return row["said"]


def from_workbook(database: Database) -> str:
    book = load_workbook(io.BytesIO(made("xlsx", extract(database))))
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert all(len(str(cell.value)) < 32_768 for row in sheet.iter_rows() for cell in row)
    names = [cell.value for cell in book["answers"][1]]
    first = book["answers"].cell(2, names.index("said") + 1).value or ""
    rest = book["continued"].iter_rows(min_row=2) if "continued" in book.sheetnames else ()
    return "".join(unescape(str(text)) for text in [first, *(row[-1].value for row in rest)])


@pytest.mark.parametrize("read", [from_csv, from_package, from_workbook])
@given(words)
@examples(60)
def test_it_comes_back_but_for_the_apostrophe_that_was_promised(
    told: Database, read: Callable[[Database], str], said: str
) -> None:
    say(told, said)
    assert read(told) == (in_a_sheet(harmless(said)) if read is from_workbook else harmless(said))


def in_a_sheet(text: str) -> str:
    """What the library of workbooks would take for XML of its own has an apostrophe, too."""
    return f"'{text}" if text.startswith("<r>") and text.endswith("</r>") else text


@pytest.mark.parametrize("said", HOSTILE)
def test_every_hostile_word_comes_back(told: Database, said: str) -> None:
    say(told, said)
    assert from_csv(told) == from_package(told) == harmless(said)
    assert from_workbook(told) == in_a_sheet(harmless(said))


@pytest.mark.parametrize("place", range(len(LONG)))
def test_a_text_of_a_hundred_thousand_letters_comes_back(told: Database, place: int) -> None:
    say(told, LONG[place])
    assert from_csv(told) == harmless(LONG[place])
    assert from_workbook(told) == harmless(LONG[place])
    assert len(entry(told, "answers.csv").splitlines()[1].encode()) < 33_000


@given(words)
@examples(60)
def test_json_says_exactly_what_was_said(told: Database, said: str) -> None:
    say(told, said)
    (line,) = made("jsonl", extract(told)).decode().split("\n")[:-1]
    assert json.loads(line)["answers"]["said"] == said


def entry(database: Database, name: str) -> str:
    """A file of the export for SPSS."""
    with zipfile.ZipFile(io.BytesIO(made("spss", extract(database)))) as packed:
        return packed.read(name).decode()


@given(words)
@examples(60)
def test_the_data_for_spss_are_a_line_a_row(told: Database, said: str) -> None:
    say(told, said)
    content, syntax = entry(told, "answers.csv"), entry(told, "answers.sps")
    header, row = content.removeprefix("\ufeff").removesuffix("\r\n").split("\r\n")
    cells = dict(zip(*csv.reader([header, row]), strict=True))
    width = int(syntax.split("    said A")[1].split("\n")[0])
    assert len(cells["said"].encode()) <= max(width, 8)


@given(st.text(alphabet=st.sampled_from("a🏠é\n"), max_size=50), st.integers(1, 3))
@examples(100)
def test_the_pieces_of_a_long_text_are_the_text(text: str, times: int) -> None:
    text = (text or "x") * (times * PIECE // 25)
    found = pieces(text)
    assert "".join(found) == text
    assert all(len(piece.encode("utf-16-le")) // 2 <= PIECE for piece in found)
