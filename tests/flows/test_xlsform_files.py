"""What is no form is told plainly, and nothing large is unpacked."""

import io
import random
import zipfile
from contextlib import suppress

import pytest
from xlsforms import book, form

from flows.xlsform import FormError
from flows.xlsform.book import MAX_BYTES, MAX_ROWS, MAX_UNPACKED, letter
from flows.xlsform.importing import import_form

GOOD = form(["text", "a", "A?"])

NO_FORMS = {
    "nothing": (b"", "This is not an Excel workbook"),
    "words": (b"type,name,label\ntext,a,A?\n", "This is not an Excel workbook"),
    "markdown": (b"| survey |\n| | type | name |", "This is not an Excel workbook"),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "This is an old Excel file",
    ),
    "half a workbook": (GOOD[: len(GOOD) // 2], "This is not an Excel workbook"),
    "too many bytes": (b"PK" + b"\0" * MAX_BYTES, "This file is too large"),
    "no survey": (
        book(sheet=[["type"]]),
        "There is no sheet “survey” with the questions in this file.",
    ),
    "a misspelt survey": (book(Surveys=[["type"]]), "Is it “Surveys”? Rename it."),
    "no types": (book(survey=[["name", "label"], ["a", "A?"]]), "has no column “type”"),
    "no rows": (book(survey=[["type", "name", "label"]]), "holds no questions"),
    "an empty survey": (book(survey=[]), "has no column “type”"),
}


@pytest.mark.parametrize(("data", "said"), NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_is_told_plainly(data, said):
    with pytest.raises(FormError, match=said.replace("?", r"\?")):
        import_form(data, "small")


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_zip_that_is_no_workbook_is_told():
    with pytest.raises(FormError, match="This is not an Excel workbook"):
        import_form(packed(**{"word__document.xml": b"<a/>"}), "small")


def test_a_small_zip_that_holds_much_is_not_unpacked():
    parts = {"xl__workbook.xml": b"<workbook/>", "xl__bomb.xml": b" " * (MAX_UNPACKED + 1)}
    bomb = packed(**parts)
    assert len(bomb) < 100_000
    with pytest.raises(FormError, match="too large"):
        import_form(bomb, "small")


def test_a_zip_of_many_parts_is_not_unpacked():
    parts = {"xl__workbook.xml": b"<workbook/>", **{f"p{n}": b"" for n in range(1100)}}
    with pytest.raises(FormError, match="too large"):
        import_form(packed(**parts), "small")


def test_entities_within_entities_are_not_unfolded():
    """Each of ten times the one before: a billion in a page."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e9;</a>'
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
        parts = {name.replace("/", "__"): good.read(name) for name in good.namelist()}
    parts["xl__workbook.xml"] = bomb.encode()
    with pytest.raises(FormError, match="damaged"):
        import_form(packed(**parts), "small")


def test_a_sheet_with_too_many_rows_or_columns_is_refused():
    rows = [["text", f"q{n}", "A?"] for n in range(MAX_ROWS + 1)]
    with pytest.raises(FormError, match="at most 5000 rows and 200 columns"):
        import_form(form(*rows), "small")
    with pytest.raises(FormError, match="at most 5000 rows and 200 columns"):
        import_form(form(["text", "a", *["A?"] * 300]), "small")


def test_groups_that_lie_too_deep_are_refused():
    deep = [["begin_group", f"g{n}", "G"] for n in range(500)]
    with pytest.raises(FormError, match="too deeply"):
        import_form(form(*deep), "small")


def test_a_damaged_workbook_ends_in_a_plain_message_or_in_a_flow():
    """One byte after another is changed, in the parts themselves and in the zip around them."""
    chance = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
        parts = {name.replace("/", "__"): good.read(name) for name in good.namelist()}
    for _ in range(150):
        name = chance.choice(list(parts))
        content = bytearray(parts[name])
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        raw = bytearray(packed(**{**parts, name: bytes(content)}))
        if chance.random() < 0.3:
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with suppress(FormError):
            assert import_form(bytes(raw), "small").source


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letter(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]
