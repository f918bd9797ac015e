"""What someone edits in the spreadsheet of a flow is taken; everything else stays as the flow said it."""

from io import BytesIO

from openpyxl import load_workbook
from xlsform_flows import SOURCES, loaded
from xlsforms import flow_of

from flows.xlsform.importing import import_form


def edited(source: str, name: str, sheet: str, changes: dict[str, str]) -> bytes:
    """The form of a flow with some of its cells changed, each found by what it says."""
    _, exported = loaded(source, name)
    made = load_workbook(BytesIO(exported.data))
    for row in made[sheet].iter_rows():
        for cell in row:
            if cell.value in changes:
                cell.value = changes[cell.value]
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def test_an_edited_text_is_taken_and_its_translation_stays():
    data = edited(
        SOURCES["parks"], "parks", "survey", {"What would you change in it?": "Which tree?"}
    )
    label = flow_of(import_form(data, "parks"), "parks").by_id["wish"].label
    assert label == {"en": "Which tree?", "es": "¿Qué cambiaría?"}


def test_an_edited_condition_is_taken_and_told():
    data = edited(SOURCES["household"], "household", "survey", {"${people} > 6": "${people} > 8"})
    back = import_form(data, "household")
    assert flow_of(back, "household").by_id["crowd"].relevant.source == "people > 8"
    assert [str(one) for one in back.told] == [
        "survey row 8, relevant: it was edited, and now says: people > 8"
    ]


def test_an_edited_text_with_a_pipe_is_taken_without_its_fallback():
    old = "${people} is a full house!"
    data = edited(SOURCES["household"], "household", "survey", {old: "${people}! {full}"})
    label = flow_of(import_form(data, "household"), "household").by_id["crowd"].label
    assert label["en"] == "{people}! {{full}}"


def test_a_choice_can_be_added_in_the_spreadsheet():
    _, exported = loaded(SOURCES["parks"], "parks")
    made = load_workbook(BytesIO(exported.data))
    made["choices"].append(["near", "green", "A green one", "Uno verde"])
    out = BytesIO()
    made.save(out)
    back = flow_of(import_form(out.getvalue(), "parks"), "parks")
    assert [choice.code for choice in back.by_id["near"].choices] == ["one", "far", "green"]


def test_a_language_can_be_added_in_the_spreadsheet():
    _, exported = loaded(SOURCES["parks"], "parks")
    made = load_workbook(BytesIO(exported.data))
    sheet = made["survey"]
    sheet.cell(1, sheet.max_column + 1).value = "label::Tiếng Việt (vi)"
    sheet.cell(6, sheet.max_column).value = "Gì?"
    out = BytesIO()
    made.save(out)
    back = flow_of(import_form(out.getvalue(), "parks"), "parks")
    assert back.languages == ("en", "es", "vi")
    assert back.by_id["wish"].label["vi"] == "Gì?"
