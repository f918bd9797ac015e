"""What transcripts have shown of a flow, and how it is told: each question, each way, each choice, each language."""

import pytest
from small_flows import SURVEYS, flow_of, source

from flows import examine, load_file
from flows.rehearsing.coverage import Branch, Coverage, Happens, branches
from flows.rehearsing.rehearsal import check_transcripts, rehearse
from flows.rehearsing.reporting import report

ONE = {"languages": "[en]", "title": "Small"}
AGES = """
  age: {type: integer, label: Age?, constraint: age < 120}
  school: {type: text, label: Which school?, relevant: age < 18}
  pets: {type: select_multiple, label: Pets?, choices: {cat: Cat, dog: Dog, none: None}}
"""
TIMES = """
  times:
    repeat: Another?
    relevant: some == 1
    questions:
      when: {type: text, label: When?}
      where: {type: text, label: Where?, relevant: answered(when)}
"""
REPEAT = "  some: {type: integer, label: Some?}\n" + TIMES.strip("\n")
GROUP = """
  age: {type: integer, label: Age?}
  young:
    type: group
    relevant: age < 18
    questions:
      school: {type: text, label: School?}
      grade: {type: text, label: Grade?}
"""
NOTE = """
  age: {type: integer, label: Age?}
  old: {type: note, label: How old!, relevant: age > 90}
  half: {type: calculate, calculation: age / 2, relevant: age > 50}
"""


def seen(flow, *dialogues: str) -> Coverage:
    """What dialogues show; their messages have semicolons between, and each agrees to the consent."""
    texts = {
        f"{place}.txt": "".join(f"> {one}\n" for one in f"START;yes;{said}".split(";"))
        for place, said in enumerate(dialogues)
    }
    return rehearse(flow, texts).coverage


def told(questions: str, *dialogues: str) -> list[str]:
    """The report on dialogues, but for its total and for the consent that nobody declines."""
    lines = report(seen(flow_of(questions, **ONE), *dialogues))
    return [line for line in lines[:-1] if "consent" not in line]


def test_what_was_never_asked_is_told_once():
    """Its choices and its condition follow from it."""
    assert told(AGES, "7;Oak") == [
        "no transcript gives age an answer that its constraint refuses",
        "no transcript leaves out school",
        "no transcript chooses cat, dog or none at pets",
    ]
    assert told(AGES, "30") == [
        "no transcript gives age an answer that its constraint refuses",
        "no transcript asks school",
        "no transcript chooses cat, dog or none at pets",
    ]


def test_a_condition_is_to_be_seen_both_ways():
    assert told(AGES, "130;7;Oak;1 2", "30;3") == []
    assert told(AGES, "130;7;Oak;1 2 3") == ["no transcript leaves out school"]


def test_a_refused_question_is_asked_and_chooses_nothing():
    assert told(AGES, "200;30;SKIP", "7;SKIP;SKIP") == [
        "no transcript chooses cat, dog or none at pets"
    ]


def test_what_lies_ahead_is_not_left_out_yet():
    """Only what an interview has passed counts."""
    flow = flow_of(AGES, **ONE)
    assert Branch("school", Happens.LEFT_OUT) not in seen(flow, "").seen
    assert Branch("school", Happens.LEFT_OUT) in seen(flow, "30").seen


def test_words_that_cannot_be_read_are_not_refused_by_the_constraint():
    flow = flow_of(AGES, **ONE)
    refused = Branch("age", Happens.REFUSED)
    assert refused not in seen(flow, "many;old;very").seen
    assert refused in seen(flow, "many;200").seen
    assert refused in seen(flow, "many;many;200").seen, "the last try counts too"


def test_a_repeat_is_to_be_left_out_told_once_and_told_again():
    assert told(REPEAT, "2") == [
        "no transcript asks when",
        "no transcript asks where",
        "no transcript asks times",
    ]
    assert told(REPEAT, "1;May;here;no") == [
        "no transcript leaves out when",
        "no transcript leaves out where",
        "no transcript tells of times more than once",
    ]
    assert told(REPEAT, "2", "1;May;here;yes;June;SKIP;no", "1;SKIP;no") == []


def test_a_repeat_of_one_time_asks_for_no_other():
    flow = flow_of(TIMES.replace("relevant: some == 1", "max: 1"), **ONE)
    assert not any(one.question == "times" for one in branches(flow))


def test_a_group_is_left_out_as_one():
    assert told(GROUP, "7;Oak;3") == ["no transcript leaves out school"]
    assert told(GROUP, "30") == ["no transcript asks school", "no transcript asks grade"]
    assert told(GROUP, "30", "7;Oak;3") == []


def test_what_asks_nothing_can_be_left_out_too():
    assert told(NOTE, "30") == ["no transcript comes to old", "no transcript comes to half"]
    assert told(NOTE, "95") == ["no transcript leaves out old", "no transcript leaves out half"]
    assert told(NOTE, "95", "30") == []


def test_the_consent_is_given_and_declined():
    flow = flow_of(**ONE)
    assert report(seen(flow, "Sam"))[0] == "no transcript declines the consent"
    no = rehearse(flow, {"t.txt": "> START\n> no"}).coverage
    assert report(no)[:2] == ["no transcript agrees to the consent", "no transcript asks name"]
    assert report(seen(flow, "Sam") | no) == ["1 of 1 questions, 2 of 2 choices, in en"]


def test_languages_nobody_speaks_and_those_that_stop_early():
    flow = flow_of("  a: {type: text, label: A?}\n  b: {type: text, label: B?}")
    english = rehearse(flow, {"t.txt": "language: en\n> hi\n> yes\n> A\n> B"}).coverage
    spanish = rehearse(flow, {"t.txt": "language: es\n> hi\n> no\n"}).coverage
    longer = rehearse(flow, {"t.txt": "language: es\n> hi\n> si\n> A\n"}).coverage
    assert "no transcript is in es" in report(english)
    assert "in es 0 of 2 questions are asked" in report(english | spanish)
    assert report(english | longer | spanish) == ["2 of 2 questions, 2 of 2 choices, in en and es"]


def test_the_menu_of_languages_asks_for_no_consent_yet():
    flow = flow_of()
    assert rehearse(flow, {"t.txt": "> 👋"}).coverage.seen == {}


def test_a_flow_without_transcripts_has_one_line():
    assert report(rehearse(flow_of(), {}).coverage) == ["no transcript asks anything"]


def test_the_total_counts_questions_branches_and_choices():
    assert report(seen(flow_of(AGES, **ONE), "7;Oak;1 2"))[-1] == (
        "3 of 3 questions, 1 of 3 branches, 3 of 5 choices, in en"
    )


def test_a_line_of_the_file_goes_with_each_name():
    looked = examine(source(AGES, **ONE), "small.yaml")
    assert report(seen(looked.flow, "7"), looked.document)[1:4] == [
        "no transcript gives age (line 8) an answer that its constraint refuses",
        "no transcript leaves out school (line 9)",
        "no transcript asks pets (line 10)",
    ]


def test_only_interviews_of_the_flow_count():
    """Another flow that a transcript goes through is not this one."""
    other = flow_of(AGES, flow="other", keywords="OTHER", **ONE)
    text = "flows: small, other\n> OTHER\n> yes\n> 7\n"
    assert rehearse(flow_of(**ONE), {"t.txt": text}, {"other": other}).coverage.seen == {}


@pytest.mark.parametrize("path", sorted(SURVEYS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_survey_that_ships_is_told_in_transcripts(path):
    """In each of its languages, none of them wrong, every question asked and every branch taken."""
    flow = load_file(path)
    found = check_transcripts(path, flow)
    assert found.findings == ()
    assert found.coverage.languages == flow.languages
    unseen = [one for one in found.coverage.unseen() if one.happens is not Happens.CHOSEN]
    assert unseen == []
