"""Questions that nobody is ever asked, and conditions that always come out the same: told, and never told wrongly."""

import re

import pytest
from any_flows import flows, interview
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples, shipped, source

from flows import Given, Status, examine, load, parts_of
from flows.talking.way import way

NEVER = "this condition is never true: nobody comes to “x”"
ALWAYS = "this condition is always true"
PICK = "  pick: {type: select_one, label: Pick, choices: {a: Aa, b: Bb, c: Cc}}\n"
MANY = (
    "  many: {type: select_multiple, label: Many, choices: {a: Aa, b: Bb, c: Cc, none: No one},"
    " constraint: not (none in many) or count(many) == 1}\n"
)
AGE = "  age: {type: integer, label: Age?, constraint: age >= 0 and age < 130}\n"
BORN = "  born: {type: date, label: When?}\n"
WORD = "  word: {type: text, label: Word?}\n"
RATE = "  rate: {type: range, label: How much?, start: 1, end: 5}\n"
COST = "  cost: {type: decimal, label: How much?}\n"
SUMS = "".join(f"  {one}: {{type: integer, label: N?}}\n" for one in ("one", "two", "three"))
SOON = "  soon: {type: date, label: When?, constraint: soon >= today()}\n"
ROUNDS = "  rounds: {repeat: Again?, max: 3, questions: {what: {type: text, label: What?}}}\n"


def told(questions: str) -> list[str]:
    """What is found about conditions, with the lines behind the head."""
    found = [one for one in examine(source(questions)).findings if one.mark.line > 7]
    return [f"{one.mark.line - 7}: {one.message}" for one in found if "what for" not in one.message]


def asked(condition: str, before: str) -> list[str]:
    """What is found about a condition behind the questions ``before``."""
    line = before.count("\n") + 1
    found = told(f'{before}  x: {{type: note, label: X, relevant: "{condition}"}}')
    return [one.removeprefix(f"{line}: ") for one in found]


IMPOSSIBLE = {
    "two codes at once": (PICK, "pick == a and pick == b"),
    "a code and not in a list with it": (PICK, "pick == a and pick not in [a, b]"),
    "a constant": (PICK, "1 > 2"),
    "none beside another, by the constraint": (MANY, "none in many and a in many"),
    "more than there are": (MANY, "count(many) > 4"),
    "more than the constraint lets through": (MANY, "count(many) > 1 and none in many"),
    "a number that the constraint refuses": (AGE, "age < 0"),
    "between two whole numbers": (AGE, "age > 10 and age < 11"),
    "beyond a scale": (RATE, "rate > 5"),
    "between the steps of a scale": (RATE, "rate > 2 and rate < 3"),
    "above and below": (COST, "cost > 2.5 and cost <= 2.5"),
    "between two days": (BORN, "born > '2026-01-01' and born < '2026-01-02'"),
    "a day that was to come and is over": (SOON, "soon < today()"),
    "an age above and below": (BORN, "years(born) >= 18 and years(born) < 10"),
    "an age before and after today": (BORN, "born > today() and years(born) > 1"),
    "a word of another length": (WORD, "word == 'abc' and length(word) > 3"),
    "two words": (WORD, "word == 'a' and word == 'b'"),
    "more times than there can be": (ROUNDS, "rounds > 3"),
    "three whole numbers where two fit": (
        SUMS,
        "2 < one and one < two and two < three and three < 5",
    ),
    "three numbers in a circle": (
        AGE + RATE + COST,
        "age < rate and rate < cost and cost < age",
    ),
}


@pytest.mark.parametrize(("before", "condition"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_question_that_nobody_can_come_to_is_a_mistake(before, condition):
    assert asked(condition, before) == [NEVER]


POSSIBLE = {
    "whoever answered": (PICK, "answered(pick)"),
    "whoever did not": (PICK, "not answered(pick)"),
    "whoever chose anything": (MANY, "many"),
    "whoever chose something else": (MANY, "many and not (none in many)"),
    "unless told otherwise": (MANY, "not answered(many) or not (none in many)"),
    "a sum, which is not followed": (AGE, "age / 2 > 900"),
    "one whole number": (AGE, "age > 10 and age <= 11"),
    "one day": (BORN, "born > '2026-01-01' and born < '2026-01-03'"),
    "days that are over": (BORN, "today() < '2020-01-01'"),
    "an age": (BORN, "years(born) >= 18 and born < today()"),
    "between two numbers": (COST, "cost > 2.5 and cost < 2.6"),
    "three numbers in a row": (AGE + RATE + COST, "age < cost and cost < rate"),
    "three whole numbers where three fit": (
        SUMS,
        "2 < one and one < two and two < three and three < 6",
    ),
    "an age and a year, far from now": (BORN, "years(born) >= 18 and born > '2010-01-01'"),
    "the same number": (AGE + RATE + COST, "age == rate and cost == rate"),
    "often enough": (ROUNDS, "rounds == 3"),
}


@pytest.mark.parametrize(("before", "condition"), POSSIBLE.values(), ids=POSSIBLE)
def test_of_a_condition_that_can_be_either_nothing_is_said(before, condition):
    assert asked(condition, before) == []


EVERYBODY = {
    "one or not": (PICK, "pick == a or pick != a"),
    "every code": (PICK, "pick in [a, b, c]"),
    "what the constraint says already": (AGE, "age >= 0"),
    "the whole scale": (RATE, "rate >= 1"),
    "answered or not": (PICK, "answered(pick) or not answered(pick)"),
    "once at least": (ROUNDS, "rounds >= 1"),
}


@pytest.mark.parametrize(("before", "condition"), EVERYBODY.values(), ids=EVERYBODY)
def test_a_condition_that_is_true_of_everybody_is_worth_a_warning(before, condition):
    """Of everybody who answers what it looks at: who refuses is no exception."""
    assert asked(condition, before) == [ALWAYS]
    text = source(f'{before}  x: {{type: note, label: X, relevant: "{condition}"}}')
    assert load(text).by_id["x"].relevant is not None


def test_what_was_not_asked_is_no_refusal():
    """The second question comes only to some, so what is asked of it is not true of everybody."""
    second = (
        "  second: {type: select_one, label: S?, relevant: pick == a, choices: {d: Dd, e: Ee}}\n"
    )
    assert asked("pick == b or second in [d, e]", PICK + second) == []
    assert asked("pick == a or pick == b or pick == c or second == d", PICK + second) == [ALWAYS]


def test_conditions_of_earlier_questions_are_followed():
    """Who answered the one cannot have chosen the other, some questions back."""
    second = "  second: {type: text, label: S?, relevant: pick == a}\n"
    third = "  third: {type: text, label: T?, relevant: answered(second)}\n"
    assert asked("answered(second) and pick == b", PICK + second) == [NEVER]
    assert asked("answered(third) and pick == b", PICK + second + third) == [NEVER]
    assert asked("answered(third) and pick == a", PICK + second + third) == []


def test_a_calculated_condition_is_followed():
    adult = "  adult: {type: calculate, calculation: age >= 18}\n"
    assert asked("adult and age < 18", AGE + adult) == [NEVER]
    assert asked("adult and age < 20", AGE + adult) == []
    assert asked("not adult or age > 3", AGE + adult) == [ALWAYS]


def test_a_group_that_nobody_enters_is_told_once():
    group = (
        "  g: {relevant: pick == a and pick == b, questions: {y: {type: note, label: Y}, "
        "x: {type: note, label: X, relevant: pick == c}}}"
    )
    assert told(PICK + group) == ["2: this condition is never true: nobody comes to “g”"]


def test_a_condition_is_held_against_those_of_its_groups():
    group = (
        "  g: {relevant: pick == a, questions: {y: {type: note, label: Y, relevant: pick == b},\n"
        "    x: {type: note, label: X, relevant: pick == a}}}"
    )
    assert told(PICK + group) == [
        "2: this is never true where it is asked: nobody comes to “y”",
        "3: this condition is always true where it is asked",
    ]


def test_a_repeat_is_asked_before_its_questions_are():
    """So its condition cannot look at them; they can look at the number of the time."""
    own = "  r: {repeat: Again?, relevant: answered(y), questions: {y: {type: text, label: Y?}}}"
    assert told(own) == ["1: there is no earlier question “y”"]
    times = (
        "  r: {repeat: Again?, max: 2, questions: {y: {type: note, label: Y, relevant: r > 2},\n"
        "    x: {type: note, label: X, relevant: r > 1}}}"
    )
    assert told(times) == ["1: this condition is never true: nobody comes to “y”"]
    from_two_on = (
        "  r: {repeat: Again?, max: 2, questions: {y: {type: text, label: Y?, relevant: r > 1},\n"
        "    x: {type: note, label: X, relevant: answered(y)}}}"
    )
    assert told(from_two_on) == []


CONSTRAINTS = {
    "nothing": (
        "{type: integer, constraint: x > 5 and x < 3",
        "no answer can meet this constraint",
    ),
    "nothing on a scale": ("{type: range, constraint: x > 5", "no answer can meet this constraint"),
    "everything": ("{type: range, constraint: x <= 5", "this constraint refuses no answer"),
    "every code": (
        "{type: select_one, choices: {a: Aa, b: Bb}, constraint: 'x in [a, b]'",
        "this constraint refuses no answer",
    ),
}


@pytest.mark.parametrize(("item", "expected"), CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_a_constraint_lets_some_answers_through_and_some_not(item, expected):
    assert told(f"  x: {item}, label: X?}}") == [f"1: {expected}"]


def test_a_constraint_may_look_at_earlier_answers():
    main = (
        "  main: {type: select_one, label: M?, constraint: main in many, choices: {a: Aa, b: Bb}}\n"
    )
    assert told(MANY + main) == []
    assert asked("main == a and b in many and count(many) == 1", MANY + main) == [NEVER]


@pytest.mark.parametrize("name", ["city-testimony", "household", "parks"])
def test_every_question_of_our_own_flows_can_be_reached(name):
    assert shipped(name)


def names_in(findings, start: str) -> set[str]:
    return {
        found[1]
        for one in findings
        if one.message.startswith(start) and (found := re.search("“(.+)”", one.message))
    }


@examples(400)
@given(flows(), st.data())
def test_no_question_called_unreachable_is_ever_asked(text, data):
    """Whatever the flow, the answers, their order and the days they are given on."""
    findings = examine(text).findings
    never = names_in(findings, "this condition is never") | names_in(findings, "this is never")
    if not never:
        return
    flow = load(text, trusted=True)
    for _ in range(5):
        for one, _ in interview(flow, data, refusing=True):
            question = flow.by_id[parts_of(one.state.asked)[0]] if one.state.asked else None
            assert question is None or never.isdisjoint({question.id, *question.groups})


@examples(300)
@given(flows(), st.data())
def test_what_is_called_always_true_is_true_of_everybody_who_answers(text, data):
    found = examine(text).findings
    always = {one.mark.line for one in found if one.message.startswith(ALWAYS)}
    if not always:
        return
    flow = load(text, trusted=True)
    marks = examine(text).document
    for one, day in interview(flow, data, refusing=False):
        if one.state.status is Status.WAITING or any(
            answer.given is not Given.ANSWERED for answer in one.answers.values()
        ):
            continue
        for step in way(flow, one.answers, day).steps:
            question = step.question
            if marks and marks.mark((*question.path, "relevant")).line in always:
                assert step.relevant or question.groups


def test_a_flow_of_very_many_conditions_is_checked_in_bounds():
    """Where there are too many cases nothing is said, and nothing goes on for ever."""
    codes = ", ".join(f"c{number}: Word {number}" for number in range(40))
    both = " and ".join(f"c{number} in many" for number in range(0, 38, 2))
    lines = [f"  many: {{type: select_multiple, label: M?, choices: {{{codes}}}}}"]
    lines += [
        f'  x{number}: {{type: note, label: X, relevant: "{both} and count(many) == {number}"}}'
        for number in range(60)
    ]
    examined = examine(source("\n".join(lines)))
    assert not [
        one for one in examined.findings if "never" in one.message and "“x25”" in one.message
    ]
