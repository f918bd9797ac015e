"""The walker goes every way that a contact can go, tells what it meets, and finds the way to a question."""

from dataclasses import replace

import pytest
from phone import Phone
from small_flows import SURVEYS, TODAY, flow_of, shipped, source

from flows import Flow, Interview, Said, load, load_file, parts_of
from flows.language.expressions import Expression, Facts
from flows.rehearsing.coverage import Branch, Happens
from flows.rehearsing.walker import told, walk, walk_all, way_to
from flows.rehearsing.walking import END, Place, Walker

SAID = (Said("Yes"), Said("Lorem ipsum."))
ONE = {"languages": "[en]", "title": "Small"}
FLOWS = [load_file(path) for path in sorted(SURVEYS.glob("*.yaml"))]
FLOWS += [shipped("household"), shipped("parks")]
EVERY_TYPE = """
  place: {type: text, label: Place?, constraint: length(place) > 20}
  people: {type: integer, label: People?, constraint: people < 12}
  rent: {type: decimal, label: Rent?, relevant: people >= 5}
  mood: {type: range, label: Mood?, start: 0, end: 10}
  why: {type: text, label: Why so low?, relevant: mood < 3}
  born: {type: date, label: Born?}
  age: {type: calculate, calculation: years(born)}
  school: {type: text, label: Which school?, relevant: age < 18}
  since: {type: date, label: Since when?, constraint: since <= today()}
  before: {type: note, label: That is long., relevant: since < '2001-03-01'}
  recent: {type: text, label: So recent?, relevant: today() - since < 10}
  pets: {type: select_multiple, label: Pets?, choices: {cat: Cat, dog: Dog, none: None}}
  both: {type: text, label: Both?, relevant: cat in pets and dog in pets}
  times:
    repeat: Another?
    questions:
      when: {type: text, label: When?, multiline: true}
  often: {type: text, label: So often?, relevant: count(times) > 2}
  tel: {type: phone, label: Phone?, required: true}
  mail: {type: email, label: Mail?}
  here: {type: geopoint, label: Where?}
  pic: {type: media, label: A photo?, required: true}
  public: {type: consent, scope: media, label: May we show it?}
  last: {type: text, label: Anything else?, relevant: public == no and not answered(mail)}
"""


def published(questions: str) -> Flow:
    """A flow with mistakes that no check looked for when it was published."""
    return load(source(questions, **ONE), trusted=True)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_nothing_of_a_survey_stays_unseen(flow):
    """Every question, branch and choice, in each language; nothing goes wrong on any way."""
    for found in walk_all(flow, TODAY):
        assert found.faults == ()
        assert found.coverage.unseen() == ()


@pytest.mark.parametrize("language", ["en", "es", "vi"])
def test_every_type_of_question_is_answered_and_led_astray(language):
    """Numbers and days around what conditions name; lengths, several choices, a third time."""
    flow = flow_of(EVERY_TYPE, languages=f"[{language}]", title="Small")
    found = walk(flow, language, TODAY)
    assert found.coverage.unseen() == ()
    assert found.faults == ()


def test_the_same_walk_twice_is_the_same():
    flow = flow_of(EVERY_TYPE)
    assert walk(flow, "es", TODAY) == walk(flow, "es", TODAY)


def test_what_no_answer_leads_to_is_named():
    flow = published("""
  age: {type: integer, label: Age?}
  never: {type: text, label: Never?, relevant: age > 5 and age < 3}
  always: {type: text, label: Always?, relevant: age > 5 or not (age > 5) or not answered(age)}
""")
    assert told(flow, walk_all(flow, TODAY)) == [
        "the walker never asks never",
        "the walker never leaves out always",
        "2 of 3 questions, 2 of 4 branches, 2 of 2 choices, in en",
    ]


def test_answers_are_tried_beside_each_other():
    """A condition on two questions is tried with each answer to one beside each answer to the other."""
    choices = "{a: A1, b: B1, c: C1, d: D1}"
    questions = "".join(
        f"  q{place}: {{type: select_one, label: Q, choices: {choices}}}\n" for place in range(12)
    )
    hidden = "  hidden: {type: text, label: Found!, relevant: q0 == d and q5 == c and q11 == b}"
    flow = flow_of(questions + hidden, **ONE)
    assert walk(flow, "en", TODAY).coverage.unseen() == ()
    assert [way_to(flow, "hidden", "en", TODAY)[place] for place in (1, 6, 12)] == ["4", "3", "2"]


def test_a_walk_that_is_cut_short_says_so():
    flow = flow_of(EVERY_TYPE, **ONE)
    short = walk(flow, "en", TODAY, most=30)
    assert not short.finished
    assert told(flow, [short])[-1] == (
        "the walker stopped before it had tried everything: this may be reached"
    )


def test_a_message_that_is_too_long_is_told_with_what_leads_to_it():
    """Ready to be pasted into a transcript."""
    flow = flow_of(
        "  name: {type: text, label: Name?}\n"
        f"  more: {{type: text, label: 'Dear {{name}}, {'word ' * 316}word.'}}",
        keywords="[GO]",
        **ONE,
    )
    assert told(flow, walk_all(flow, TODAY)) == [
        "in en: the message at more takes 1604 characters; a text message holds 1600,"
        " after these messages:",
        "    today: 2026-05-31",
        "    language: en",
        "",
        "    > GO",
        "",
        "    > Yes",
        "",
        "    > Lorem ipsum.",
        "2 of 2 questions, 2 of 2 choices, in en",
    ]


def changed(flow: Flow, **parts: object) -> Flow:
    """A flow with another first question, as no file can hold it."""
    first, *others = flow.questions
    return replace(flow, questions=(replace(first, **parts), *others))


def fail(_: Facts) -> bool:
    raise ZeroDivisionError("never divide")


def test_where_the_program_fails_the_messages_are_told():
    """The walk goes on with the other answers."""
    flow = changed(flow_of(**ONE), constraint=Expression("1 < 2", frozenset(), fail))
    found = walk(flow, "en", TODAY)
    assert [(one.message, one.said) for one in found.faults] == [
        ("the program fails at name: ZeroDivisionError: never divide", SAID)
    ]
    assert found.whole == (Said("Yes"), Said("SKIP"))


def test_a_program_that_fails_at_once_is_told_too():
    flow = changed(flow_of(**ONE), shown_if=Expression("1 < 2", frozenset(), fail))
    found = walk(flow, "en", TODAY)
    assert [one.said for one in found.faults] == [()]
    assert found.faults[0].message.endswith("ZeroDivisionError: never divide")


def test_a_question_without_a_word_is_told():
    flow = flow_of("  a: {type: text, label: A?}\n  b: {type: text, label: B?}", **ONE)
    first, second = flow.questions
    found = walk(replace(flow, questions=(first, replace(second, label={}))), "en", TODAY)
    assert {(one.message, one.said) for one in found.faults} == {
        ("the bot says nothing at b", SAID)
    }


def test_a_place_that_no_answer_leads_away_from_is_told():
    walker = Walker(flow_of(**ONE), "en", TODAY)
    place = walker.hear(Place(Interview(walker.flow), END, ()), None)
    walker.places[place.stand] = place
    walker.look_for_endless()
    assert [one.message for one in walker.faults.values()] == [
        "from consent no answer leads to the end"
    ]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_way_to_a_question_leads_there(flow):
    """What is typed from the consent on, in each language, makes the bot ask it."""
    for language in flow.languages:
        for question in flow.questions:
            way = way_to(flow, question.id, language, TODAY)
            phone = Phone({flow.name: flow}, TODAY)
            phone.send("", begin=True, flow=flow.name, language=language)
            for text in way:
                phone.send(text)
            if question.asks:
                assert parts_of(phone.current.state.asked)[0] == question.id
            assert phone.current.language == language


def test_the_way_to_the_first_question_is_a_yes():
    assert way_to(flow_of(), "name", "es", TODAY) == ["Si"]


def test_there_is_no_way_to_what_is_never_asked():
    flow = published(
        "  a: {type: integer, label: A?}\n  b: {type: text, label: B?, relevant: a > 5 and a < 5}"
    )
    assert way_to(flow, "b", "en", TODAY) is None
    assert way_to(flow, "gone", "en", TODAY) is None


def test_a_photo_is_no_part_of_a_typed_way():
    """Required or not: what is typed three times is kept as written."""
    flow = flow_of(
        "  pic: {type: media, label: A photo?, required: true}\n  b: {type: text, label: B?}", **ONE
    )
    assert len(way_to(flow, "b", "en", TODAY)) == 4
    assert walk(flow, "en", TODAY).whole[1] == Said("", media=("photo",))


def test_a_long_flow_is_walked_to_its_end():
    """Many questions, in a bounded number of messages."""
    lines = [
        f"  q{place}: {{type: integer, label: Number {place}?, relevant: not (q{place - 1} > 3)}}"
        for place in range(1, 150)
    ]
    flow = flow_of("\n".join(["  q0: {type: integer, label: First?}", *lines]), **ONE)
    found = walk(flow, "en", TODAY)
    assert Branch("q149", Happens.ASKED) in found.coverage.seen
    assert found.heard <= 4_000
