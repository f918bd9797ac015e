"""Translators' files: what goes out comes back equal, and what is no such file is told in plain words."""

import csv
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import openpyxl
import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples
from translators import FLOW, FORMATS, HEADER, MOMENT, entries, filled, in_vietnamese, translated

from flows.language.entries import Entry, State
from flows.translating.files import read_file, write_file
from flows.translating.sheet import MAX_BYTES, Row, Unreadable
from flows.translating.tables import COLUMNS, guarded, unguarded

ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1)
TRICKY = st.sampled_from(
    [
        *("=1+1", "'=x", "''@y", "+1", "-x", "@SUM(A1)", "＝x", " = x", "0012", "_x0041_"),
        *(
            '"quoted"',
            "a;b,c\td",
            "{{x}} {city|a}",
            "a\\nb",
            "#, fuzzy",
            "two\nlines",
            "\n\nbegins",
        ),
        *("بيتي", "👩‍👩‍👧 é\u0301", "it’s\u00a0so"),
    ]
)
STALE = translated().replace('en: "Which city?"', 'en: "Which town?"')


def written(form: str, *given_entries: Entry, language: str = "vi") -> bytes:
    header = replace(HEADER, language=language)
    return write_file(f"small.{form}", given_entries or entries(), header, MOMENT)


def cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def as_csv(rows: list[list[str]], sign: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign).writerows(rows)
    return text.getvalue().encode()


def as_xlsx(change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object]) -> bytes:
    """What goes out as a workbook, changed by hand."""
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    change(book.worksheets[0])
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def as_zip(**parts: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/"), part)
    return raw.getvalue()


def why_not(name: str, raw: bytes) -> str:
    with pytest.raises(Unreadable) as told:
        read_file(name, raw)
    return str(told.value)


@pytest.mark.parametrize("form", FORMATS)
@examples(80)
@given(source=ANY | TRICKY, translation=ANY | TRICKY | st.just(""))
def test_what_goes_out_comes_back_equal(form: str, source: str, translation: str) -> None:
    text = Entry("questions.a.label", (), source, translation, State.DONE)
    found = read_file(f"a.{form}", written(form, text))
    assert found.header == HEADER
    assert found.rows == (Row("questions.a.label", source, translation),)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_texts_make_the_same_bytes(form: str) -> None:
    assert written(form) == written(form)


@pytest.mark.parametrize("form", FORMATS)
def test_every_text_comes_back(form: str) -> None:
    found = filled(form=form)
    assert [(row.id, row.translation) for row in found.rows] == [
        (one.id, in_vietnamese(one)) for one in entries()
    ]


def test_a_catalog_says_what_translators_tools_want_to_know() -> None:
    catalog = polib.pofile(written("po", *entries(language="ar"), language="ar").decode())
    assert catalog.metadata["Language"] == "ar"
    assert catalog.metadata["Project-Id-Version"] == "small"
    assert catalog.metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert catalog.metadata["Plural-Forms"].startswith("nplurals=6;")
    assert catalog.metadata["PO-Revision-Date"] == "2026-05-31 12:00+0000"
    issue = catalog.find("questions.issue.label", by="msgctxt")
    assert issue.msgid == "What weighs on you in {city}?"
    assert issue.comment.splitlines()[1] == "{city}: the answer to “Which city?”"
    assert "python-brace-format" in issue.flags


def test_a_stale_text_is_fuzzy_and_tells_what_it_was_made_from() -> None:
    texts = entries(STALE, older=translated())
    catalog = polib.pofile(written("po", *texts).decode())
    city = catalog.find("questions.city.label", by="msgctxt")
    assert (city.fuzzy, city.previous_msgid) == (True, "Which city?")
    assert [entry.fuzzy for entry in catalog].count(True) == 1


def test_a_table_names_its_columns_and_the_state_of_each_text() -> None:
    rows = cells(written("csv", *entries(STALE)))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][0] == "testimony:small:en:vi"
    states = {row[0]: row[COLUMNS.index("state")] for row in rows[2:]}
    assert states["questions.city.label"] == "stale"
    assert states["questions.issue.hint"] == "done"


def test_a_workbook_is_laid_out_for_a_translator() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(written("xlsx", *entries(language="ar"), language="ar"))
    )
    page = book.worksheets[0]
    assert (page.title, page.freeze_panes, page.sheet_view.rightToLeft) == ("ar", "B2", True)
    assert page.protection.sheet
    name, translation = page["A3"], page["D3"]
    assert (name.protection.locked, translation.protection.locked) == (True, False)
    assert (translation.number_format, translation.alignment.wrap_text) == ("@", True)


def test_no_cell_of_a_table_is_a_formula() -> None:
    text = Entry("a", (), "=1+1", "@x", State.DONE)
    assert cells(written("csv", text))[2][2:4] == ["'=1+1", "'@x"]
    page = openpyxl.load_workbook(io.BytesIO(written("xlsx", text))).worksheets[0]
    assert (page["C3"].value, page["C3"].data_type) == ("=1+1", "s")


@examples(200)
@given(st.text(alphabet="'=+-@ a\t"))
def test_what_is_guarded_is_read_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in tuple("=+-@\t")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_the_tables_of_other_countries_are_read_too(sign: str) -> None:
    raw = as_csv(cells(written("csv")), sign)
    assert len(read_file("a.csv", raw).rows) == len(entries())
    assert len(read_file("a.csv", raw.decode().encode("utf-16")).rows) == len(entries())


def test_columns_may_be_moved_and_added() -> None:
    raw = as_csv([["Mine", "Translation", "ID", "source"], ["x", "V", "title", "T"]])
    assert read_file("a.csv", raw).rows == (Row("title", "T", "V"),)


def test_a_number_that_was_typed_is_a_text() -> None:
    raw = as_xlsx(lambda page: page.__setitem__("D3", 12))
    assert read_file("a.xlsx", raw).rows[0].translation == "12"


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.docx", b"x", "must end in .po, .xlsx or .csv"),
        ("a", b"x", "must end in .po, .xlsx or .csv"),
        ("a.po", b"", "is empty"),
        ("a.po", b"x" * (MAX_BYTES + 1), "larger than 10 MB"),
        ("a.po", b"no catalog", "holds no msgid"),
        ("a.po", b'msgid "a"\nmsgstr "b" c"\n', "cannot be read (line 2"),
        ("a.po", 'msgid "é"'.encode("latin-1"), "not UTF-8"),
        ("a.csv", "id,é".encode("latin-1"), "not UTF-8"),
        ("a.csv", b"id,source\n", "no column translation"),
        ("a.csv", b"id,source,translation\n,T,V\n", "stands in a row without an id"),
        ("a.csv", b'id,source,translation\n"a' + b"x" * 200_000, "not a CSV file"),
        ("a.csv", b"PK\x03\x04", "This is a workbook"),
        ("a.xlsx", b"PK\x03\x04", "not a workbook"),
        ("a.xlsx", b"id,source,translation", "not a workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "has a password"),
        ("a.xlsx", as_zip(a=b"b"), "not a workbook"),
        ("a.xlsx", as_zip(xl__worksheets__1=b"", xl__vbaProject=b""), "has macros"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",  # a ZIP has the hour in its bytes
)
def test_what_is_no_file_of_ours_is_told_so(name: str, raw: bytes, reason: str) -> None:
    assert reason in why_not(name, raw)


def grown(**parts: bytes) -> bytes:
    """A workbook with parts in the place of its own."""
    raw = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written("xlsx"))) as old,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(Path(name).stem, old.read(name)))
    return raw.getvalue()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (grown(sheet1=b" " * 31_000_000), "too large"),
        (grown(sheet1=b"<c/>" * 100_001), "too many cells"),
        (grown(sheet1=b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'), "entities of its own"),
        (grown(sheet1=b'<x><mergeCell ref="A1:XFD1048576"/></x>'), "A1:XFD1048576 are merged"),
        (grown(sheet1=b"<worksheet"), "damaged"),
        (grown(workbook=b"<a/>"), "holds no sheet"),
    ],
    ids=["unpacks", "cells", "entities", "merged", "cut off", "another"],
)
def test_a_workbook_that_would_do_harm_is_not_opened(raw: bytes, reason: str) -> None:
    assert len(raw) < 100_000
    assert reason in why_not("a.xlsx", raw)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda page: page.__setitem__("D3", "=1+1"), "D3 holds a formula"),
        (lambda page: page.__setitem__("D3", MOMENT.at.replace(tzinfo=None)), "D3 holds a date"),
        (lambda page: page.__setitem__("D3", True), "D3 holds true or false"),
        (lambda page: page.merge_cells("D3:D4"), "D3:D4 are merged"),
        (lambda page: page.delete_cols(4), "no column translation"),
    ],
    ids=["formula", "date", "truth", "merged", "column"],
)
def test_what_a_spreadsheet_makes_of_a_text_is_told(
    change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object], reason: str
) -> None:
    assert reason in why_not("a.xlsx", as_xlsx(change))


def test_a_cell_far_out_costs_nothing() -> None:
    raw = as_xlsx(lambda page: page.__setitem__("XFD1048576", "far"))
    assert len(read_file("a.xlsx", raw).rows) == len(entries())


def test_a_link_over_all_cells_costs_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(written("xlsx"))) as book:
        page = book.read("xl/worksheets/sheet1.xml")
    link = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
    raw = grown(sheet1=page.replace(b"<pageMargins", link + b"<pageMargins"))
    assert len(read_file("a.xlsx", raw).rows) == len(entries())


def test_a_catalog_is_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    other = tmp_path / "msgid.po"
    other.write_bytes(written("po"))
    assert "cannot be read (line 1" in why_not("a.po", str(other).encode())


@pytest.mark.parametrize("form", FORMATS)
@examples(60)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(form: str, data: st.DataObject) -> None:
    """Whatever a post office does to it."""
    raw = bytearray(RAW[form])
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for left in (raw[: data.draw(st.integers(0, len(raw)))], raw):
        with suppress(Unreadable):
            read_file(f"a.{form}", bytes(left))


RAW = {form: written(form, *entries(FLOW)) for form in FORMATS}
