"""A flow that goes out as a form and comes back is the same flow; and the form is one that Kobo and ODK take."""

import warnings
from io import BytesIO

import pytest
from openpyxl import load_workbook
from xlsform_flows import BUNDLE, RICH, SOURCES, loaded, rows
from xlsforms import differences, flow_of

from flows.language.shape import CareShape, ChoiceShape, FlowShape, QuestionShape
from flows.xlsform.carried import HEAD, SINGLE
from flows.xlsform.importing import import_form

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what pyxform's own libraries warn of is not ours
    from pyxform.xls2xform import convert


def round_trip(source: str, name: str) -> list[object]:
    """What is different after going out and coming back, and whatever there is to tell about it."""
    flow, exported = loaded(source, name)
    back = import_form(exported.data, name)
    return [*differences(flow, flow_of(back, name)), *back.told]


@pytest.mark.parametrize(("name", "source"), SOURCES.items(), ids=SOURCES)
def test_a_flow_comes_back_equal(name, source):
    assert round_trip(source, name) == []


@pytest.mark.parametrize(("name", "source"), SOURCES.items(), ids=SOURCES)
def test_a_form_of_a_flow_is_taken_by_pyxform_without_a_remark(name, source):
    """Which is what Kobo and ODK read forms with."""
    _, exported = loaded(source, name)
    made = convert(xlsform=exported.data, validate=False, file_type=".xlsx")
    assert made.warnings == []


def test_every_key_of_the_flow_language_goes_out():
    """A key that is new in the language must find its place in the form: a cell, or the sheet beside it."""
    cells = {"type", "label", "hint", "relevant", "constraint", "constraint_message", "required"}
    cells |= {"multiline", "choices", "start", "end", "step", "calculation", "questions"}
    assert set(QuestionShape.model_fields) == cells | {*SINGLE, "purpose", "repeat"}
    assert set(ChoiceShape.model_fields) == {"label", "accept", "other", "theme"}
    rest = {"flow", "title", "languages", "keywords", "contact", "consent", "closing", "remind"}
    rest |= {"choice_lists", "questions", "translations", "care", "leave", "not_private"}
    assert set(CareShape.model_fields) == {"words", "label"}
    assert set(FlowShape.model_fields) == {*HEAD, *rest}


def test_what_goes_out_twice_is_the_same():
    _, exported = loaded(RICH, "rich")
    _, again = loaded(import_form(exported.data, "rich").source, "rich")
    assert rows(exported.data) == rows(again.data)


def test_a_block_speaks_only_the_languages_of_the_flow_that_leaves():
    """A shared block may speak more; the form does not, and says so."""
    source = BUNDLE.replace("¿Qué lengua?}", "¿Qué lengua?, vi: Gì?}")
    flow, exported = loaded(source, "bundled")
    back = flow_of(import_form(exported.data, "bundled"), "bundled")
    assert flow.by_id["tongue"].label["vi"] == "Gì?"
    assert set(back.by_id["tongue"].label) == {"en", "es"}
    assert [str(one) for one in exported.told if one.where.startswith("texts")] == [
        "texts (vi): texts in vi, which is no language of this flow"
    ]


def test_no_cell_is_a_formula_and_every_cell_is_a_text():
    odd = RICH.replace("Which language at home?", "'=1+1'").replace("Thing?", "'+cmd|x!A1'")
    _, exported = loaded(odd, "rich")
    made = load_workbook(BytesIO(exported.data))
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert "=1+1" in {cell.value for cell in cells}


def test_other_tools_see_the_consent_before_everything_else():
    """And no question without a yes to it."""
    _, exported = loaded(SOURCES["parks"], "parks")
    survey = [row[:3] for row in rows(exported.data)["survey"][1:]]
    assert [row[:2] for row in survey] == [
        ("select_one testimony_yes_no", "consent"),
        ("note", "declined"),
        ("begin_group", "agreed"),
        ("select_one near", "near"),
        ("text", "wish"),
        ("note", "closing"),
        ("end_group", None),
    ]
    headings = rows(exported.data)["survey"][0]
    assert headings[:4] == ("type", "name", "label::English (en)", "label::Español (es)")
    relevant = headings.index("relevant")
    asked = {row[1]: row[relevant] for row in rows(exported.data)["survey"][1:]}
    assert asked["agreed"] == "${consent} = 'yes'"
    assert asked["declined"] == "${consent} = 'no'"


def test_what_other_tools_do_not_see_is_told():
    _, exported = loaded(RICH, "rich")
    told = [f"{one.kind}: {one.where}" for one in exported.told]
    assert told == [
        "unseen: country",
        "unseen: timezone",
        "unseen: unlisted",
        "unseen: contact",
        "unseen: keywords",
        "unseen: expires",
        "unseen: remind",
        "unseen: leave",
        "unseen: not_private",
        "unseen: care",
        "unseen: accept (yes_or_no, issues)",
        "unseen: attempts (safe)",
        "unseen: then (safe)",
        "unseen: theme (safe, issues)",
        "unseen: purpose (tel, mail, born, where)",
        "unseen: sensitive (tel)",
        "changed: types (tel)",
        "changed: types (mail)",
        "unseen: report (issues)",
        "unseen: repeat (incidents, unnamed)",
        "unseen: max (incidents)",
        "changed: {incidents} (incidents, what, closing_2)",
        "changed: types (pic)",
        "unseen: scope (quote)",
    ]
