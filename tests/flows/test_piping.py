"""Answers inside texts: plain, once, in the language of the conversation."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone import Phone
from small_flows import examples, flow_of

from flows import show
from flows.language.piping import fill, pipes

ANSWERS = {"city": "Atlanta", "name": "O'Brien <b>&amp;", "odd": "{city}", "empty": ""}

FILLED = [
    ("In {city}?", "In Atlanta?"),
    ("{city}{city}", "AtlantaAtlanta"),
    ("{ city }", "Atlanta"),
    ("{city|your city}", "Atlanta"),
    ("{town|your city}", "your city"),
    ("{town| your city }", " your city "),
    ("{town|}", ""),
    ("{town|a|b}", "a|b"),
    ("{town}", "..."),
    ("{empty|nothing}", ""),
    ("Dear {name},", "Dear O'Brien <b>&amp;,"),
    ("{odd}", "{city}"),
    ("{{city}}", "{city}"),
    ("{{{city}}}", "{Atlanta}"),
    ("{{}}", "{}"),
    ("a } b { c", "a } b { c"),
    ("", ""),
    ("¿{city}? 👍", "¿Atlanta? 👍"),
    ("%s {0} %(city)s", "%s ... %(city)s"),
    ("{city!r}", "..."),
    ("{city.upper}", "..."),
]


@pytest.mark.parametrize(("text", "filled"), FILLED)
def test_a_pipe_is_replaced_by_its_answer_and_nothing_else_is(text, filled):
    """An answer is put in once, as it was written: never escaped, never read as a pipe itself."""
    assert fill(text, ANSWERS.get) == filled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none", []),
        ("{a} and { b |c}", [("a", 0), ("b", 8)]),
        ("é {a}", [("a", 2)]),
        ("{{a}} {b}", [("b", 6)]),
        ("} {a} {", [("", 0), ("a", 2), ("", 6)]),
        ("{}", [("", 0)]),
        ("{a{b}", [("", 0), ("b", 2)]),
    ],
)
def test_pipes_are_found_with_their_columns(text, found):
    assert list(pipes(text)) == found


@examples(300)
@given(st.text() | st.text(alphabet="{}|ab "), st.text())
def test_any_text_is_filled(text, answer):
    """Without braces a text stays as it is; with them only pipes of known answers hold these."""
    filled = fill(text, {"a": answer}.get)
    if not {"{", "}"} & set(text):
        assert filled == text
    if "a" not in [name for name, _ in pipes(text)]:
        assert filled == fill(text, {}.get)


@examples(200)
@given(st.text(), st.text())
def test_doubled_braces_keep_any_text(text, answer):
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert list(pipes(doubled)) == []
    assert fill(doubled, lambda _: answer) == text


FLOW = flow_of(
    "  text: {type: text, label: A?}\n"
    "  count: {type: integer, label: A?}\n"
    "  rent: {type: decimal, label: A?}\n"
    "  day: {type: date, label: A?}\n"
    "  one: {type: select_one, label: A?, choices: {x: {en: First, es: Primera}, y: Second}}\n"
    "  many: {type: select_multiple, label: A?, choices: {x: {en: First, es: Primera}, y: Second}}\n"
    "  quote: {type: consent, scope: quote, label: A?}\n"
)
SHOWN = [
    ("text", "O'Brien", "O'Brien", "O'Brien"),
    ("count", -3, "-3", "-3"),
    ("rent", Decimal("850.50"), "850.50", "850.50"),
    ("day", date(2026, 5, 3), "May 3, 2026", "3 de mayo de 2026"),
    ("one", "x", "First", "Primera"),
    ("one", "y", "Second", "Second"),
    ("many", ("x", "y"), "First, Second", "Primera, Second"),
    ("many", ("y",), "Second", "Second"),
    ("quote", "yes", "Yes", "Si"),
    ("quote", "no", "No", "No"),
]


@pytest.mark.parametrize(("question", "value", "english", "spanish"), SHOWN)
def test_a_value_is_shown_as_a_person_reads_it(question, value, english, spanish):
    """Labels for codes and words for dates, in the language of the conversation."""
    asked = FLOW.by_id[question]
    assert (show(FLOW, asked, value, "en"), show(FLOW, asked, value, "es")) == (english, spanish)


def test_a_choice_of_another_version_shows_nothing():
    assert show(FLOW, FLOW.by_id["one"], "gone", "en") == ""


CITY = """
  city: {type: text, label: {en: Which city?, es: "¿Qué ciudad?"}}
  home: {type: select_one, label: {en: Home?, es: "¿Casa?"}, choices: {own: {en: My own, es: Propia}, rent: Rented}}
  fee:
    type: integer
    relevant: home == rent
    label: {en: "{home} in {city|your city}: how much?", es: "{home} en {city|su ciudad}: ¿cuánto?"}
    hint: "In dollars, {city}."
  last: {type: text, label: {en: "{fee|No rent} in {city|your city}.", es: "{fee|Sin renta} en {city|su ciudad}."}}
"""


def phone(language: str = "en") -> Phone:
    flow = flow_of(
        CITY, closing="{en: 'Bye {city|friend}, {last}', es: 'Chao {city|amigo}, {last}'}"
    )
    return Phone({flow.name: flow}, language=language)


def test_a_conversation_pipes_what_was_answered():
    """With its hint after a word that could not be used, and up to the closing."""
    bot = phone()
    assert bot.hears("hi", "yes", "O'Brien's <City> & {home}", "2") == (
        "Rented in O'Brien's <City> & {home}: how much?"
    )
    assert bot.hears("much").endswith("how much?\n\nIn dollars, O'Brien's <City> & {home}.")
    assert bot.hears("900") == "900 in O'Brien's <City> & {home}."
    assert bot.hears("ok") == "Bye O'Brien's <City> & {home}, ok"


def test_what_was_refused_or_is_not_relevant_any_more_is_not_known():
    bot = phone("es")
    assert bot.hears("hola", "si", "SALTAR", "2") == "Rented en su ciudad: ¿cuánto?"
    assert bot.hears("900") == "900 en su ciudad."
    assert bot.hears("ATRAS", "ATRAS", "propia") == "Sin renta en su ciudad."
    assert bot.hears("SALTAR") == "Chao amigo, ..."


def test_a_change_of_language_changes_the_labels_that_are_piped():
    bot = phone("es")
    bot.hears("hola", "si", "Roma", "1")
    assert bot.hears("ATRAS", "IDIOMA", "1", "1", "BACK").startswith("Home?")
    assert bot.hears("2") == "Rented in Roma: how much?"


def test_doubled_braces_are_single_ones_wherever_a_text_is_said():
    """In the title, the contact and the choices too, where no answer can be put in."""
    flow = flow_of(
        "  a: {type: select_one, label: 'A {{1}}', choices: {b: 'B {{2}}'}}",
        title="'T {{3}}'",
        contact="'C {{4}}'",
        consent="{label: 'Q {{5}}', declined: 'N {{6}}'}",
        closing="'E {{7}}'",
    )
    bot = Phone({flow.name: flow})
    said = [bot.hears(text) for text in ("👋", "1", "HELP", "yes", "1")]
    for number, reply in zip((3, 5, 4, 1, 7), said, strict=True):
        assert f"{{{number}}}" in reply
        assert "{{" not in reply
    assert "1. B {2}" in said[3]
