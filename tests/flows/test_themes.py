"""The file of themes: what ships is whole, every mistake of a city's own is told, and flows name only what there is."""

import datetime

import pytest

from flows import Answer, FlowErrors, Given, examine, load_file
from flows.framework.model import Bond
from flows.framework.precoding import precoded
from flows.framework.reading import SHIPPED, framework_in, load_framework, read_framework, shipped

SURVEYS = SHIPPED.parent.parent / "surveys"
SMALL = """languages: [en, es]
treaties:
  ICCPR:
    title: {en: Covenant, es: Pacto}
    year: 1966
    states: {US: {signed: 1977-10-05, ratified: 1992-06-08}, CA: neither}
themes:
  water: {label: {en: Water, es: Agua}, udhr: [25], treaties: {ICCPR: [6]}, sdg: [6], ohchr: [Water]}
  heat: {label: {en: Heat, es: Calefacción}}
groups:
  elders: {label: {en: Elders, es: Mayores}, ohchr: Older persons}
"""
FLOW = """flow: street
title: Street
languages: [en]
contact: We, 404-555-0100
consent: {label: May we ask?, declined: We keep nothing.}
questions:
  wrong:
    type: select_multiple
    label: What is wrong?
    theme: heat
    choices:
      lead: {label: Lead, theme: water}
      cold: Cold rooms
      none: Nothing
  told: {type: text, label: Tell of it, report: problem}
  own: {type: text, label: Your fear?, theme: water, sensitive: true}
closing: Thank you.
"""


def mistakes(text):
    with pytest.raises(FlowErrors) as caught:
        read_framework(text)
    return [str(one) for one in caught.value.exceptions]


def test_what_ships_has_every_theme_and_group_in_both_languages():
    framework = shipped()
    assert (len(framework.themes), len(framework.groups), len(framework.udhr)) == (39, 21, 30)
    labels = [one.label for one in (*framework.themes.values(), *framework.groups.values())]
    labels += [one.about for one in framework.themes.values()]
    labels += [one.title for one in framework.treaties.values()] + list(framework.udhr.values())
    assert all(set(label) == {"en", "es"} for label in labels)


def test_every_theme_rests_on_the_declaration_a_treaty_and_a_goal():
    for theme in shipped().themes.values():
        assert all((theme.udhr, theme.treaties, theme.sdg, theme.ohchr)), theme.code


def test_what_ships_awaits_its_legal_review():
    assert shipped().reviewed == ""
    assert read_framework("reviewed: J. Doe, 2027-01-01\n" + SMALL).reviewed == "J. Doe, 2027-01-01"


@pytest.mark.parametrize(
    ("treaty", "country", "bond", "since"),
    [
        ("ICCPR", "US", Bond.RATIFIED, datetime.date(1992, 6, 8)),
        ("ICESCR", "US", Bond.SIGNED, datetime.date(1977, 10, 5)),
        ("ICRMW", "US", Bond.NEITHER, None),
        ("ICESCR", "MX", Bond.RATIFIED, datetime.date(1981, 3, 23)),
        ("ICCPR", "ZZ", Bond.UNKNOWN, None),
        ("UNDRIP", "US", Bond.DECLARATION, None),
    ],
)
def test_how_a_country_stands_to_a_treaty(treaty, country, bond, since):
    found = shipped().treaties[treaty]
    assert (found.bond(country), found.since(country)) == (bond, since)


def test_the_flows_that_ship_name_only_themes_that_there_are():
    for path in SURVEYS.glob("*.yaml"):
        assert not examine(path.read_text(), str(path), framework=shipped()).mistakes


def test_city_testimony_has_a_choice_for_every_theme():
    flow = load_file(SURVEYS / "city-testimony.yaml")
    named = {choice.theme for question in flow.questions for choice in question.choices} - {""}
    assert named == set(shipped().themes)


def test_a_theme_that_is_unknown_is_a_mistake_with_its_place_and_the_likely_one():
    found = examine(FLOW.replace("theme: water}", "theme: watr}"), framework=read_framework(SMALL))
    (only,) = found.mistakes
    assert str(only) == "flow.yaml:12:34: there is no theme “watr”\n    Did you mean water?"


def test_nobody_holds_a_flow_against_themes_that_are_not_given():
    assert not examine(FLOW.replace("theme: water", "theme: anything")).mistakes


ARTICLE = "Write its number, as 11, 5b or 5e-iii."
GOAL = "Write the number of a goal from 1 to 17, or of a target, as 16.9."
UDHR = "Write the number of one of its articles, from 1 to 30."
COUNTRY = "Use the two capital letters of a country, such as US."
CODE = "Use small letters, digits and _; the label may say anything."
FOREIGN = "Add it to languages:, or remove it."
# what stands there, what is written in its place, where the mistake is, and what is told
WRONG = [
    ("ICCPR: [6]", "ICPR: [6]", "ICPR", "there is no treaty “ICPR”", "Did you mean ICCPR?"),
    ("ICCPR: [6]", "ICCPR: [six]", "six", "“six” is not an article", ARTICLE),
    ("[25]", "[31]", "31]", "“31” is not an article of the Universal Declaration", UDHR),
    ("sdg: [6]", "sdg: [18]", "18]", "“18” is not a goal for sustainable development", GOAL),
    ("sdg: [6]", "sgd: [6]", "sgd", "there is no “sgd” here", "Did you mean sdg?"),
    ("CA: neither", "XQ: neither", "XQ", "“XQ” is not the code of a country", COUNTRY),
    ("1992-06-08", "June 1992", "June", "“June 1992” is not a day", "Write it as 1992-06-08."),
    ("1966", "66", "66", "“66” is not a year", "Write it as 1966."),
    ("  heat:", "  Heat!:", "Heat!", "“Heat!” cannot be a code", CODE),
    ("es: Mayores", "fr: Aînés", "fr:", "“fr” is not a language of this file", FOREIGN),
    ("groups:", "group:", "group:", "there is no “group” here", "Did you mean groups?"),
    (
        "{en: Heat, es: Calefacción}",
        "{es: Calefacción}",
        "{es: Cal",
        "this text lacks “en”, the first language of the file",
        "Add it: en: ...",
    ),
    (
        "year: 1966",
        "binding: maybe\n    year: 1966",
        "maybe",
        "“maybe” is neither yes nor no",
        "Write yes or no.",
    ),
]


@pytest.mark.parametrize(("old", "new", "at", "message", "cure"), WRONG)
def test_every_mistake_of_a_file_of_themes_is_told_with_its_place_and_its_cure(
    old, new, at, message, cure
):
    text = SMALL.replace(old, new, 1)
    before = text[: text.index(at)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert mistakes(text) == [f"themes.yaml:{line}:{column}: {message}\n    {cure}"]


@pytest.mark.parametrize("text", ["", "- a", "themes: {}", "languages: []", "a: *b"])
def test_what_is_no_file_of_themes_is_told(text):
    assert mistakes(text)


def test_a_city_has_its_own_themes_beside_its_flows(tmp_path):
    assert framework_in(tmp_path) is shipped()
    (tmp_path / "themes.yaml").write_text(SMALL)
    assert set(framework_in(tmp_path).themes) == {"water", "heat"}
    assert load_framework(tmp_path / "themes.yaml").theme("gone", "en") == "gone"


def codes(**answers):
    flow = examine(FLOW).flow
    return precoded(flow, answers)


def test_a_choice_codes_by_its_own_theme_else_by_that_of_its_question():
    assert codes(wrong=Answer(Given.ANSWERED, ("lead",))) == {("theme", "water")}
    assert codes(wrong=Answer(Given.ANSWERED, ("cold",))) == {("theme", "heat")}
    both = codes(wrong=Answer(Given.ANSWERED, ("lead", "cold")))
    assert both == {("theme", "water"), ("theme", "heat")}


def test_words_are_assessed_as_their_question_says():
    assert codes(told=Answer(Given.ANSWERED, None, "Lead in the pipes")) == {
        ("assessment", "problem")
    }


@pytest.mark.parametrize(
    "answers",
    [
        {"wrong": Answer(Given.ANSWERED, ("none",))},
        {"wrong": Answer(Given.REFUSED)},
        {"told": Answer(Given.OPEN, None, " ")},
        {"own": Answer(Given.ANSWERED, None, "the landlord")},
        {"unknown": Answer(Given.ANSWERED, None, "x")},
    ],
)
def test_nothing_refused_denied_or_sensitive_codes(answers):
    assert codes(**answers) == frozenset()


def test_an_answer_that_is_set_aside_codes_nothing():
    flow = examine(FLOW).flow
    answers = {"wrong": Answer(Given.ANSWERED, ("lead",))}
    assert precoded(flow, answers, aside=["wrong"]) == frozenset()


def test_the_file_in_the_guide_can_be_read():
    guide = SHIPPED.parents[2] / "docs" / "coding.md"
    text = guide.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert set(read_framework(text).themes) == {"water"}
