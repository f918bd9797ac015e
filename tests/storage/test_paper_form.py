"""A survey on paper: everything stands on it in its order, with boxes, and in words who leaves which out."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from flows import Flow, load, load_file
from flows.phrases import SHIPPED
from storage.meetings import Facts, Known
from storage.paper.conditions import Teller
from storage.paper.form import form, items, numbered
from storage.paper.meeting import Doors, occasion
from tests.flows.small_flows import SURVEYS

HOMES = """
flow: homes
title: {en: Homes, es: Viviendas, ar: المساكن}
languages: [en, es, ar]
contact: Our Rights Our City, 404-555-0100
consent:
  label: {en: May we ask?, es: ¿Le preguntamos?, ar: هل توافق؟}
  declined: {en: Bye., es: Adiós., ar: شكرا}
questions:
  city: {type: text, label: {en: Which city?, es: ¿Qué ciudad?, ar: أي مدينة؟}}
  wrong:
    type: select_multiple
    label: {en: "What is wrong in {city|your city}?", es: "¿Qué está mal?", ar: ما المشكلة؟}
    choices:
      rent: {en: Rent, es: Renta, ar: الإيجار}
      heat: {en: Heat, es: Calor, ar: التدفئة}
      none: {en: Nothing, es: Nada, ar: لا شيء}
  since:
    type: date
    relevant: heat in wrong
    label: {en: Since when?, es: ¿Desde cuándo?, ar: منذ متى؟}
  story:
    type: text
    multiline: true
    relevant: heat in wrong
    label: {en: What happened?, es: ¿Qué pasó?, ar: ماذا حدث؟}
  safe: {type: range, start: 1, end: 5, label: {en: How safe?, es: ¿Qué tan seguro?, ar: كم تشعر بالأمان؟}}
  times:
    repeat: {en: Another time?, es: ¿Otra vez?, ar: مرة أخرى؟}
    max: 5
    questions:
      when: {type: text, label: {en: When was it?, es: ¿Cuándo fue?, ar: متى كان؟}}
  quote:
    type: consent
    scope: quote
    label: {en: May we print it?, es: ¿Lo publicamos?, ar: هل ننشره؟}
  rooms: {type: decimal, label: {en: How many rooms?, es: ¿Cuántos cuartos?, ar: كم غرفة؟}}
closing: {en: Thank you., es: Gracias., ar: شكرا لك.}
"""
SIGNS = ("<", "<=", ">", ">=", "==", "!=")
MEETING = Known(
    1,
    "K4T7R",
    Facts(
        "homes",
        "Town hall",
        "Library",
        "Us",
        datetime(2026, 11, 21, 18, tzinfo=UTC),
        datetime(2026, 11, 21, 20, tzinfo=UTC),
        "UTC",
        ("English",),
    ),
    datetime(2026, 11, 21, 17, tzinfo=UTC),
    datetime(2026, 11, 24, 20, tzinfo=UTC),
)
AT = occasion(MEETING, load(HOMES), "es", Doors(number="+1 404-555-0100", telegram="OurBot"))


@pytest.fixture(scope="module")
def flow() -> Flow:
    return load(HOMES)


def words(made: bytes) -> str:
    """What can be read from a PDF, spaces made equal."""
    pages = PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_whole_survey_stands_on_it_in_order(flow: Flow) -> None:
    said = words(form(flow, "en"))
    order = ["Homes", "May we ask?", "Yes", "No", "Please write no names", "Which city?"]
    order += ["What is wrong in your city?", "Mark all that fit.", "Rent", "Heat", "Nothing"]
    order += ["Since when?", "What happened?", "How safe?", "When was it?", "Another time?"]
    order += ["May we print it?", "Thank you."]
    places = [said.find(one) for one in order]
    assert -1 not in places
    assert places == sorted(places)


def test_who_leaves_questions_out_is_told_once_with_where_to_go_on(flow: Flow) -> None:
    told = [one["label"] for one in items(flow, "en") if one["kind"] == "only"]
    assert told == ["Only if you marked “Heat” at 2. If not, go on to 5."]


def test_a_repeat_has_several_blocks(flow: Flow) -> None:
    blocks = [one for one in items(flow, "en") if one["kind"] == "time"]
    assert [one["number"] for one in blocks] == ["1", "2", "3"]
    assert words(form(flow, "en")).count("When was it?") == 3
    assert "For more, take another sheet." in words(form(flow, "en"))


def test_the_numbers_are_those_of_the_questions(flow: Flow) -> None:
    assert numbered(flow) == {
        "city": 1, "wrong": 2, "since": 3, "story": 4, "safe": 5, "when": 6, "quote": 7, "rooms": 8,
    }  # fmt: skip


def test_it_is_in_the_language_that_is_asked_for(flow: Flow) -> None:
    said = words(form(flow, "es"))
    assert "¿Qué ciudad?" in said
    assert "Solo si marcó “Calor” en 2. Si no, siga con 5." in said


def test_from_right_to_left_too(flow: Flow) -> None:
    made = form(flow, "ar", paper="a4")
    reader = PdfReader(io.BytesIO(made))
    assert reader.trailer["/Root"]["/Lang"] == "ar"
    assert float(reader.pages[0].mediabox.height) == pytest.approx(842, abs=1)
    assert "404-555-0100" in words(made)


def test_a_meeting_stands_at_its_head_with_its_code(flow: Flow) -> None:
    said = words(form(flow, "es", AT))
    assert "Town hall" in said
    assert "sábado, 21 de noviembre de 2026, 18:00–20:00 · Library" in said
    assert "K4T7R" in said
    assert AT.scan == "https://t.me/OurBot?start=K4T7R"
    assert "K4T7R" not in words(form(flow, "es"))


def test_the_same_words_give_the_same_bytes(flow: Flow) -> None:
    assert form(flow, "en", AT) == form(flow, "en", AT)


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("heat in wrong", "you marked “Heat” at 2"),
        ("not (heat in wrong)", "you did not mark “Heat” at 2"),
        ("heat not in wrong", "you did not mark “Heat” at 2"),
        ("answered(city)", "you answered 1"),
        ("not city", "you left 1 out"),
        ("heat in wrong or rent in wrong", "you marked “Heat” at 2 or you marked “Rent” at 2"),
        (
            "not (heat in wrong or rent in wrong)",
            "you did not mark “Heat” at 2 and you did not mark “Rent” at 2",
        ),
        (
            "answered(city) and (count(wrong) > 1 or safe <= 2)",
            "you answered 1 and ((the number of marks at 2 is 2 or more) or (your answer at 5 is 2 or less))",
        ),
        ("not (safe <= 2)", "your answer at 5 is 3 or more"),
        ("safe < 3", "your answer at 5 is 2 or less"),
        ("3 <= safe", "your answer at 5 is 3 or more"),
        ("safe > 2.5", "your answer at 5 is 3 or more"),
        ("safe != 3", "your answer at 5 is not 3"),
        ("count(wrong) != 2.0", "the number of marks at 2 is not 2"),
        ("safe in [1, 2]", "your answer at 5 is 1 or your answer at 5 is 2"),
        ("safe not in [1, 2]", "your answer at 5 is not 1 and your answer at 5 is not 2"),
        ("rooms > 2.5", "your answer at 8 is more than 2.5"),
        ("rooms < 3", "your answer at 8 is less than 3"),
        ("quote == yes", "you marked “Yes” at 7"),
        ("quote in [yes, no]", "you marked “Yes” at 7 or you marked “No” at 7"),
        ("years(since) > 2", ""),
        ("times > 1", ""),
        ("since < today()", ""),
        ("safe > 1e999", ""),
        ("not what python is", ""),
    ],
)
def test_conditions_are_told_where_they_have_plain_words(
    flow: Flow, condition: str, told: str
) -> None:
    assert Teller(flow, "en", numbered(flow)).told(condition) == told


@pytest.mark.parametrize("language", SHIPPED)
def test_no_condition_is_told_with_signs(flow: Flow, language: str) -> None:
    """In no language: people who read little know the words, and each has its own meaning."""
    asked = [f"{one} {sign} 2.5" for one in ("rooms", "count(wrong)") for sign in SIGNS]
    told = [Teller(flow, language, numbered(flow)).told(one) for one in asked]
    assert not set("<>≤≥=≠{}") & set("".join(told))
    assert all("2.5" in one for one in told[: len(SIGNS)])
    assert len(set(told[: len(SIGNS)])) == len(SIGNS)


@pytest.mark.parametrize("name", ["city-testimony", "tenants", "interviewer", "three-questions"])
def test_every_survey_that_ships_can_be_printed(name: str) -> None:
    shipped = load_file(SURVEYS / f"{name}.yaml")
    for language in shipped.languages:
        said = words(form(shipped, language))
        assert f"1 / {len(PdfReader(io.BytesIO(form(shipped, language))).pages)}" in said
