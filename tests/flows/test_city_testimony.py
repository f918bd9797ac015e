"""The survey that ships: short enough to be answered, cheap enough to be sent, and without a dead end."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from phone import Phone
from small_flows import TODAY, shipped

from flows import CONSENT, Answer, Given, Status
from flows.language.expressions import Value
from flows.phrases import Command, phrasebook
from flows.sms import GSM7, segments
from flows.talking.answers import Asked, read_answer
from flows.talking.engine import begin
from flows.talking.way import way

FLOW = shipped("city-testimony")
CATALOG = {FLOW.name: FLOW}
ISSUES = [choice.code for choice in FLOW.by_id["issues"].choices]
MAINS = [choice.code for choice in FLOW.by_id["main"].choices]
MOST = 12


def branches() -> Iterator[dict[str, Value]]:
    """Every way that leads to other questions: one theme, each pair with each as the main one, all, none, refused."""
    yield from ({"issues": (code,)} for code in ISSUES)
    for pair in combinations(MAINS, 2):
        yield from ({"issues": pair, "main": main} for main in (*MAINS, None))
    yield from ({"issues": tuple(MAINS), "main": main} for main in (*MAINS, None))
    yield {"issues": None}


def asked(chosen: dict[str, Value]) -> list[str]:
    """The questions of a way on which everything else is answered."""
    answers = {CONSENT: Answer(Given.ANSWERED, "yes")}
    for question in FLOW.questions:
        if question.id in way(FLOW, answers, TODAY).relevant and question.asks:
            value = chosen.get(question.id, "x" if question.type == "text" else None)
            given = Given.REFUSED if question.id in chosen and value is None else Given.ANSWERED
            answers[question.id] = Answer(given, value, "x" if value == "x" else "")
    return [name for name in answers if name != CONSENT]


@pytest.mark.parametrize("language", FLOW.languages)
def test_the_first_message_fits_three_segments(language):
    """It is sent to everyone who writes, and in GSM-7: one other letter more than doubles its price."""
    encoding, count = segments(begin(FLOW, language, TODAY).reply.text)
    assert (encoding, count <= 3) == (GSM7, True)


def test_the_menu_of_languages_fits_one_segment():
    assert segments(begin(FLOW, None, TODAY).reply.text)[1] == 1


def test_no_way_asks_twelve_questions():
    """Ten are promised in the consent, and the consent itself is one more."""
    longest = max((asked(chosen) for chosen in branches()), key=len)
    assert len(longest) + 1 < MOST
    assert len(longest) <= 10, longest


def test_every_question_is_asked_on_some_way():
    assert {name for chosen in branches() for name in asked(chosen)} == set(FLOW.by_id)


def test_at_most_one_list_of_parts_is_asked():
    """That of the one theme, or of the one that weighs most."""
    for chosen in branches():
        parts = [name for name in asked(chosen) if name.endswith("_parts")]
        theme = chosen.get("main") or (chosen["issues"] or ("none",))[0]
        told = chosen["issues"] and theme in chosen["issues"] and theme != "none"
        single = chosen["issues"] and len(chosen["issues"]) == 1
        assert parts == ([f"{theme}_parts"] if told and (single or chosen.get("main")) else [])


def test_themes_have_the_same_words_wherever_they_are_offered():
    """What weighs most is chosen from the themes without “none”, each with its label, and each has its parts."""
    issues, main = FLOW.by_id["issues"], FLOW.by_id["main"]
    assert ISSUES[:-1] == MAINS
    assert ISSUES[-1] == "none"
    for choice in main.choices:
        assert choice.label == issues.choice(choice.code).label
        assert f"{choice.code}_parts" in FLOW.by_id


def test_who_ticks_nothing_can_still_tell():
    """A refused list of themes leads to the story; “none of these” leads past it."""
    assert "story" in asked({"issues": None})
    assert "story" not in asked({"issues": ("none",)})


@pytest.mark.parametrize("language", FLOW.languages)
def test_every_text_stands_in_every_language(language):
    for text in (FLOW.title, FLOW.contact, FLOW.closing, FLOW.consent.label, FLOW.consent.declined):
        assert text.get(language)
    for question in FLOW.questions:
        assert question.label.get(language)
        assert all(choice.label.get(language) for choice in question.choices)


@pytest.mark.parametrize("language", FLOW.languages)
def test_no_question_takes_more_than_six_segments(language):
    """Played from the first question to the last with the longest list in the middle."""
    phone = Phone(CATALOG, language=language)
    phone.hears(FLOW.keywords[language][0])
    done = phrasebook(language).shown[Command.DONE]
    for text in ("1", "x", "6", "1 2", "x", done, "x", "x", "x", "1"):
        outcome = phone.send(text)
        assert segments(outcome.reply.text)[1] <= 6
    assert phone.hears("1")
    assert phone.current.state.status is Status.COMPLETE


@pytest.mark.parametrize("language", FLOW.languages)
@pytest.mark.parametrize(
    "question", [one for one in FLOW.questions if one.choices], ids=lambda one: one.id
)
def test_every_choice_is_found_by_its_number_and_its_label(question, language):
    many = question.type == "select_multiple"
    for number, choice in enumerate(question.choices, 1):
        asked_here = Asked(FLOW, question, language, TODAY)
        expected = (choice.code,) if many else choice.code
        for text in (str(number), choice.label[language], choice.label[language].upper()):
            assert read_answer(asked_here, text).value == expected


def test_the_one_choice_that_excludes_the_others_is_refused_beside_them():
    phone = Phone(CATALOG, language="en")
    phone.hears("RIGHTS", "yes", "Atlanta")
    assert phone.hears("none and 1").startswith('Please choose "None of these" alone')
    assert phone.hears("none") == FLOW.by_id["progress"].label["en"]


def test_consents_are_asked_last_and_each_for_one_purpose():
    """To print words and to be written to are two questions, after all that could be printed."""
    last = FLOW.questions[-2:]
    assert [(one.type, one.scope) for one in last] == [("consent", "quote"), ("consent", "updates")]
    assert not any(one.required for one in FLOW.questions)
